// SPDX-License-Identifier: Apache-2.0
package gander.models.run;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;

/** Finds the word that was probably meant. */
public final class Nearest {
  private Nearest() {}

  /** The known word with the smallest edit distance, letter case aside; the first of equals. */
  public static String to(String word, Collection<String> known) {
    return known.stream()
        .min(Comparator.comparingInt(candidate -> distance(lower(word), lower(candidate))))
        .orElseThrow();
  }

  private static String lower(String word) {
    return word.toLowerCase(Locale.ROOT);
  }

  /** Insertions, deletions and replacements of one character that lead from a to b. */
  static int distance(String a, String b) {
    var row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
