// SPDX-License-Identifier: Apache-2.0
package gander.models.loss;

import static gander.models.loss.Scores.REAL;
import static gander.models.loss.Scores.value;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.graph.op.Ops;
import gander.graph.op.Shape;
import gander.graph.op.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The losses of f-GANs are those of their divergences. */
class DivergenceTest {
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
}
