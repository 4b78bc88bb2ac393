// SPDX-License-Identifier: Apache-2.0
package gander.graph.plan;

import java.util.Arrays;
import java.util.Comparator;
import java.util.function.LongPredicate;

/**
 * Exact search for offsets within a capacity, depth first.
 *
 * <p>Time is cut into sections, in each of which the same buffers live. Buffers are placed from the
 * bottom up, each as low as those placed before let it lie, in ascending order of (offset, rank).
 * Every solution can be pushed down into one that is found like this and in which no buffer fits
 * into a gap further down; only those are looked for. A buffer that was passed over must therefore
 * lie on something yet to be placed that keeps it from where it could lie now. This gives it a
 * higher lowest offset, or shows that passing it over was wrong. Of each section, the buffers to
 * come are stacked in the order of their lowest offsets: where that exceeds the capacity, nothing
 * fits. What is left falls into parts with no buffer in common, which are solved one by one.
 *
 * <p>Sizes, offsets and the capacity are in any unit. Not for threads.
 */
final class PlanSearch {
  enum Outcome {
    FOUND,
    /** Proved: there is no plan of this capacity. */
    NONE,
    UNDECIDED
  }

  private final int[] first; // the first section of each buffer
  private final int[] end; // the section behind its last
  private final long[] size;
  private final int sections;
  private final long capacity;
  private final int[][] rivals; // of each buffer, those that share a section with it

  private final int[] rank;
  private final double[] weight; // how often a buffer was part of a section that did not fit
  private final long[] low; // how low a buffer may lie above the placed ones
  private final long[] lowest; // the same with what follows for buffers that were passed over
  private final long[] stacked; // scratch: the height of each section
  private final boolean[] placed;
  private final long[] offset;
  private final int[] spans; // of each section, the unplaced buffers that live on in the next one
  private final int[] order; // the placed buffers, in order
  private int depth;
  private int[] raised = new int[1024]; // buffers whose low was raised, to be undone
  private long[] raisedFrom = new long[1024];
  private int raises;

  private long nodesLeft;
  private long work;
  private LongPredicate stop = spent -> false;
  private boolean stopped;

  PlanSearch(PlanSections cut, long[] size, long capacity) {
    this.first = cut.first();
    this.end = cut.end();
    this.sections = cut.count();
    this.size = size;
    this.capacity = capacity;
    int count = size.length;
    rivals = cut.rivals();
    rank = new int[count];
    weight = new double[count];
    low = new long[count];
    lowest = new long[count];
    stacked = new long[sections];
    placed = new boolean[count];
    offset = new long[count];
    spans = new int[sections];
    order = new int[count];
    for (int buffer = 0; buffer < count; buffer++) {
      countSpans(buffer, 1);
    }
  }

  /**
   * Searches.
   *
   * @param ranked the buffers, those to be placed first among equally low ones first
   * @param nodes gives up behind so many
   * @param stop told how much work this search has done, says whether it must end
   */
  Outcome run(int[] ranked, long nodes, LongPredicate stop) {
    undo(0, 0);
    for (int at = 0; at < ranked.length; at++) {
      rank[ranked[at]] = at;
    }
    nodesLeft = nodes;
    stopped = false;
    this.stop = stop;
    boolean found = split(ranked, ranked.length, 0, 0);
    return found ? Outcome.FOUND : stopped ? Outcome.UNDECIDED : Outcome.NONE;
  }

  /** Where a buffer lies, once a plan is found. */
  long offset(int buffer) {
    return offset[buffer];
  }

  /** What this search has done in all its runs: buffers looked at, in all nodes. */
  long work() {
    return work;
  }

  /** How much a buffer has been in the way, lately more than long ago. */
  double weight(int buffer) {
    return weight[buffer];
  }

  void forget(double share) {
    for (int buffer = 0; buffer < weight.length; buffer++) {
      weight[buffer] *= 1 - share;
    }
  }

  private void countSpans(int buffer, int change) {
    for (int section = first[buffer]; section + 1 < end[buffer]; section++) {
      spans[section] += change;
    }
  }

  private void place(int buffer) {
    placed[buffer] = true;
    offset[buffer] = low[buffer];
    order[depth++] = buffer;
    long top = low[buffer] + size[buffer];
    for (int rival : rivals[buffer]) {
      if (!placed[rival] && low[rival] < top) {
        if (raises == raised.length) {
          raised = Arrays.copyOf(raised, 2 * raises);
          raisedFrom = Arrays.copyOf(raisedFrom, 2 * raises);
        }
        raised[raises] = rival;
        raisedFrom[raises++] = low[rival];
        low[rival] = top;
      }
    }
    countSpans(buffer, -1);
  }

  private void undo(int toDepth, int toRaises) {
    while (raises > toRaises) {
      raises--;
      low[raised[raises]] = raisedFrom[raises];
    }
    while (depth > toDepth) {
      int buffer = order[--depth];
      placed[buffer] = false;
      countSpans(buffer, 1);
    }
  }

  /**
   * Places unplaced buffers, part by part, the smallest first; undoes all of it where one fails.
   */
  private boolean split(int[] buffers, int count, long least, int leastRank) {
    if (count == 0) {
      return true;
    }
    int from = sections;
    int to = 0;
    for (int at = 0; at < count; at++) {
      from = Math.min(from, first[buffers[at]]);
      to = Math.max(to, end[buffers[at]]);
    }
    int[] part = new int[to - from];
    int parts = 1;
    for (int section = from; section < to; section++) {
      part[section - from] = parts - 1;
      parts += section + 1 < to && spans[section] == 0 ? 1 : 0;
    }
    if (parts == 1) {
      return solve(buffers, count, least, leastRank);
    }
    var members = new int[parts][];
    var sizes = new int[parts];
    for (int at = 0; at < count; at++) {
      sizes[part[first[buffers[at]] - from]]++;
    }
    for (int p = 0; p < parts; p++) {
      members[p] = new int[sizes[p]];
      sizes[p] = 0;
    }
    for (int at = 0; at < count; at++) {
      int p = part[first[buffers[at]] - from];
      members[p][sizes[p]++] = buffers[at];
    }
    Arrays.sort(members, Comparator.comparingInt(some -> some.length));
    int depthBefore = depth;
    int raisesBefore = raises;
    for (int[] some : members) {
      if (some.length > 0 && !solve(some, some.length, least, leastRank)) {
        undo(depthBefore, raisesBefore);
        return false;
      }
    }
    return true;
  }

  /** Places buffers of one part, none before (least, leastRank) in the order of offset and rank. */
  private boolean solve(int[] buffers, int count, long least, int leastRank) {
    int[] next = sorted(buffers, count);
    var rest = new int[count - 1];
    int at = 0;
    while (true) {
      nodesLeft--;
      work += count;
      if (nodesLeft < 0 || stop.test(work)) {
        stopped = true;
        return false;
      }
      while (at < count && isBefore(next[at], least, leastRank)) {
        at++;
      }
      if (at == count || !mayFit(next, count, at)) {
        return false;
      }
      int buffer = next[at];
      int depthBefore = depth;
      int raisesBefore = raises;
      System.arraycopy(next, 0, rest, 0, at);
      System.arraycopy(next, at + 1, rest, at, count - at - 1);
      place(buffer);
      boolean inTheWay = raises > raisesBefore;
      if (split(rest, count - 1, offset[buffer], rank[buffer])) {
        return true;
      }
      undo(depthBefore, raisesBefore);
      if (stopped || !inTheWay) { // where it is in nobody's way, no other place is better
        return false;
      }
      least = low[buffer];
      leastRank = rank[buffer] + 1;
    }
  }

  private boolean isBefore(int buffer, long least, int leastRank) {
    return low[buffer] < least || (low[buffer] == least && rank[buffer] < leastRank);
  }

  /** By lowest offset, then rank; what comes in is nearly sorted. */
  private int[] sorted(int[] buffers, int count) {
    int[] sorted = Arrays.copyOf(buffers, count);
    for (int at = 1; at < count; at++) {
      int buffer = sorted[at];
      int to = at - 1;
      while (to >= 0 && isBefore(buffer, low[sorted[to]], rank[sorted[to]])) {
        sorted[to + 1] = sorted[to];
        to--;
      }
      sorted[to + 1] = buffer;
    }
    return sorted;
  }

  /**
   * Whether a plan is conceivable in which the next buffer is not placed before next[at].
   *
   * @param next what is left of a part, by lowest offset; passed over are those before at
   */
  private boolean mayFit(int[] next, int count, int at) {
    long least = low[next[at]];
    for (int k = 0; k < count; k++) {
      lowest[next[k]] = k < at ? least : low[next[k]];
    }
    for (int k = 0; k < at; k++) {
      if (!liftPassedOver(next[k])) {
        return false;
      }
    }
    int[] stack = Arrays.copyOf(next, count);
    for (int k = 1; k < count; k++) {
      int buffer = stack[k];
      int to = k - 1;
      while (to >= 0 && lowest[buffer] < lowest[stack[to]]) {
        stack[to + 1] = stack[to];
        to--;
      }
      stack[to + 1] = buffer;
    }
    for (int buffer : stack) {
      Arrays.fill(stacked, first[buffer], end[buffer], 0);
    }
    for (int k = 0; k < count; k++) {
      int buffer = stack[k];
      for (int section = first[buffer]; section < end[buffer]; section++) {
        stacked[section] = Math.max(stacked[section], lowest[buffer]) + size[buffer];
        if (stacked[section] > capacity) {
          blame(stack, k, section);
          return false;
        }
      }
    }
    return true;
  }

  /** Lets a buffer that was passed over lie on what can have kept it from where it could lie. */
  private boolean liftPassedOver(int buffer) {
    long top = low[buffer] + size[buffer];
    long on = Long.MAX_VALUE;
    for (int rival : rivals[buffer]) {
      if (!placed[rival] && lowest[rival] < top) {
        on = Math.min(on, lowest[rival] + size[rival]);
      }
    }
    if (on == Long.MAX_VALUE || on + size[buffer] > capacity) {
      return false;
    }
    lowest[buffer] = Math.max(lowest[buffer], on);
    return true;
  }

  private void blame(int[] stack, int last, int section) {
    for (int k = 0; k <= last; k++) {
      if (first[stack[k]] <= section && section < end[stack[k]]) {
        weight[stack[k]]++;
      }
    }
  }
}
