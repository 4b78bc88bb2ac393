// SPDX-License-Identifier: Apache-2.0
package gander.models.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.graph.op.Evaluation;
import gander.graph.op.Gradients;
import gander.graph.op.Ops;
import gander.graph.op.Shape;
import gander.graph.op.Tensor;
import gander.graph.op.Values;
import gander.models.Refusal;
import gander.models.net.Layer;
import gander.models.net.Network;
import gander.models.net.StepBuilder;
import gander.models.optim.Optimizer;
import gander.models.zoo.Techniques;
import gander.models.zoo.TwoPlayer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Penalties give the numbers of their formulas, and their gradients. */
class PenaltyTest {
  /**
   * @param drawn what every random draw is
   */
  private static Regularizer.Terms terms(
      UnaryOperator<Tensor> critic, Tensor real, Tensor fake, Tensor mix, double drawn) {
    return new Regularizer.Terms(
        critic,
        real,
        fake,
        critic.apply(real),
        critic.apply(fake),
        mix,
        (name, shape) -> Ops.constant(drawn, shape),
        new StepBuilder(1));
  }

  /** The term as it is added. */
  private static Tensor weighted(Regularizer regularizer, Regularizer.Terms terms) {
    return regularizer.weighted(Objects.requireNonNull(regularizer.term(terms)));
  }

  /** For a linear critic D(x) = w x the gradient is w everywhere, so penalties are known. */
  @Test
  void penaltiesOfALinearCriticAreKnown() {
    Tensor x = Ops.input("x", Shape.of(3, 2));
    Tensor mix = Ops.input("mix", Shape.of(3, 1));
    Tensor w = Ops.input("w", Shape.of(2, 1));
    Regularizer.Terms terms = terms(images -> Ops.matmul(images, w), x, Ops.neg(x), mix, 0.5);
    Tensor gp = weighted(new GradientPenalty(GradientPenalty.Form.TWO_SIDED, 10), terms);
    Tensor r1 = weighted(new R1(4), terms);
    List<Tensor> others =
        List.of(
            weighted(new GradientPenalty(GradientPenalty.Form.ONE_SIDED, 10), terms),
            weighted(new GradientPenalty(GradientPenalty.Form.ZERO_CENTRED, 10), terms),
            weighted(new Dragan(10), terms),
            weighted(new R2(4), terms),
            weighted(new WassersteinDivergence(2), terms));
    Map<Tensor, Values> bound =
        Map.of(
            x, new Values(x.shape(), new double[] {1, 2, 3, 4, 5, 6}),
            mix, new Values(mix.shape(), new double[] {0.1, 0.5, 0.9}),
            w, new Values(w.shape(), new double[] {3, 4}));
    List<Values> values =
        Evaluation.of(List.of(gp, r1, Gradients.of(gp, w), Gradients.of(r1, w)), bound);
    double[] expected = {10 * 4 * 4, 10 * 25, 10 * 4 * 4, 2 * 25, 2 * Math.pow(5, 6)};
    for (int i = 0; i < expected.length; i++) {
      assertEquals(
          expected[i], Evaluation.of(List.of(others.get(i)), bound).getFirst().value(), 1e-9);
    }
    assertEquals(10 * 4 * 4, values.get(0).value(), 1e-12);
    assertEquals(2 * 25, values.get(1).value(), 1e-12);
    // d/dw 10 (|w| - 1)^2 = 20 (|w| - 1) w / |w|; d/dw 2 |w|^2 = 4 w
    assertEquals(20 * 4 * 3 / 5.0, values.get(2).data()[0], 1e-12);
    assertEquals(16, values.get(3).data()[1], 1e-12);
  }

  /** Below a norm of 1 only the two-sided penalty says anything. */
  @Test
  void theOneSidedPenaltyLeavesSmallGradientsAlone() {
    Tensor x = Ops.input("x", Shape.of(3, 2));
    Tensor w = Ops.constant(0.3, Shape.of(2, 1));
    Tensor mix = Ops.constant(0.5, Shape.of(3, 1));
    Regularizer.Terms terms = terms(images -> Ops.matmul(images, w), x, Ops.neg(x), mix, 0.5);
    Map<Tensor, Values> bound = Map.of(x, new Values(x.shape(), new double[] {1, 2, 3, 4, 5, 6}));
    for (GradientPenalty.Form form : GradientPenalty.Form.values()) {
      Tensor term = new GradientPenalty(form, 1).term(terms);
      double norm = 0.3 * Math.sqrt(2);
      double expected =
          switch (form) {
            case TWO_SIDED -> (norm - 1) * (norm - 1);
            case ONE_SIDED -> 0;
            case ZERO_CENTRED -> norm * norm;
          };
      assertEquals(expected, Evaluation.of(List.of(term), bound).getFirst().value(), 1e-12);
    }
  }

  /**
   * The penalty's gradient without second derivatives: with r its derivative by the critic's
   * slopes, {@code (grad sum D(x + h r) - grad sum D(x - h r)) / 2h}, two ordinary backward passes.
   */
  @ParameterizedTest
  @CsvSource({"gp", "gp-onesided", "gp-zero", "r1", "r2", "div", "dragan"})
  void gradientsOfPenaltiesAreThoseOfTwoFirstOrderPasses(String name) {
    Tensor x = Ops.input("x", Shape.of(4, 3));
    Tensor hidden = Ops.input("hidden", Shape.of(3, 5));
    Tensor last = Ops.input("last", Shape.of(5, 1));
    UnaryOperator<Tensor> critic = images -> Ops.matmul(Ops.tanh(Ops.matmul(images, hidden)), last);
    Tensor fake = Ops.mul(x, -0.7);
    Tensor mix = Ops.constant(0.3, Shape.of(4, 1));
    Regularizer.Terms terms = terms(critic, x, fake, mix, 0.6);
    Regularizer regularizer =
        Formulation.of("wasserstein+" + name, new Formulation.Strengths(2.0, 3.0, null))
            .regularizers()
            .getFirst();
    Tensor term = weighted(regularizer, terms);
    Tensor deviation = Ops.sqrt(Ops.mean(Ops.square(Ops.sub(x, Ops.mean(x)))));
    List<Tensor> points =
        switch (name) {
          case "r1" -> List.of(x);
          case "r2" -> List.of(fake);
          case "div" -> List.of(x, fake);
          case "dragan" -> List.of(Ops.add(x, Ops.mul(deviation, 0.3 * 0.5 * 0.6)));
          default -> List.of(Ops.add(Ops.mul(x, 0.3), Ops.mul(fake, 0.7)));
        };
    Tensor oracle = Ops.scalar(0);
    for (Tensor point : points) {
      Tensor constant = Ops.stopGradient(point);
      Tensor slope = Gradients.of(Ops.total(critic.apply(constant)), constant);
      Tensor squares = Ops.reshape(Ops.squaredNorms(slope), Shape.of(4, 1));
      Tensor norm = Ops.sqrt(squares);
      Tensor pull = // dP/d slope, over slope; P a mean over four samples
          switch (name) {
            case "gp", "dragan" -> Ops.mul(Ops.div(Ops.sub(norm, 1), norm), 2 * 2 / 4.0);
            case "gp-onesided" -> Ops.mul(Ops.div(Ops.relu(Ops.sub(norm, 1)), norm), 2 * 2 / 4.0);
            case "gp-zero" -> Ops.constant(2 * 2 / 4.0, Shape.of(4, 1));
            case "div" -> Ops.mul(Ops.square(squares), 6 / 4.0);
            default -> Ops.constant(3 / 4.0, Shape.of(4, 1));
          };
      Tensor moved = Ops.stopGradient(Ops.mul(Ops.mul(pull, slope), 1e-5));
      Tensor above = Ops.total(critic.apply(Ops.add(constant, moved)));
      Tensor below = Ops.total(critic.apply(Ops.sub(constant, moved)));
      oracle = Ops.add(oracle, Ops.div(Ops.sub(above, below), 2e-5));
    }
    var random = new SplittableRandom(2);
    Map<Tensor, Values> bound = new HashMap<>();
    for (Tensor input : List.of(x, hidden, last)) {
      bound.put(
          input,
          new Values(input.shape(), random.doubles(input.shape().size(), -1.2, 1.2).toArray()));
    }
    for (Tensor weight : List.of(hidden, last)) {
      List<Values> found =
          Evaluation.of(List.of(Gradients.of(term, weight), Gradients.of(oracle, weight)), bound);
      double[] expected = found.get(1).data();
      double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
      assertTrue(largest > 1e-3, "there is something to compare");
      assertArrayEquals(expected, found.get(0).data(), 1e-5 * largest);
    }
  }

  @Test
  void clippingHoldsWeights() {
    Tensor w = Ops.input("w", Shape.of(3));
    Tensor clipped = new Clipping(0.01).project(w);
    double[] values =
        Evaluation.of(
                List.of(clipped), Map.of(w, new Values(w.shape(), new double[] {-1, 0.005, 2})))
            .getFirst()
            .data();
    assertEquals(-0.01, values[0]);
    assertEquals(0.005, values[1]);
    assertEquals(0.01, values[2]);
  }

  @Test
  void aPenaltyOnSamplesRefusesBatchNorm() {
    var generator = new Network("g", Shape.of(4), List.of(Layer.dense(6)));
    var discriminator =
        new Network(
            "d", Shape.of(6), List.of(Layer.dense(5), Layer.normalize(0.1), Layer.dense(1)));
    Formulation formulation = Formulation.of("wgan-gp", Formulation.Strengths.DEFAULT);
    var method = new Optimizer.Method.AdamMethod(1e-4, 0, 0.9);
    Refusal.of(
        () ->
            new TwoPlayer(
                generator, discriminator, 0, formulation, Techniques.NONE, method, method, 8, 1, 1),
        "gp",
        "batch norm");
    assertTrue(discriminator.couplesSamples());
  }
}
