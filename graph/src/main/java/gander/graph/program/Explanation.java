// SPDX-License-Identifier: Apache-2.0
package gander.graph.program;

import gander.graph.Graph;
import gander.graph.op.Cost;
import gander.graph.op.Fusion;
import gander.graph.op.Node;
import gander.graph.op.Tensor;
import gander.graph.op.Variable;
import gander.graph.plan.PlanReport;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Collects what each pass made, for {@code --explain}. */
final class Explanation {
  private final StringBuilder text = new StringBuilder();

  String text() {
    return text.toString();
  }

  /** Every node of a graph, numbered, with the numbers of its inputs. */
  void graph(String title, Graph graph) {
    List<Node> nodes = graph.nodes();
    text.append("== %s (%d nodes)\n".formatted(title, nodes.size()));
    Map<Node, Integer> numbers = new HashMap<>();
    for (Node node : nodes) {
      numbers.put(node, numbers.size());
      var inputs = new ArrayList<String>();
      for (Tensor input : node.inputs()) {
        inputs.add(
            "%" + numbers.get(input.producer()) + (input.index() > 0 ? "." + input.index() : ""));
      }
      text.append(
          "  %%%-4d %-14s %s(%s)\n"
              .formatted(
                  numbers.get(node),
                  node.shape(0),
                  node.op().describe(),
                  String.join(", ", inputs)));
    }
    graph
        .outputs()
        .forEach((name, t) ->
            text.append("  output %s = %%%d\n".formatted(name, numbers.get(t.producer()))));
    graph
        .assignments()
        .forEach(a ->
            text.append(
                "  %s := %%%d\n"
                    .formatted(a.variable().name(), numbers.get(a.value().producer()))));
  }

  /** What a pass decided, if there was anything to decide. */
  void lines(String title, List<String> lines) {
    if (!lines.isEmpty()) {
      text.append("== ").append(title).append('\n');
      lines.forEach(line -> text.append("  ").append(line).append('\n'));
    }
  }

  /** The launches in order, with the kernel that each problem got. */
  void steps(String title, Schedule schedule, List<Step> steps, boolean[] again) {
    text.append("== %s (%d kernels)\n".formatted(title, steps.size()));
    for (int at = 0; at < steps.size(); at++) {
      Step step = steps.get(at);
      Cost cost = step.node().op().cost(step.node().inputShapes(), step.node().shapes());
      text.append(
          String.format(
              Locale.ROOT,
              "  %4d %-34s %-26s %s  [%.2f MFLOP, %.2f MB]%s\n",
              at,
              step.label(),
              step.variant().kernel().path(),
              step.variant().problem().key() + step.variant().settingText(),
              cost.flops() / 1e6,
              cost.bytes() / 1e6,
              (again[at] ? " again" : "") + written(schedule, step)));
      if (step.node().op() instanceof Fusion fusion && step.code().problem().fused()) {
        for (Node node : gander.graph.op.Rewrite.nodes(fusion.results())) {
          if (node.op() instanceof gander.graph.op.Pointwise) {
            text.append("         fused: ").append(node.op().describe()).append('\n');
          }
        }
      }
    }
  }

  private static String written(Schedule schedule, Step step) {
    var names = new ArrayList<String>();
    for (Tensor output : step.node().allOutputs()) {
      Variable variable = schedule.bound().get(output);
      if (variable != null) {
        names.add(variable.name());
      }
    }
    return names.isEmpty() ? "" : " writes " + String.join(", ", names);
  }

  void layout(String title, Layout layout) {
    text.append("== ").append(title).append('\n');
    text.append("  ").append(PlanReport.summary(layout.plan())).append('\n');
    text.append("  ")
        .append(PlanReport.fullest(layout.plan(), 8).replace("\n", "\n  "))
        .append('\n');
  }
}
