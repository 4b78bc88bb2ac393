// SPDX-License-Identifier: Apache-2.0
package gander.graph.workload;

import gander.graph.op.Broadcast;
import gander.graph.op.Fusion;
import gander.graph.op.Iota;
import gander.graph.op.Node;
import gander.graph.op.Op;
import gander.graph.op.Ops;
import gander.graph.op.Parameter;
import gander.graph.op.Pointwise;
import gander.graph.op.Sample;
import gander.graph.op.Sample.Content;
import gander.graph.op.Sample.Given;
import gander.graph.op.Samples;
import gander.graph.op.Shape;
import gander.graph.op.Slice;
import gander.graph.op.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The problem list of {@code map}, the op of generated bodies: every pointwise function by the
 * samples of {@link Pointwise}, several to a kernel; then chains over ways to read memory.
 */
final class Maps {
  /** Functions that share a kernel. */
  private static final int TOGETHER = 6;

  private Maps() {}

  /** A fusion without a core, under a title of its own. */
  record Mapped(String title, Fusion fusion, List<Given> givens) {}

  static List<Mapped> all() {
    var all = new ArrayList<Mapped>();
    all.addAll(functions());
    all.addAll(chains());
    return all;
  }

  /** Samples of one shape together, each a result of its own. */
  private static List<Mapped> functions() {
    Map<Shape, List<Sample>> byShape = new LinkedHashMap<>();
    for (Sample sample : Samples.of("map")) {
      byShape.computeIfAbsent(sample.shapes().getFirst(), s -> new ArrayList<>()).add(sample);
    }
    var mapped = new ArrayList<Mapped>();
    byShape.forEach((shape, samples) -> {
      for (int from = 0; from < samples.size(); from += TOGETHER) {
        var body = new Body();
        var titles = new ArrayList<String>();
        for (Sample sample : samples.subList(from, Math.min(from + TOGETHER, samples.size()))) {
          Tensor[] inputs = sample.inputs().stream().map(body::parameter).toArray(Tensor[]::new);
          body.results.add(Node.of(sample.op(), inputs));
          titles.add(word(sample.op()));
        }
        mapped.add(body.as(String.join(" ", titles)));
      }
    });
    return mapped;
  }

  private static String word(Op op) {
    String expression = op.describe().substring("map ".length());
    return expression.substring(0, expression.indexOf('('));
  }

  private static List<Mapped> chains() {
    return List.of(
        chain(
            "one number",
            body -> {
              Tensor x = body.normal();
              body.results.add(Ops.exp(Ops.neg(Ops.square(x))));
            }),
        chain(
            "rows and columns",
            body -> {
              Tensor x = body.normal(33, 50);
              Tensor row = body.spread(Shape.of(33, 50), 1, 50);
              Tensor column = body.spread(Shape.of(33, 50), 33, 1);
              body.results.add(Ops.tanh(Ops.add(Ops.mul(x, row), column)));
            }),
        chain(
            "odd width",
            body -> {
              Tensor x = body.normal(3, 1037);
              Tensor row = body.spread(Shape.of(3, 1037), 1, 1037);
              body.results.add(Ops.leakyRelu(Ops.add(x, row), 0.2));
              body.results.add(Ops.sigmoid(x));
            }),
        chain(
            "a batch of images",
            body -> {
              Tensor x = body.normal(128, 784);
              Tensor scale = body.spread(Shape.of(128, 784), 128, 1);
              body.results.add(Ops.mul(Ops.sub(x, 0.5), scale));
            }),
        chain(
            "middle axes repeated",
            body -> {
              Shape shape = Shape.of(2, 3, 4, 5);
              Tensor a = body.spread(shape, 1, 3, 1, 5);
              Tensor b = body.spread(shape, 2, 1, 4, 1);
              Tensor c = body.spread(shape, 1, 1, 1, 5);
              body.results.add(Ops.add(Ops.mul(a, b), c));
              body.results.add(Ops.max(a, b));
            }),
        chain(
            "nothing but one number repeated",
            body -> {
              Tensor x = body.spread(Shape.of(17), 1);
              body.results.add(Node.of(Pointwise.COPY, x));
            }),
        chain(
            "one-hot",
            body -> {
              Shape shape = Shape.of(13, 9);
              Tensor label = body.parameter(new Given(Shape.of(13, 1), Content.INDEX));
              Tensor classes = Ops.reshape(Node.of(new Iota(9)), Shape.of(1, 9));
              body.results.add(
                  Ops.equal(
                      Node.of(new Broadcast(shape), label),
                      Node.of(new Broadcast(shape), classes)));
            }),
        chain(
            "slices",
            body -> {
              Tensor large = body.normal(6, 40);
              Tensor left = Node.of(new Slice(1, 0, 20), large);
              Tensor right = Node.of(new Slice(1, 20, 20), large);
              body.results.add(Ops.mul(left, Ops.exp(right)));
            }),
        chain(
            "rows of a slice",
            body -> {
              Tensor large = body.normal(9, 4, 18);
              Tensor part = Node.of(new Slice(0, 2, 5), large);
              Tensor scale = body.spread(Shape.of(5, 4, 18), 5, 1, 18);
              body.results.add(Ops.mul(part, scale));
            }),
        chain(
            "update in place",
            body -> {
              Tensor w = body.normal(1000);
              Tensor g = body.normal(1000);
              Tensor b = body.normal(1000);
              Tensor rate = body.spread(Shape.of(1000), 1);
              Tensor next = Ops.add(Ops.mul(b, 0.9), g);
              body.results.add(Ops.sub(w, Ops.mul(next, rate)));
              body.results.add(next);
            }),
        chain(
            "large and small numbers",
            body -> {
              Tensor x = body.parameter(new Given(Shape.of(2, 77), Content.OUTLIERS));
              body.results.add(Ops.softplus(x));
              body.results.add(Ops.exp(x));
              body.results.add(Ops.div(body.normal(2, 77), Ops.add(Ops.square(x), 1)));
            }));
  }

  private static Mapped chain(String title, Building building) {
    var body = new Body();
    building.into(body);
    return body.as(title);
  }

  private interface Building {
    void into(Body body);
  }

  private static final class Body {
    private final List<Tensor> parameters = new ArrayList<>();
    private final List<Given> givens = new ArrayList<>();
    private final List<Tensor> results = new ArrayList<>();

    Tensor parameter(Given given) {
      Tensor parameter = Node.of(new Parameter(parameters.size(), given.shape()));
      parameters.add(parameter);
      givens.add(given);
      return parameter;
    }

    Tensor normal(int... shape) {
      return parameter(new Given(Shape.of(shape), Content.NORMAL));
    }

    /** A smaller tensor repeated to a shape. */
    Tensor spread(Shape shape, int... from) {
      return Node.of(new Broadcast(shape), normal(from));
    }

    Mapped as(String title) {
      return new Mapped(title, new Fusion(null, parameters, results), givens);
    }
  }
}
