// SPDX-License-Identifier: Apache-2.0
package gander.models.loss;

import static gander.graph.op.Ops.add;
import static gander.graph.op.Ops.div;
import static gander.graph.op.Ops.matmul;
import static gander.graph.op.Ops.reshape;
import static gander.graph.op.Ops.sqrt;
import static gander.graph.op.Ops.square;
import static gander.graph.op.Ops.stopGradient;
import static gander.graph.op.Ops.total;

import gander.graph.op.Shape;
import gander.graph.op.Tensor;
import gander.graph.op.Variable;
import gander.models.net.Initial;
import gander.models.net.Network;
import gander.models.net.StepBuilder;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Spectral normalization (Miyato et al. 2018, Algorithm 1): layers of the discriminator take {@code
 * W / sigma}, with sigma the largest singular value of W as a matrix of a column for each output,
 * {@code [in,out]} or {@code [R S C, K]}, estimated by one round of the power iteration for each
 * update of the discriminator: {@code v = W u / |W u|}, {@code u = W' v / |W' v|}, {@code sigma =
 * v' W u}. u is kept; u and v are constants of the gradient. An update of the generator takes sigma
 * by the u that is there.
 */
public final class SpectralNorm implements Regularizer {
  private static final double EPSILON = 1e-12;

  private final Map<Variable, Variable> vectors = new HashMap<>();

  @Override
  public String name() {
    return "spectral-norm";
  }

  @Override
  public String formula() {
    return "W / sigma(W) in place of every weight W of D";
  }

  @Override
  public String source() {
    return "Miyato et al. 2018";
  }

  @Override
  public Map<Variable, Initial> attach(Network discriminator) {
    var initial = new LinkedHashMap<Variable, Initial>();
    for (Variable parameter : discriminator.parameters()) {
      if (parameter.shape().rank() > 1) {
        var u = new Variable(parameter.name() + "/u", Shape.of(parameter.shape().dim(-1), 1));
        vectors.put(parameter, u);
        initial.put(u, Initial.uniform(1));
      }
    }
    return initial;
  }

  @Override
  public Tensor weight(StepBuilder step, Variable parameter, Tensor value, boolean update) {
    Variable kept = vectors.get(parameter);
    if (kept == null) {
      return value;
    }
    int outputs = value.shape().dim(-1);
    Tensor matrix = reshape(value, Shape.of(value.shape().size() / outputs, outputs));
    Tensor fixed = stopGradient(matrix);
    Tensor u = step.value(kept);
    Tensor v = unit(matmul(fixed, u));
    if (update) {
      u = unit(matmul(fixed, true, v, false));
      step.assign(kept, u);
    }
    Tensor sigma = reshape(matmul(v, true, matmul(matrix, u), false), Shape.SCALAR);
    return div(value, sigma);
  }

  private static Tensor unit(Tensor vector) {
    return div(vector, add(sqrt(total(square(vector))), EPSILON));
  }
}
