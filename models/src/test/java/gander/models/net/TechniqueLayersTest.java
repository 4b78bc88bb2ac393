// SPDX-License-Identifier: Apache-2.0
package gander.models.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import gander.graph.op.Evaluation;
import gander.graph.op.Ops;
import gander.graph.op.Shape;
import gander.graph.op.Tensor;
import gander.graph.op.Values;
import gander.graph.op.Variable;
import gander.models.Refusal;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Minibatch discrimination and virtual batch norm against their formulas, in plain loops. */
class TechniqueLayersTest {
  private static Values random(Shape shape, long seed) {
    return new Values(shape, new Random(seed).doubles(shape.size(), -1, 1).toArray());
  }

  @Test
  void closenessIsTheSumOverTheBatch() {
    int batch = 4;
    int features = 3;
    int kernels = 2;
    int dims = 5;
    var network = new Network("d", Shape.of(features), List.of(new Layer.Minibatch(kernels, dims)));
    Variable weight = network.parameters().getFirst();
    assertEquals(Shape.of(features, kernels * dims), weight.shape());
    assertEquals(Shape.of(features + kernels), network.output());
    assertEquals("minibatch discrimination", network.coupling());
    Tensor x = Ops.input("x", Shape.of(batch, features));
    var step = new StepBuilder(0);
    Tensor y = network.apply(step, x, Network.Mode.TRAINING);
    Values f = random(x.shape(), 1);
    Values t = random(weight.shape(), 2);
    double[] found =
        Evaluation.of(List.of(y), Map.of(x, f, step.value(weight), t)).getFirst().data();
    var expected = new double[batch * (features + kernels)];
    for (int i = 0; i < batch; i++) {
      int row = i * (features + kernels);
      System.arraycopy(f.data(), i * features, expected, row, features);
      for (int b = 0; b < kernels; b++) {
        for (int j = 0; j < batch; j++) {
          double distance = 0;
          for (int c = 0; c < dims; c++) {
            double apart = 0;
            for (int a = 0; a < features; a++) {
              double difference = f.data()[i * features + a] - f.data()[j * features + a];
              apart += difference * t.data()[(a * dims + c) * kernels + b];
            }
            distance += Math.abs(apart);
          }
          expected[row + features + b] += Math.exp(-distance);
        }
      }
    }
    assertArrayEquals(expected, found, 1e-12);
  }

  @Test
  void closenessIsOfVectors() {
    Refusal.of(
        () -> new Network("d", Shape.of(2, 2, 3), List.of(new Layer.Minibatch(2, 5))),
        "d/0/minibatch discrimination",
        "[2,2,3]");
  }

  /** A sample's values under the reference's statistics, with one in 1 + 5 parts its own. */
  @ParameterizedTest
  @ValueSource(ints = {1, 6})
  void aSampleIsNormalisedByTheReferenceAndItself(int pixels) {
    int channels = 3;
    int count = 5;
    int batch = 4;
    Shape sample = pixels == 1 ? Shape.of(channels) : Shape.of(2, pixels / 2, channels);
    var network = new Network("g", sample, List.of(new Layer.VirtualNormalize()));
    assertNull(network.coupling());
    assertEquals(2, network.parameters().size());
    assertEquals(List.of(), network.statistics());
    var step = new StepBuilder(0);
    Tensor reference = Ops.input("reference", Network.batched(count, sample));
    Tensor x = Ops.input("x", Network.batched(batch, sample));
    Network.Given given = network.given(step, reference, step::value);
    Tensor y = network.apply(step, x, Network.Mode.TRAINING, given);
    Values r = random(reference.shape(), 1);
    Values v = random(x.shape(), 2);
    Values gamma = random(Shape.of(channels), 3);
    Values beta = random(Shape.of(channels), 4);
    Map<Tensor, Values> bound = new HashMap<>(Map.of(reference, r, x, v));
    bound.put(step.value(network.parameters().get(0)), gamma);
    bound.put(step.value(network.parameters().get(1)), beta);
    double[] found = Evaluation.of(List.of(y), bound).getFirst().data();
    var expected = new double[found.length];
    for (int i = 0; i < batch; i++) {
      for (int c = 0; c < channels; c++) {
        // All values under one distribution: a sample has the same weight, be it the reference's.
        double weight = 1.0 / ((count + 1) * pixels);
        double mean = 0;
        double square = 0;
        for (int at = 0; at < (count + 1) * pixels; at++) {
          boolean own = at >= count * pixels;
          double value =
              own
                  ? v.data()[((i * pixels) + at - count * pixels) * channels + c]
                  : r.data()[at * channels + c];
          mean += weight * value;
          square += weight * value * value;
        }
        double deviation = Math.sqrt(square - mean * mean + 1e-5);
        for (int p = 0; p < pixels; p++) {
          int at = (i * pixels + p) * channels + c;
          expected[at] = gamma.data()[c] * (v.data()[at] - mean) / deviation + beta.data()[c];
        }
      }
    }
    assertArrayEquals(expected, found, 1e-12);
    double[] others = v.data().clone();
    Arrays.fill(others, others.length / batch, others.length, 7);
    bound.put(x, new Values(x.shape(), others));
    double[] beside = Evaluation.of(List.of(y), bound).getFirst().data();
    int one = found.length / batch;
    assertArrayEquals(Arrays.copyOf(found, one), Arrays.copyOf(beside, one), "it sees no others");
    assertNotEquals(found[one], beside[one]);
  }

  /** Behind a layer the reference is what that layer has made of it, by its own statistics. */
  @Test
  void theReferenceGoesThroughTheLayers() {
    var network =
        new Network(
            "g",
            Shape.of(2),
            List.of(
                new Layer.VirtualNormalize(),
                new Layer.Dense(2, false),
                Layer.relu(),
                new Layer.VirtualNormalize()));
    var plain =
        new Network(
            "g",
            Shape.of(2),
            List.of(Layer.normalize(0.1), new Layer.Dense(2, false), Layer.relu()));
    var step = new StepBuilder(0);
    Tensor reference = Ops.input("reference", Shape.of(3, 2));
    Map<Integer, VirtualBatchNorm.Moments> moments =
        network.given(step, reference, step::value).reference();
    Tensor before = plain.apply(step, reference, Network.Mode.OBSERVING);
    Tensor mean = Ops.mean(before, 0);
    Map<Tensor, Values> bound = new HashMap<>(Map.of(reference, random(Shape.of(3, 2), 1)));
    for (Variable variable : network.parameters()) {
      bound.put(step.value(variable), random(variable.shape(), 3));
    }
    for (Variable variable : plain.parameters()) {
      bound.put(step.value(variable), random(variable.shape(), 3));
    }
    VirtualBatchNorm.Moments last = Objects.requireNonNull(moments.get(3));
    assertEquals(3, last.count());
    List<Values> found = Evaluation.of(List.of(mean, last.mean()), bound);
    assertArrayEquals(found.get(0).data(), found.get(1).data(), 1e-12);
  }
}
