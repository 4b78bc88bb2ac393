// SPDX-License-Identifier: Apache-2.0
package gander.graph.program;

import gander.graph.Assignment;
import gander.graph.Graph;
import gander.graph.op.Concat;
import gander.graph.op.Fusion;
import gander.graph.op.Node;
import gander.graph.op.Op;
import gander.graph.op.Pointwise;
import gander.graph.op.Shape;
import gander.graph.op.Slice;
import gander.graph.op.Tensor;
import gander.graph.pass.Rebuild;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Slices and concatenations that need no kernel, since their elements lie one after the other: a
 * slice becomes a view of the tensor that it is a part of, and what a concatenation joins is made
 * where it belongs in the result. Both only where each part begins at an aligned byte.
 *
 * <p>A part that cannot be made in its place is copied there: an input, a variable, or what is a
 * part of another concatenation already.
 */
final class Aliases {
  /** What becomes a way to read and write memory. */
  enum Kind {
    CONCATENATIONS,
    SLICES
  }

  private final Kind kind;
  private final long alignment;

  /** What a kernel makes in a variable or in a concatenation. */
  private final Set<Tensor> fixed = new HashSet<>();

  private final Set<Tensor> outputs = new HashSet<>();

  /** What a kernel makes in a variable, of the old graph and of the new one. */
  private final Set<Tensor> values = new HashSet<>();

  private final Set<Tensor> parts = new HashSet<>();

  private Aliases(Graph graph, Kind kind, long alignment) {
    this.kind = kind;
    this.alignment = alignment;
    for (Assignment assignment : graph.assignments()) {
      values.add(Memories.base(assignment.value()));
    }
    fixed.addAll(values);
    graph.outputs().values().forEach(output -> outputs.add(Memories.base(output)));
    for (Node node : graph.nodes()) {
      if (node.op() instanceof Concat) {
        node.inputs().forEach(part -> fixed.add(Memories.base(part)));
      }
    }
  }

  /**
   * The graph with {@link Slice} or {@link Concat} nodes in the place of kernels that copy.
   *
   * @param fused whose assigned values are kernels' results, as {@link Memories#withOwnRoots} has
   *     them; the values stay so, since a variable's memory is its own. An output becomes no view
   *     of a variable or an input: others may write these before it is read
   */
  static Graph apply(Graph fused, Kind kind, long alignment) {
    return Rebuild.of(fused, new Aliases(fused, kind, alignment)::aliased);
  }

  /** What a graph has of them, for people. */
  static List<String> lines(Graph graph) {
    return graph.nodes().stream()
        .filter(node -> node.op() instanceof Slice || node.op() instanceof Concat)
        .map(node ->
            "%s -> %s of %s"
                .formatted(
                    node.op().describe(),
                    node.shape(0),
                    node.inputs().stream()
                        .map(input -> input.op().describe() + " " + input.shape())
                        .collect(Collectors.joining(", "))))
        .toList();
  }

  private List<Tensor> aliased(Node node, Node before) {
    for (int i = 0; i < node.outputs(); i++) {
      if (values.contains(before.output(i))) {
        values.add(node.output(i));
      }
    }
    Op op = node.op() instanceof Fusion fusion ? copying(fusion) : null;
    if (fixed.contains(before.output(0))) {
      return node.allOutputs();
    }
    Node alias =
        switch (kind) {
          case SLICES ->
              op instanceof Slice slice
                      && isAligned(slice, node.input(0).shape())
                      && (!outputs.contains(before.output(0)) || isTransient(node.input(0)))
                  ? new Node(slice, node.inputs())
                  : node;
          case CONCATENATIONS ->
              op instanceof Concat concat && isAligned(concat, node.inputShapes())
                  ? joined(concat, node, before)
                  : node;
        };
    return alias.allOutputs();
  }

  /** Whether nobody writes its memory between a run and the reading of an output. */
  private boolean isTransient(Tensor tensor) {
    return Memories.origins(tensor).stream()
        .noneMatch(origin -> Memories.isLasting(origin) || values.contains(origin));
  }

  /** The op that only copies, of a kernel written for it or of a map; null for other kernels. */
  private static @Nullable Op copying(Fusion fusion) {
    if (fusion.core() != null || fusion.parameters().size() != 1) {
      return fusion.alone();
    }
    Node map = fusion.results().getFirst().producer();
    boolean copies = fusion.results().size() == 1 && map.op().equals(Pointwise.COPY);
    if (!copies || !(map.input(0).op() instanceof Slice slice)) {
      return null;
    }
    boolean whole = map.input(0).producer().inputs().equals(fusion.parameters());
    return whole ? slice : null;
  }

  private boolean isAligned(Slice slice, Shape of) {
    long step = 4L * of.product(slice.axis() + 1, of.rank());
    return of.product(0, slice.axis()) == 1 && slice.begin() * step % alignment == 0;
  }

  private boolean isAligned(Concat concat, List<Shape> joined) {
    long offset = 0;
    for (Shape shape : joined) {
      if (shape.product(0, concat.axis()) != 1 || offset % alignment != 0) {
        return false;
      }
      offset += shape.bytes();
    }
    return true;
  }

  /** The same by a kernel if all parts would have to be copied. */
  private Node joined(Concat concat, Node node, Node before) {
    var inputs = new ArrayList<Tensor>();
    int made = 0;
    for (int i = 0; i < node.inputs().size(); i++) {
      Tensor part = Memories.base(node.input(i));
      boolean free =
          (part.op() instanceof Fusion || part.op() instanceof Concat)
              && !fixed.contains(Memories.base(before.input(i)))
              && parts.add(part);
      inputs.add(free ? node.input(i) : Memories.copy(node.input(i)));
      made += free ? 1 : 0;
    }
    return made == 0 ? node : new Node(concat, inputs);
  }
}
