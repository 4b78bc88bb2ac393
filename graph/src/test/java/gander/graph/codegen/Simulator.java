// SPDX-License-Identifier: Apache-2.0
package gander.graph.codegen;

import gander.graph.op.Contract;
import gander.graph.op.Fusion;
import gander.graph.op.Node;
import gander.graph.op.Shape;
import gander.graph.op.Values;
import gander.runtime.catalogue.Problem;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Stands in for the kernels: does what a kernel of the op does, loading and storing through the
 * generated hooks, and holds the generated code to the rules of {@code kernels/README.md}: nothing
 * outside the buffers, every output element once, no shared memory where none is announced.
 */
public final class Simulator {
  private static final int WIDTH = GeneratedCode.WIDTH;

  private final Problem problem;
  private final GeneratedCode code;
  private final Map<String, Object> names = new HashMap<>();
  private final Map<String, Buffer> buffers = new HashMap<>();

  private Simulator(Problem problem, List<Buffer> inputs, List<Buffer> outputs) {
    this.problem = problem;
    this.code = GeneratedCode.parse(problem.generated());
    var all = new ArrayList<>(inputs);
    all.addAll(outputs);
    for (int k = 0; k < all.size(); k++) {
      Problem.Parameter parameter = problem.parameters().get(k);
      buffers.put(parameter.name(), all.get(k));
      names.put(parameter.name(), GeneratedCode.argument(all.get(k)));
      boolean output = parameter.kind() == Problem.Parameter.Kind.OUTPUT;
      if (output != k >= inputs.size()) {
        throw new AssertionError("argument %d is %s".formatted(k, parameter));
      }
      boolean clash =
          parameter.kind() == Problem.Parameter.Kind.INPUT
              && outputs.stream().anyMatch(all.get(k)::overlaps);
      if (clash) {
        throw new AssertionError(parameter + " shares memory with an output");
      }
    }
  }

  /** Computes a fusion's outputs in place. */
  public static void run(
      Fusion fusion, KernelCode.Written written, List<Buffer> inputs, List<Buffer> outputs) {
    var simulator = new Simulator(written.problem(), inputs, outputs);
    @Nullable Node core = fusion.core();
    if (core == null) {
      simulator.map();
    } else {
      simulator.around(core);
    }
    for (Buffer output : outputs) {
      if (!output.isWrittenOnce()) {
        throw new AssertionError(
            "an output of %s is not written once".formatted(fusion.describe()));
      }
    }
  }

  private void map() {
    int rows = Objects.requireNonNull(problem.dims().get("ROWS"));
    int columns = Objects.requireNonNull(problem.dims().get("COLS"));
    boolean vectors = code.number("VECTORS") == 1;
    for (long row = 0; row < rows; row++) {
      long column = 0;
      for (; vectors && column + WIDTH <= columns; column += WIDTH) {
        code.call("MAP" + WIDTH, List.of(row, column), names);
      }
      for (; column < columns; column++) {
        code.call("MAP", List.of(row, column), names);
      }
    }
  }

  private void around(Node core) {
    Contract contract =
        Objects.requireNonNull(core.op().contract(core.inputShapes(), core.shapes()));
    var inputs = new ArrayList<Values>();
    for (int k = 0; k < contract.inputs().size(); k++) {
      inputs.add(new Values(core.input(k).shape(), load(contract.inputs().get(k))));
    }
    List<Values> results = core.op().reference(inputs);
    for (int k = 0; k < results.size(); k++) {
      Contract.Operand output = contract.outputs().get(k);
      double[] data = results.get(k).data();
      if (output.role() == Contract.Role.HOOKED) {
        store(output.shape(), data);
      } else {
        Buffer buffer = Objects.requireNonNull(buffers.get(output.name()), output.name());
        for (int i = 0; i < data.length; i++) {
          buffer.write(i, data[i]);
        }
      }
    }
  }

  private double[] load(Contract.Operand operand) {
    var data = new double[operand.shape().size()];
    if (operand.role() != Contract.Role.HOOKED) {
      Buffer buffer = Objects.requireNonNull(buffers.get(operand.name()), operand.name());
      if (buffer.size() != data.length) {
        throw new AssertionError("%s has %d elements".formatted(operand, buffer.size()));
      }
      Arrays.setAll(data, buffer::read);
      return data;
    }
    String hook = "PROLOGUE_" + operand.name().toUpperCase(Locale.ROOT);
    for (int at = 0; at < data.length; ) {
      boolean wide = code.defines(hook + WIDTH) && fits(operand.shape(), at);
      List<Object> indices = indices(operand.shape(), at);
      if (wide) {
        double[] lanes = (double[]) code.call(hook + WIDTH, indices, names);
        System.arraycopy(lanes, 0, data, at, WIDTH);
      } else {
        data[at] = (Double) code.call(hook, indices, names);
      }
      at += wide ? WIDTH : 1;
    }
    return data;
  }

  private void store(Shape shape, double[] data) {
    for (int at = 0; at < data.length; ) {
      boolean wide = code.defines("EPILOGUE" + WIDTH) && fits(shape, at);
      var arguments = new ArrayList<>(indices(shape, at));
      if (wide) {
        code.call("EPILOGUE_PREFETCH", arguments, names);
      }
      arguments.add(wide ? Arrays.copyOfRange(data, at, at + WIDTH) : (Object) data[at]);
      code.call(wide ? "EPILOGUE" + WIDTH : "EPILOGUE", arguments, names);
      at += wide ? WIDTH : 1;
    }
  }

  /** Whether 16 elements from here lie along the innermost dimension. */
  private static boolean fits(Shape shape, int at) {
    int extent = shape.dim(-1);
    return at % extent + WIDTH <= extent;
  }

  private static List<Object> indices(Shape shape, int at) {
    int[] strides = shape.strides();
    var indices = new ArrayList<Object>();
    for (int axis = 0; axis < strides.length; axis++) {
      indices.add((long) (at / strides[axis] % shape.dim(axis)));
    }
    return indices;
  }
}
