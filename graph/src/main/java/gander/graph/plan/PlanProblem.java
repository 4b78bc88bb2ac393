// SPDX-License-Identifier: Apache-2.0
package gander.graph.plan;

import java.util.List;
import java.util.TreeMap;

/**
 * What must be in memory when.
 *
 * @param alignment every offset and every size is rounded up to a multiple of this
 */
public record PlanProblem(List<Buffer> buffers, int alignment) {
  /**
   * Memory that is needed for a while.
   *
   * @param label the tensor, for reports
   * @param lower the first step at which it is live
   * @param upper the first step after that at which it is not (half-open)
   * @param bytes as asked for, before rounding
   */
  public record Buffer(int id, String label, int lower, int upper, long bytes) {
    public Buffer {
      if (lower >= upper || bytes < 0) {
        throw new IllegalArgumentException(
            "buffer %d (%s) lives in [%d, %d) and has %d bytes"
                .formatted(id, label, lower, upper, bytes));
      }
    }

    public boolean meets(Buffer other) {
      return lower < other.upper && other.lower < upper;
    }
  }

  public PlanProblem {
    buffers = List.copyOf(buffers);
  }

  /** A size rounded up to the alignment. */
  public long rounded(long bytes) {
    return Math.ceilDiv(bytes, (long) alignment) * alignment;
  }

  /** The most bytes live at one step: no plan has a lower peak. */
  public long lowerBound() {
    var changes = new TreeMap<Integer, Long>();
    for (Buffer buffer : buffers) {
      changes.merge(buffer.lower, rounded(buffer.bytes), Long::sum);
      changes.merge(buffer.upper, -rounded(buffer.bytes), Long::sum);
    }
    long live = 0;
    long most = 0;
    for (long change : changes.values()) {
      live += change;
      most = Math.max(most, live);
    }
    return most;
  }

  /** What giving every buffer memory of its own would take. */
  public long withoutReuse() {
    return buffers.stream().mapToLong(buffer -> rounded(buffer.bytes)).sum();
  }
}
