// SPDX-License-Identifier: Apache-2.0
package gander.graph.program;

import gander.graph.Graph;
import gander.graph.codegen.KernelCode;
import gander.graph.op.Adam;
import gander.graph.op.Contract;
import gander.graph.op.Conv2dFilter;
import gander.graph.op.Convolution;
import gander.graph.op.ConvolutionStatistics;
import gander.graph.op.Fusion;
import gander.graph.op.MatMul;
import gander.graph.op.Node;
import gander.graph.op.Op;
import gander.graph.op.Shape;
import gander.graph.op.Tensor;
import gander.graph.pass.Expand;
import gander.graph.pass.Fuse;
import gander.graph.pass.Simplify;
import gander.graph.pass.SplitNorms;
import gander.runtime.DeviceInfo;
import gander.runtime.GanderException;
import gander.runtime.catalogue.Catalogue;
import gander.runtime.catalogue.Problem;
import gander.runtime.catalogue.TunedTable;
import gander.runtime.catalogue.Variant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The passes in order, from a graph to kernels with their memory laid out. */
final class Compiler {
  /**
   * Bytes of a result beyond which its convolution sums over it, where the device does not say how
   * large its last cache is: so much is still in a core's own when the norm reads it.
   */
  private static final long LEAST_SUMMED = 1 << 19;

  private final DeviceInfo device;
  private final Catalogue catalogue;
  private final TunedTable tuned;
  private final Passes passes;
  private final Planning planning;
  private final Map<Fusion, KernelCode.Written> written = new HashMap<>();

  Compiler(
      DeviceInfo device, Catalogue catalogue, TunedTable tuned, Passes passes, Planning planning) {
    this.device = device;
    this.catalogue = catalogue;
    this.tuned = tuned;
    this.passes = passes;
    this.planning = planning;
  }

  /**
   * What compiling gives: everything a program needs but the device's memory.
   *
   * @param inputs of the graph as it was declared, whether or not a kernel still reads them
   * @param steps the kernels as they run, some perhaps more than once
   */
  record Compiled(
      Map<String, Shape> inputs,
      Schedule schedule,
      List<Step> steps,
      Layout layout,
      String explanation) {}

  Compiled compile(Graph graph) {
    var explain = new Explanation();
    explain.graph("graph", graph);
    var inputs = new LinkedHashMap<String, Shape>();
    graph.inputs().forEach((name, tensor) -> inputs.put(name, tensor.shape()));
    Graph fused = passes == Passes.NECESSARY ? necessary(graph) : optimized(graph, explain);
    explain.graph("fuse: one kernel each", fused);
    Layout layout = layout(Memories.withOwnRoots(fused));
    Schedule schedule = layout.kernels().schedule();
    List<Step> steps = layout.steps();
    explain.lines("alias: slices and concatenations in place", Aliases.lines(schedule.graph()));
    explain.steps("select and order", schedule, steps, layout.lives().again());
    explain.layout("plan", layout);
    return new Compiled(inputs, schedule, steps, layout, explain.text());
  }

  /** With those aliases that keep no more in memory, such as all of a tensor for a slice of it. */
  private Layout layout(Graph graph) {
    Graph best = graph;
    Layout least = freely(graph);
    for (Aliases.Kind kind : planning.inPlace() ? Aliases.Kind.values() : new Aliases.Kind[0]) {
      Graph aliased = Aliases.apply(best, kind, device.alignmentBytes());
      if (!aliased.nodes().equals(best.nodes())) {
        Layout layout = freely(aliased);
        if (layout.plan().peak() <= least.plan().peak()) {
          best = aliased;
          least = layout;
        }
      }
    }
    return least.plan().peak() <= planning.limit()
        ? least
        : Planner.plan(least.kernels(), planning, device.alignmentBytes());
  }

  /** A layout without a limit. */
  private Layout freely(Graph graph) {
    Planning free = planning.within(Long.MAX_VALUE);
    return Planner.plan(kernels(graph), free, device.alignmentBytes());
  }

  private Kernels kernels(Graph graph) {
    Schedule schedule = Schedule.of(graph, this::code);
    return new Kernels(schedule, select(schedule), device.alignmentBytes());
  }

  private Graph optimized(Graph graph, Explanation explain) {
    Graph simple = Simplify.apply(graph);
    explain.graph("simplify: folded, shared, dropped", simple);
    if (passes == Passes.ALL) {
      SplitNorms.Split split =
          SplitNorms.apply(
              simple, this::hooks, node -> chosen(node.op(), node) != null, this::sums);
      explain.lines("split norms: statistics apart from their application", split.decisions());
      simple = split.graph();
    }
    Graph primitive = Simplify.apply(Expand.apply(simple, this::keeps));
    explain.graph("expand: ops without a kernel of their own, in ops that have one", primitive);
    return Fuse.apply(primitive, this::hooks);
  }

  private Graph necessary(Graph graph) {
    return Fuse.alone(Expand.apply(graph, g -> node -> chosen(node.op(), node) != null));
  }

  /**
   * A composite stays whole where a kernel computes it; but an optimizer's update is expanded where
   * its gradient comes straight out of a matrix product or a convolution, so that it fuses there
   * and the gradient never goes to memory.
   */
  private Predicate<Node> keeps(Graph graph) {
    Map<Tensor, Integer> uses = new HashMap<>();
    for (Node node : graph.nodes()) {
      node.inputs().forEach(input -> uses.merge(input, 1, Integer::sum));
    }
    return node -> keeps(node, uses);
  }

  private boolean keeps(Node node, Map<Tensor, Integer> uses) {
    if (node.op() instanceof Adam
        && (node.input(1).op() instanceof MatMul || node.input(1).op() instanceof Convolution)
        && uses.getOrDefault(node.input(1), 0) == 1
        && hooks(node.input(1).producer())) {
      return false;
    }
    return chosen(node.op(), node) != null;
  }

  /** Whether the kernel that would compute a node alone takes generated code. */
  private boolean hooks(Node node) {
    Variant variant = node.op() instanceof Fusion ? null : chosen(node.op(), node);
    return variant != null && variant.kernel().fusible();
  }

  /**
   * Whether the kernel that would make a convolution has a sister that sums, and it pays: what is
   * no larger than half of the last cache is still there when the norm reads it, and summing in the
   * convolution takes longer than that.
   */
  private boolean sums(Node node) {
    long least = Math.max(LEAST_SUMMED, device.cacheBytes() / 2);
    if (node.op() instanceof Conv2dFilter || node.shape(0).bytes() <= least) {
      return false;
    }
    Variant alone = chosen(node.op(), node);
    var both = new Node(new ConvolutionStatistics((Convolution) node.op()), node.inputs());
    Variant summing = chosen(both.op(), both);
    return alone != null
        && summing != null
        && summing.kernel().fusible() == alone.kernel().fusible()
        && summing.kernel().name().equals(alone.kernel().name());
  }

  private @Nullable Variant chosen(Op op, Node node) {
    Contract contract = op.contract(node.inputShapes(), node.shapes());
    if (contract == null) {
      return null;
    }
    Problem problem = KernelCode.of(Fusion.of(op, node.inputShapes()), device).problem();
    return catalogue.choose(problem, device, tuned);
  }

  private KernelCode.Written code(Node node) {
    return written.computeIfAbsent((Fusion) node.op(), f -> KernelCode.of(f, device));
  }

  private List<Step> select(Schedule schedule) {
    var steps = new ArrayList<Step>();
    for (Node node : schedule.before().keySet()) {
      KernelCode.Written code = code(node);
      Variant variant = catalogue.choose(code.problem(), device, tuned);
      if (variant == null) {
        throw new GanderException(
            "no kernel for %s computes %s; 'gander kernels' lists those there are"
                .formatted(device.id(), code.problem()));
      }
      steps.add(new Step(node, code, variant));
    }
    return steps;
  }
}
