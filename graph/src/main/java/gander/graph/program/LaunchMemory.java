// SPDX-License-Identifier: Apache-2.0
package gander.graph.program;

import gander.graph.op.Input;
import gander.graph.op.Read;
import gander.graph.op.Tensor;
import gander.graph.op.Variable;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A launch of a program beside the memory it touches, for people.
 *
 * @param label what it computes, and the shape of its first result
 * @param kernel the kernel's file
 * @param reads the plan's buffers that it reads
 * @param writes the plan's buffers that it writes, its scratch among them; one that it also reads
 *     is written in place
 * @param lasting the variables and inputs that it reads, by name
 * @param assigns the variables that it writes, by name
 */
public record LaunchMemory(
    String label,
    String kernel,
    List<Integer> reads,
    List<Integer> writes,
    List<String> lasting,
    List<String> assigns) {

  static List<LaunchMemory> of(Compiler.Compiled compiled) {
    var launches = new ArrayList<LaunchMemory>();
    for (int at = 0; at < compiled.steps().size(); at++) {
      launches.add(of(compiled, at));
    }
    return List.copyOf(launches);
  }

  private static LaunchMemory of(Compiler.Compiled compiled, int at) {
    Step step = compiled.steps().get(at);
    Layout layout = compiled.layout();
    Set<Integer> reads = new LinkedHashSet<>();
    Set<String> lasting = new LinkedHashSet<>();
    for (Tensor input : step.node().inputs()) {
      Integer buffer = layout.buffer(at, input);
      if (buffer != null) {
        reads.add(buffer);
      }
      for (Tensor origin : Memories.origins(input)) {
        if (origin.op() instanceof Read read) {
          lasting.add(read.variable().name());
        } else if (origin.op() instanceof Input given) {
          lasting.add(given.key());
        }
      }
    }
    Set<String> assigns = new LinkedHashSet<>();
    for (Tensor output : step.node().allOutputs()) {
      Variable variable = compiled.schedule().bound().get(output);
      if (variable != null) {
        assigns.add(variable.name());
      }
    }
    return new LaunchMemory(
        step.label(),
        step.variant().kernel().path(),
        List.copyOf(reads),
        List.copyOf(layout.written(at)),
        List.copyOf(lasting),
        List.copyOf(assigns));
  }
}
