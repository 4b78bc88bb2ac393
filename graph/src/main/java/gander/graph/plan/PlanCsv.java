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
      throw new IllegalArgumentException("line 1 must name the columns id,lower,upper,size");
    }
    int[] at = COLUMNS.stream().mapToInt(header::indexOf).toArray();
    var buffers = new ArrayList<Buffer>();
    var ids = new HashSet<Integer>();
    for (int line = 1; line < lines.size(); line++) {
      if (lines.get(line).isBlank()) {
        continue;
      }
      Buffer buffer = buffer(cells(lines.get(line)), at, line + 1);
      if (!ids.add(buffer.id())) {
        throw new IllegalArgumentException(
            "line %d has the id %d, as a line before".formatted(line + 1, buffer.id()));
      }
      buffers.add(buffer);
    }
    return new PlanProblem(buffers, 1);
  }

  private static List<String> cells(String line) {
    return Arrays.stream(line.split(",", -1)).map(String::strip).toList();
  }

  private static Buffer buffer(List<String> cells, int[] at, int line) {
    try {
      int id = Integer.parseInt(cells.get(at[0]));
      return new Buffer(
          id,
          "buffer " + id,
          Integer.parseInt(cells.get(at[1])),
          Integer.parseInt(cells.get(at[2])),
          Long.parseLong(cells.get(at[3])));
    } catch (NumberFormatException | IndexOutOfBoundsException e) {
      throw new IllegalArgumentException(
          "line %d is not id,lower,upper,size in whole numbers".formatted(line), e);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("line %d: %s".formatted(line, e.getMessage()), e);
    }
  }
}
