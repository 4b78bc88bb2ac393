// SPDX-License-Identifier: Apache-2.0
package gander.models.loss;

import static gander.graph.op.Ops.add;
import static gander.graph.op.Ops.greater;
import static gander.graph.op.Ops.mean;
import static gander.graph.op.Ops.mul;
import static gander.graph.op.Ops.relu;
import static gander.graph.op.Ops.scalar;
import static gander.graph.op.Ops.select;
import static gander.graph.op.Ops.square;
import static gander.graph.op.Ops.stopGradient;
import static gander.graph.op.Ops.sub;

import gander.graph.op.Shape;
import gander.graph.op.Tensor;
import gander.graph.op.Variable;
import gander.models.net.Initial;
import gander.models.net.Network;
import gander.models.net.StepBuilder;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * LeCam regularization (Tseng et al. 2021): {@code lambda (mean relu(D(x) - a_F)^2 + mean relu(a_R
 * - D(G(z)))^2)} with a_R and a_F moving means of D(x) and D(G(z)), decay 0.99. As in the authors'
 * code it begins at step 1000; up to there the means are those of the last batch.
 */
public final class LeCam implements Regularizer {
  private static final double DECAY = 0.99;
  private static final int FIRST = 1000;

  private final double lambda;
  private final Variable real = new Variable("d/lecam/real", Shape.SCALAR);
  private final Variable fake = new Variable("d/lecam/fake", Shape.SCALAR);

  /**
   * @param lambda its weight, 0.3 in the authors' code
   */
  public LeCam(double lambda) {
    this.lambda = lambda;
  }

  @Override
  public String name() {
    return "lecam";
  }

  @Override
  public String formula() {
    return "lambda (mean relu(D(x) - a_F)^2 + mean relu(a_R - D(G(z)))^2), a moving means, from step 1000 on";
  }

  @Override
  public String strengths() {
    return "lambda " + lambda;
  }

  @Override
  public String source() {
    return "Tseng et al. 2021";
  }

  @Override
  public Map<Variable, Initial> attach(Network discriminator) {
    Map<Variable, Initial> initial = new LinkedHashMap<>();
    initial.put(real, Initial.constant(0));
    initial.put(fake, Initial.constant(0));
    return initial;
  }

  @Override
  public double coefficient() {
    return lambda;
  }

  @Override
  public Tensor term(Terms terms) {
    StepBuilder step = terms.step();
    Tensor begun = greater(step.value(StepBuilder.STEP), scalar(FIRST - 0.5));
    Tensor anchorReal = moved(step, begun, real, terms.realScores());
    Tensor anchorFake = moved(step, begun, fake, terms.fakeScores());
    Tensor above = mean(square(relu(sub(terms.realScores(), anchorFake))));
    Tensor below = mean(square(relu(sub(anchorReal, terms.fakeScores()))));
    return mul(add(above, below), begun);
  }

  private static Tensor moved(StepBuilder step, Tensor begun, Variable mean, Tensor scores) {
    Tensor now = stopGradient(mean(scores));
    Tensor mixed = add(mul(step.value(mean), DECAY), mul(now, 1 - DECAY));
    Tensor moved = select(begun, mixed, now);
    step.assign(mean, moved);
    return moved;
  }
}
