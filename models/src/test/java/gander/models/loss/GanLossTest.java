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
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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

  /** One-sided: the targets of generated samples, and the generator's, stay. */
  @ParameterizedTest
  @CsvSource({"minimax", "minimax-ns", "lsgan"})
  void aTargetForDataIsSmoothed(String name) {
    GanLoss plain = Formulation.of(name, Formulation.Strengths.DEFAULT).loss();
    GanLoss loss = Objects.requireNonNull(plain.withRealTarget(0.9));
    double entropy =
        (0.9 * sp(-0.5) + 0.1 * sp(0.5) + 0.9 * sp(2) + 0.1 * sp(-2)) / 2
            + (sp(1.5) + sp(-0.25)) / 2;
    double squares = 0.5 * (0.4 * 0.4 + 2.9 * 2.9) / 2 + 0.5 * (2.25 + 0.0625) / 2;
    assertEquals(
        name.equals("lsgan") ? squares : entropy, value(loss.discriminator(REAL, FAKE)), 1e-12);
    assertEquals(value(plain.generator(REAL, FAKE)), value(loss.generator(REAL, FAKE)));
    assertEquals(name, loss.name());
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

  /**
   * Activated outputs are in the domain of f*; at the threshold t = f'(1), of u = 1, f* has the
   * slope 1 and the value t - f(1), and the sign of an activated output's distance from it says
   * real or not.
   *
   * @param v the raw output that is activated to f'(1)
   */
  @ParameterizedTest
  @CsvSource({
    "fgan-kl, -1e9, 1e9, 1, 1",
    "fgan-rkl, -1e9, 0, -1, 0",
    "fgan-pearson, -1e9, 1e9, 0, 0",
    "fgan-hellinger, -1e9, 1, 0, 0",
    "fgan-js, -1e9, 0.6931471805599453, 0, 0",
    "fgan-gan, -1e9, 0, -0.6931471805599453, 0",
    "fgan-tv, -0.5, 0.5, 0, 0"
  })
  void activationsStayInTheDomain(
      String name, double low, double high, double threshold, double v) {
    GanLoss loss = Formulation.of(name, Formulation.Strengths.DEFAULT).loss();
    for (double at = -8; at <= 8; at += 0.5) {
      double t = activated(loss, at);
      assertTrue(t > low && t < high, name + " at " + at + " is " + t);
    }
    assertEquals(threshold, activated(loss, v), 1e-12);
    assertEquals(threshold - f(name, 1), conjugated(loss, v), 1e-12);
    double step = 1e-5;
    double rise = conjugated(loss, v + step) - conjugated(loss, v - step);
    assertEquals(1, rise / (activated(loss, v + step) - activated(loss, v - step)), 1e-8);
    assertTrue(activated(loss, v + 0.1) > threshold && activated(loss, v - 0.1) < threshold);
  }

  /** f*(g(v)). */
  private static double conjugated(GanLoss loss, double v) {
    return -value(loss.generator(REAL, Ops.constant(v, Shape.of(2, 1))));
  }

  /** g(v): L_D is f*(g) - g where data and samples are scored alike. */
  private static double activated(GanLoss loss, double v) {
    Tensor at = Ops.constant(v, Shape.of(2, 1));
    return conjugated(loss, v) - value(loss.discriminator(at, at));
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
    var terms =
        new Regularizer.Terms(
            critic,
            x,
            fake,
            critic.apply(x),
            critic.apply(fake),
            mix,
            (draw, shape) -> Ops.constant(0.6, shape),
            new StepBuilder(1));
    Regularizer regularizer =
        Formulation.of("wasserstein+" + name, new Formulation.Strengths(2.0, 3.0, null))
            .regularizers()
            .getFirst();
    Tensor term = Objects.requireNonNull(regularizer.term(terms));
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
  void aNameOfItsOwnTakesRegularizersToo() {
    assertEquals("wasserstein+gp+lecam", describe("wgan-gp+lecam"));
    Refusal.of(() -> describe("wgan-gp+gp"), "'gp' twice");
  }

  /** A loss that brings its own penalty. */
  public static final class Penalized implements GanLoss, Regularizer {
    @Override
    public String name() {
      return "penalized";
    }

    @Override
    public Tensor discriminator(Tensor real, Tensor fake) {
      return Ops.mean(fake);
    }

    @Override
    public Tensor generator(Tensor real, Tensor fake) {
      return Ops.neg(Ops.mean(fake));
    }

    @Override
    public Tensor term(Terms terms) {
      return Ops.mean(Ops.square(terms.realScores()));
    }
  }

  /** A loss that takes the name of another. */
  public static final class Second implements GanLoss {
    @Override
    public String name() {
      return "hinge";
    }

    @Override
    public Tensor discriminator(Tensor real, Tensor fake) {
      return Ops.mean(fake);
    }

    @Override
    public Tensor generator(Tensor real, Tensor fake) {
      return Ops.mean(fake);
    }
  }

  @Test
  void servicesGoByTheirOwnName(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("META-INF/services/" + GanLoss.class.getName());
    Files.createDirectories(file.getParent());
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    try (var loader = new URLClassLoader(new URL[] {folder.toUri().toURL()}, before)) {
      Thread.currentThread().setContextClassLoader(loader);
      Files.writeString(file, Penalized.class.getName());
      assertTrue(Formulation.names().contains("penalized"));
      Formulation found = Formulation.of("penalized+lecam", Formulation.Strengths.DEFAULT);
      assertEquals("penalized+lecam", found.describe());
      assertEquals(found.loss(), found.regularizers().getFirst());
      assertEquals(2, found.regularizers().size());
      Files.writeString(file, Second.class.getName());
      Refusal.of(Formulation::names, Second.class.getName(), "'hinge'");
      Files.writeString(file, "no.such.Loss");
      Refusal.of(Formulation::names, "no.such.Loss");
    } finally {
      Thread.currentThread().setContextClassLoader(before);
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
