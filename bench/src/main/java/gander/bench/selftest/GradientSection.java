// SPDX-License-Identifier: Apache-2.0
package gander.bench.selftest;

import gander.graph.Backend;
import gander.graph.Graph;
import gander.graph.Program;
import gander.graph.op.Gradients;
import gander.graph.op.Ops;
import gander.graph.op.Shape;
import gander.graph.op.Tensor;
import gander.graph.reference.ReferenceBackend;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Gradients and gradients of gradients of {@link Formula small functions}: the reference's against
 * central differences in double precision, along random directions; then the device's against the
 * reference's, element by element.
 */
final class GradientSection {
  static final String NAME = "gradients";

  private static final int DIRECTIONS = 3;
  private static final double STEP = 1e-5;

  /** Of a difference's error, of the order of STEP squared, and what is left of 53 bits. */
  private static final double DIFFERENCE = 1e-6;

  /** Of an element's error in single precision, as a share of the largest in its tensor. */
  private static final double SINGLE = 1e-4;

  private static final String LOSS = "loss";
  private static final String SLOPE = "slope";

  private final Formula formula;
  private final Graph graph;
  private final Map<String, double[]> at = new LinkedHashMap<>();

  private GradientSection(Formula formula, long seed) {
    this.formula = formula;
    this.graph = graph();
    var random = new SplittableRandom(seed);
    graph.inputs().forEach((name, tensor) -> at.put(name, numbers(tensor.shape().size(), random)));
  }

  static List<Part> parts(Subject subject) {
    return Formula.all().stream()
        .map(formula ->
            Part.of(
                NAME,
                formula.name(),
                progress -> new GradientSection(formula, subject.seed()).check(subject)))
        .toList();
  }

  private static double[] numbers(int count, SplittableRandom random) {
    return random.doubles(count, -1, 1).toArray();
  }

  /**
   * The weighted sum of the function's values, its gradients {@code first/K}, the weighted sum of
   * these, and its gradients {@code second/K}.
   */
  private Graph graph() {
    var outputs = new LinkedHashMap<String, Tensor>();
    List<Tensor> inputs = inputs("x", formula.inputs());
    List<Tensor> order = List.of(formula.function().apply(inputs));
    for (String name : List.of(LOSS, SLOPE)) {
      List<Tensor> weights = inputs("weight/" + name, order.stream().map(Tensor::shape).toList());
      Tensor sum = Ops.scalar(0);
      for (int i = 0; i < order.size(); i++) {
        sum = Ops.add(sum, Ops.total(Ops.mul(order.get(i), weights.get(i))));
      }
      outputs.put(name, sum);
      order = Gradients.of(sum, inputs);
      for (int i = 0; i < order.size(); i++) {
        outputs.put(gradient(name, i), order.get(i));
      }
    }
    return Graph.of(outputs);
  }

  private static List<Tensor> inputs(String name, List<Shape> shapes) {
    var inputs = new ArrayList<Tensor>();
    for (Shape shape : shapes) {
      inputs.add(Ops.input(name + "/" + inputs.size(), shape));
    }
    return inputs;
  }

  /** How the gradient of an output by an input is named. */
  private static String gradient(String of, int input) {
    return (of.equals(LOSS) ? "first/" : "second/") + input;
  }

  private String check(Subject subject) {
    Map<String, double[]> exact;
    double fromDifferences = 0;
    try (Backend reference = new ReferenceBackend();
        Program program = reference.compile(graph)) {
      exact = run(program, Map.of());
      var random = new SplittableRandom(~subject.seed());
      for (int i = 0; i < DIRECTIONS; i++) {
        fromDifferences = Math.max(fromDifferences, alongADirection(program, exact, random));
      }
    }
    String found =
        String.format(
            Locale.ROOT, "first and second order, %.1e from differences", fromDifferences);
    if (subject.isReference()) {
      return found;
    }
    try (Backend device = subject.open();
        Program program = device.compile(graph)) {
      double off = furthest(run(program, Map.of()), exact, subject.tolerance(SINGLE));
      return String.format(Locale.ROOT, "%s, the device %.1e from the reference", found, off);
    }
  }

  /**
   * Holds slopes along a random direction against differences.
   *
   * @return the larger of their relative errors
   */
  private double alongADirection(
      Program program, Map<String, double[]> exact, SplittableRandom random) {
    var direction = new LinkedHashMap<String, double[]>();
    var above = new LinkedHashMap<String, double[]>();
    var below = new LinkedHashMap<String, double[]>();
    for (int i = 0; i < formula.inputs().size(); i++) {
      String name = "x/" + i;
      double[] along = numbers(formula.inputs().get(i).size(), random);
      direction.put(name, along);
      above.put(name, moved(name, along, STEP));
      below.put(name, moved(name, along, -STEP));
    }
    Map<String, double[]> up = run(program, above);
    Map<String, double[]> down = run(program, below);
    double worst = 0;
    for (String sum : List.of(LOSS, SLOPE)) {
      double difference = (get(up, sum)[0] - get(down, sum)[0]) / (2 * STEP);
      double slope = 0;
      double magnitude = 0;
      for (int i = 0; i < direction.size(); i++) {
        double[] gradient = get(exact, gradient(sum, i));
        double[] along = get(direction, "x/" + i);
        for (int e = 0; e < along.length; e++) {
          slope += gradient[e] * along[e];
          magnitude += Math.abs(gradient[e] * along[e]);
        }
      }
      double relative = Math.abs(slope - difference) / Math.max(1, magnitude);
      if (!(relative <= DIFFERENCE)) {
        throw new Part.Failure(
            "the gradient of the %s of %s is %s along a direction, but differences say %s"
                .formatted(sum, formula.name(), slope, difference));
      }
      worst = Math.max(worst, relative);
    }
    return worst;
  }

  private double[] moved(String name, double[] along, double by) {
    double[] moved = get(at, name).clone();
    for (int e = 0; e < moved.length; e++) {
      moved[e] += by * along[e];
    }
    return moved;
  }

  private Map<String, double[]> run(Program program, Map<String, double[]> moved) {
    at.forEach((name, values) -> program.write(name, moved.getOrDefault(name, values)));
    program.run();
    var results = new LinkedHashMap<String, double[]>();
    graph.outputs().keySet().forEach(name -> results.put(name, program.read(name)));
    return results;
  }

  /**
   * The largest error of a gradient's element as a share of the largest magnitude in its tensor.
   * The sums that they are gradients of are left out: their terms may cancel to nothing.
   */
  private double furthest(
      Map<String, double[]> got, Map<String, double[]> exact, double tolerance) {
    double furthest = 0;
    for (Map.Entry<String, double[]> entry : exact.entrySet()) {
      if (List.of(LOSS, SLOPE).contains(entry.getKey())) {
        continue;
      }
      double[] values = entry.getValue();
      double largest = Double.MIN_NORMAL;
      for (double value : values) {
        largest = Math.max(largest, Math.abs(value));
      }
      for (int e = 0; e < values.length; e++) {
        double is = get(got, entry.getKey())[e];
        double off = Math.abs(is - values[e]) / largest;
        if (!(off <= tolerance)) {
          throw new Part.Failure(
              "%s[%d] of %s is %s on the device and %s on the reference"
                  .formatted(entry.getKey(), e, formula.name(), is, values[e]));
        }
        furthest = Math.max(furthest, off);
      }
    }
    return furthest;
  }

  private static double[] get(Map<String, double[]> values, String name) {
    double[] found = values.get(name);
    if (found == null) {
      throw new IllegalStateException("no values for " + name);
    }
    return found;
  }
}
