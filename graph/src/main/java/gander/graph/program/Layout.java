// SPDX-License-Identifier: Apache-2.0
package gander.graph.program;

import gander.graph.op.Tensor;
import gander.graph.plan.Plan;
import gander.graph.plan.PlanProblem;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Where in the arena a program's transient tensors and scratch buffers lie while its kernels run in
 * an order.
 *
 * @param planNanos how long planning took: choosing the order and the offsets
 */
record Layout(Kernels kernels, Lives lives, Plan plan, long planNanos) {

  /**
   * Lays out an order of kernels.
   *
   * @param offsets gives the buffers their places
   * @param begin when planning began, by {@link System#nanoTime}
   */
  static Layout of(
      Kernels kernels,
      Lives lives,
      int alignment,
      Function<PlanProblem, Plan> offsets,
      long begin) {
    Plan plan = offsets.apply(problem(kernels, lives, alignment));
    return new Layout(kernels, lives, plan, System.nanoTime() - begin);
  }

  private static PlanProblem problem(Kernels kernels, Lives lives, int alignment) {
    var labels = new String[lives.buffers()];
    int[] order = lives.order();
    boolean[] again = lives.again();
    // Backwards: of several tensors in one buffer, each in the place of the one before it, the
    // first names it.
    for (int at = order.length - 1; at >= 0; at--) {
      Step step = kernels.step(order[at]);
      int[] writes = kernels.writes(order[at]);
      for (int j = 0; j < writes.length; j++) {
        if (writes[j] != Kernels.BOUND) {
          Tensor made = kernels.placed(writes[j]);
          labels[lives.buffer(at, writes[j])] =
              made.op().describe() + " -> " + made.shape() + (again[at] ? ", again" : "");
        }
      }
      for (int i = 0; i < step.variant().scratchBytes().size(); i++) {
        labels[lives.firstScratch(at) + i] = "scratch of " + step.variant();
      }
    }
    var buffers = new ArrayList<PlanProblem.Buffer>();
    for (int id = 0; id < labels.length; id++) {
      int lower = lives.lower(id);
      buffers.add(new PlanProblem.Buffer(id, labels[id], lower, lives.upper(id), lives.bytes(id)));
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

  /**
   * The buffers that the kernel at a place writes: results that no variable holds, then scratch.
   */
  Set<Integer> written(int at) {
    Set<Integer> written = new LinkedHashSet<>();
    for (int tensor : kernels.writes(lives.order()[at])) {
      if (tensor != Kernels.BOUND) {
        written.add(lives.buffer(at, tensor));
      }
    }
    written.addAll(scratch(at));
    return written;
  }

  /** How many kernels run that have run before. */
  int kernelsAgain() {
    int count = 0;
    for (boolean again : lives.again()) {
      count += again ? 1 : 0;
    }
    return count;
  }

  /** The modelled time of the kernels that run again, as a share of that of all that run once. */
  double timeAgain() {
    boolean[] again = lives.again();
    int[] order = lives.order();
    double once = 0;
    double more = 0;
    for (int at = 0; at < order.length; at++) {
      if (again[at]) {
        more += kernels.time(order[at]);
      } else {
        once += kernels.time(order[at]);
      }
    }
    return once == 0 ? 0 : more / once;
  }

  /** The buffer of a tensor that the kernel at a place touches; null if it is not in the arena. */
  @Nullable Integer buffer(int at, Tensor tensor) {
    return kernels.isPlaced(tensor) ? (Integer) lives.buffer(at, kernels.tensor(tensor)) : null;
  }

  /** The offset in the arena of a tensor that the kernel at a place reads or writes. */
  long offset(int at, Tensor tensor) {
    return place(tensor).offset() + plan.offset(lives.buffer(at, kernels.tensor(tensor)));
  }

  /** The offset in the arena of a tensor when all kernels have run. */
  long offset(Tensor tensor) {
    return place(tensor).offset() + plan.offset(lives.last(kernels.tensor(tensor)));
  }

  private Memories.Place place(Tensor tensor) {
    return kernels.schedule().memories().place(tensor);
  }

  /** The buffers of the scratch of the kernel at a place. */
  List<Integer> scratch(int at) {
    var buffers = new ArrayList<Integer>();
    for (int i = 0; i < kernels.step(lives.order()[at]).variant().scratchBytes().size(); i++) {
      buffers.add(lives.firstScratch(at) + i);
    }
    return buffers;
  }

  /** The offset of a scratch buffer of the kernel at a place. */
  long scratch(int at, int index) {
    return plan.offset(lives.firstScratch(at) + index);
  }
}
