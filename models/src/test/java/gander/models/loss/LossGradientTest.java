// SPDX-License-Identifier: Apache-2.0
package gander.models.loss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.graph.Program;
import gander.graph.op.Variable;
import gander.graph.reference.ReferenceBackend;
import gander.models.net.StepBuilder;
import gander.models.run.RunConfig;
import gander.models.zoo.Model;
import gander.models.zoo.Zoo;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a step of a two-player model descends is the gradient of its losses: a step of plain descent
 * against central differences of the losses it reports, along a direction in all weights of a
 * network at once.
 */
class LossGradientTest {
  /** Weights are about 0.3: far above rounding, far below the distance to most kinks. */
  private static final double STEP = 1e-6;

  private static final double TOLERANCE = 2e-5;

  static Stream<Arguments> lossesAndModels() {
    var losses = new ArrayList<String>();
    Formulation.losses().forEach(loss -> losses.add(loss.name()));
    for (Regularizer regularizer : Formulation.regularizers(Formulation.Strengths.DEFAULT)) {
      // Clipping moves weights against no gradient; LeCam's means move with what is differentiated,
      // and are constants: LeCamTest has its gradient.
      if (!(regularizer instanceof Clipping || regularizer instanceof LeCam)) {
        losses.add("minimax-ns+" + regularizer.name());
      }
    }
    losses.add("rahinge+gp+spectral-norm");
    Stream<Arguments> plain =
        Stream.of("gan-mlp", "gan-mlp-bn", "gan-conv", "dcgan", "cgan")
            .flatMap(model -> losses.stream().map(loss -> Arguments.of(model, loss, "")));
    return Stream.concat(plain, techniques());
  }

  private static Stream<Arguments> techniques() {
    String all =
        "featureMatching=true minibatchKernels=3 minibatchDims=2 historicalAveraging=0.5 realTarget=0.9";
    return Stream.of(
        Arguments.of("gan-mlp", "minimax-ns", "featureMatching=true"),
        Arguments.of("gan-mlp", "minimax-ns", "minibatchKernels=3"),
        Arguments.of("gan-mlp", "hinge", "historicalAveraging=0.5"),
        Arguments.of("gan-mlp", "minimax", "realTarget=0.9"),
        Arguments.of("gan-mlp", "lsgan", "realTarget=0.9"),
        Arguments.of("gan-mlp-bn", "minimax-ns", "virtualBatchNorm=g"),
        Arguments.of("dcgan", "minimax-ns", "virtualBatchNorm=g+d"),
        Arguments.of("dcgan", "minimax-ns+gp", "virtualBatchNorm=g+d"),
        Arguments.of("dcgan", "hinge", "minibatchKernels=3 minibatchDims=2"),
        Arguments.of("dcgan", "lsgan+r1", "virtualBatchNorm=d featureMatching=true"),
        Arguments.of("gan-conv", "minimax-ns", all + " virtualBatchNorm=g"),
        Arguments.of("cgan", "minimax-ns+spectral-norm", all + " virtualBatchNorm=g+d"));
  }

  private static Model model(String model, String loss, String settings) {
    RunConfig config =
        RunConfig.of(model, "none", "reference")
            .with("loss", loss)
            .with("batch", "4")
            .with("zdim", "3")
            .with("channels", "1")
            .with("optimizer", "sgd")
            .with("nCritic", "1")
            .with("learningRate", "1");
    config = config.with("size", Zoo.isHalving(model) ? "16" : "4");
    config = model.equals("cgan") ? config.with("classes", "3") : config;
    for (String setting : settings.isEmpty() ? new String[0] : settings.split(" ")) {
      String[] pair = setting.split("=");
      config = config.with(pair[0], pair[1]);
    }
    return Zoo.create(Zoo.isHalving(model) ? config.with("width", "2") : config);
  }

  @ParameterizedTest
  @MethodSource("lossesAndModels")
  void aStepDescendsTheGradient(String name, String loss, String settings) {
    Model model = model(name, loss, settings);
    Map<String, Variable> variables = new LinkedHashMap<>();
    model.variables().forEach(variable -> variables.put(variable.name(), variable));
    try (var backend = new ReferenceBackend();
        Program program = backend.compile(model.step(new StepBuilder(7)))) {
      model.initialize(backend, 7);
      var images = new Random(5);
      program.write("x", images.doubles(4L * model.image().size(), -1, 1).toArray());
      if (model.classes() > 0) {
        program.write("y", new double[] {2, 0, 1, 2});
      }
      if (loss.contains("spectral-norm")) {
        settle(backend, program, variables);
      }
      if (settings.contains("historicalAveraging")) {
        giveAPast(backend, variables);
      }
      var point = new LinkedHashMap<Variable, double[]>();
      model.variables().forEach(variable -> point.put(variable, backend.read(variable)));
      for (String network : List.of("d", "g")) {
        check(backend, program, variables, point, network);
      }
    }
  }

  /** The power iteration, to its end: there sigma's vectors have no share in its gradient. */
  private static void settle(
      ReferenceBackend backend, Program program, Map<String, Variable> variables) {
    rates(backend, variables, "");
    for (int i = 0; i < 400; i++) {
      program.run();
    }
  }

  /** Three updates, after which weights are not where they were. */
  private static void giveAPast(ReferenceBackend backend, Map<String, Variable> variables) {
    var past = new Random(13);
    variables.forEach((name, variable) -> {
      if (name.startsWith("history/")) {
        backend.write(variable, past.doubles(variable.shape().size(), -1, 1).toArray());
      } else if (name.endsWith("/optimizer/updates")) {
        backend.write(variable, new double[] {3});
      }
    });
  }

  private static void rates(
      ReferenceBackend backend, Map<String, Variable> variables, String moving) {
    for (String network : List.of("d", "g")) {
      Variable rate = Objects.requireNonNull(variables.get(network + "/optimizer/rate"));
      backend.write(rate, new double[] {network.equals(moving) ? 1 : 0});
    }
  }

  private static void check(
      ReferenceBackend backend,
      Program program,
      Map<String, Variable> variables,
      Map<Variable, double[]> point,
      String network) {
    var directions = new Random(11);
    Map<Variable, double[]> direction = new LinkedHashMap<>();
    for (Variable variable : point.keySet()) {
      if (variable.name().matches(network + "/\\d+/(weight|bias|gamma|beta)")) {
        direction.put(variable, directions.doubles(variable.shape().size(), -1, 1).toArray());
      }
    }
    var losses = new double[2];
    for (int side = 0; side < 2; side++) {
      point.forEach(backend::write);
      for (Map.Entry<Variable, double[]> entry : direction.entrySet()) {
        double[] moved = Objects.requireNonNull(point.get(entry.getKey())).clone();
        for (int i = 0; i < moved.length; i++) {
          moved[i] += (side == 0 ? STEP : -STEP) * entry.getValue()[i];
        }
        backend.write(entry.getKey(), moved);
      }
      rates(backend, variables, "");
      program.run();
      losses[side] = program.readScalar(network);
    }
    double expected = (losses[0] - losses[1]) / (2 * STEP);
    point.forEach(backend::write);
    rates(backend, variables, network);
    program.run();
    double slope = 0;
    double size = 0;
    for (Map.Entry<Variable, double[]> entry : direction.entrySet()) {
      double[] before = Objects.requireNonNull(point.get(entry.getKey()));
      double[] after = backend.read(entry.getKey());
      for (int i = 0; i < before.length; i++) {
        double gradient = before[i] - after[i];
        slope += gradient * entry.getValue()[i];
        size += gradient * gradient;
      }
    }
    assertTrue(size > 0, () -> "no gradient of " + network);
    assertEquals(expected, slope, TOLERANCE * Math.max(Math.sqrt(size), 1e-3), network);
  }
}
