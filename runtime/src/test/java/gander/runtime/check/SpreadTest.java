// SPDX-License-Identifier: Apache-2.0
package gander.runtime.check;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gander.runtime.catalogue.Problem;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SpreadTest {
  private static final List<Map<String, Integer>> SETTINGS =
      IntStream.range(0, 10).mapToObj(i -> Map.of("A", i)).toList();

  private static Problem problem(int size) {
    return new Problem("map", Map.of("N", size), Map.of(), List.of(), "", false);
  }

  @Test
  void everySettingComesUpOnceOnAProblemThatAllowsIt() {
    var able = new LinkedHashMap<Problem, List<Map<String, Integer>>>();
    able.put(problem(1), SETTINGS);
    able.put(problem(2), SETTINGS.subList(0, 2));
    able.put(problem(3), SETTINGS.subList(0, 6));
    able.put(problem(4), List.of());
    Map<Problem, List<Map<String, Integer>>> given = Spread.of(able);
    assertEquals(able.keySet(), given.keySet());
    assertEquals(
        SETTINGS,
        given.values().stream()
            .flatMap(List::stream)
            .sorted(Comparator.comparing(setting -> setting.getOrDefault("A", -1)))
            .toList());
    given.forEach((problem, settings) ->
        assertEquals(
            settings,
            able.getOrDefault(problem, List.of()).stream().filter(settings::contains).toList()));
    // Four settings have no choice; the other problems share the rest.
    assertEquals(
        List.of(4, 2, 4, 0),
        able.keySet().stream()
            .map(problem -> given.getOrDefault(problem, List.of()).size())
            .toList());
  }
}
