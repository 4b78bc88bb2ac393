// SPDX-License-Identifier: Apache-2.0
package gander.models.optim;

import static gander.graph.op.Ops.add;
import static gander.graph.op.Ops.clip;
import static gander.graph.op.Ops.cos;
import static gander.graph.op.Ops.div;
import static gander.graph.op.Ops.exp;
import static gander.graph.op.Ops.floor;
import static gander.graph.op.Ops.max;
import static gander.graph.op.Ops.min;
import static gander.graph.op.Ops.mul;
import static gander.graph.op.Ops.sub;

import gander.graph.op.Ops;
import gander.graph.op.Tensor;

/**
 * How a learning rate goes over a run: what it is multiplied by, computed on the device from the
 * number t of the step, so that nothing is compiled again and a run that is resumed has the same
 * rates. {@code (t + 1) / warmup} up to 1 in the first steps; then the form over {@code p}, the
 * share of the remaining steps that is done.
 *
 * @param warmup steps in which the rate rises; 0 for none
 * @param steps of the run
 */
public record Schedule(Form form, long warmup, long steps) {
  /** One rate for the whole run. */
  public static final Schedule CONSTANT = new Schedule(new Constant(), 0, 1);

  /** How the rate goes behind the warm-up. */
  public sealed interface Form {}

  /** 1. */
  public record Constant() implements Form {}

  /** {@code 1 + (last - 1) p}. */
  public record Linear(double last) implements Form {}

  /** {@code last + (1 - last) (1 + cos(pi p)) / 2} (Loshchilov and Hutter 2017, no restarts). */
  public record Cosine(double last) implements Form {}

  /** {@code last^p}; last is above 0. */
  public record Exponential(double last) implements Form {}

  /** Multiplied by {@code by}, above 0, after every so many steps. */
  public record Step(long every, double by) implements Form {}

  /** Whether it is 1 at every step. */
  public boolean isConstant() {
    return form instanceof Constant && warmup == 0;
  }

  /**
   * The factor of a step.
   *
   * @param step its number, from 0; one number
   */
  public Tensor factor(Tensor step) {
    Tensor behind = max(sub(step, (double) warmup), 0);
    Tensor p = clip(div(behind, (double) Math.max(steps - warmup, 1)), 0, 1);
    Tensor factor =
        switch (form) {
          case Constant constant -> Ops.constant(1, step.shape());
          case Linear(double last) -> add(mul(p, last - 1), 1);
          case Cosine(double last) -> add(mul(add(cos(mul(p, Math.PI)), 1), (1 - last) / 2), last);
          case Exponential(double last) -> exp(mul(p, Math.log(last)));
          case Step(long every, double by) ->
              exp(mul(floor(div(add(behind, 0.5), (double) every)), Math.log(by)));
        };
    return warmup == 0 ? factor : mul(factor, min(div(add(step, 1), (double) warmup), 1));
  }
}
