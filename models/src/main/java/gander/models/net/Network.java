// SPDX-License-Identifier: Apache-2.0
package gander.models.net;

import gander.graph.op.BatchNorm;
import gander.graph.op.Images;
import gander.graph.op.Node;
import gander.graph.op.Ops;
import gander.graph.op.Shape;
import gander.graph.op.ShapeException;
import gander.graph.op.Tensor;
import gander.graph.op.Variable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Layers with their variables. Layers that have variables are numbered from 0 in forward order, and
 * the variables are named after them: {@code g/0/weight}, {@code g/1/gamma}.
 *
 * <p>Dense weights are {@code [in,out]}, filters {@code [R,S,C,K]}; those of a transposed
 * convolution are {@code [R,S,out,in]}. They and their biases begin uniform in plus or minus 1 /
 * sqrt(f), as in PyTorch's layers: f is {@code in}, {@code R*S*C}, or {@code R*S*out}.
 */
public final class Network {
  private static final double EPSILON = 1e-5;

  /** Which statistics batch norm takes. */
  public enum Mode {
    /** The batch's, which also go into the running ones. */
    TRAINING,
    /** The batch's, and the running ones stay as they are. */
    OBSERVING,
    /** The running ones. */
    INFERENCE
  }

  /**
   * The matrix or the filters of a layer.
   *
   * @param outputs its axis of outputs: units, or channels of the images that come out
   */
  public record Weight(Variable variable, int outputs) {}

  private final String name;
  private final Shape input;
  private final Shape features;
  private final Shape output;
  private final int last; // the last layer that has a weight
  private final List<Layer> layers;
  private final Map<Integer, List<Variable>> variables = new LinkedHashMap<>();
  private final List<Variable> parameters = new ArrayList<>();
  private final List<Variable> statistics = new ArrayList<>();
  private final List<Weight> weights = new ArrayList<>();
  private final Map<Variable, Initial> initial = new LinkedHashMap<>();

  /**
   * @param name in front of the variables' names
   * @param input the shape of one sample
   * @throws ShapeException if a layer cannot take what comes before it
   */
  public Network(String name, Shape input, List<Layer> layers) {
    this.name = name;
    this.input = input;
    this.layers = List.copyOf(layers);
    Shape shape = input;
    Shape before = input;
    int weighted = 0;
    int number = 0;
    for (int at = 0; at < layers.size(); at++) {
      int known = weights.size();
      Shape behind = declare(at, layers.get(at), name + "/" + number + "/", shape);
      if (weights.size() > known) {
        before = shape;
        weighted = at;
      }
      shape = behind;
      number += variables.containsKey(at) ? 1 : 0;
    }
    this.features = before;
    this.last = weighted;
    this.output = shape;
  }

  /** Makes a layer's variables. Gives the shape of a sample behind it. */
  private Shape declare(int at, Layer layer, String prefix, Shape shape) {
    return switch (layer) {
      case Layer.Dense dense -> {
        if (shape.rank() != 1) {
          throw new ShapeException(
              "layer %sdense takes vectors, not samples of shape %s".formatted(prefix, shape));
        }
        Shape weight = Shape.of(shape.dim(0), dense.units());
        addWeights(at, prefix, weight, 1, shape.dim(0), dense.bias() ? dense.units() : 0);
        yield Shape.of(dense.units());
      }
      case Layer.Conv conv -> {
        requireImages(prefix + "conv", shape);
        int taps = conv.rows() * conv.columns();
        Shape weight = Shape.of(conv.rows(), conv.columns(), shape.dim(2), conv.filters());
        addWeights(at, prefix, weight, 3, taps * shape.dim(2), conv.bias() ? conv.filters() : 0);
        yield sampleOf(Ops.conv2d(probe(shape), Ops.input("w", weight), conv.window()));
      }
      case Layer.ConvTranspose conv -> {
        requireImages(prefix + "transposed conv", shape);
        int taps = conv.rows() * conv.columns();
        Shape weight = Shape.of(conv.rows(), conv.columns(), conv.filters(), shape.dim(2));
        addWeights(at, prefix, weight, 2, taps * conv.filters(), conv.bias() ? conv.filters() : 0);
        yield sampleOf(Ops.convTranspose2d(probe(shape), Ops.input("w", weight), conv.window(), 0));
      }
      case Layer.Normalize norm -> {
        Shape channels = Shape.of(shape.dim(-1));
        add(at, prefix + "gamma", channels, Initial.constant(1), parameters);
        add(at, prefix + "beta", channels, Initial.constant(0), parameters);
        add(at, prefix + "mean", channels, Initial.constant(0), statistics);
        add(at, prefix + "var", channels, Initial.constant(1), statistics);
        yield shape;
      }
      case Layer.VirtualNormalize norm -> {
        Shape channels = Shape.of(shape.dim(-1));
        add(at, prefix + "gamma", channels, Initial.constant(1), parameters);
        add(at, prefix + "beta", channels, Initial.constant(0), parameters);
        yield shape;
      }
      case Layer.Minibatch minibatch -> {
        if (shape.rank() != 1) {
          throw new ShapeException(
              "layer %sminibatch discrimination takes vectors, not samples of shape %s"
                  .formatted(prefix, shape));
        }
        Shape weight = Shape.of(shape.dim(0), minibatch.kernels() * minibatch.dims());
        addWeights(at, prefix, weight, 1, shape.dim(0), 0);
        yield Shape.of(shape.dim(0) + minibatch.kernels());
      }
      case Layer.AveragePool pool -> {
        requireImages("%d of network %s, an average pool,".formatted(at, name), shape);
        yield sampleOf(Images.averagePool(probe(shape), pool.size()));
      }
      case Layer.Reshape reshape -> {
        if (reshape.shape().size() != shape.size()) {
          throw new ShapeException(
              "layer %d of network %s reshapes samples of shape %s to %s"
                  .formatted(at, name, shape, reshape.shape()));
        }
        yield reshape.shape();
      }
      case Layer.Flatten flatten -> Shape.of(shape.size());
      case Layer.Activate activate -> shape;
    };
  }

  private static void requireImages(String layer, Shape shape) {
    if (shape.rank() != 3) {
      throw new ShapeException(
          "layer %s takes images [H,W,C], not samples of shape %s".formatted(layer, shape));
    }
  }

  /** A batch of one sample, to ask an operation for its shape. */
  private static Tensor probe(Shape sample) {
    return Ops.input("x", batched(1, sample));
  }

  private static Shape sampleOf(Tensor batch) {
    int[] dims = batch.shape().dims();
    return Shape.of(Arrays.copyOfRange(dims, 1, dims.length));
  }

  /**
   * A weight and its bias, both uniform in plus or minus 1 / sqrt(fanIn).
   *
   * @param outputs the weight's axis of outputs
   * @param biases elements of the bias; 0 for none
   */
  private void addWeights(
      int layer, String prefix, Shape weight, int outputs, int fanIn, int biases) {
    Initial value = Initial.uniform(1 / Math.sqrt(fanIn));
    add(layer, prefix + "weight", weight, value, parameters);
    weights.add(new Weight(parameters.getLast(), outputs));
    if (biases > 0) {
      add(layer, prefix + "bias", Shape.of(biases), value, parameters);
    }
  }

  private void add(int layer, String key, Shape shape, Initial value, List<Variable> kind) {
    var variable = new Variable(key, shape);
    variables.computeIfAbsent(layer, at -> new ArrayList<>()).add(variable);
    kind.add(variable);
    initial.put(variable, value);
  }

  public String name() {
    return name;
  }

  /** The shape of one sample that goes in. */
  public Shape input() {
    return input;
  }

  /** The shape of one sample that comes out. */
  public Shape output() {
    return output;
  }

  /** The shape of what goes into the last layer that has a weight, of one sample. */
  public Shape features() {
    return features;
  }

  /** What an optimizer trains, in forward order. */
  public List<Variable> parameters() {
    return List.copyOf(parameters);
  }

  /** The matrices and filters among the parameters, in forward order. */
  public List<Weight> weights() {
    return List.copyOf(weights);
  }

  /** Running statistics, in forward order. */
  public List<Variable> statistics() {
    return List.copyOf(statistics);
  }

  /** The initial value of every variable. */
  public Map<Variable, Initial> initial() {
    return Map.copyOf(initial);
  }

  /**
   * What makes a sample's output depend on the other samples of its batch in training, in words;
   * null if nothing does.
   */
  public @Nullable String coupling() {
    if (layers.stream().anyMatch(layer -> layer instanceof Layer.Normalize)) {
      return "batch norm";
    }
    boolean compared = layers.stream().anyMatch(layer -> layer instanceof Layer.Minibatch);
    return compared ? "minibatch discrimination" : null;
  }

  /** Whether a sample's output depends on the other samples of its batch in training. */
  public boolean couplesSamples() {
    return coupling() != null;
  }

  /** Whether it normalises by the statistics of a reference batch. */
  public boolean needsReference() {
    return layers.stream().anyMatch(layer -> layer instanceof Layer.VirtualNormalize);
  }

  /**
   * What the layers take on a pass besides samples.
   *
   * @param parameters what a layer takes for a parameter
   * @param reference statistics of the reference batch, a layer; empty where none needs them
   */
  public record Given(
      Function<Variable, Tensor> parameters, Map<Integer, VirtualBatchNorm.Moments> reference) {
    Tensor parameter(Variable variable) {
      return parameters.apply(variable);
    }
  }

  /** Parameters, for a network that {@link #needsReference} does not hold for. */
  public static Given given(Function<Variable, Tensor> parameters) {
    return new Given(parameters, Map.of());
  }

  /**
   * Parameters with the statistics that a reference batch has under them.
   *
   * @param batch {@code [n, ...]}, samples of shape {@link #input}
   */
  public Given given(StepBuilder step, Tensor batch, Function<Variable, Tensor> parameters) {
    Map<Integer, VirtualBatchNorm.Moments> found = new HashMap<>();
    int end = layers.size();
    while (end > 0 && !(layers.get(end - 1) instanceof Layer.VirtualNormalize)) {
      end--; // nothing is needed of what comes behind the last
    }
    Tensor y = batch;
    for (int at = 0; at < end; at++) {
      if (layers.get(at) instanceof Layer.VirtualNormalize) {
        List<Variable> own = variables.getOrDefault(at, List.of());
        Node node = batchNorm(y, own, parameters);
        found.put(
            at, new VirtualBatchNorm.Moments(node.output(1), node.output(2), batch.shape().dim(0)));
        y = node.output(0);
      } else {
        y = apply(step, y, Mode.OBSERVING, given(parameters), at, at + 1);
      }
    }
    return new Given(parameters, Map.copyOf(found));
  }

  /**
   * The network on a batch, with the variables as the step has them so far.
   *
   * @param x {@code [N, ...]}, samples of shape {@link #input}
   */
  public Tensor apply(StepBuilder step, Tensor x, Mode mode) {
    return apply(step, x, mode, given(step::value));
  }

  /** The network on a batch, with parameters that need not be those of the step. */
  public Tensor apply(StepBuilder step, Tensor x, Mode mode, Given given) {
    return apply(step, x, mode, given, 0, layers.size());
  }

  /** What goes into the last layer that has a weight, on a batch: {@code [N, ...]}. */
  public Tensor features(StepBuilder step, Tensor x, Mode mode) {
    return features(step, x, mode, given(step::value));
  }

  /** The same with parameters that need not be those of the step. */
  public Tensor features(StepBuilder step, Tensor x, Mode mode, Given given) {
    return apply(step, x, mode, given, 0, last);
  }

  /** The last layer that has a weight, and what is behind it, on what goes into it. */
  public Tensor last(StepBuilder step, Tensor features) {
    return apply(step, features, Mode.OBSERVING, given(step::value), last, layers.size());
  }

  private Tensor apply(StepBuilder step, Tensor x, Mode mode, Given given, int begin, int end) {
    int batch = x.shape().dim(0);
    Tensor y = x;
    for (int at = begin; at < end; at++) {
      List<Variable> own = variables.getOrDefault(at, List.of());
      y =
          switch (layers.get(at)) {
            case Layer.Dense dense ->
                biased(given, Ops.matmul(y, given.parameter(own.get(0))), own);
            case Layer.Conv conv ->
                biased(given, Ops.conv2d(y, given.parameter(own.get(0)), conv.window()), own);
            case Layer.ConvTranspose conv ->
                biased(
                    given,
                    Ops.convTranspose2d(y, given.parameter(own.get(0)), conv.window(), 0),
                    own);
            case Layer.Activate activate -> activate.function().of(y);
            case Layer.Normalize norm -> normalize(step, y, norm, own, mode, given);
            case Layer.VirtualNormalize norm ->
                VirtualBatchNorm.of(
                    y,
                    Objects.requireNonNull(given.reference.get(at), "no reference batch"),
                    given.parameter(own.get(0)),
                    given.parameter(own.get(1)),
                    EPSILON);
            case Layer.Minibatch minibatch ->
                MinibatchDiscrimination.of(y, given.parameter(own.get(0)), minibatch.kernels());
            case Layer.AveragePool pool -> Images.averagePool(y, pool.size());
            case Layer.Reshape reshape -> Ops.reshape(y, batched(batch, reshape.shape()));
            case Layer.Flatten flatten -> Ops.reshape(y, Shape.of(batch, y.shape().size() / batch));
          };
    }
    return y;
  }

  /** A layer's result with its bias, where the layer has one behind its weight. */
  private static Tensor biased(Given given, Tensor y, List<Variable> own) {
    return own.size() > 1 ? Ops.add(y, given.parameter(own.get(1))) : y;
  }

  private static Node batchNorm(
      Tensor x, List<Variable> own, Function<Variable, Tensor> parameters) {
    Tensor gamma = parameters.apply(own.get(0));
    Tensor beta = parameters.apply(own.get(1));
    return new Node(new BatchNorm(EPSILON), List.of(x, gamma, beta));
  }

  private static Tensor normalize(
      StepBuilder step,
      Tensor x,
      Layer.Normalize norm,
      List<Variable> own,
      Mode mode,
      Given given) {
    if (mode == Mode.INFERENCE) {
      Tensor inverse = Ops.rsqrt(Ops.add(step.value(own.get(3)), EPSILON));
      Tensor scale = Ops.mul(given.parameter(own.get(0)), inverse);
      Tensor centred = Ops.sub(x, step.value(own.get(2)));
      return Ops.add(Ops.mul(centred, scale), given.parameter(own.get(1)));
    }
    Node node = batchNorm(x, own, given.parameters);
    for (int k = 0; k < 2 && mode == Mode.TRAINING; k++) {
      Variable running = own.get(2 + k);
      Tensor kept = Ops.mul(step.value(running), 1 - norm.momentum());
      step.assign(running, Ops.add(kept, Ops.mul(node.output(1 + k), norm.momentum())));
    }
    return node.output(0);
  }

  /** The shape of a batch of samples. */
  public static Shape batched(int batch, Shape sample) {
    var dims = new int[sample.rank() + 1];
    dims[0] = batch;
    System.arraycopy(sample.dims(), 0, dims, 1, sample.rank());
    return Shape.of(dims);
  }
}
