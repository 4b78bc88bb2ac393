// SPDX-License-Identifier: Apache-2.0
package gander.graph.plan;

import gander.graph.plan.PlanProblem.Buffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;

/**
 * Problems as text, a buffer a line below the line {@code id,lower,upper,size}, in steps from lower
 * until before upper and in bytes; plans with an {@code offset} too. Other columns and their order
 * do not matter when one is read.
 */
public final class PlanCsv {
  private static final List<String> COLUMNS = List.of("id", "lower", "upper", "size");

  /** All sizes together may have so many bytes, an exbibyte: sums of them stay exact. */
  private static final long MOST_BYTES = 1L << 60;

  private PlanCsv() {}

  public static String write(PlanProblem problem) {
    var text = new StringBuilder(String.join(",", COLUMNS)).append('\n');
    problem.buffers().forEach(b -> text.append(line(problem, b)).append('\n'));
    return text.toString();
  }

  public static String write(Plan plan) {
    var text = new StringBuilder(String.join(",", COLUMNS)).append(",offset\n");
    for (Buffer b : plan.problem().buffers()) {
      text.append(line(plan.problem(), b)).append(',').append(plan.offset(b.id())).append('\n');
    }
    return text.toString();
  }

  private static String line(PlanProblem problem, Buffer buffer) {
    return "%d,%d,%d,%d"
        .formatted(buffer.id(), buffer.lower(), buffer.upper(), problem.rounded(buffer.bytes()));
  }

  /**
   * The problem that a file's lines state.
   *
   * @throws IllegalArgumentException with the number of the line that is none
   */
  public static PlanProblem read(List<String> lines) {
    List<String> header = lines.isEmpty() ? List.of() : cells(lines.getFirst());
    if (!header.containsAll(COLUMNS)) {
      throw new IllegalArgumentException(
          lines.isEmpty()
              ? "it is empty; its first line must be id,lower,upper,size"
              : "its first line must name the columns id,lower,upper,size");
    }
    int[] at = COLUMNS.stream().mapToInt(header::indexOf).toArray();
    var buffers = new ArrayList<Buffer>();
    var ids = new HashSet<Integer>();
    long all = 0;
    for (int line = 1; line < lines.size(); line++) {
      if (lines.get(line).isBlank()) {
        continue;
      }
      Buffer buffer = buffer(cells(lines.get(line)), at, line + 1);
      if (!ids.add(buffer.id())) {
        throw new IllegalArgumentException(
            "line %d has the id %d, as a line before".formatted(line + 1, buffer.id()));
      }
      if (buffer.bytes() > MOST_BYTES - all) {
        throw new IllegalArgumentException(
            "line %d: the sizes up to here come to more than 2^60 bytes, which no device has"
                .formatted(line + 1));
      }
      all += buffer.bytes();
      buffers.add(buffer);
    }
    return new PlanProblem(buffers, 1);
  }

  private static List<String> cells(String line) {
    return Arrays.stream(line.split(",", -1)).map(String::strip).toList();
  }

  private static Buffer buffer(List<String> cells, int[] at, int line) {
    var values = new long[at.length];
    for (int i = 0; i < at.length; i++) {
      long most = i < 3 ? Integer.MAX_VALUE : MOST_BYTES;
      values[i] = value(COLUMNS.get(i), at[i] < cells.size() ? cells.get(at[i]) : "", most, line);
    }
    if (values[1] >= values[2]) {
      throw new IllegalArgumentException(
          "line %d: lower is %d and upper %d; a buffer lives from lower until before upper, which must be greater"
              .formatted(line, values[1], values[2]));
    }
    int id = (int) values[0];
    return new Buffer(id, "buffer " + id, (int) values[1], (int) values[2], values[3]);
  }

  private static long value(String column, String cell, long most, int line) {
    try {
      long value = Long.parseLong(cell);
      if (value >= 0 && value <= most) {
        return value;
      }
    } catch (NumberFormatException e) {
      // The message below says what there should be.
    }
    throw new IllegalArgumentException(
        "line %d: %s is '%s'; it must be a whole number from 0 to %d"
            .formatted(line, column, cell, most));
  }
}
