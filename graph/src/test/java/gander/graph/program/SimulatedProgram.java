// SPDX-License-Identifier: Apache-2.0
package gander.graph.program;

import gander.graph.Graph;
import gander.graph.codegen.Buffer;
import gander.graph.codegen.Simulator;
import gander.graph.op.Fusion;
import gander.graph.op.Input;
import gander.graph.op.Read;
import gander.graph.op.Shape;
import gander.graph.op.Tensor;
import gander.graph.op.Values;
import gander.graph.op.Variable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Runs a compiled graph without a device: its kernels in their order, with its generated code, on
 * an arena laid out by its plan and filled with NaN before each run.
 */
final class SimulatedProgram {
  private final Compiler.Compiled compiled;
  private final double[] arena;
  private final Map<Variable, double[]> variables = new HashMap<>();
  private final Map<String, double[]> inputs;

  SimulatedProgram(
      Compiler.Compiled compiled, Map<String, double[]> inputs, Map<Variable, double[]> variables) {
    this.compiled = compiled;
    this.inputs = inputs;
    variables.forEach((variable, data) -> this.variables.put(variable, data.clone()));
    arena = new double[Math.toIntExact(compiled.layout().plan().peak() / 4)];
  }

  void run() {
    Arrays.fill(arena, Double.NaN);
    for (int at = 0; at < compiled.steps().size(); at++) {
      Step step = compiled.steps().get(at);
      List<Long> scratch = step.variant().scratchBytes();
      for (int i = 0; i < scratch.size(); i++) {
        int offset = Math.toIntExact(compiled.layout().scratch(at, i) / 4);
        Arrays.fill(arena, offset, offset + Math.toIntExact(scratch.get(i) / 4), Double.NaN);
      }
      int place = at;
      List<Buffer> read = step.node().inputs().stream().map(t -> buffer(t, place)).toList();
      List<Buffer> written = step.node().allOutputs().stream().map(t -> buffer(t, place)).toList();
      Simulator.run((Fusion) step.node().op(), step.code(), read, written);
    }
  }

  private Buffer buffer(Tensor tensor, int at) {
    Buffer lasting = lasting(tensor);
    return lasting == null ? arena(compiled.layout().offset(at, tensor), tensor) : lasting;
  }

  private Buffer output(Tensor tensor) {
    Buffer lasting = lasting(tensor);
    return lasting == null ? arena(compiled.layout().offset(tensor), tensor) : lasting;
  }

  private Buffer arena(long offset, Tensor tensor) {
    return new Buffer(arena, Math.toIntExact(offset / 4), tensor.shape().size());
  }

  private @Nullable Buffer lasting(Tensor tensor) {
    Memories.Place place = compiled.schedule().memories().place(tensor);
    Tensor base = place.base();
    int offset = Math.toIntExact(place.offset() / 4);
    int size = tensor.shape().size();
    @Nullable Variable variable = compiled.schedule().bound().get(base);
    if (variable == null && base.op() instanceof Read read) {
      variable = read.variable();
    }
    if (variable != null) {
      return new Buffer(Objects.requireNonNull(variables.get(variable)), offset, size);
    }
    if (base.op() instanceof Input input) {
      return new Buffer(Objects.requireNonNull(inputs.get(input.key())), offset, size);
    }
    return null;
  }

  /** Every output, by name. */
  Map<String, Values> outputs() {
    var outputs = new LinkedHashMap<String, Values>();
    Graph graph = compiled.schedule().graph();
    graph.outputs().forEach((name, tensor) -> outputs.put(name, values(tensor)));
    return outputs;
  }

  /** As {@link Graph#roots} has them: the outputs, then the assigned values. */
  List<Values> roots(Graph graph) {
    var roots = new ArrayList<>(outputs().values());
    graph
        .assignments()
        .forEach(a -> {
          double[] data = Objects.requireNonNull(variables.get(a.variable()));
          roots.add(new Values(a.variable().shape(), data.clone()));
        });
    return roots;
  }

  private Values values(Tensor tensor) {
    Buffer buffer = output(tensor);
    Shape shape = tensor.shape();
    var data = new double[shape.size()];
    Arrays.setAll(data, buffer::read);
    return new Values(shape, data);
  }

  /** What the variables hold now. */
  Map<Variable, double[]> snapshot() {
    var copy = new HashMap<Variable, double[]>();
    variables.forEach((variable, data) -> copy.put(variable, data.clone()));
    return copy;
  }

  /** The variables' memory. */
  Map<Variable, double[]> variables() {
    return variables;
  }
}
