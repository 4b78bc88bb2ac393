// SPDX-License-Identifier: Apache-2.0
package gander.models.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Rows of text under headings, padded to columns; a heading that begins with {@code >} is
 * right-aligned.
 */
public final class Table {
  private final String[] headings;
  private final List<String[]> rows = new ArrayList<>();

  public Table(String... headings) {
    this.headings = headings;
  }

  public void row(Object... cells) {
    rows.add(Arrays.stream(cells).map(String::valueOf).toArray(String[]::new));
  }

  public void print(Output output) {
    var widths = new int[headings.length];
    String[] titles = Arrays.stream(headings).map(h -> h.replace(">", "")).toArray(String[]::new);
    var all = new ArrayList<>(rows);
    all.addFirst(titles);
    for (String[] row : all) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row[i].length());
      }
    }
    for (String[] row : all) {
      var line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        String padding = " ".repeat(widths[i] - row[i].length());
        boolean right = headings[i].startsWith(">");
        line.append(right ? padding + row[i] : row[i] + padding).append("  ");
      }
      output.line(line.toString().stripTrailing());
    }
  }
}
