// SPDX-License-Identifier: Apache-2.0
package gander.models.train;

import gander.graph.Assignment;
import gander.graph.Backend;
import gander.graph.Graph;
import gander.graph.Program;
import gander.graph.op.Constant;
import gander.graph.op.Node;
import gander.graph.op.Ops;
import gander.graph.op.Read;
import gander.graph.op.Tensor;
import gander.graph.op.Variable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Finds the op that first made a NaN or an infinity in a run, by doing its steps again: they give
 * the same bits. The step after which a variable or a reported number is not finite first is done
 * once more on the same device with every tensor of its graph kept, unfused, and assigning nothing.
 * An op is to blame if its inputs are finite and its output is not, and from there to what broke
 * every tensor is broken; an infinity that is masked away later blames no one.
 */
final class FirstNonFinite {
  /** Small enough that no sum of finite values times it overflows; infinite values stay so. */
  private static final double TINY = 1e-30;

  private final Graph graph;
  private final Program program;
  private final Feed feed;
  private final Backend backend;
  private final List<Variable> variables;
  private final LongSupplier restore;

  /**
   * @param graph a training step
   * @param program the graph as the run has compiled it
   * @param variables all of the run's state
   * @param restore brings the run's last good state back and gives its step
   */
  FirstNonFinite(
      Graph graph,
      Program program,
      Feed feed,
      Backend backend,
      List<Variable> variables,
      LongSupplier restore) {
    this.graph = graph;
    this.program = program;
    this.feed = feed;
    this.backend = backend;
    this.variables = variables;
    this.restore = restore;
  }

  /** What a tensor held: how many values are NaN or infinite, and the range of the others. */
  private record Seen(int broken, int count, double low, double high) {
    static Seen of(double[] values) {
      int broken = 0;
      double low = Double.POSITIVE_INFINITY;
      double high = Double.NEGATIVE_INFINITY;
      for (double value : values) {
        if (Double.isFinite(value)) {
          low = Math.min(low, value);
          high = Math.max(high, value);
        } else {
          broken++;
        }
      }
      return new Seen(broken, values.length, low, high);
    }
  }

  /**
   * A clause about the op. The variables are then those before the step that it names.
   *
   * @param by the step after which it was noticed
   */
  String find(long by) {
    long broken = firstBrokenStep(by);
    if (broken < 0) {
      return "the same steps again stay finite, so that the device does not compute the same twice";
    }
    for (long step = restore.getAsLong(); step < broken - 1; step++) {
      run(program, step);
    }
    Map<Tensor, Seen> seen = observe(broken - 1);
    List<Node> origins = origins(seen);
    return origins.isEmpty()
        ? "it began in step %d, which stays finite where no ops are fused".formatted(broken)
        : "it began in step %d with %s".formatted(broken, describe(origins.getFirst(), seen));
  }

  /** The first step whose results are not finite; -1 if there is none. */
  private long firstBrokenStep(long by) {
    Tensor sum = Ops.scalar(0);
    for (Variable variable : variables) {
      sum = Ops.add(sum, Ops.total(Ops.mul(variable.read(), TINY)));
    }
    try (Program probe = backend.compile(Graph.of(Map.of("sum", sum)))) {
      for (long step = restore.getAsLong(); step < by; step++) {
        run(program, step);
        probe.run();
        if (!Double.isFinite(probe.readScalar("sum")) || isReportBroken()) {
          return step + 1;
        }
      }
    }
    return -1;
  }

  private boolean isReportBroken() {
    return graph.outputs().keySet().stream()
        .anyMatch(name -> !Double.isFinite(program.readScalar(name)));
  }

  private void run(Program some, long step) {
    feed.before(backend, some, step);
    some.run();
  }

  /** What every tensor of a step holds; as many at a time as there is room for. */
  private Map<Tensor, Seen> observe(long step) {
    var seen = new HashMap<Tensor, Seen>();
    var part = new LinkedHashMap<String, Tensor>();
    long room = backend.roomBytes() / 2;
    long bytes = 0;
    for (Node node : graph.nodes()) {
      if (node.op() instanceof Constant constant) {
        seen.put(node.output(0), Seen.of(new double[] {constant.value()}));
        continue;
      }
      for (Tensor tensor : node.allOutputs()) {
        if (!part.isEmpty() && bytes + tensor.shape().bytes() > room) {
          observe(part, step, seen);
          part.clear();
          bytes = 0;
        }
        part.put("tensor" + part.size(), tensor);
        bytes += tensor.shape().bytes();
      }
    }
    observe(part, step, seen);
    return seen;
  }

  private void observe(Map<String, Tensor> part, long step, Map<Tensor, Seen> seen) {
    var outputs = new LinkedHashMap<>(part);
    graph.inputs().forEach(outputs::putIfAbsent); // the feed writes them all
    try (Program instrumented = backend.compile(Graph.of(outputs))) {
      run(instrumented, step);
      part.forEach((name, tensor) -> seen.put(tensor, Seen.of(instrumented.read(name))));
    }
  }

  /** The nodes that made it, producers first. */
  private List<Node> origins(Map<Tensor, Seen> seen) {
    Set<Tensor> guilty = new HashSet<>();
    for (Tensor root : graph.roots()) {
      if (isBroken(root, seen)) {
        guilty.add(root);
      }
    }
    var origins = new ArrayList<Node>();
    for (Node node : graph.nodes().reversed()) {
      if (node.allOutputs().stream().noneMatch(guilty::contains)) {
        continue;
      }
      List<Tensor> broken = node.inputs().stream().filter(input -> isBroken(input, seen)).toList();
      if (broken.isEmpty()) {
        origins.addFirst(node);
      }
      guilty.addAll(broken);
    }
    return origins;
  }

  private static boolean isBroken(Tensor tensor, Map<Tensor, Seen> seen) {
    return Objects.requireNonNull(seen.get(tensor)).broken > 0;
  }

  private String describe(Node node, Map<Tensor, Seen> seen) {
    var clauses = new ArrayList<String>();
    for (Tensor output : node.allOutputs()) {
      Seen made = Objects.requireNonNull(seen.get(output));
      if (made.broken > 0) {
        clauses.add(
            "%s%s, of which %d of %d values are NaN or infinite"
                .formatted(output.describe(), purpose(output), made.broken, made.count));
      }
    }
    var inputs = new ArrayList<String>();
    for (Tensor input : node.inputs()) {
      Seen given = Objects.requireNonNull(seen.get(input));
      String name =
          input.op() instanceof Read read
              ? read.variable().toString()
              : input.describe() + purpose(input);
      inputs.add(String.format(Locale.ROOT, "%s in %.4g to %.4g", name, given.low, given.high));
    }
    return String.join(" and ", clauses)
        + (inputs.isEmpty() ? "" : "; its inputs: " + String.join(", ", inputs));
  }

  /** What a tensor is for, where it is for something that has a name. */
  private String purpose(Tensor tensor) {
    for (Assignment assignment : graph.assignments()) {
      if (assignment.value().equals(tensor)) {
        return " (the new %s)".formatted(assignment.variable().name());
      }
    }
    return graph.outputs().entrySet().stream()
        .filter(output -> output.getValue().equals(tensor))
        .findFirst()
        .map(output -> " (%s)".formatted(output.getKey()))
        .orElse("");
  }
}
