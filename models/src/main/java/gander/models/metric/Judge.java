// SPDX-License-Identifier: Apache-2.0
package gander.models.metric;

import static gander.models.net.Layer.averagePool;
import static gander.models.net.Layer.dense;
import static gander.models.net.Layer.flatten;
import static gander.models.net.Layer.relu;

import gander.graph.Backend;
import gander.graph.Program;
import gander.graph.op.Gradients;
import gander.graph.op.Ops;
import gander.graph.op.Shape;
import gander.graph.op.Tensor;
import gander.graph.op.Variable;
import gander.models.data.DataSet;
import gander.models.data.Floats;
import gander.models.data.ImageShape;
import gander.models.io.Safetensors;
import gander.models.io.SafetensorsWriter;
import gander.models.net.Layer;
import gander.models.net.Network;
import gander.models.net.StepBuilder;
import gander.models.optim.Optimizer;
import gander.models.run.Progress;
import gander.models.train.Feed;
import gander.models.zoo.Batch;
import gander.models.zoo.Start;
import gander.runtime.GanderException;
import gander.runtime.jit.Hash;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A classifier of real pictures, in [0,1], which says of generated ones whether they are of the
 * class that was asked for. Numbers of different judges do not compare: {@link #id} tells which.
 *
 * <p>It is a LeNet: conv 5x5 of 32, relu, mean of 2x2, conv 5x5 of 64, relu, mean of 2x2, dense 256
 * relu, a logit a class; cross-entropy, Adam at 1e-3, batches of 128, three epochs but at least 100
 * steps, seed 1.
 */
public final class Judge {
  private static final String KIND = "gander-judge-1";
  private static final int BATCH = 128;
  private static final int EPOCHS = 3;

  /** For data sets so small that their epochs are none. */
  private static final int LEAST_STEPS = 100;

  private static final long SEED = 1;

  private final ImageShape shape;
  private final int classes;
  private final String data;
  private final double accuracy;
  private final Network network;
  private final Map<Variable, float[]> weights;

  private Judge(
      DataSet pictures, Network network, Map<Variable, float[]> weights, double accuracy) {
    this.shape = pictures.shape();
    this.classes = pictures.classes();
    this.data = pictures.name();
    this.accuracy = accuracy;
    this.network = network;
    this.weights = weights;
  }

  private static Network network(DataSet pictures) {
    ImageShape shape = pictures.shape();
    List<Layer> layers =
        List.of(
            new Layer.Conv(32, 5, 1, 2, true),
            relu(),
            averagePool(2),
            new Layer.Conv(64, 5, 1, 2, true),
            relu(),
            averagePool(2),
            flatten(),
            dense(256),
            relu(),
            dense(pictures.classes()));
    return new Network("judge", Shape.of(shape.height(), shape.width(), shape.channels()), layers);
  }

  /**
   * Trains one.
   *
   * @param train labelled pictures in [0,1]; their sides are multiples of 4
   * @param test pictures that its accuracy is measured on
   */
  public static Judge train(DataSet train, DataSet test, Backend backend) {
    int classes = train.classes();
    Network network = network(train);
    var optimizer =
        new Optimizer(
            "judge/optimizer",
            new Optimizer.Method.AdamMethod(1e-3, 0.9, 0.999),
            network.parameters());
    Start.write(backend, SEED, network);
    Start.write(backend, optimizer);
    int batch = Math.min(BATCH, train.count());
    var feed = new Feed(train, network.input(), classes, batch, 1, backend.roomBytes(), SEED);
    var step = new StepBuilder(SEED);
    Batch given = feed.batches().getFirst();
    var logits = network.apply(step, given.x(), Network.Mode.TRAINING);
    var loss = Ops.mean(Ops.softmaxCrossEntropy(logits, Ops.oneHot(given.labels(), classes)));
    step.report("loss", loss);
    List<Tensor> trained = step.values(network.parameters());
    optimizer.update(step, Gradients.of(loss, trained), UnaryOperator.identity());
    long steps = Math.max((long) EPOCHS * train.count() / batch, LEAST_STEPS);
    var progress = Progress.start("judge", List.of("loss"), 0, steps, batch);
    try (Program program = backend.compile(step.build())) {
      for (long at = 0; at < steps; at++) {
        feed.before(backend, program, at);
        program.run();
        if (at % 50 == 49) {
          progress.values(program.readScalar("loss"));
        }
        progress.step(at + 1);
      }
      backend.finish();
      progress.finish(steps);
    }
    var weights = new LinkedHashMap<Variable, float[]>();
    for (Variable variable : network.parameters()) {
      weights.put(variable, Floats.of(backend.read(variable)));
    }
    var untested = new Judge(train, network, weights, Double.NaN);
    double accuracy;
    try (Seat seat = untested.on(backend)) {
      accuracy = seat.accuracy(test.images(), test.labels());
    }
    return new Judge(train, network, weights, accuracy);
  }

  /** Writes it as a safetensors file, atomically. */
  public void write(Path file) {
    var writer = new SafetensorsWriter().metadata("format", KIND).metadata("data", data);
    writer
        .metadata("shape", shape.toString())
        .metadata("classes", Integer.toString(classes))
        .metadata("accuracy", Double.toString(accuracy));
    weights.forEach(
        (variable, values) -> writer.add(variable.name(), variable.shape().dims(), values));
    writer.write(file);
  }

  /**
   * Reads the judge of a data set's pictures.
   *
   * @throws GanderException if the file is damaged, holds none, or one of other pictures
   */
  public static Judge read(Path file, DataSet pictures) {
    try (Safetensors tensors = Safetensors.open(file)) {
      Map<String, String> facts = tensors.metadata();
      if (!KIND.equals(facts.get("format"))) {
        throw new GanderException(
            "%s is no judge: name a new file with --judge, which is then made".formatted(file));
      }
      requireSame(file, "data set", facts.get("data"), pictures.name());
      requireSame(file, "images of", facts.get("shape"), pictures.shape().toString());
      requireSame(file, "classes:", facts.get("classes"), Integer.toString(pictures.classes()));
      tensors.verify();
      var weights = new LinkedHashMap<Variable, float[]>();
      Network network = network(pictures);
      for (Variable variable : network.parameters()) {
        if (!tensors.names().contains(variable.name())
            || !Arrays.equals(tensors.shape(variable.name()), variable.shape().dims())) {
          throw new GanderException(
              "%s has no '%s' of shape %s: remove it, and it is made again"
                  .formatted(file, variable.name(), variable.shape()));
        }
        weights.put(variable, tensors.floats(variable.name()));
      }
      double accuracy = Double.parseDouble(facts.getOrDefault("accuracy", "NaN"));
      return new Judge(pictures, network, weights, accuracy);
    }
  }

  private static void requireSame(Path file, String what, @Nullable String own, String wanted) {
    if (!wanted.equals(own)) {
      throw new GanderException(
          "the judge in %s knows %s %s, and the run has %s: name another file with --judge, which is made if it is not there"
              .formatted(file, what, own, wanted));
    }
  }

  /** The first eight digits of the SHA-256 of its weights. */
  public String id() {
    return Hash.of(weights.values().stream().map(Arrays::toString).toArray(String[]::new))
        .substring(0, 8);
  }

  /** How many of the real pictures that it was not trained on it knows, of 1. */
  public double accuracy() {
    return accuracy;
  }

  /** Puts it on a device. */
  public Seat on(Backend backend) {
    return new Seat(backend);
  }

  /** A judge on a device. */
  public final class Seat implements AutoCloseable {
    private final Program program;

    private Seat(Backend backend) {
      weights.forEach(backend::write);
      var step = new StepBuilder(SEED, Ops.scalar(0));
      var x = Ops.input("x", Network.batched(BATCH, network.input()));
      step.report("logits", network.apply(step, x, Network.Mode.INFERENCE));
      this.program = backend.compile(step.snapshot());
    }

    /**
     * The share of pictures that it takes for what they are, of 1.
     *
     * @param images {@code [count,H,W,C]} in [0,1]
     * @param labels {@code [count]}
     */
    public double accuracy(float[] images, int[] labels) {
      int elems = shape.elems();
      var batch = new float[BATCH * elems];
      int right = 0;
      for (int first = 0; first < labels.length; first += BATCH) {
        int taken = Math.min(BATCH, labels.length - first);
        System.arraycopy(images, first * elems, batch, 0, taken * elems);
        program.write("x", batch);
        program.run();
        double[] logits = program.read("logits");
        for (int i = 0; i < taken; i++) {
          right += likeliest(logits, i * classes) == labels[first + i] ? 1 : 0;
        }
      }
      return (double) right / labels.length;
    }

    private int likeliest(double[] logits, int from) {
      int best = 0;
      for (int k = 1; k < classes; k++) {
        best = logits[from + k] > logits[from + best] ? k : best;
      }
      return best;
    }

    @Override
    public void close() {
      program.close();
    }
  }
}
