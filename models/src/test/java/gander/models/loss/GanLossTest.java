// SPDX-License-Identifier: Apache-2.0
package gander.models.loss;

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
import gander.models.zoo.TwoPlayer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Losses give the numbers of their formulas. */
class GanLossTest {
  private static final Tensor REAL = Ops.input("real", Shape.of(2, 1));
  private static final Tensor FAKE = Ops.input("fake", Shape.of(2, 1));
  private static final double[] REALS = {0.5, -2};
  private static final double[] FAKES = {1.5, -0.25};

  private static double value(Tensor loss) {
    Map<Tensor, Values> bound =
        Map.of(REAL, new Values(REAL.shape(), REALS), FAKE, new Values(FAKE.shape(), FAKES));
    return Evaluation.of(List.of(loss), bound).getFirst().value();
  }

  private static double sp(double t) {
    return Math.log1p(Math.exp(t));
  }

  @ParameterizedTest
  @CsvSource({"minimax", "minimax-ns", "lsgan", "hinge", "wasserstein"})
  void aLossIsItsFormula(String name) {
    GanLoss loss = Formulation.of(name, Formulation.Strengths.DEFAULT).loss();
    double ns = (sp(-0.5) + sp(2)) / 2 + (sp(1.5) + sp(-0.25)) / 2;
    double[] expected =
        switch (name) {
          case "minimax" -> new double[] {ns, -(sp(1.5) + sp(-0.25)) / 2};
          case "minimax-ns" -> new double[] {ns, (sp(-1.5) + sp(0.25)) / 2};
          case "lsgan" ->
              new double[] {
                0.5 * (0.25 + 9) / 2 + 0.5 * (2.25 + 0.0625) / 2, 0.5 * (0.25 + 1.5625) / 2
              };
          case "hinge" -> new double[] {(0.5 + 3) / 2 + (2.5 + 0.75) / 2, -1.25 / 2};
          default -> new double[] {1.25 / 2 + 1.5 / 2, -1.25 / 2};
        };
    assertEquals(expected[0], value(loss.discriminator(REAL, FAKE)), 1e-12);
    assertEquals(expected[1], value(loss.generator(REAL, FAKE)), 1e-12);
  }

  @Test
  void aliasesAreALossWithItsRegularizer() {
    assertEquals("wasserstein+gp", describe("wgan-gp"));
    assertEquals("wasserstein+clip", describe("wgan"));
    assertEquals("minimax-ns+r1", describe("r1"));
    assertEquals("lsgan+r1+gp", describe("lsgan+r1+gp"));
  }

  private static String describe(String name) {
    return Formulation.of(name, Formulation.Strengths.DEFAULT).describe();
  }

  /** For a linear critic D(x) = w x the gradient is w everywhere, so penalties are known. */
  @Test
  void penaltiesOfALinearCriticAreKnown() {
    Tensor x = Ops.input("x", Shape.of(3, 2));
    Tensor mix = Ops.input("mix", Shape.of(3, 1));
    Tensor w = Ops.input("w", Shape.of(2, 1));
    var terms =
        new Regularizer.Terms(
            images -> Ops.matmul(images, w),
            x,
            Ops.neg(x),
            Ops.matmul(x, w),
            Ops.matmul(Ops.neg(x), w),
            mix,
            (name, shape) -> Ops.constant(0.5, shape),
            new StepBuilder(1));
    Tensor gp = new GradientPenalty(GradientPenalty.Form.TWO_SIDED, 10).term(terms);
    Tensor r1 = new R1(4).term(terms);
    List<Tensor> others =
        List.of(
            new GradientPenalty(GradientPenalty.Form.ONE_SIDED, 10).term(terms),
            new GradientPenalty(GradientPenalty.Form.ZERO_CENTRED, 10).term(terms),
            new Dragan(10).term(terms),
            new R2(4).term(terms),
            new WassersteinDivergence(2).term(terms));
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
    var terms =
        new Regularizer.Terms(
            images -> Ops.matmul(images, w),
            x,
            Ops.neg(x),
            Ops.matmul(x, w),
            Ops.matmul(x, w),
            Ops.constant(0.5, Shape.of(3, 1)),
            (name, shape) -> Ops.constant(0.5, shape),
            new StepBuilder(1));
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

  @ParameterizedTest
  @CsvSource({"rsgan", "ragan", "ralsgan", "rahinge"})
  void relativisticLossesAreSymmetric(String name) {
    GanLoss loss = Formulation.of(name, Formulation.Strengths.DEFAULT).loss();
    assertEquals(value(loss.discriminator(REAL, FAKE)), value(loss.generator(FAKE, REAL)), 1e-15);
    Tensor shifted = loss.discriminator(Ops.add(REAL, 3), Ops.add(FAKE, 3));
    assertEquals(value(loss.discriminator(REAL, FAKE)), value(shifted), 1e-12);
  }

  @Test
  void relativisticLossesAreTheirFormulas() {
    double a = 0.5 - 0.625;
    double b = -2 - 0.625;
    double c = 1.5 + 0.75;
    double d = -0.25 + 0.75;
    Map<String, Double> expected =
        Map.of(
            "rsgan", (sp(-(0.5 - 1.5)) + sp(-(-2 + 0.25))) / 2,
            "ragan", (sp(-a) + sp(-b)) / 2 + (sp(c) + sp(d)) / 2,
            "ralsgan",
                ((a - 1) * (a - 1) + (b - 1) * (b - 1)) / 2
                    + ((c + 1) * (c + 1) + (d + 1) * (d + 1)) / 2,
            "rahinge", (1 - a + 1 - b) / 2 + (1 + c + 1 + d) / 2);
    expected.forEach((name, number) -> {
      GanLoss loss = Formulation.of(name, Formulation.Strengths.DEFAULT).loss();
      assertEquals(number, value(loss.discriminator(REAL, FAKE)), 1e-12, name);
    });
  }

  /** f of each divergence and the derivative of f at 1, where g(v) puts data and samples apart. */
  private static double f(String name, double u) {
    double half = Math.sqrt(u) - 1;
    return switch (name) {
      case "fgan-kl" -> u * Math.log(u);
      case "fgan-rkl" -> -Math.log(u);
      case "fgan-pearson" -> (u - 1) * (u - 1);
      case "fgan-hellinger" -> half * half;
      case "fgan-js" -> -(u + 1) * Math.log((1 + u) / 2) + u * Math.log(u);
      case "fgan-gan" -> u * Math.log(u) - (u + 1) * Math.log(u + 1);
      default -> Math.abs(u - 1) / 2;
    };
  }

  /**
   * {@code f*(t) = sup over u of u t - f(u)} at t = g(v): what the losses say for one sample is
   * compared with the largest value on a fine grid of u.
   */
  @ParameterizedTest
  @CsvSource({
    "fgan-kl",
    "fgan-rkl",
    "fgan-pearson",
    "fgan-hellinger",
    "fgan-js",
    "fgan-gan",
    "fgan-tv"
  })
  void conjugatesAreThoseOfTheDivergences(String name) {
    GanLoss loss = Formulation.of(name, Formulation.Strengths.DEFAULT).loss();
    for (double v : new double[] {-1.5, -0.3, 0, 0.4, 1.2}) {
      Tensor at = Ops.constant(v, Shape.of(2, 1));
      double conjugate = -value(loss.generator(REAL, at));
      double t = conjugate - value(loss.discriminator(at, at)); // f*(g) - (f*(g) - g) = g
      double most = Double.NEGATIVE_INFINITY;
      for (double u = 1e-4; u < 60; u *= 1.0005) {
        most = Math.max(most, u * t - f(name, u));
      }
      assertEquals(most, conjugate, 1e-4 * Math.max(1, Math.abs(most)), name + " at " + v);
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
        () -> new TwoPlayer(generator, discriminator, 0, formulation, method, method, 8, 1, 1),
        "gp",
        "batch norm");
    assertTrue(discriminator.couplesSamples());
  }
}
