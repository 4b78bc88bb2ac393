// SPDX-License-Identifier: Apache-2.0
package gander.graph.codegen;

import gander.graph.op.Broadcast;
import gander.graph.op.Constant;
import gander.graph.op.Expr;
import gander.graph.op.Iota;
import gander.graph.op.Parameter;
import gander.graph.op.Pointwise;
import gander.graph.op.Reshape;
import gander.graph.op.Shape;
import gander.graph.op.Slice;
import gander.graph.op.Tensor;
import gander.runtime.catalogue.FloatLiteral;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The statements that compute some tensors at one point of a space, or at 16 neighbouring points:
 * each value once, in a variable {@code t0, t1, ...}, loads before whatever uses them.
 */
final class Body {
  /** A tensor seen through a view: one value of the body. */
  private record Seen(Tensor tensor, View view) {}

  /** An expression over values of the body. */
  private record Computed(Expr expression, List<String> arguments) {}

  private final Space space;
  private final int width;
  private final Map<Integer, String> pointers;
  private final Map<Seen, String> done = new HashMap<>();
  private final Map<Computed, String> computed = new HashMap<>();
  private final List<String> lines = new ArrayList<>();
  private final List<int[]> addresses = new ArrayList<>();
  private final Map<Integer, Boolean> reads = new TreeMap<>();

  /**
   * @param width 1, or 16 for vectors
   * @param pointers the kernel's name for each parameter of the fusion
   */
  Body(Space space, int width, Map<Integer, String> pointers) {
    this.space = space;
    this.width = width;
    this.pointers = pointers;
  }

  /** Gives a tensor's value at the point a name, instead of computing it. */
  void bind(Tensor tensor, String name) {
    done.put(new Seen(tensor, View.identity(tensor.shape())), name);
  }

  /** The name of a tensor's value at the point; the tensor has the space's axes. */
  String value(Tensor tensor) {
    return value(tensor, View.identity(tensor.shape()));
  }

  /** The statements so far. */
  List<String> lines() {
    return lines;
  }

  /** The coefficients of every address so far. */
  List<int[]> addresses() {
    return addresses;
  }

  /**
   * The parameters that are read, in ascending order; true for one that is read only at the point
   * itself, element for element.
   */
  Map<Integer, Boolean> reads() {
    return reads;
  }

  String type() {
    return width == 1 ? "float" : "float" + width;
  }

  private String value(Tensor tensor, View view) {
    var seen = new Seen(tensor, view);
    String known = done.get(seen);
    if (known == null) {
      known = compute(tensor, view);
      done.put(seen, known);
    }
    return known;
  }

  private String compute(Tensor tensor, View view) {
    return switch (tensor.op()) {
      case Parameter parameter -> load(parameter.index(), tensor.shape(), view);
      case Constant constant -> literal(constant.value());
      case Iota iota -> index(view);
      case Broadcast broadcast -> {
        Tensor x = tensor.producer().input(0);
        yield value(x, view.behind(broadcast, x.shape()));
      }
      case Slice slice -> value(tensor.producer().input(0), view.behind(slice));
      case Reshape reshape -> reshaped(tensor, tensor.producer().input(0), view);
      case Pointwise map -> {
        var arguments = new ArrayList<String>();
        tensor.producer().inputs().forEach(x -> arguments.add(value(x, view)));
        yield expression(map.expression(), arguments);
      }
      default ->
          throw new IllegalStateException(tensor.describe() + " is not part of a pointwise body");
    };
  }

  private String reshaped(Tensor tensor, Tensor x, View view) {
    if (x.op() instanceof Parameter parameter) {
      return load(parameter.index(), tensor.shape(), view);
    }
    return value(x, view.behindReshape(tensor.shape(), x.shape()));
  }

  private String load(int parameter, Shape shape, View view) {
    String pointer = pointers.get(parameter);
    int[] coefficients = view.coefficients(shape, space.rank());
    int offset = view.offset(shape);
    boolean own = offset == 0 && Arrays.equals(coefficients, space.identity());
    reads.merge(parameter, own, Boolean::logicalAnd);
    addresses.add(coefficients);
    if (width == 1) {
      return statement(pointer + "[" + space.address(coefficients, offset, 0) + "]");
    }
    String first = space.address(coefficients, offset, 0);
    return statement(
        switch (space.lanes(coefficients)) {
          case ONE_ELEMENT -> "(%s)(%s[%s])".formatted(type(), pointer, first);
          case NEIGHBOURS -> "vload%d(0, %s + %s)".formatted(width, pointer, first);
          case SCATTERED ->
              perLane(lane -> pointer + "[" + space.address(coefficients, offset, lane) + "]");
        });
  }

  /** The index along the axis that a view of an iota follows. */
  private String index(View view) {
    int[] coefficients = view.coefficients(Shape.of(1), space.rank());
    int offset = view.offset(Shape.of(1));
    addresses.add(coefficients);
    if (width == 1 || space.lanes(coefficients) == Space.Lanes.ONE_ELEMENT) {
      String scalar = "(float)(" + space.address(coefficients, offset, 0) + ")";
      return statement(width == 1 ? scalar : "(" + type() + ")(" + scalar + ")");
    }
    return statement(perLane(lane -> "(float)(" + space.address(coefficients, offset, lane) + ")"));
  }

  private interface Lane {
    String at(int lane);
  }

  private String perLane(Lane element) {
    return IntStream.range(0, width)
        .mapToObj(element::at)
        .collect(Collectors.joining(", ", "(" + type() + ")(", ")"));
  }

  private String literal(double value) {
    String text = FloatLiteral.of(value);
    return width == 1 ? text : "(" + type() + ")(" + text + ")";
  }

  private String expression(Expr e, List<String> arguments) {
    return switch (e) {
      case Expr.Arg a -> arguments.get(a.index());
      case Expr.Const c -> literal(c.value());
      default -> {
        var key = new Computed(e, List.copyOf(arguments));
        String known = computed.get(key);
        if (known == null) {
          known = statement(call(e, arguments));
          computed.put(key, known);
        }
        yield known;
      }
    };
  }

  private String call(Expr e, List<String> arguments) {
    String function =
        switch (e) {
          case Expr.Call1 c -> c.function().word;
          case Expr.Call2 c -> c.function().word;
          default -> "select";
        };
    return e.parts().stream()
        .map(part -> expression(part, arguments))
        .collect(Collectors.joining(", ", "g_" + function + "_" + width + "(", ")"));
  }

  private String statement(String right) {
    String name = "t" + lines.size();
    lines.add("const " + type() + " " + name + " = " + right + ";");
    return name;
  }
}
