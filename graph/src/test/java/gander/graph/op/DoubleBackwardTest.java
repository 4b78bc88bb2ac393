// SPDX-License-Identifier: Apache-2.0
package gander.graph.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The gradient penalty {@code P = lambda mean over samples (||grad_x D(x)|| - 1)^2} of a critic
 * with dense layers: its gradient with respect to the weights is a gradient of a gradient. Held
 * against two ordinary backward passes, and against the formulas written out for one hidden layer.
 */
class DoubleBackwardTest {
  private static final int BATCH = 5;
  private static final int IN = 4;
  private static final int HIDDEN = 7;
  private static final double LAMBDA = 10;

  enum Activation {
    LEAKY,
    TANH,
    SOFTPLUS;

    Tensor of(Tensor x) {
      return switch (this) {
        case LEAKY -> Ops.leakyRelu(x, 0.2);
        case TANH -> Ops.tanh(x);
        case SOFTPLUS -> Ops.softplus(x);
      };
    }

    double slope(double x) {
      return switch (this) {
        case LEAKY -> x > 0 ? 1 : 0.2;
        case TANH -> 1 - Math.tanh(x) * Math.tanh(x);
        case SOFTPLUS -> 1 / (1 + Math.exp(-x));
      };
    }

    double curvature(double x) {
      return switch (this) {
        case LEAKY -> 0;
        case TANH -> -2 * Math.tanh(x) * slope(x);
        case SOFTPLUS -> slope(x) * (1 - slope(x));
      };
    }
  }

  private static Tensor input(String name, int... shape) {
    return Ops.input(name, Shape.of(shape));
  }

  private final Tensor x = input("x", BATCH, IN);
  private final List<Tensor> one =
      List.of(input("w1", IN, HIDDEN), input("b1", HIDDEN), input("w2", HIDDEN, 1), input("b2", 1));
  private final List<Tensor> two =
      List.of(
          input("w1", IN, HIDDEN),
          input("b1", HIDDEN),
          input("w2", HIDDEN, 6),
          input("b2", 6),
          input("w3", 6, 1),
          input("b3", 1));

  /** A critic of dense layers, activations between them. */
  private static Tensor critic(Activation activation, Tensor x, List<Tensor> weights) {
    Tensor h = x;
    for (int layer = 0; layer < weights.size(); layer += 2) {
      h = layer == 0 ? h : activation.of(h);
      h = Ops.add(Ops.matmul(h, weights.get(layer)), weights.get(layer + 1));
    }
    return h;
  }

  private static Tensor penalty(Tensor gradient) {
    Tensor norms = Ops.sqrt(Ops.squaredNorms(gradient));
    return Ops.mul(Ops.mean(Ops.square(Ops.sub(norms, 1))), LAMBDA);
  }

  private Map<Tensor, Values> values(List<Tensor> weights) {
    Map<Tensor, Values> values = new HashMap<>();
    Stream.concat(Stream.of(x), weights.stream())
        .forEach(t ->
            values.put(
                t,
                new Values(t.shape(), Differences.numbers(t.shape().size(), 7 + values.size()))));
    return values;
  }

  @ParameterizedTest
  @EnumSource
  void agreesWithTwoOrdinaryPasses(Activation activation) {
    Tensor y = critic(activation, x, two);
    Tensor slope = Gradients.of(Ops.total(y), x);
    Tensor penalty = penalty(slope);
    Map<Tensor, Values> at = values(two);
    // d penalty / d slope, by an ordinary pass; then the directional derivative along it.
    Tensor direction = Gradients.of(penalty(x), x);
    Values slopeValue = Evaluation.of(List.of(slope), at).getFirst();
    Values along = Evaluation.of(List.of(direction), Map.of(x, slopeValue)).getFirst();
    List<Tensor> ordinary = Gradients.of(Ops.total(y), two);
    double h = 1e-6;
    List<Values> above = Evaluation.of(ordinary, moved(at, along, h));
    List<Values> below = Evaluation.of(ordinary, moved(at, along, -h));
    List<Values> actual = Evaluation.of(Gradients.of(penalty, two), at);
    for (int k = 0; k < two.size(); k++) {
      for (int i = 0; i < two.get(k).shape().size(); i++) {
        double expected = (above.get(k).data()[i] - below.get(k).data()[i]) / (2 * h);
        assertEquals(expected, actual.get(k).data()[i], 1e-7, two.get(k) + " element " + i);
      }
    }
    assertTrue(norm(actual.getFirst()) > 0.1, "the penalty does not depend on the weights");
  }

  private static double[] data(Map<Tensor, Values> at, Tensor tensor) {
    return Objects.requireNonNull(at.get(tensor)).data();
  }

  private Map<Tensor, Values> moved(Map<Tensor, Values> at, Values along, double by) {
    Map<Tensor, Values> moved = new HashMap<>(at);
    double[] data = data(at, x).clone();
    Arrays.setAll(data, i -> data[i] + by * along.data()[i]);
    moved.put(x, new Values(x.shape(), data));
    return moved;
  }

  private static double norm(Values values) {
    return Math.sqrt(Arrays.stream(values.data()).map(v -> v * v).sum());
  }

  /**
   * With a = x W1 + b1, D = phi(a) w2 + b2, g = (phi'(a) w2') W1', r = dP/dg and t = r W1:
   *
   * <pre>
   * dw2 = sum_n t phi'(a)        dW1 = r' (phi'(a) w2') + x' (t phi''(a) w2')
   * db1 = sum_n t phi''(a) w2'   db2 = 0
   * </pre>
   */
  @ParameterizedTest
  @EnumSource
  void agreesWithTheFormulasOfOneHiddenLayer(Activation activation) {
    Tensor slope = Gradients.of(Ops.total(critic(activation, x, one)), x);
    Map<Tensor, Values> at = values(one);
    List<Values> actual = Evaluation.of(Gradients.of(penalty(slope), one), at);
    double[] xs = data(at, x);
    double[] w1 = data(at, one.get(0));
    double[] b1 = data(at, one.get(1));
    double[] w2 = data(at, one.get(2));
    var dw1 = new double[IN * HIDDEN];
    var db1 = new double[HIDDEN];
    var dw2 = new double[HIDDEN];
    for (int n = 0; n < BATCH; n++) {
      int row = n * IN;
      double[] a =
          IntStream.range(0, HIDDEN)
              .mapToDouble(j ->
                  b1[j]
                      + IntStream.range(0, IN)
                          .mapToDouble(i -> xs[row + i] * w1[i * HIDDEN + j])
                          .sum())
              .toArray();
      double[] g =
          IntStream.range(0, IN)
              .mapToDouble(i ->
                  IntStream.range(0, HIDDEN)
                      .mapToDouble(j -> activation.slope(a[j]) * w2[j] * w1[i * HIDDEN + j])
                      .sum())
              .toArray();
      double length = Math.sqrt(Arrays.stream(g).map(v -> v * v).sum());
      double[] r =
          Arrays.stream(g).map(v -> 2 * LAMBDA / BATCH * (length - 1) * v / length).toArray();
      for (int j = 0; j < HIDDEN; j++) {
        int column = j;
        double t = IntStream.range(0, IN).mapToDouble(i -> r[i] * w1[i * HIDDEN + column]).sum();
        double bent = t * activation.curvature(a[j]) * w2[j];
        dw2[j] += t * activation.slope(a[j]);
        db1[j] += bent;
        for (int i = 0; i < IN; i++) {
          dw1[i * HIDDEN + j] += r[i] * activation.slope(a[j]) * w2[j] + xs[row + i] * bent;
        }
      }
    }
    List<double[]> expected = List.of(dw1, db1, dw2, new double[1]);
    for (int k = 0; k < expected.size(); k++) {
      for (int i = 0; i < expected.get(k).length; i++) {
        assertEquals(expected.get(k)[i], actual.get(k).data()[i], 1e-13, one.get(k) + " " + i);
      }
    }
  }

  /** A penalty on a critic that is linear in pieces does not move the biases. */
  @Test
  void leavesTheBiasesOfALeakyCriticAlone() {
    Tensor slope = Gradients.of(Ops.total(critic(Activation.LEAKY, x, two)), x);
    List<Tensor> biases = List.of(two.get(1), two.get(3), two.get(5));
    for (Values gradient : Evaluation.of(Gradients.of(penalty(slope), biases), values(two))) {
      assertTrue(Arrays.stream(gradient.data()).allMatch(v -> v == 0));
    }
  }
}
