// SPDX-License-Identifier: Apache-2.0
package gander.graph.program;

import gander.graph.op.Tensor;
import gander.graph.plan.Plan;
import gander.graph.plan.PlanProblem;
import gander.graph.plan.PlanSolver;
import java.util.ArrayList;
import java.util.List;

/**
 * Where in the arena a program's transient tensors and scratch buffers lie while its kernels run in
 * an order.
 */
record Layout(Kernels kernels, Lives lives, Plan plan) {

  static Layout of(Kernels kernels, Lives lives, int alignment) {
    return new Layout(kernels, lives, PlanSolver.solve(problem(kernels, lives, alignment)));
  }

  private static PlanProblem problem(Kernels kernels, Lives lives, int alignment) {
    var labels = new String[lives.buffers()];
    int[] order = lives.order();
    boolean[] again = lives.again();
    for (int at = order.length - 1; at >= 0; at--) {
      Step step = kernels.step(order[at]);
      for (int tensor : kernels.writes(order[at])) {
        if (tensor != Kernels.BOUND) {
          // What takes the memory of an input comes later than that: the first to write names it.
          labels[lives.buffer(at, tensor)] = step.label() + (again[at] ? ", again" : "");
        }
      }
      for (int i = 0; i < step.variant().scratchBytes().size(); i++) {
        labels[lives.firstScratch(at) + i] = "scratch of " + step.variant();
      }
    }
    var buffers = new ArrayList<PlanProblem.Buffer>();
    for (int id = 0; id < labels.length; id++) {
      buffers.add(
          new PlanProblem.Buffer(
              id, labels[id], lives.lower(id), lives.upper(id), lives.bytes(id)));
    }
    return new PlanProblem(buffers, alignment);
  }

  /** The kernels as they run. */
  List<Step> steps() {
    var steps = new ArrayList<Step>();
    for (int kernel : lives.order()) {
      steps.add(kernels.step(kernel));
    }
    return steps;
  }

  /** The offset of a planned tensor that the kernel at a place reads or writes. */
  long offset(int at, Tensor base) {
    return plan.offset(lives.buffer(at, kernels.tensor(base)));
  }

  /** The offset of a planned tensor when all kernels have run. */
  long offset(Tensor base) {
    return plan.offset(lives.last(kernels.tensor(base)));
  }

  /** The offset of a scratch buffer of the kernel at a place. */
  long scratch(int at, int index) {
    return plan.offset(lives.firstScratch(at) + index);
  }
}
