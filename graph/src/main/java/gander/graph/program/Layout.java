// SPDX-License-Identifier: Apache-2.0
package gander.graph.program;

import gander.graph.op.Node;
import gander.graph.op.Shape;
import gander.graph.op.Tensor;
import gander.graph.plan.Plan;
import gander.graph.plan.PlanProblem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Where in the arena a program's transient tensors and scratch buffers lie. A kernel's output takes
 * the memory of an input that dies with it, where the kernel allows that (in-place reuse).
 *
 * @param buffers of each planned tensor, which buffer of the plan it lies in
 * @param scratch of each step, the buffers of its kernel's scratch
 */
record Layout(Plan plan, Map<Tensor, Integer> buffers, List<List<Integer>> scratch) {

  /**
   * Lays out a program.
   *
   * @param planner gives the buffers their places
   */
  static Layout of(
      Schedule schedule, List<Step> steps, int alignment, Function<PlanProblem, Plan> planner) {
    return new Builder(schedule, steps).build(alignment, planner);
  }

  /** The offset of a planned tensor. */
  long offset(Tensor base) {
    return plan.offset(Objects.requireNonNull(buffers.get(base)));
  }

  /** The buffers that a step's kernel writes: its results that no variable holds, and scratch. */
  Set<Integer> written(int at, Step step) {
    var written = new HashSet<Integer>(scratch.get(at));
    for (Tensor output : step.node().allOutputs()) {
      Integer buffer = buffers.get(output);
      if (buffer != null) {
        written.add(buffer);
      }
    }
    return written;
  }

  private static final class Builder {
    private record Life(String label, int lower, long bytes) {}

    private final Schedule schedule;
    private final List<Step> steps;
    private final Map<Tensor, Integer> lastUse = new HashMap<>();
    private final Map<Tensor, Integer> buffers = new HashMap<>();
    private final List<Life> lives = new ArrayList<>();
    private final List<Integer> uppers = new ArrayList<>();

    Builder(Schedule schedule, List<Step> steps) {
      this.schedule = schedule;
      this.steps = steps;
    }

    Layout build(int alignment, Function<PlanProblem, Plan> planner) {
      for (int at = 0; at < steps.size(); at++) {
        for (Tensor input : steps.get(at).node().inputs()) {
          lastUse.put(Memories.base(input), at);
        }
      }
      for (Tensor output : schedule.graph().outputs().values()) {
        lastUse.put(Memories.base(output), steps.size());
      }
      var scratch = new ArrayList<List<Integer>>();
      for (int at = 0; at < steps.size(); at++) {
        place(at);
        scratch.add(scratch(at));
      }
      var planned = new ArrayList<PlanProblem.Buffer>();
      for (int id = 0; id < lives.size(); id++) {
        Life life = lives.get(id);
        planned.add(new PlanProblem.Buffer(id, life.label, life.lower, uppers.get(id), life.bytes));
      }
      return new Layout(planner.apply(new PlanProblem(planned, alignment)), buffers, scratch);
    }

    private void place(int at) {
      Node node = steps.get(at).node();
      var taken = new ArrayList<Integer>();
      for (Tensor output : node.allOutputs()) {
        if (schedule.bound().containsKey(output)) {
          continue;
        }
        int upper = Math.max(at, lastUse.getOrDefault(output, at)) + 1;
        Integer reused =
            steps.get(at).code().takers().contains(output.index())
                ? dying(at, output.shape(), taken)
                : null;
        if (reused != null) {
          taken.add(reused);
          uppers.set(reused, upper);
          buffers.put(output, reused);
        } else {
          buffers.put(output, add(steps.get(at).label(), at, upper, output.shape().bytes()));
        }
      }
    }

    /** The buffer of an input that nothing needs any more and that the kernel may write over. */
    private @Nullable Integer dying(int at, Shape shape, List<Integer> taken) {
      Step step = steps.get(at);
      for (int index : step.code().inPlace()) {
        Tensor base = Memories.base(step.node().input(index));
        Integer buffer = buffers.get(base);
        boolean once =
            step.node().inputs().stream().map(Memories::base).filter(base::equals).count() == 1;
        if (buffer != null
            && once
            && !taken.contains(buffer)
            && uppers.get(buffer) == at + 1
            && base.shape().size() == shape.size()) {
          return buffer;
        }
      }
      return null;
    }

    private List<Integer> scratch(int at) {
      var ids = new ArrayList<Integer>();
      for (long bytes : steps.get(at).variant().scratchBytes()) {
        ids.add(add("scratch of " + steps.get(at).variant(), at, at + 1, bytes));
      }
      return ids;
    }

    private int add(String label, int lower, int upper, long bytes) {
      lives.add(new Life(label, lower, bytes));
      uppers.add(upper);
      return lives.size() - 1;
    }
  }
}
