// SPDX-License-Identifier: Apache-2.0
package gander.graph.pass;

import gander.graph.Graph;
import gander.graph.op.BatchNorm;
import gander.graph.op.BatchNormStatistics;
import gander.graph.op.Contract;
import gander.graph.op.Conv2d;
import gander.graph.op.Convolution;
import gander.graph.op.ConvolutionStatistics;
import gander.graph.op.Node;
import gander.graph.op.Ops;
import gander.graph.op.Pointwise;
import gander.graph.op.Tensor;
import gander.graph.op.Window;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Takes a batch norm apart into its statistics and its application, a map, where one of the two
 * costs no walk through memory then.
 *
 * <p>The statistics do not where the convolution in front sums over what it makes ({@link
 * ConvolutionStatistics}). The application is left to a map, which joins what reads it.
 *
 * <p>The application does not where the one convolution that takes the result can make it in its
 * prologue: then the normalised tensor is never in memory. The rule: a batch norm whose result is
 * normalised, perhaps activated and taken by one convolution alone moves its input and its output
 * once more than the two kernels do, 8 bytes an element. The convolution in turn computes the map
 * as often as it reads an element, by its direct method once for each tap of the filter: {@link
 * #MOST_READS} times at most are worth the 8 bytes. With fewer channels than a vector's it would
 * compute it one element at a time, which is not.
 */
public final class SplitNorms {
  /**
   * A 3x3 filter's. With the 16 of a 4x4 filter it cost more than it saved, on a CPU with AVX-512.
   */
  private static final int MOST_READS = 9;

  private static final int LEAST_CHANNELS = 16;

  private final Graph graph;
  private final Predicate<Node> hooks;
  private final Predicate<Node> computed;
  private final Predicate<Node> sums;
  private final Map<Node, Node> summed = new HashMap<>();
  private final Map<Tensor, Set<Node>> consumers = new HashMap<>();
  private final List<String> decisions = new ArrayList<>();

  /** The changed graph, and a line for each batch norm on what became of it and why. */
  public record Split(Graph graph, List<String> decisions) {}

  private SplitNorms(
      Graph graph, Predicate<Node> hooks, Predicate<Node> computed, Predicate<Node> sums) {
    this.graph = graph;
    this.hooks = hooks;
    this.computed = computed;
    this.sums = sums;
  }

  /**
   * @param hooks whether generated code can be put into the kernel of a node
   * @param computed whether a kernel computes a node
   * @param sums whether a convolution's kernel is as good where it sums over what it makes
   */
  public static Split apply(
      Graph graph, Predicate<Node> hooks, Predicate<Node> computed, Predicate<Node> sums) {
    var pass = new SplitNorms(graph, hooks, computed, sums);
    for (Node node : graph.nodes()) {
      node.inputs().forEach(x -> pass.consumers.computeIfAbsent(x, t -> new HashSet<>()).add(node));
    }
    Graph split = Rebuild.of(graph, pass::outputs);
    return new Split(split, pass.decisions);
  }

  private List<Tensor> outputs(Node node, Node before) {
    if (node.op() instanceof Convolution convolution && isNormed(before) && sums.test(node)) {
      var both = new Node(new ConvolutionStatistics(convolution), node.inputs());
      summed.put(before, both);
      return List.of(both.output(0));
    }
    return node.op() instanceof BatchNorm norm ? outputs(norm, node, before) : node.allOutputs();
  }

  private boolean isNormed(Node convolution) {
    Tensor result = convolution.output(0);
    return consumers.getOrDefault(result, Set.of()).stream()
        .anyMatch(node -> node.op() instanceof BatchNorm && node.input(0).equals(result));
  }

  private List<Tensor> outputs(BatchNorm norm, Node node, Node before) {
    Node front = summed.get(before.input(0).producer());
    String obstacle = obstacle(before);
    String made = front == null ? "" : "statistics made by the convolution in front; ";
    String applied =
        obstacle.isEmpty()
            ? "applied by the convolution that reads it"
            : (front == null ? "whole, " : "applied by a map, ") + obstacle;
    decisions.add("%s of %s: %s".formatted(node.op().describe(), node.shape(0), made + applied));
    if (front != null) {
      return apart(norm, node, front.output(1), front.output(2));
    }
    if (obstacle.isEmpty()) {
      var statistics = new Node(new BatchNormStatistics(), List.of(node.input(0)));
      return apart(norm, node, statistics.output(0), statistics.output(1));
    }
    return node.allOutputs();
  }

  private static List<Tensor> apart(BatchNorm norm, Node node, Tensor mean, Tensor variance) {
    Tensor deviation = Ops.rsqrt(Ops.add(variance, norm.epsilon()));
    Tensor scale = Ops.mul(node.input(1), deviation);
    Tensor centred = Ops.sub(node.input(0), mean);
    return List.of(Ops.add(Ops.mul(centred, scale), node.input(2)), mean, variance);
  }

  /** Why a batch norm stays whole; empty if it does not. */
  private String obstacle(Node norm) {
    if (!computed.test(new Node(new BatchNormStatistics(), List.of(norm.input(0))))) {
      return "no kernel computes its statistics alone";
    }
    if (norm.shape(0).dim(-1) < LEAST_CHANNELS) {
      return "fewer channels than %d are read one at a time".formatted(LEAST_CHANNELS);
    }
    Tensor value = norm.output(0);
    while (true) {
      if (graph.roots().contains(value)) {
        return "its result is kept";
      }
      Set<Node> readers = consumers.getOrDefault(value, Set.of());
      if (readers.size() != 1) {
        return "%d kernels read it".formatted(readers.size());
      }
      Node reader = readers.iterator().next();
      if (!(reader.op() instanceof Pointwise) || reader.inputs().size() > 1) {
        return obstacle(value, reader);
      }
      value = reader.output(0);
    }
  }

  /** Why a node cannot, or should not, make the only tensor of its kind that it reads. */
  private String obstacle(Tensor value, Node reader) {
    if (!(reader.op() instanceof Convolution convolution)) {
      return reader.op().name() + " reads it";
    }
    Contract contract = reader.op().contract(reader.inputShapes(), reader.shapes());
    int place = reader.inputs().indexOf(value);
    if (contract == null
        || contract.inputs().get(place).role() != Contract.Role.HOOKED
        || !hooks.test(reader)) {
      return reader.op().name() + " takes no generated code there";
    }
    int reads = reads(convolution, convolution.extents(reader.inputShapes()));
    return reads <= MOST_READS
        ? ""
        : "%s would compute it %d times".formatted(reader.op().describe(), reads);
  }

  /** How often the direct method reads an element of the operand that has a hook. */
  private static int reads(Convolution convolution, Convolution.Extents extents) {
    int taps = extents.r() * extents.s();
    Window window = extents.window();
    return convolution instanceof Conv2d ? taps / (window.strideH() * window.strideW()) : taps;
  }
}
