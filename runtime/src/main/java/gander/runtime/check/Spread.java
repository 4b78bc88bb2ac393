// SPDX-License-Identifier: Apache-2.0
package gander.runtime.check;

import gander.runtime.catalogue.Problem;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Every setting of a kernel once: on one of the problems that allow it, as many on each. */
final class Spread {
  private Spread() {}

  /**
   * @param able the settings that each problem allows
   * @return those that it gets
   */
  static Map<Problem, List<Map<String, Integer>>> of(
      Map<Problem, List<Map<String, Integer>>> able) {
    var takers = new LinkedHashMap<Map<String, Integer>, List<Problem>>();
    able.forEach((problem, settings) ->
        settings.forEach(
            setting -> takers.computeIfAbsent(setting, own -> new ArrayList<>()).add(problem)));
    var given = new HashMap<Problem, List<Map<String, Integer>>>();
    able.keySet().forEach(problem -> given.put(problem, new ArrayList<>()));
    // What few problems allow has the first choice.
    takers.entrySet().stream()
        .sorted(Comparator.comparingInt(entry -> entry.getValue().size()))
        .forEach(entry -> fewest(entry.getValue(), given).add(entry.getKey()));
    return given;
  }

  private static List<Map<String, Integer>> fewest(
      List<Problem> problems, Map<Problem, List<Map<String, Integer>>> given) {
    return problems.stream().map(given::get).min(Comparator.comparingInt(List::size)).orElseThrow();
  }
}
