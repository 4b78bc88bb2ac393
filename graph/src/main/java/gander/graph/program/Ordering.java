// SPDX-License-Identifier: Apache-2.0
package gander.graph.program;

import gander.graph.op.Node;
import gander.graph.op.Tensor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;

/**
 * Orders in which a schedule's kernels may run. None of them is the best for every graph, and which
 * one keeps the least memory in use is quickly counted.
 */
enum Ordering {
  /** As the graph declares them, but for writers of variables, which wait for the readers. */
  DECLARED {
    @Override
    List<Node> of(Schedule schedule) {
      return inOrder(schedule.before(), node -> 0, node -> {});
    }
  },

  /** Of those that could run next, the one that leaves the least memory in use. */
  LEAST_GROWTH {
    @Override
    List<Node> of(Schedule schedule) {
      var uses = new Uses(schedule);
      return inOrder(schedule.before(), uses::growth, uses::run);
    }
  },

  /**
   * The same from the end: of those that could run last, the one in front of which the least memory
   * is in use.
   */
  LEAST_GROWTH_BACKWARDS {
    @Override
    List<Node> of(Schedule schedule) {
      var live = new Live(schedule);
      return inOrder(after(schedule.before()), live::growth, live::run).reversed();
    }
  };

  abstract List<Node> of(Schedule schedule);

  /** Kernels that must come later, by kernel; the last one first. */
  private static Map<Node, Set<Node>> after(Map<Node, Set<Node>> before) {
    var after = new LinkedHashMap<Node, Set<Node>>();
    for (Node node : List.copyOf(before.keySet()).reversed()) {
      after.put(node, new LinkedHashSet<>());
    }
    before.forEach(
        (node, needed) -> needed.forEach(n -> Objects.requireNonNull(after.get(n)).add(node)));
    return after;
  }

  /** Of the kernels whose needs have run the one of least growth; of equals, the first declared. */
  private static List<Node> inOrder(
      Map<Node, Set<Node>> before, ToLongFunction<Node> growth, Consumer<Node> run) {
    Map<Node, Integer> unmet = new HashMap<>();
    Map<Node, List<Node>> waiting = new HashMap<>();
    Map<Node, Integer> place = new HashMap<>();
    var ready = new TreeSet<Node>(Comparator.comparingInt(place::get));
    before.forEach((node, needed) -> {
      place.put(node, place.size());
      unmet.put(node, needed.size());
      needed.forEach(n -> waiting.computeIfAbsent(n, k -> new ArrayList<>()).add(node));
      if (needed.isEmpty()) {
        ready.add(node);
      }
    });
    var order = new ArrayList<Node>();
    while (!ready.isEmpty()) {
      Node next = least(ready, growth);
      ready.remove(next);
      order.add(next);
      run.accept(next);
      for (Node node : waiting.getOrDefault(next, List.of())) {
        if (unmet.merge(node, -1, Integer::sum) == 0) {
          ready.add(node);
        }
      }
    }
    if (order.size() < before.size()) {
      throw new IllegalStateException("kernels wait for each other");
    }
    return order;
  }

  private static Node least(Set<Node> ready, ToLongFunction<Node> growth) {
    Node best = null;
    long bestGrowth = Long.MAX_VALUE;
    for (Node node : ready) {
      long own = growth.applyAsLong(node);
      if (own < bestGrowth) {
        best = node;
        bestGrowth = own;
      }
    }
    return Objects.requireNonNull(best);
  }

  /** How many readers each tensor still has, while kernels run forwards. */
  private static final class Uses {
    private final Schedule schedule;
    private final Map<Tensor, Integer> left = new HashMap<>();

    Uses(Schedule schedule) {
      this.schedule = schedule;
      for (Node node : schedule.before().keySet()) {
        schedule.transientInputs(node).forEach(result -> left.merge(result, 1, Integer::sum));
      }
      schedule.transientOutputs().forEach(result -> left.merge(result, 1, Integer::sum));
    }

    long growth(Node node) {
      long growth = 0;
      for (Tensor output : node.allOutputs()) {
        growth += schedule.bound().containsKey(output) ? 0 : output.shape().bytes();
      }
      for (Tensor result : schedule.transientInputs(node)) {
        growth -= left.getOrDefault(result, 0) == 1 ? result.shape().bytes() : 0;
      }
      return growth;
    }

    void run(Node node) {
      schedule.transientInputs(node).forEach(result -> left.merge(result, -1, Integer::sum));
    }
  }

  /** Which tensors have readers, while kernels are taken from the end. */
  private static final class Live {
    private final Schedule schedule;
    private final Set<Tensor> live = new LinkedHashSet<>();

    Live(Schedule schedule) {
      this.schedule = schedule;
      live.addAll(schedule.transientOutputs());
    }

    long growth(Node node) {
      long growth = 0;
      for (Tensor result : schedule.transientInputs(node)) {
        growth += live.contains(result) ? 0 : result.shape().bytes();
      }
      for (Tensor output : node.allOutputs()) {
        growth -= live.contains(output) ? output.shape().bytes() : 0;
      }
      return growth;
    }

    void run(Node node) {
      live.addAll(schedule.transientInputs(node));
      node.allOutputs().forEach(live::remove);
    }
  }
}
