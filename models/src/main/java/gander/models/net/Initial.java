// SPDX-License-Identifier: Apache-2.0
package gander.models.net;

import gander.graph.op.Random;
import gander.graph.op.Values;
import gander.graph.op.Variable;
import java.util.Arrays;
import java.util.List;

/** What a variable holds before the first step: a function of the seed and the variable's name. */
public sealed interface Initial {
  /** Uniform between minus and plus a bound. */
  record Uniform(double bound) implements Initial {}

  /** The same number in every element. */
  record Constant(double value) implements Initial {}

  /** A random direction: independent normals, scaled to norm 1. */
  record UnitVector() implements Initial {}

  /** Independent standard normals. */
  record Normal() implements Initial {}

  static Initial uniform(double bound) {
    return new Uniform(bound);
  }

  static Initial constant(double value) {
    return new Constant(value);
  }

  static Initial unitVector() {
    return new UnitVector();
  }

  static Initial normal() {
    return new Normal();
  }

  /** The values, exact in single precision. */
  default double[] values(Variable variable, long seed) {
    var values = new double[variable.shape().size()];
    switch (this) {
      case Constant constant -> Arrays.fill(values, constant.value());
      case Uniform uniform -> {
        double[] drawn = drawn(Random.Kind.UNIFORM, variable, seed);
        for (int i = 0; i < values.length; i++) {
          values[i] = (float) (uniform.bound() * (2 * drawn[i] - 1));
        }
      }
      case Normal normal -> {
        double[] drawn = drawn(Random.Kind.NORMAL, variable, seed);
        for (int i = 0; i < values.length; i++) {
          values[i] = (float) drawn[i];
        }
      }
      case UnitVector direction -> {
        double[] drawn = drawn(Random.Kind.NORMAL, variable, seed);
        double norm = Math.sqrt(Arrays.stream(drawn).map(x -> x * x).sum());
        for (int i = 0; i < values.length; i++) {
          values[i] = (float) (drawn[i] / norm);
        }
      }
    }
    return values;
  }

  private static double[] drawn(Random.Kind kind, Variable variable, long seed) {
    var draw = new Random(kind, "initial/" + variable.name(), seed, variable.shape());
    return draw.reference(List.of(Values.scalar(0))).getFirst().data();
  }
}
