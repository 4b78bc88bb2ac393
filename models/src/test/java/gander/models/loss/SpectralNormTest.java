// SPDX-License-Identifier: Apache-2.0
package gander.models.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.graph.Program;
import gander.graph.op.Gradients;
import gander.graph.op.Ops;
import gander.graph.op.Shape;
import gander.graph.op.Tensor;
import gander.graph.op.Variable;
import gander.graph.reference.ReferenceBackend;
import gander.models.net.Layer;
import gander.models.net.Network;
import gander.models.net.StepBuilder;
import gander.models.run.RunConfig;
import gander.models.zoo.Zoo;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The power iteration finds the largest singular value, and its vectors are part of the model. */
class SpectralNormTest {
  @Test
  void weightsAreDividedByTheirLargestSingularValue() {
    var network = new Network("d", Shape.of(2), List.of(Layer.dense(3)));
    Variable weight = network.parameters().getFirst();
    var norm = new SpectralNorm();
    var initial = norm.attach(network);
    var step = new StepBuilder(1);
    Tensor used = norm.weight(step, weight, step.value(weight), true);
    step.report("sigma", Ops.div(Ops.total(step.value(weight)), Ops.total(used)));
    assertEquals(1, initial.size(), "a vector for the weight and none for the bias");
    try (var backend = new ReferenceBackend();
        Program program = backend.compile(step.snapshot())) {
      backend.write(weight, new double[] {3, 0, 4, 0, 2, 0});
      initial.forEach((u, value) -> backend.write(u, value.values(u, 1)));
      for (int i = 0; i < 100; i++) {
        program.run();
      }
      // Rows (3,0,4) and (0,2,0) are at right angles: the singular values are their lengths.
      assertEquals(5, program.readScalar("sigma"), 1e-9);
    }
  }

  @Test
  void theVectorsAreKeptWithTheModel() {
    var config = RunConfig.of("dcgan", "none", "reference").with("loss", "hinge+spectral-norm");
    List<String> names = Zoo.create(config).variables().stream().map(Variable::name).toList();
    assertTrue(names.containsAll(List.of("d/0/weight/u", "d/7/weight/u")), names::toString);
  }

  /** Of a transposed convolution the outputs are not the last axis: singular values 5 and 2. */
  @Test
  void filtersOfATransposedConvolutionHaveTheirOwnOutputs() {
    var network =
        new Network("d", Shape.of(1, 1, 3), List.of(new Layer.ConvTranspose(2, 1, 1, 0, false)));
    Variable weight = network.parameters().getFirst(); // [1,1,2,3]: [R,S,out,in]
    assertEquals(Shape.of(1, 1, 2, 3), weight.shape());
    var norm = new SpectralNorm();
    var initial = norm.attach(network);
    Variable u = initial.keySet().iterator().next();
    assertEquals(2, u.shape().size(), "one number an output");
    double[] start = initial.values().iterator().next().values(u, 1);
    assertEquals(1, start[0] * start[0] + start[1] * start[1], 1e-6, "it begins with norm 1");
    var step = new StepBuilder(1);
    Tensor used = norm.weight(step, weight, step.value(weight), true);
    step.report("used", used);
    try (var backend = new ReferenceBackend();
        Program program = backend.compile(step.snapshot())) {
      backend.write(weight, new double[] {3, 0, 4, 0, 2, 0});
      backend.write(u, start);
      for (int i = 0; i < 100; i++) {
        program.run();
      }
      assertArrayEquals(new double[] {0.6, 0, 0.8, 0, 0.4, 0}, program.read("used"), 1e-9);
    }
  }

  /**
   * After one iteration sigma still depends on u and v, whose shares the gradient must not have: it
   * is held against differences of {@code <a, W / (v' W u)>} with u and v as they are.
   */
  @Test
  void theGradientHoldsTheVectorsConstant() {
    var network = new Network("d", Shape.of(3), List.of(new Layer.Dense(2, false)));
    Variable weight = network.parameters().getFirst();
    var norm = new SpectralNorm();
    var initial = norm.attach(network);
    Variable u = initial.keySet().iterator().next();
    var step = new StepBuilder(1);
    Tensor value = step.value(weight);
    double[] factors = {0.3, -1, 0.7, 0.2, -0.4, 0.9};
    Tensor a = Ops.input("a", weight.shape());
    Tensor used = norm.weight(step, weight, value, true);
    step.report("gradient", Gradients.of(Ops.total(Ops.mul(used, a)), value));
    double[] w = {1, 2, -0.5, 0.8, 0.3, -1.1}; // [3,2]
    double[] start = {0.6, 0.8};
    double[] gradient;
    try (var backend = new ReferenceBackend();
        Program program = backend.compile(step.snapshot())) {
      backend.write(weight, w);
      backend.write(u, start);
      program.write("a", factors);
      program.run();
      gradient = program.read("gradient");
    }
    double[] v = unit(times(w, start));
    double[] next = unit(transposedTimes(w, v));
    for (int i = 0; i < w.length; i++) {
      double[] up = w.clone();
      double[] down = w.clone();
      up[i] += 1e-6;
      down[i] -= 1e-6;
      double slope = (scaled(up, v, next, factors) - scaled(down, v, next, factors)) / 2e-6;
      assertEquals(slope, gradient[i], 1e-8, "element " + i);
    }
  }

  private static double scaled(double[] w, double[] v, double[] u, double[] factors) {
    double[] product = times(w, u);
    double sigma = v[0] * product[0] + v[1] * product[1] + v[2] * product[2];
    double sum = 0;
    for (int i = 0; i < w.length; i++) {
      sum += factors[i] * w[i] / sigma;
    }
    return sum;
  }

  /** A matrix [3,2] by a vector [2]. */
  private static double[] times(double[] w, double[] u) {
    return new double[] {
      w[0] * u[0] + w[1] * u[1], w[2] * u[0] + w[3] * u[1], w[4] * u[0] + w[5] * u[1]
    };
  }

  private static double[] transposedTimes(double[] w, double[] v) {
    return new double[] {
      w[0] * v[0] + w[2] * v[1] + w[4] * v[2], w[1] * v[0] + w[3] * v[1] + w[5] * v[2]
    };
  }

  private static double[] unit(double[] vector) {
    double norm = Math.sqrt(Arrays.stream(vector).map(x -> x * x).sum());
    return Arrays.stream(vector).map(x -> x / norm).toArray();
  }
}
