// SPDX-License-Identifier: Apache-2.0
package gander.graph.plan;

import gander.graph.plan.PlanProblem.Buffer;
import java.util.List;

/** The plain check, every pair of buffers: nothing that lives at the same time may overlap. */
public final class PlanValidator {
  private PlanValidator() {}

  /**
   * Checks a plan.
   *
   * @throws IllegalStateException naming the buffers, if a buffer is misplaced or two overlap
   */
  public static void check(Plan plan) {
    PlanProblem problem = plan.problem();
    List<Buffer> buffers = problem.buffers();
    for (int i = 0; i < buffers.size(); i++) {
      Buffer a = buffers.get(i);
      long begin = plan.offset(a.id());
      if (begin < 0 || begin % problem.alignment() != 0 || begin + a.bytes() > plan.peak()) {
        throw new IllegalStateException(
            "buffer %s lies at %d of %d, aligned to %d"
                .formatted(a, begin, plan.peak(), problem.alignment()));
      }
      for (Buffer b : buffers.subList(i + 1, buffers.size())) {
        long other = plan.offset(b.id());
        if (a.meets(b) && begin < other + b.bytes() && other < begin + a.bytes()) {
          throw new IllegalStateException(
              "buffers %s at %d and %s at %d overlap".formatted(a, begin, b, other));
        }
      }
    }
  }
}
