// SPDX-License-Identifier: Apache-2.0
package gander.models.train;

import gander.graph.Backend;
import gander.graph.Graph;
import gander.graph.Program;
import gander.graph.op.Input;
import gander.graph.op.Node;
import gander.graph.op.Random;
import gander.graph.op.Tensor;
import gander.graph.op.Variable;
import gander.models.io.Safetensors;
import gander.models.net.StepBuilder;
import gander.models.run.RunConfig;
import gander.models.zoo.Model;
import gander.models.zoo.Zoo;
import gander.runtime.GanderException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Runs a trace, a run of another framework with its initial weights, every batch and every draw,
 * and compares losses and weights.
 *
 * <p>A weight differs by its largest absolute difference over the largest magnitude recorded; a
 * loss by its absolute difference over max(|recorded|, 0.1).
 */
public final class Replay {
  private static final double SMALLEST_LOSS = 0.1;

  /** How far something was off. */
  public record Difference(String name, double relative) {}

  /**
   * What a replay found.
   *
   * @param losses the largest difference of each loss
   * @param weights the difference of each weight after the last step
   * @param firstBeyond the first loss or weight beyond the tolerance, with its step; null if none
   */
  public record Result(
      int steps, List<Difference> losses, List<Difference> weights, @Nullable String firstBeyond) {
    /** The largest difference of a kind; 0 if there is none. */
    public static double largest(List<Difference> differences) {
      return differences.stream().mapToDouble(Difference::relative).max().orElse(0);
    }
  }

  private final Path file;
  private final Safetensors trace;
  private final TraceConfig config;

  private Replay(Path file, Safetensors trace) {
    this.file = file;
    this.trace = trace;
    this.config = TraceConfig.read(file, trace);
  }

  /**
   * Replays a trace.
   *
   * @param compareWeights whether weights count for the verdict; on 32-bit devices Adam moves
   *     weights with a gradient near zero by up to twice the learning rate, whichever way rounding
   *     goes
   * @throws GanderException if the file is no trace of a model that is known
   */
  public static Result run(Path file, Backend backend, double tolerance, boolean compareWeights) {
    try (Safetensors trace = Safetensors.open(file)) {
      return new Replay(file, trace).run(backend, tolerance, compareWeights);
    }
  }

  private Result run(Backend backend, double tolerance, boolean compareWeights) {
    Zoo.requireKnown(config.model()); // before its settings, which may be of no other model
    RunConfig settings = config.settings(stepKey(0, "z_d"), trace);
    Model model = Zoo.create(settings);
    model.initialize(backend, 0);
    List<Variable> weights = loadInitial(model, backend);
    Graph drawn = model.step(new StepBuilder(0));
    Graph graph = drawn.withDrawsAsInputs(draws(drawn));
    String first = null;
    var worst = new double[model.losses().size()];
    try (Program program = backend.compile(graph)) {
      for (int step = 0; step < config.steps(); step++) {
        feed(program, graph, step);
        program.run();
        for (int i = 0; i < worst.length; i++) {
          String loss = model.losses().get(i);
          double difference = lossDifference(step, loss, program.readScalar(loss));
          worst[i] = larger(worst[i], difference);
          if (first == null && !(difference <= tolerance)) {
            first = "loss %s of step %d is off by %.3g".formatted(loss, step, difference);
          }
        }
      }
    }
    var losses = new ArrayList<Difference>();
    for (int i = 0; i < worst.length; i++) {
      losses.add(new Difference(model.losses().get(i), worst[i]));
    }
    List<Difference> finals = finalDifferences(weights, backend);
    for (Difference weight : finals) {
      if (first == null && compareWeights && !(weight.relative <= tolerance)) {
        first =
            String.format(
                Locale.ROOT,
                "weight %s after the last step is off by %.3g",
                weight.name,
                weight.relative);
      }
    }
    return new Result(config.steps(), losses, finals, first);
  }

  /** The larger of two differences; NaN is larger than any. */
  private static double larger(double a, double b) {
    return Double.isNaN(a) || a > b ? a : b;
  }

  private List<Variable> loadInitial(Model model, Backend backend) {
    var loaded = new ArrayList<Variable>();
    for (Variable variable : model.variables()) {
      String key = "init/" + variable.name();
      if (trace.names().contains(key)) {
        backend.write(variable, doubles(key, variable.shape().dims()));
        loaded.add(variable);
      }
    }
    long recorded = trace.names().stream().filter(name -> name.startsWith("init/")).count();
    if (loaded.size() != recorded) {
      var unknown = new LinkedHashSet<>(trace.names());
      unknown.removeIf(name -> !name.startsWith("init/"));
      loaded.forEach(variable -> unknown.remove("init/" + variable.name()));
      throw new GanderException(
          "%s has weights that model '%s' does not: %s".formatted(file, config.model(), unknown));
    }
    return loaded;
  }

  /** The draws of a step that the trace has; all of the graph's must be there. */
  private Set<String> draws(Graph graph) {
    var names = new LinkedHashSet<String>();
    for (Node node : graph.nodes()) {
      if (node.op() instanceof Random random) {
        names.add(random.key());
        if (!trace.names().contains(stepKey(0, random.key()))) {
          throw new GanderException(
              "%s has no draw '%s', which model '%s' with its loss makes"
                  .formatted(file, random.key(), config.model()));
        }
      }
    }
    return names;
  }

  private void feed(Program program, Graph graph, int step) {
    for (Tensor input : graph.inputs().values()) {
      String name = ((Input) input.op()).key();
      String key = stepKey(step, name);
      double[] values = doubles(key, null);
      if (values.length != input.shape().size()) {
        throw new GanderException(
            "%s has '%s' of shape %s where the model takes %s"
                .formatted(file, key, Arrays.toString(trace.shape(key)), input.shape()));
      }
      program.write(name, values);
    }
  }

  private double lossDifference(int step, String loss, double value) {
    double recorded = doubles(stepKey(step, "loss/" + loss), new int[0])[0];
    return Math.abs(value - recorded) / Math.max(Math.abs(recorded), SMALLEST_LOSS);
  }

  private List<Difference> finalDifferences(List<Variable> weights, Backend backend) {
    var differences = new ArrayList<Difference>();
    for (Variable weight : weights) {
      double[] recorded = doubles("final/" + weight.name(), weight.shape().dims());
      double[] values = backend.read(weight);
      double worst = 0;
      double magnitude = 0;
      for (int i = 0; i < values.length; i++) {
        worst = larger(worst, Math.abs(values[i] - recorded[i]));
        magnitude = Math.max(magnitude, Math.abs(recorded[i]));
      }
      differences.add(new Difference(weight.name(), magnitude == 0 ? worst : worst / magnitude));
    }
    return differences;
  }

  private static String stepKey(int step, String name) {
    return "step/%04d/%s".formatted(step, name);
  }

  private double[] doubles(String key, int @Nullable [] shape) {
    if (!trace.names().contains(key)) {
      throw new GanderException("%s has no '%s': the trace is not complete".formatted(file, key));
    }
    if (shape != null && !Arrays.equals(shape, trace.shape(key))) {
      throw new GanderException(
          "%s has '%s' of shape %s where the model has %s"
              .formatted(file, key, Arrays.toString(trace.shape(key)), Arrays.toString(shape)));
    }
    return trace.doubles(key);
  }
}
