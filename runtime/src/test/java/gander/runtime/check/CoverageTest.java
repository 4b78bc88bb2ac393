// SPDX-License-Identifier: Apache-2.0
package gander.runtime.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CoverageTest {
  private static final List<Map<String, Integer>> SETTINGS = settings();

  private static List<Map<String, Integer>> settings() {
    var settings = new ArrayList<Map<String, Integer>>();
    for (int a = 0; a < 4; a++) {
      for (int b = 0; b < 4; b++) {
        for (int c = 0; c < 4; c++) {
          settings.add(Map.of("A", a, "B", b, "C", c));
        }
      }
    }
    return settings;
  }

  @Test
  void theDefaultIsAlwaysAmongThem() {
    var coverage = new Coverage(2, 1);
    for (int problem = 0; problem < 5; problem++) {
      List<Map<String, Integer>> chosen = coverage.choose(SETTINGS);
      assertEquals(2, chosen.size());
      assertEquals(SETTINGS.getFirst(), chosen.getFirst());
    }
  }

  @Test
  void overAProblemListEveryPairComesUp() {
    var coverage = new Coverage(2, 1);
    Map<String, Integer> uses = new HashMap<>();
    for (int problem = 0; problem < 24; problem++) {
      for (Map<String, Integer> setting : coverage.choose(SETTINGS)) {
        uses.merge("A%dB%d".formatted(setting.get("A"), setting.get("B")), 1, Integer::sum);
        uses.merge("A%dC%d".formatted(setting.get("A"), setting.get("C")), 1, Integer::sum);
        uses.merge("B%dC%d".formatted(setting.get("B"), setting.get("C")), 1, Integer::sum);
      }
    }
    assertEquals(3 * 16, uses.size(), uses::toString);
  }

  @Test
  void fewSettingsAreAllTaken() {
    assertEquals(SETTINGS.subList(0, 3), new Coverage(3, 1).choose(SETTINGS.subList(0, 3)));
    assertTrue(new Coverage(1, 1).choose(List.of()).isEmpty());
  }
}
