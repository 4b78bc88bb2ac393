// SPDX-License-Identifier: Apache-2.0
package gander.models.loss;

import static gander.graph.op.Ops.add;
import static gander.graph.op.Ops.mul;
import static gander.graph.op.Ops.stopGradient;
import static gander.graph.op.Ops.sub;

import gander.graph.op.Shape;
import gander.graph.op.Tensor;
import gander.graph.op.Variable;
import gander.models.net.Initial;
import gander.models.net.Network;
import gander.models.net.StepBuilder;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Something added to any formulation: a term of the discriminator's loss, a bound on its weights,
 * another form in which its layers take them. One object serves one model: it may keep variables.
 */
public interface Regularizer extends Described {
  /** The formula, for {@code gander losses}. */
  default String formula() {
    return getClass().getName();
  }

  /**
   * The settings that it reads with their values here, for {@code gander losses}; empty if none.
   */
  default String strengths() {
    return "";
  }

  /**
   * What a term is made from.
   *
   * @param critic the discriminator, {@code [N,...]} to {@code [N,1]}
   * @param real a batch of data {@code [N,...]}
   * @param fake generated samples {@code [N,...]}, constants
   * @param realScores the discriminator's outputs for data {@code [N,1]}
   * @param fakeScores its outputs for the generated samples {@code [N,1]}
   * @param mix one uniform number a sample, {@code [N,1,...]} of the batch's rank; the draw {@code
   *     eps}
   * @param draws uniform numbers in (0, 1] of further draws
   * @param step for those that keep variables
   */
  record Terms(
      UnaryOperator<Tensor> critic,
      Tensor real,
      Tensor fake,
      Tensor realScores,
      Tensor fakeScores,
      Tensor mix,
      Draws draws,
      StepBuilder step) {
    /** Points between data and generated samples, constants: {@code eps x + (1 - eps) G(z)}. */
    public Tensor between() {
      return stopGradient(add(fake, mul(mix, sub(real, fake))));
    }

    /** A draw by name, other numbers for each update of the discriminator. */
    @FunctionalInterface
    public interface Draws {
      Tensor uniform(String name, Shape shape);
    }
  }

  /**
   * The variables that it keeps for a discriminator, with what they hold at first, in an order that
   * is always the same.
   */
  default Map<Variable, Initial> attach(Network discriminator) {
    return Map.of();
  }

  /** The term to add, one number, before it is weighted; null if it adds none. */
  default @Nullable Tensor term(Terms terms) {
    return null;
  }

  /** What the term is multiplied by. */
  default double coefficient() {
    return 1;
  }

  /** A term as it is added to the discriminator's loss. */
  default Tensor weighted(Tensor term) {
    return coefficient() == 1 ? term : mul(term, coefficient());
  }

  /** What an updated weight of the discriminator is passed through. */
  default Tensor project(Tensor weight) {
    return weight;
  }

  /**
   * A parameter of the discriminator as its layers take it.
   *
   * @param value the parameter as it is
   * @param update whether the discriminator is about to be updated, once a step and repetition;
   *     otherwise the generator is
   */
  default Tensor weight(StepBuilder step, Variable parameter, Tensor value, boolean update) {
    return value;
  }

  /**
   * Why a discriminator whose samples depend on each other (batch norm) cannot take it; or null.
   */
  default @Nullable String refusesCoupledSamples() {
    return null;
  }
}
