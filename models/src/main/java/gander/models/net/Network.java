// SPDX-License-Identifier: Apache-2.0
package gander.models.net;

import gander.graph.op.BatchNorm;
import gander.graph.op.Node;
import gander.graph.op.Ops;
import gander.graph.op.Shape;
import gander.graph.op.ShapeException;
import gander.graph.op.Tensor;
import gander.graph.op.Variable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Layers with their variables. Layers that have variables are numbered from 0 in forward order, and
 * the variables are named after them: {@code g/0/weight}, {@code g/1/gamma}.
 *
 * <p>Dense weights are {@code [in, out]}; they and their biases begin uniform in plus or minus 1 /
 * sqrt(in), as in PyTorch's linear layer.
 */
public final class Network {
  private static final double EPSILON = 1e-5;

  /**
   * Whether batch norm takes the batch's statistics, and updates the running ones, or takes these.
   */
  public enum Mode {
    TRAINING,
    INFERENCE
  }

  private final String name;
  private final Shape input;
  private final Shape output;
  private final List<Layer> layers;
  private final Map<Integer, List<Variable>> variables = new LinkedHashMap<>();
  private final List<Variable> parameters = new ArrayList<>();
  private final List<Variable> statistics = new ArrayList<>();
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
    int number = 0;
    for (int at = 0; at < layers.size(); at++) {
      String prefix = name + "/" + number + "/";
      switch (layers.get(at)) {
        case Layer.Dense dense -> {
          if (shape.rank() != 1) {
            throw new ShapeException(
                "layer %sdense takes vectors, not samples of shape %s".formatted(prefix, shape));
          }
          Initial initial = Initial.uniform(1 / Math.sqrt(shape.dim(0)));
          add(at, prefix + "weight", Shape.of(shape.dim(0), dense.units()), initial, parameters);
          shape = Shape.of(dense.units());
          if (dense.bias()) {
            add(at, prefix + "bias", shape, initial, parameters);
          }
          number++;
        }
        case Layer.Normalize norm -> {
          Shape channels = Shape.of(shape.dim(-1));
          add(at, prefix + "gamma", channels, Initial.constant(1), parameters);
          add(at, prefix + "beta", channels, Initial.constant(0), parameters);
          add(at, prefix + "mean", channels, Initial.constant(0), statistics);
          add(at, prefix + "var", channels, Initial.constant(1), statistics);
          number++;
        }
        case Layer.Reshape reshape -> {
          if (reshape.shape().size() != shape.size()) {
            throw new ShapeException(
                "layer %d of network %s reshapes samples of shape %s to %s"
                    .formatted(at, name, shape, reshape.shape()));
          }
          shape = reshape.shape();
        }
        case Layer.Activate activate -> {}
      }
    }
    this.output = shape;
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

  /** What an optimizer trains, in forward order. */
  public List<Variable> parameters() {
    return List.copyOf(parameters);
  }

  /** Running statistics, in forward order. */
  public List<Variable> statistics() {
    return List.copyOf(statistics);
  }

  /** The initial value of every variable. */
  public Map<Variable, Initial> initial() {
    return Map.copyOf(initial);
  }

  /** Whether a sample's output depends on the other samples of its batch in training. */
  public boolean couplesSamples() {
    return layers.stream().anyMatch(layer -> layer instanceof Layer.Normalize);
  }

  /**
   * The network on a batch, with the variables as the step has them so far.
   *
   * @param x {@code [N, ...]}, samples of shape {@link #input}
   */
  public Tensor apply(StepBuilder step, Tensor x, Mode mode) {
    int batch = x.shape().dim(0);
    Tensor y = x;
    for (int at = 0; at < layers.size(); at++) {
      List<Variable> own = variables.getOrDefault(at, List.of());
      y =
          switch (layers.get(at)) {
            case Layer.Dense dense -> {
              Tensor product = Ops.matmul(y, step.value(own.get(0)));
              yield dense.bias() ? Ops.add(product, step.value(own.get(1))) : product;
            }
            case Layer.Activate activate -> activate.function().of(y);
            case Layer.Normalize norm -> normalize(step, y, norm, own, mode);
            case Layer.Reshape reshape -> Ops.reshape(y, batched(batch, reshape.shape()));
          };
    }
    return y;
  }

  private static Tensor normalize(
      StepBuilder step, Tensor x, Layer.Normalize norm, List<Variable> own, Mode mode) {
    Tensor gamma = step.value(own.get(0));
    Tensor beta = step.value(own.get(1));
    if (mode == Mode.INFERENCE) {
      Tensor scale = Ops.mul(gamma, Ops.rsqrt(Ops.add(step.value(own.get(3)), EPSILON)));
      return Ops.add(Ops.mul(Ops.sub(x, step.value(own.get(2))), scale), beta);
    }
    var node = new Node(new BatchNorm(EPSILON), List.of(x, gamma, beta));
    for (int k = 0; k < 2; k++) {
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
