// SPDX-License-Identifier: Apache-2.0
package gander.graph.program;

import gander.graph.plan.Plan;
import gander.graph.plan.PlanProblem.Buffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Which bytes of an arena belong to whom at each step.
 *
 * @param written of each step, the buffers that its kernel writes, scratch among them
 * @param arenaBytes the arena's size
 */
record Residents(Plan plan, List<Set<Integer>> written, long arenaBytes) {

  /** Bytes of the arena, the end excluded. */
  record Range(long begin, long end) {
    private boolean meets(Range other) {
      return begin < other.end && other.begin < end;
    }
  }

  /** What a step must leave as it is: all but what it writes, and what others have even there. */
  List<Range> guarded(int step) {
    Set<Integer> own = written.get(step);
    List<Range> mine = ranges(buffer -> own.contains(buffer.id()));
    var guarded = new ArrayList<Range>(gaps(mine, new Range(0, arenaBytes)));
    for (Range other : ranges(b -> lives(b, step) && !own.contains(b.id()))) {
      if (mine.stream().anyMatch(other::meets)) {
        guarded.add(other);
      }
    }
    return guarded;
  }

  /** What nothing needs after a step that something needed until then. */
  List<Range> freed(int step) {
    List<Range> live = ranges(buffer -> lives(buffer, step + 1));
    var freed = new ArrayList<Range>();
    for (Range dead : ranges(buffer -> buffer.upper() == step + 1)) {
      freed.addAll(gaps(live, dead));
    }
    return freed;
  }

  /** Whose byte it is that a step damaged, as the end of "it damaged ...". */
  String owner(int step, long at) {
    Buffer inside = null;
    Buffer below = null;
    Buffer above = null;
    for (Buffer buffer : plan.problem().buffers()) {
      Range range = range(buffer);
      if (!lives(buffer, step)) {
        continue;
      }
      if (range.begin <= at && at < range.end) {
        // Where two lie on one another it is the other one that was damaged.
        inside = written.get(step).contains(buffer.id()) ? inside : buffer;
      } else if (range.end <= at) {
        below = below == null || range(below).end < range.end ? buffer : below;
      } else {
        above = above == null || range(above).begin > range.begin ? buffer : above;
      }
    }
    if (inside != null) {
      return "the buffer %s, which it does not write, first at byte %d of the buffer, %d of the arena"
          .formatted(name(inside), at - plan.offset(inside.id()), at);
    }
    return "memory between the buffers %s and %s, first at byte %d of the arena%s"
        .formatted(
            below == null ? "(none: the arena's start)" : name(below),
            above == null ? "(none: the arena's end)" : name(above),
            at,
            below == null
                ? ""
                : ", %d bytes past the end of the first".formatted(at - range(below).end));
  }

  private String name(Buffer buffer) {
    return "'%s' (offset %d, %d bytes)"
        .formatted(buffer.label(), plan.offset(buffer.id()), buffer.bytes());
  }

  private static boolean lives(Buffer buffer, int step) {
    return buffer.lower() <= step && step < buffer.upper();
  }

  private Range range(Buffer buffer) {
    long begin = plan.offset(buffer.id());
    return new Range(begin, begin + buffer.bytes());
  }

  private List<Range> ranges(Predicate<Buffer> which) {
    return plan.problem().buffers().stream()
        .filter(which)
        .map(this::range)
        .sorted(Comparator.comparingLong(Range::begin))
        .toList();
  }

  /** What of a range is in none of some others, which are in the order of their beginnings. */
  private static List<Range> gaps(List<Range> others, Range whole) {
    var gaps = new ArrayList<Range>();
    long begin = whole.begin;
    for (Range other : others) {
      long end = Math.min(other.begin, whole.end);
      if (begin < end) {
        gaps.add(new Range(begin, end));
      }
      begin = Math.max(begin, other.end);
    }
    if (begin < whole.end) {
      gaps.add(new Range(begin, whole.end));
    }
    return gaps;
  }
}
