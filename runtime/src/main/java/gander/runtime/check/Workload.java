// SPDX-License-Identifier: Apache-2.0
package gander.runtime.check;

import gander.runtime.catalogue.Arithmetic;
import gander.runtime.catalogue.Problem;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A problem with numbers: what a variant is checked and timed on.
 *
 * @param title tells it from the op's other workloads: the dimensions, then what the inputs are
 * @param words the problem's words, in order
 * @param inPlace ways for outputs, by number, to have the memory of inputs, by number
 * @param source computes the data, the same each time; the tolerances are those of kernels with
 *     that arithmetic
 */
public record Workload(
    Problem problem,
    String title,
    List<Integer> words,
    List<Map<Integer, Integer>> inPlace,
    Function<Arithmetic, Data> source) {

  /**
   * Inputs and what comes of them, in the order of the problem's parameters; not copied, not to be
   * changed.
   */
  public record Data(List<float[]> inputs, List<Expected> outputs) {
    public Data {
      inputs = List.copyOf(inputs);
      outputs = List.copyOf(outputs);
    }
  }

  /**
   * An output in double precision.
   *
   * @param tolerances how far each element may be off: 0 for exact, infinite for anything at all
   */
  public record Expected(double[] values, double[] tolerances) {
    public Expected {
      if (values.length != tolerances.length) {
        throw new IllegalArgumentException(
            values.length + " values but " + tolerances.length + " tolerances");
      }
    }
  }

  public Workload {
    words = List.copyOf(words);
    inPlace = List.copyOf(inPlace);
  }

  /** Computes the inputs and the expected outputs; it may take a while and is not kept. */
  public Data data() {
    return data(Arithmetic.PLAIN);
  }

  /** The same for kernels that make their sums so. */
  public Data data(Arithmetic arithmetic) {
    return source.apply(arithmetic);
  }

  /** The same under another title. */
  public Workload titled(String other) {
    return new Workload(problem, other, words, inPlace, source);
  }

  /** The parameter's name of an output. */
  String outputName(int output, Data data) {
    return problem.parameters().get(data.inputs.size() + output).name();
  }

  @Override
  public String toString() {
    return problem.op() + " " + title;
  }
}
