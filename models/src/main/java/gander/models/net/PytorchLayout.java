// SPDX-License-Identifier: Apache-2.0
package gander.models.net;

import gander.graph.op.Shape;
import gander.graph.op.Variable;
import gander.runtime.GanderException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A network's variables as a {@code torch.nn.Sequential} of the same layers holds them, one module
 * a layer, so that it computes the same of images [C,H,W]: {@code Linear} {@code [out,in]}, {@code
 * Conv2d} {@code [K,C,R,S]}, {@code ConvTranspose2d} {@code [in,out,R,S]}, {@code BatchNorm1d} and
 * {@code BatchNorm2d}; {@code Flatten} and {@code Unflatten} have the channels outermost there, so
 * that what is next to them has its elements in another order.
 */
public final class PytorchLayout {
  private static final List<String> OF_WEIGHTS = List.of("weight", "bias");
  private static final List<String> OF_NORMS =
      List.of("weight", "bias", "running_mean", "running_var");

  private PytorchLayout() {}

  /**
   * A variable as PyTorch has it.
   *
   * @param name the network, the layer's number among all layers, PyTorch's word: {@code
   *     g.3.running_mean}
   * @param variable where it is here
   * @param shape PyTorch's
   * @param order element {@code i} there is element {@code order[i]} of the variable
   */
  public record Held(String name, Variable variable, Shape shape, int[] order) {
    private static Held of(String name, Variable variable, Shape shape, IntUnaryOperator order) {
      int[] elements = new int[shape.size()];
      Arrays.setAll(elements, order);
      return new Held(name, variable, shape, elements);
    }

    /** The variable's values in PyTorch's order. */
    public double[] exported(double[] values) {
      return Arrays.stream(order).mapToDouble(at -> values[at]).toArray();
    }

    /** PyTorch's values in the variable's order. */
    public double[] imported(double[] values) {
      var own = new double[values.length];
      for (int i = 0; i < own.length; i++) {
        own[order[i]] = values[i];
      }
      return own;
    }
  }

  /**
   * Every variable of a network, in forward order.
   *
   * @param input [H,W,C] where the network takes images as vectors; null for anything else
   * @param output the same of what it makes
   * @throws GanderException if PyTorch has no module for one of its layers
   */
  public static List<Held> of(Network network, @Nullable Shape input, @Nullable Shape output) {
    List<Layer> layers = network.layers();
    @Nullable Shape[] images = images(network, input, output);
    var all = new ArrayList<Held>();
    for (int at = 0; at < layers.size(); at++) {
      List<Variable> own = network.variables(at);
      requireModule(network, layers.get(at));
      boolean norm = layers.get(at) instanceof Layer.Normalize;
      for (int i = 0; i < own.size(); i++) {
        String word = (norm ? OF_NORMS : OF_WEIGHTS).get(i);
        String name = "%s.%d.%s".formatted(network.name(), at, word);
        all.add(held(name, own.get(i), images[at], images[at + 1]));
      }
    }
    return all;
  }

  private static void requireModule(Network network, Layer layer) {
    String technique =
        switch (layer) {
          case Layer.VirtualNormalize norm -> "virtual batch norm";
          case Layer.Minibatch minibatch -> "minibatch discrimination";
          default -> null;
        };
    if (technique != null) {
      throw new GanderException(
          "network '%s' has %s, for which PyTorch has no module: weights go to and from models without it"
              .formatted(network.name(), technique));
    }
  }

  /**
   * @param before the image whose elements the layer takes as a vector; null for anything else
   * @param behind the same of what it gives
   */
  private static Held held(
      String name, Variable variable, @Nullable Shape before, @Nullable Shape behind) {
    int[] dims = variable.shape().dims();
    return switch (dims.length) {
      case 1 -> Held.of(name, variable, variable.shape(), order(behind));
      case 2 -> {
        IntUnaryOperator rows = order(before);
        IntUnaryOperator columns = order(behind);
        yield Held.of(
            name,
            variable,
            Shape.of(dims[1], dims[0]),
            i -> rows.applyAsInt(i % dims[0]) * dims[1] + columns.applyAsInt(i / dims[0]));
      }
      default -> {
        // [R,S,a,b] to [b,a,R,S]: a transposed convolution's filters are those of the convolution
        // that it is the gradient of, there and here.
        int taps = dims[0] * dims[1];
        yield Held.of(
            name,
            variable,
            Shape.of(dims[3], dims[2], dims[0], dims[1]),
            i -> (i % taps * dims[2] + i / taps % dims[2]) * dims[3] + i / taps / dims[2]);
      }
    };
  }

  /** Of a vector with channels outermost, where each element is with channels innermost. */
  private static IntUnaryOperator order(@Nullable Shape image) {
    if (image == null) {
      return i -> i;
    }
    int pixels = image.dim(0) * image.dim(1);
    int channels = image.dim(2);
    return i -> i % pixels * channels + i / pixels;
  }

  /**
   * In front of each layer, and behind the last, the image [H,W,C] that the elements of a vector
   * are: one that was flattened before, or that the vector is reshaped to later.
   */
  private static @Nullable Shape[] images(
      Network network, @Nullable Shape input, @Nullable Shape output) {
    List<Layer> layers = network.layers();
    var images = new @Nullable Shape[layers.size() + 1];
    images[0] = input;
    for (int at = 0; at < layers.size(); at++) {
      images[at + 1] =
          switch (layers.get(at)) {
            case Layer.Flatten flatten ->
                network.before(at).rank() == 3 ? network.before(at) : images[at];
            case Layer.Activate activate -> images[at];
            case Layer.Normalize norm -> images[at];
            default -> null;
          };
    }
    images[layers.size()] = images[layers.size()] == null ? output : images[layers.size()];
    for (int at = layers.size() - 1; at > 0; at--) {
      if (images[at] == null) {
        images[at] =
            switch (layers.get(at)) {
              case Layer.Reshape reshape when reshape.shape().rank() == 3 -> reshape.shape();
              case Layer.Activate activate -> images[at + 1];
              case Layer.Normalize norm -> images[at + 1];
              default -> null;
            };
      }
    }
    return images;
  }
}
