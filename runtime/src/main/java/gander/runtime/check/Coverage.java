// SPDX-License-Identifier: Apache-2.0
package gander.runtime.check;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Chooses settings of a kernel for one problem after the other. A kernel with six tunables has a
 * thousand settings, and a problem list has sixty problems; so each problem gets the default and a
 * few others, chosen so that over the list every pair of tunable values comes up about as often as
 * every other.
 */
final class Coverage {
  /** Settings compared for each choice. */
  private static final int CONTENDERS = 64;

  private final int settings;
  private final SplittableRandom random;
  private final Map<String, Integer> uses = new HashMap<>();

  /**
   * @param settings to choose for each problem, at least 1
   */
  Coverage(int settings, long seed) {
    this.settings = settings;
    this.random = new SplittableRandom(seed);
  }

  /**
   * @param all every setting of the kernel for a problem, the default first
   */
  List<Map<String, Integer>> choose(List<Map<String, Integer>> all) {
    if (all.size() <= settings) {
      all.forEach(this::use);
      return all;
    }
    var rest = new ArrayList<>(all);
    var chosen = new ArrayList<Map<String, Integer>>();
    chosen.add(rest.removeFirst());
    use(chosen.getFirst());
    while (chosen.size() < settings) {
      int best = -1;
      int bestUses = Integer.MAX_VALUE;
      for (int i = 0; i < Math.min(CONTENDERS, rest.size()); i++) {
        int at = rest.size() <= CONTENDERS ? i : random.nextInt(rest.size());
        int uses = uses(rest.get(at));
        if (uses < bestUses) {
          best = at;
          bestUses = uses;
        }
      }
      Map<String, Integer> setting = rest.remove(best);
      use(setting);
      chosen.add(setting);
    }
    return chosen;
  }

  private void use(Map<String, Integer> setting) {
    pairs(setting).forEach(pair -> uses.merge(pair, 1, Integer::sum));
  }

  private int uses(Map<String, Integer> setting) {
    return pairs(setting).stream().mapToInt(pair -> uses.getOrDefault(pair, 0)).sum();
  }

  /** Every pair of tunables with their values; of a single tunable, its value. */
  private static List<String> pairs(Map<String, Integer> setting) {
    List<String> values =
        setting.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList();
    if (values.size() == 1) {
      return values;
    }
    var pairs = new ArrayList<String>();
    for (int i = 0; i < values.size(); i++) {
      for (int j = 0; j < i; j++) {
        pairs.add(values.get(j) + " " + values.get(i));
      }
    }
    return pairs;
  }
}
