// SPDX-License-Identifier: Apache-2.0
package gander.graph.op;

import java.util.HashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Several ops that one kernel computes: at most one op with a hand-written kernel (the core), maps
 * that feed it (its prologue) and maps of its result (its epilogue); without a core, maps alone.
 * Made by the compiler, never by models.
 *
 * @param core the node of the body that the kernel is written for
 * @param parameters the body's inputs, {@link Parameter} tensors
 * @param results the body's outputs
 */
public record Fusion(@Nullable Node core, List<Tensor> parameters, List<Tensor> results)
    implements Composite {
  /** An op alone, for inputs of these shapes. */
  public static Fusion of(Op op, List<Shape> inputs) {
    List<Tensor> parameters = Parameter.list(inputs);
    var core = new Node(op, parameters);
    return new Fusion(core, parameters, core.allOutputs());
  }

  /** The core's op where it is all that is computed, of the parameters as they are; else null. */
  public @Nullable Op alone() {
    if (core == null || !core.inputs().equals(parameters) || !core.allOutputs().equals(results)) {
      return null;
    }
    return core.op();
  }

  @Override
  public String name() {
    return core == null ? "map" : core.op().name();
  }

  @Override
  public String describe() {
    long maps =
        Rewrite.nodes(results).stream().filter(node -> node.op() instanceof Pointwise).count();
    String counted = maps == 1 ? "1 map" : maps + " maps";
    if (core == null) {
      return maps > 1 ? counted : "map";
    }
    return maps == 0 ? core.op().describe() : core.op().describe() + " + " + counted;
  }

  @Override
  public List<Tensor> expand(List<Tensor> inputs) {
    var given = new HashMap<Tensor, Tensor>();
    for (int i = 0; i < inputs.size(); i++) {
      given.put(parameters.get(i), inputs.get(i));
    }
    return new Rewrite(given).copy(results);
  }
}
