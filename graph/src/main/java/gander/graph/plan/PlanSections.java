// SPDX-License-Identifier: Apache-2.0
package gander.graph.plan;

import gander.graph.plan.PlanProblem.Buffer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Time cut into sections: those steps that no other step's live buffers include.
 *
 * @param first of each buffer, in the order of the list, its first section
 * @param end the section behind its last
 */
record PlanSections(int count, int[] first, int[] end) {
  static PlanSections of(List<Buffer> buffers) {
    int[] times =
        buffers.stream()
            .flatMapToInt(b -> IntStream.of(b.lower(), b.upper()))
            .sorted()
            .distinct()
            .toArray();
    var starts = new boolean[times.length];
    var ends = new boolean[times.length];
    for (Buffer buffer : buffers) {
      starts[Arrays.binarySearch(times, buffer.lower())] = true;
      ends[Arrays.binarySearch(times, buffer.upper())] = true;
    }
    // Most live just before something ends, if anything began since the last such time.
    var sectionsBefore = new int[times.length];
    int count = 0;
    boolean began = false;
    for (int at = 0; at < times.length; at++) {
      if (ends[at] && began) {
        count++;
        began = false;
      }
      sectionsBefore[at] = count;
      began |= starts[at];
    }
    var first = new int[buffers.size()];
    var end = new int[buffers.size()];
    for (int i = 0; i < buffers.size(); i++) {
      first[i] = sectionsBefore[Arrays.binarySearch(times, buffers.get(i).lower())];
      end[i] = sectionsBefore[Arrays.binarySearch(times, buffers.get(i).upper())];
    }
    return new PlanSections(count, first, end);
  }

  /** Of each buffer, those that live with it. */
  int[][] rivals() {
    int count = first.length;
    var rivals = new int[count][];
    for (int i = 0; i < count; i++) {
      int at = i;
      rivals[i] =
          IntStream.range(0, count)
              .filter(j -> j != at && first[j] < end[at] && first[at] < end[j])
              .toArray();
    }
    return rivals;
  }
}
