// SPDX-License-Identifier: Apache-2.0
package gander.graph.pass;

import gander.graph.Graph;
import gander.graph.op.Broadcast;
import gander.graph.op.Constant;
import gander.graph.op.Contract;
import gander.graph.op.Input;
import gander.graph.op.Iota;
import gander.graph.op.Node;
import gander.graph.op.Pointwise;
import gander.graph.op.Read;
import gander.graph.op.Reshape;
import gander.graph.op.Shape;
import gander.graph.op.Slice;
import gander.graph.op.Tensor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Joins nodes into fusions, each of which one kernel computes: maps with the maps they read, maps
 * behind the op whose result they take (its epilogue), and maps in front of the only op that takes
 * theirs (its prologue). Every node that a kernel computes ends up in a fusion, if only alone.
 *
 * <p>Maps join over one space: the same elements, index by index, up to axes of extent 1. What they
 * repeat, slice, count or hold constant is read in place and needs no kernel. A join that would
 * make two kernels wait for each other is not made.
 */
public final class Fuse {
  /**
   * Kernel parameters above which a fusion takes no more maps; CUDA and OpenCL promise over 100.
   */
  private static final int MAX_PARAMETERS = 32;

  private final Graph graph;
  private final Predicate<Node> hooks;
  private final Map<Node, Group> groups = new HashMap<>();
  private final Map<Node, Integer> position = new HashMap<>();
  private final Map<Tensor, Set<Node>> consumers = new HashMap<>();

  private Fuse(Graph graph, Predicate<Node> hooks) {
    this.graph = graph;
    this.hooks = hooks;
  }

  /**
   * @param hooks whether generated code can be put into the kernel of a node
   */
  public static Graph apply(Graph graph, Predicate<Node> hooks) {
    var fuse = new Fuse(Materialize.apply(graph), hooks);
    fuse.group();
    fuse.join();
    return FusionBuilder.apply(fuse.graph, fuse.groups);
  }

  /** Every node that a kernel computes in a fusion of its own. */
  public static Graph alone(Graph graph) {
    var fuse = new Fuse(Materialize.apply(graph), node -> false);
    fuse.group();
    return FusionBuilder.apply(fuse.graph, fuse.groups);
  }

  private void group() {
    for (Node node : graph.nodes()) {
      position.put(node, position.size());
      for (Tensor input : node.inputs()) {
        consumers.computeIfAbsent(input, t -> new HashSet<>()).add(node);
      }
      if (isKernel(node)) {
        groups.put(node, new Group(node));
      }
    }
  }

  private void join() {
    List<Node> nodes = graph.nodes();
    for (Node node : nodes) {
      if (node.op() instanceof Pointwise) {
        joinProducers(node);
      }
    }
    for (Node node : nodes) {
      if (!(node.op() instanceof Pointwise) && isKernel(node) && hooks.test(node)) {
        joinPrologues(node);
      }
    }
  }

  /** Whether a kernel computes it, rather than it being memory or a way to read memory. */
  static boolean isKernel(Node node) {
    return switch (node.op()) {
      case Input input -> false;
      case Read read -> false;
      case Constant constant -> false;
      case Iota iota -> false;
      case Broadcast broadcast -> false;
      case Reshape reshape -> false;
      case Slice slice -> false;
      default -> true;
    };
  }

  // Epilogues, and maps with maps

  private void joinProducers(Node map) {
    var producers = new ArrayList<Group>();
    for (Tensor input : map.inputs()) {
      Group producer = producerOverSpace(input);
      if (producer != null && !producers.contains(producer)) {
        producers.add(producer);
      }
    }
    // The producer that runs last first: what it waits for is then there already.
    producers.sort(Comparator.comparingInt((Group g) -> -g.lastPosition(position)));
    for (Group producer : producers) {
      Group own = Objects.requireNonNull(groups.get(map));
      if (producer != own && mayJoin(producer, own)) {
        own.addAll(producer);
        own.nodes().forEach(node -> groups.put(node, own));
      }
    }
  }

  /** The group that computes a tensor element by element over the same space; null if none does. */
  private @Nullable Group producerOverSpace(Tensor tensor) {
    Tensor base = tensor;
    while (base.op() instanceof Reshape) {
      Tensor x = base.producer().input(0);
      if (!x.shape().sameProper(base.shape())) {
        return null;
      }
      base = x;
    }
    Group group = groups.get(base.producer());
    if (group == null || group.isOpaque(base)) {
      return null;
    }
    Node core = group.core();
    return core == null || hooks.test(core) ? group : null;
  }

  private boolean mayJoin(Group a, Group b) {
    return (a.core() == null || b.core() == null)
        && a.space().sameProper(b.space())
        && parametersOf(a, b) <= MAX_PARAMETERS
        && !readsElsewhere(a, b)
        && !readsElsewhere(b, a)
        && !dependsThroughOthers(a, b)
        && !dependsThroughOthers(b, a);
  }

  /**
   * Whether one group takes a value of the other at other points than its own, or one that the
   * other's kernel does not hold: it must then wait until that value is in memory.
   */
  private boolean readsElsewhere(Group reader, Group group) {
    for (Node node : reader.nodes()) {
      for (Tensor input : node.inputs()) {
        Node producer = kernelBehind(input);
        if (producer != null
            && groups.get(producer) == group
            && (node == reader.core() || producerOverSpace(input) != group)) {
          return true;
        }
      }
    }
    return false;
  }

  private static int parametersOf(Group a, Group b) {
    var read = new HashSet<Tensor>();
    for (Group group : List.of(a, b)) {
      for (Node node : group.nodes()) {
        read.addAll(node.inputs());
      }
    }
    return read.size();
  }

  /** Whether {@code later} needs a result of {@code earlier} by way of a third group. */
  private boolean dependsThroughOthers(Group later, Group earlier) {
    var seen = new HashSet<Node>();
    var stack = new ArrayList<Node>();
    for (Node node : later.nodes()) {
      for (Tensor input : node.inputs()) {
        Node producer = kernelBehind(input);
        if (producer != null && groups.get(producer) != earlier) {
          stack.add(producer);
        }
      }
    }
    while (!stack.isEmpty()) {
      Node node = stack.removeLast();
      Group group = groups.get(node);
      if (group == later || !seen.add(node)) {
        continue;
      }
      if (group == earlier) {
        return true;
      }
      // All of a group runs at once: what any of its nodes needs, it needs.
      for (Node member : group == null ? List.of(node) : group.nodes()) {
        seen.add(member);
        for (Tensor input : member.inputs()) {
          Node producer = kernelBehind(input);
          if (producer != null) {
            stack.add(producer);
          }
        }
      }
    }
    return false;
  }

  /** The kernel whose memory a tensor is or is read from; null for inputs and variables. */
  private static @Nullable Node kernelBehind(Tensor tensor) {
    Node node = tensor.producer();
    while (!isKernel(node)) {
      if (node.inputs().isEmpty()) {
        return null;
      }
      node = node.input(0).producer();
    }
    return node;
  }

  // Prologues

  private void joinPrologues(Node core) {
    Contract contract = core.op().contract(core.inputShapes(), core.shapes());
    for (int k = 0; contract != null && k < contract.inputs().size(); k++) {
      if (contract.inputs().get(k).role() != Contract.Role.HOOKED) {
        continue;
      }
      Group own = Objects.requireNonNull(groups.get(core));
      Group feeding = onlyConsumer(core, core.input(k));
      if (feeding != null
          && feeding != own
          && parametersOf(feeding, own) <= MAX_PARAMETERS
          && !dependsThroughOthers(own, feeding)) {
        own.addPrologue(feeding);
        own.nodes().forEach(node -> groups.put(node, own));
      }
    }
  }

  /** The maps that compute an operand, if nothing else needs anything of theirs; else null. */
  private @Nullable Group onlyConsumer(Node core, Tensor operand) {
    Tensor base = operand;
    while (base.op() instanceof Reshape) {
      if (!isOnlyUse(base, core)) {
        return null;
      }
      Tensor x = base.producer().input(0);
      if (!x.shape().sameProper(base.shape())) {
        return null;
      }
      core = base.producer();
      base = x;
    }
    Group group = groups.get(base.producer());
    if (group == null || group.core() != null || !isOnlyUse(base, core)) {
      return null;
    }
    for (Node member : group.nodes()) {
      Tensor value = member.output(0);
      boolean inside =
          consumers.getOrDefault(value, Set.of()).stream().allMatch(group.nodes()::contains);
      if ((!value.equals(base) && !inside) || isRoot(value)) {
        return null;
      }
    }
    return group;
  }

  private boolean isOnlyUse(Tensor tensor, Node consumer) {
    boolean once = consumer.inputs().stream().filter(tensor::equals).count() == 1;
    return once
        && consumers.getOrDefault(tensor, Set.of()).equals(Set.of(consumer))
        && !isRoot(tensor);
  }

  private boolean isRoot(Tensor tensor) {
    return graph.roots().contains(tensor);
  }

  /** Nodes that one kernel will compute. */
  static final class Group {
    private final Set<Node> nodes = new java.util.LinkedHashSet<>();
    private @Nullable Node core;
    private final Shape space;

    Group(Node node) {
      nodes.add(node);
      core = node.op() instanceof Pointwise ? null : node;
      space = node.shape(0);
    }

    Set<Node> nodes() {
      return nodes;
    }

    @Nullable Node core() {
      return core;
    }

    /** The shape whose elements its maps run over. */
    Shape space() {
      return space;
    }

    /** Whether maps cannot take a value of this group while its kernel holds it. */
    boolean isOpaque(Tensor tensor) {
      return tensor.producer() == core && tensor.index() > 0;
    }

    void addAll(Group other) {
      nodes.addAll(other.nodes);
      core = core == null ? other.core : core;
    }

    void addPrologue(Group other) {
      nodes.addAll(other.nodes);
    }

    int lastPosition(Map<Node, Integer> position) {
      return nodes.stream().mapToInt(position::get).max().orElseThrow();
    }
  }
}
