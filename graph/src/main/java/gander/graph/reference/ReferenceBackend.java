// SPDX-License-Identifier: Apache-2.0
package gander.graph.reference;

import gander.graph.Assignment;
import gander.graph.Backend;
import gander.graph.Graph;
import gander.graph.Program;
import gander.graph.op.Input;
import gander.graph.op.Node;
import gander.graph.op.Read;
import gander.graph.op.Shape;
import gander.graph.op.Tensor;
import gander.graph.op.Values;
import gander.graph.op.Variable;
import gander.graph.pass.Compose;
import gander.graph.pass.Expand;
import gander.graph.pass.Simplify;
import gander.graph.plan.PlanReport;
import gander.runtime.GanderException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The device without kernels: every op by its reference, in double precision. It is what everything
 * else is held against, and what runs where there is no device.
 */
public final class ReferenceBackend implements Backend {
  private final Map<Variable, double[]> variables = new HashMap<>();

  @Override
  public String device() {
    return "reference";
  }

  @Override
  public String describe() {
    return "reference, plain Java in double precision";
  }

  @Override
  public Program compile(Graph graph) {
    return new ReferenceProgram(graph);
  }

  @Override
  public void write(Variable variable, double[] values) {
    if (values.length != variable.shape().size()) {
      throw new IllegalArgumentException(values.length + " values for variable " + variable);
    }
    variables.put(variable, values.clone());
  }

  @Override
  public void write(Variable variable, float[] values) {
    write(variable, toDoubles(values));
  }

  @Override
  public double[] read(Variable variable) {
    return value(variable).clone();
  }

  private double[] value(Variable variable) {
    return variables.computeIfAbsent(variable, v -> new double[v.shape().size()]);
  }

  @Override
  public long roomBytes() {
    return Runtime.getRuntime().maxMemory() / 2;
  }

  @Override
  public void finish() {}

  @Override
  public void close() {
    variables.clear();
  }

  private static double[] toDoubles(float[] values) {
    var doubles = new double[values.length];
    for (int i = 0; i < doubles.length; i++) {
      doubles[i] = values[i];
    }
    return doubles;
  }

  /** Interprets a graph node by node; what nothing needs any more is dropped on the way. */
  private final class ReferenceProgram implements Program {
    private final Graph graph;
    private final List<Node> order;
    private final List<List<Tensor>> dying;
    private final Map<String, Integer> sizes = new LinkedHashMap<>();
    private final Map<String, double[]> inputs = new HashMap<>();
    private Map<String, Values> results = Map.of();

    ReferenceProgram(Graph declared) {
      declared.inputs().forEach((name, tensor) -> sizes.put(name, tensor.shape().size()));
      Graph expanded = Expand.apply(Simplify.apply(declared), g -> node -> false);
      graph = Compose.apply(Simplify.apply(expanded));
      order = graph.nodes();
      dying = dying();
      checkFits();
    }

    /** Refuses a graph whose values Java's heap cannot hold, before anything is computed. */
    private void checkFits() {
      long lasting =
          graph.variables().stream().mapToLong(v -> bytes(v.shape())).sum()
              + sizes.values().stream().mapToLong(elems -> (long) Double.BYTES * elems).sum();
      long live = lasting;
      long most = lasting;
      for (int at = 0; at < order.size(); at++) {
        live += computed(order.get(at).allOutputs());
        most = Math.max(most, live);
        live -= computed(dying.get(at));
      }
      long heap = Runtime.getRuntime().maxMemory();
      if (most > heap) {
        throw new GanderException(
            "reference cannot hold this program: its tensors take %s, but Java has %s; use a smaller batch or model, or give Java more (GANDER_JVM_FLAGS=-Xmx8g)"
                .formatted(PlanReport.bytes(most), PlanReport.bytes(heap)));
      }
    }

    /** Bytes of what a run makes; inputs and variables are there without it. */
    private static long computed(List<Tensor> tensors) {
      return tensors.stream()
          .filter(tensor -> !(tensor.op() instanceof Input || tensor.op() instanceof Read))
          .mapToLong(tensor -> bytes(tensor.shape()))
          .sum();
    }

    private static long bytes(Shape shape) {
      return (long) Double.BYTES * shape.size();
    }

    /** For each node, the tensors whose last use it is. */
    private List<List<Tensor>> dying() {
      Map<Tensor, Integer> last = new LinkedHashMap<>();
      for (int at = 0; at < order.size(); at++) {
        for (Tensor input : order.get(at).inputs()) {
          last.put(input, at);
        }
      }
      graph.roots().forEach(last::remove);
      var dead = new ArrayList<List<Tensor>>();
      order.forEach(node -> dead.add(new ArrayList<>()));
      last.forEach((tensor, at) -> dead.get(at).add(tensor));
      return dead;
    }

    @Override
    public void write(String input, double[] values) {
      Integer size = sizes.get(input);
      if (size == null || size != values.length) {
        throw new IllegalArgumentException(
            size == null
                ? "this program has no input '" + input + "' (it has " + sizes.keySet() + ")"
                : values.length + " values for input '" + input + "' of " + size);
      }
      inputs.put(input, values.clone());
    }

    @Override
    public void write(String input, float[] values) {
      write(input, toDoubles(values));
    }

    @Override
    public void run() {
      if (!inputs.keySet().containsAll(sizes.keySet())) {
        var unwritten = new LinkedHashSet<>(sizes.keySet());
        unwritten.removeAll(inputs.keySet());
        throw new IllegalStateException("inputs " + unwritten + " were not written");
      }
      Map<Tensor, Values> values = new HashMap<>();
      for (int at = 0; at < order.size(); at++) {
        Node node = order.get(at);
        List<Values> outputs = evaluate(node, values);
        for (int i = 0; i < outputs.size(); i++) {
          values.put(node.output(i), outputs.get(i));
        }
        dying.get(at).forEach(values::remove);
      }
      var named = new LinkedHashMap<String, Values>();
      graph.outputs().forEach((name, t) -> named.put(name, Objects.requireNonNull(values.get(t))));
      results = named;
      for (Assignment assignment : graph.assignments()) {
        Values value = Objects.requireNonNull(values.get(assignment.value()));
        variables.put(assignment.variable(), value.data());
      }
    }

    private List<Values> evaluate(Node node, Map<Tensor, Values> values) {
      return switch (node.op()) {
        case Input input ->
            List.of(new Values(input.shape(), Objects.requireNonNull(inputs.get(input.key()))));
        case Read read -> List.of(new Values(read.variable().shape(), value(read.variable())));
        default -> node.op().reference(node.inputs().stream().map(values::get).toList());
      };
    }

    @Override
    public void read(String output, float[] target) {
      double[] values = result(output);
      for (int i = 0; i < target.length; i++) {
        target[i] = (float) values[i];
      }
    }

    @Override
    public double[] read(String output) {
      return result(output).clone();
    }

    private double[] result(String output) {
      Values values = results.get(output);
      if (values == null) {
        throw new IllegalArgumentException(
            "no output '%s' of a run (this program gives %s)"
                .formatted(output, graph.outputs().keySet()));
      }
      return values.data();
    }

    @Override
    public String explain() {
      return "the reference interprets %d nodes one by one".formatted(order.size());
    }

    @Override
    public void close() {
      results = Map.of();
    }
  }
}
