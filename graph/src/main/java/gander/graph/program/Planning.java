// SPDX-License-Identifier: Apache-2.0
package gander.graph.program;

/**
 * How a program's memory is planned. What reordering and in-place reuse gain is told by leaving
 * them out.
 *
 * @param reorder whether kernels run in the order that keeps the least in memory, rather than as
 *     the graph declares them
 * @param inPlace whether a kernel's result may take the memory of an operand that dies with it
 * @param limit the most bytes of the arena; below what the program would take, kernels run again
 *     where that frees memory
 */
public record Planning(boolean reorder, boolean inPlace, long limit) {
  public static final Planning FREE = new Planning(true, true, Long.MAX_VALUE);

  public Planning {
    if (limit <= 0) {
      throw new IllegalArgumentException("an arena of at most " + limit + " bytes");
    }
  }

  /** The same with a limit on the arena. */
  public Planning within(long bytes) {
    return new Planning(reorder, inPlace, bytes);
  }
}
