// SPDX-License-Identifier: Apache-2.0
package gander.models.zoo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.graph.Backend;
import gander.graph.Graph;
import gander.graph.Program;
import gander.graph.op.Ops;
import gander.graph.op.Shape;
import gander.graph.op.Variable;
import gander.graph.reference.ReferenceBackend;
import gander.models.Refusal;
import gander.models.net.StepBuilder;
import gander.models.run.RunConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What Salimans et al. 2016 add to a game, against plain computations; and what is refused. */
class TechniquesTest {
  private static final int BATCH = 4;

  private static RunConfig config(String model, String... settings) {
    boolean halving = Zoo.isHalving(model);
    RunConfig config =
        RunConfig.of(model, "none", "reference")
            .with("batch", Integer.toString(BATCH))
            .with("zdim", "3")
            .with("channels", "1")
            .with("size", halving ? "16" : "4");
    config = halving ? config.with("width", "2") : config;
    config = model.equals("cgan") ? config.with("classes", "3") : config;
    for (String setting : settings) {
      String[] pair = setting.split("=");
      config = config.with(pair[0], pair[1]);
    }
    return config;
  }

  private static Map<String, Variable> variables(Model model) {
    Map<String, Variable> variables = new LinkedHashMap<>();
    model.variables().forEach(variable -> variables.put(variable.name(), variable));
    return variables;
  }

  private static Variable named(Model model, String name) {
    return Objects.requireNonNull(variables(model).get(name), name);
  }

  private static double[] random(int count, long seed) {
    return new Random(seed).doubles(count, -1, 1).toArray();
  }

  /** Rows {@code [N,in]} through a dense layer, {@code [N,out]}. */
  private static double[] dense(Model model, Backend backend, String layer, double[] x) {
    Variable variable = named(model, layer + "/weight");
    double[] weight = backend.read(variable);
    double[] bias = backend.read(named(model, layer + "/bias"));
    int in = variable.shape().dim(0);
    int out = variable.shape().dim(1);
    var y = new double[x.length / in * out];
    for (int i = 0; i < y.length; i++) {
      y[i] = bias[i % out];
      for (int k = 0; k < in; k++) {
        y[i] += x[i / out * in + k] * weight[k * out + i % out];
      }
    }
    return y;
  }

  private static double[] map(double[] x, java.util.function.DoubleUnaryOperator function) {
    return Arrays.stream(x).map(function).toArray();
  }

  @Test
  void featureMatchingIsItsFormula() {
    Model model = Zoo.create(config("gan-mlp", "featureMatching=true", "loss=hinge"));
    Graph drawn = model.step(new StepBuilder(3));
    double[] x = random(BATCH * 16, 1);
    double[] z = random(BATCH * 3, 2);
    try (Backend backend = new ReferenceBackend();
        Program program = backend.compile(drawn.withDrawsAsInputs(Set.of("z_g", "z_d")))) {
      model.initialize(backend, 3);
      backend.write(named(model, "d/optimizer/rate"), new double[] {0});
      backend.write(named(model, "g/optimizer/rate"), new double[] {0});
      program.write("x", x);
      program.write("z_d", z);
      program.write("z_g", z);
      program.run();
      double[] made = z;
      for (int layer = 0; layer < 2; layer++) {
        made = map(dense(model, backend, "g/" + layer, made), v -> Math.max(v, 0));
      }
      made = map(dense(model, backend, "g/2", made), Math::tanh);
      var means = new double[2][256];
      for (int kind = 0; kind < 2; kind++) {
        double[] features = kind == 0 ? x : made;
        for (int layer = 0; layer < 2; layer++) {
          features = map(dense(model, backend, "d/" + layer, features), v -> Math.max(v, 0.2 * v));
        }
        for (int i = 0; i < features.length; i++) {
          means[kind][i % 256] += features[i] / BATCH;
        }
      }
      double expected = 0;
      for (int i = 0; i < 256; i++) {
        expected += (means[0][i] - means[1][i]) * (means[0][i] - means[1][i]);
      }
      assertEquals(expected, program.readScalar("g"), 1e-12 * expected);
    }
  }

  /** A player's loss is that of the same model without, and how far it is from its past. */
  @ParameterizedTest
  @ValueSource(strings = {"d", "g"})
  void historicalAveragingIsItsFormula(String player) {
    String[] settings = {"optimizer=sgd", "learningRate=0.1"};
    Model plain = Zoo.create(config("gan-mlp-bn", settings));
    Model model = Zoo.create(config("gan-mlp-bn", settings).with("historicalAveraging", "0.25"));
    List<Variable> weights =
        model.variables().stream()
            .filter(v -> v.name().matches(player + "/\\d+/(weight|bias|gamma|beta)"))
            .toList();
    var past = new ArrayList<double[][]>();
    try (Backend backend = new ReferenceBackend();
        Backend other = new ReferenceBackend();
        Program program = backend.compile(model.step(new StepBuilder(3)));
        Program without = other.compile(plain.step(new StepBuilder(3)))) {
      model.initialize(backend, 3);
      String still = player.equals("d") ? "g" : "d";
      backend.write(named(model, still + "/optimizer/rate"), new double[] {0});
      for (int step = 0; step < 4; step++) {
        var now = weights.stream().map(backend::read).toArray(double[][]::new);
        double expected = 0;
        for (int w = 0; w < now.length && step > 0; w++) {
          for (int i = 0; i < now[w].length; i++) {
            double mean = 0;
            for (double[][] before : past) {
              mean += before[w][i] / step;
            }
            expected += 0.25 * (now[w][i] - mean) * (now[w][i] - mean);
          }
        }
        past.add(now);
        plain.variables().forEach(v -> other.write(v, backend.read(named(model, v.name()))));
        for (Program each : List.of(without, program)) {
          each.write("x", random(BATCH * 16, step));
          each.run();
        }
        double found = program.readScalar(player) - without.readScalar(player);
        assertEquals(expected, found, 1e-11 * Math.max(expected, 1), "step " + step);
        assertTrue(step == 0 ? expected == 0 : expected > 1e-6, () -> "far from 0");
      }
    }
  }

  @Test
  void theDiscriminatorsReferenceIsTheFirstBatch() {
    Model model = Zoo.create(config("cgan", "virtualBatchNorm=d", "nCritic=2"));
    Batch first = Batch.inputs("x", "y", model, BATCH);
    Batch second = Batch.inputs("x2", "y2", model, BATCH);
    try (Backend backend = new ReferenceBackend();
        Program program = backend.compile(model.step(new StepBuilder(3), List.of(first, second)))) {
      model.initialize(backend, 3);
      for (int step = 0; step < 2; step++) {
        program.write("x", random(BATCH * 256, step));
        program.write("y", new double[] {2, step, 0, 1});
        program.write("x2", random(BATCH * 256, 10 + step));
        program.write("y2", new double[] {1, 1, 1, 1});
        program.run();
        assertArrayEquals(random(BATCH * 256, 0), backend.read(named(model, "d/reference")));
        assertArrayEquals(
            new double[] {2, 0, 0, 1}, backend.read(named(model, "d/reference/classes")));
      }
    }
  }

  /** An image depends on nothing but its latent vector and what a checkpoint holds. */
  @ParameterizedTest
  @ValueSource(strings = {"gan-mlp-bn", "gan-conv", "dcgan", "cgan"})
  void animageIsTheSameAloneAndAmongOthers(String name) {
    Model model = Zoo.create(config(name, "virtualBatchNorm=g"));
    int pixels = model.image().size();
    double[] z = random(5 * 3, 4);
    var images = new ArrayList<double[]>();
    try (Backend backend = new ReferenceBackend()) {
      model.initialize(backend, 3);
      for (int count : new int[] {1, 5}) {
        var step = new StepBuilder(count); // of another seed
        step.report(
            "images",
            model.generate(
                step, Ops.input("z", Shape.of(count, 3)), Labels.inTurn(count, model.classes())));
        try (Program program = backend.compile(step.snapshot())) {
          program.write("z", Arrays.copyOf(z, count * 3));
          program.run();
          images.add(Arrays.copyOf(program.read("images"), pixels));
        }
      }
    }
    assertArrayEquals(images.get(0), images.get(1), 1e-12);
    assertTrue(
        model.variables().stream().noneMatch(v -> v.name().matches("g/\\d+/(mean|var)")),
        "nothing runs along");
  }

  /** The last layer also takes the kernels; DCGAN's convolution of the whole image is dense. */
  @ParameterizedTest
  @CsvSource({
    "gan-mlp,    d/2/weight, '[256,18]',  d/3/weight, '[262,1]'",
    "gan-mlp-bn, d/2/weight, '[256,18]',  d/3/weight, '[262,1]'",
    "gan-conv,   d/3/weight, '[1024,18]', d/4/weight, '[1030,1]'",
    "dcgan,      d/3/weight, '[64,18]',   d/4/weight, '[70,1]'",
    "cgan,       d/3/weight, '[64,18]',   d/4/weight, '[70,1]'"
  })
  void minibatchDiscriminationIsBeforeTheLastLayer(
      String name, String tensor, String shape, String last, String lastShape) {
    Model model = Zoo.create(config(name, "minibatchKernels=6", "minibatchDims=3"));
    assertEquals(shape, named(model, tensor).shape().toString());
    assertEquals(lastShape, named(model, last).shape().toString());
  }

  /** Under a penalty DCGAN's discriminator has no batch norm, unless that is virtual. */
  @Test
  void virtualBatchNormGoesWithAPenalty() {
    RunConfig config = config("dcgan", "loss=wgan-gp");
    assertTrue(
        Zoo.create(config).variables().stream().noneMatch(v -> v.name().contains("d/1/gamma")));
    for (String networks : List.of("d", "g+d")) {
      Model model = Zoo.create(config.with("virtualBatchNorm", networks));
      named(model, "d/2/gamma");
    }
  }

  @Test
  void whatCannotBeIsRefused() {
    refused("gan-mlp", "realTarget=0.9 loss=hinge", "'hinge'", "realTarget", "lsgan");
    refused("gan-mlp", "realTarget=0.9 loss=wgan-gp", "'wgan-gp'", "no target");
    refused("gan-mlp", "realTarget=0.9 loss=ragan", "'ragan'", "no target");
    refused("gan-mlp", "realTarget=0.9 loss=fgan-kl", "'fgan-kl'", "no target");
    refused("gan-mlp", "realTarget=1.5", "realTarget", "at most 1");
    refused("gan-mlp", "realTarget=0", "realTarget", "greater than 0");
    refused("gan-mlp", "virtualBatchNorm=g", "'gan-mlp'", "no batch norm", "generator");
    refused("gan-conv", "virtualBatchNorm=g+d", "'gan-conv'", "no batch norm", "discriminator");
    refused("dcgan", "virtualBatchNorm=x", "'x'", "g+d");
    refused("gan-mlp", "minibatchDims=3", "minibatchDims", "minibatchKernels");
    refused("gan-mlp", "minibatchKernels=3 batch=1", "'batch' of 2");
    refused("gan-mlp", "minibatchKernels=0", "minibatchKernels", "at least 1");
    refused("gan-mlp", "historicalAveraging=0", "historicalAveraging", "greater than 0");
    for (String loss : List.of("wgan-gp", "r1", "hinge+dragan")) {
      refused("dcgan", "minibatchKernels=3 loss=" + loss, "minibatch discrimination");
    }
    for (Technique technique : Technique.values()) {
      String value =
          switch (technique) {
            case FEATURE_MATCHING -> "true";
            case VIRTUAL_BATCH_NORM -> "g";
            case MINIBATCH_DISCRIMINATION, MINIBATCH_DIMS -> "3";
            default -> "0.5";
          };
      refused("vae", technique.key + "=" + value, "'vae'", technique.key);
    }
    refused("cgan", "drawnClasses=true", "'cgan'", "drawnClasses");
  }

  private static void refused(String model, String settings, Object... named) {
    Refusal.of(() -> Zoo.create(config(model, settings.split(" "))), named);
  }
}
