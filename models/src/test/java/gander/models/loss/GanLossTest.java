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
    var terms = new Regularizer.Terms(images -> Ops.matmul(images, w), x, Ops.neg(x), mix);
    Tensor gp = new GradientPenalty(10).term(terms);
    Tensor r1 = new R1(4).term(terms);
    Map<Tensor, Values> bound =
        Map.of(
            x, new Values(x.shape(), new double[] {1, 2, 3, 4, 5, 6}),
            mix, new Values(mix.shape(), new double[] {0.1, 0.5, 0.9}),
            w, new Values(w.shape(), new double[] {3, 4}));
    List<Values> values =
        Evaluation.of(List.of(gp, r1, Gradients.of(gp, w), Gradients.of(r1, w)), bound);
    assertEquals(10 * 4 * 4, values.get(0).value(), 1e-12);
    assertEquals(2 * 25, values.get(1).value(), 1e-12);
    // d/dw 10 (|w| - 1)^2 = 20 (|w| - 1) w / |w|; d/dw 2 |w|^2 = 4 w
    assertEquals(20 * 4 * 3 / 5.0, values.get(2).data()[0], 1e-12);
    assertEquals(16, values.get(3).data()[1], 1e-12);
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
