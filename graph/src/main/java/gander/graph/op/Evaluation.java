// SPDX-License-Identifier: Apache-2.0
package gander.graph.op;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Computes tensors by the ops' references, in double precision. */
public final class Evaluation {
  private Evaluation() {}

  /**
   * @param bound values for the tensors where evaluation begins: inputs, variables, parameters
   */
  public static List<Values> of(List<Tensor> wanted, Map<Tensor, Values> bound) {
    var values = new HashMap<>(bound);
    for (Node node : Rewrite.nodes(wanted, bound.keySet())) {
      List<Values> outputs = node.op().reference(node.inputs().stream().map(values::get).toList());
      for (int i = 0; i < node.outputs(); i++) {
        values.putIfAbsent(node.output(i), outputs.get(i));
      }
    }
    return wanted.stream().map(values::get).toList();
  }

  static List<Values> of(List<Tensor> wanted, List<Tensor> parameters, List<Values> given) {
    var bound = new HashMap<Tensor, Values>();
    for (int i = 0; i < parameters.size(); i++) {
      bound.put(parameters.get(i), given.get(i));
    }
    return of(wanted, bound);
  }
}
