// SPDX-License-Identifier: Apache-2.0
package gander.graph.program;

import gander.graph.op.Node;
import gander.graph.op.Shape;
import gander.graph.op.Tensor;
import gander.graph.plan.Plan;
import gander.graph.plan.PlanProblem;
import gander.graph.plan.PlanSolver;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where in the arena a program's transient tensors and scratch buffers lie. A kernel's output takes
 * the memory of an input that dies with it, where the kernel allows that (in-place reuse).
 *
 * @param buffers of each planned tensor, which buffer of the plan it lies in
 * @param scratch of each step, the buffers of its kernel's scratch
 * @param solverNanos how long the search for offsets took
 */
record Layout(
    Plan plan, Map<Tensor, Integer> buffers, List<List<Integer>> scratch, long solverNanos) {

  static Layout of(Schedule schedule, List<Step> steps, int alignment) {
    return new Builder(schedule, steps).build(alignment);
  }

  /** The offset of a planned tensor. */
  long offset(Tensor base) {
    return plan.offset(Objects.requireNonNull(buffers.get(base)));
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

    Layout build(int alignment) {
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
      long begin = System.nanoTime();
      Plan plan = PlanSolver.solve(new PlanProblem(planned, alignment));
      return new Layout(plan, buffers, scratch, System.nanoTime() - begin);
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
          String label = node.op().describe() + " -> " + output.shape();
          buffers.put(output, add(label, at, upper, output.shape().bytes()));
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
