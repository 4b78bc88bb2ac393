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
import static gander.graph.op.Ops.transpose;

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
 * {@code [in,out]}, {@code [R S C, K]}, or {@code [R S in, out]} of a transposed convolution,
 * estimated by one round of the power iteration for each update of the discriminator: {@code v = W
 * u / |W u|}, {@code u = W' v / |W' v|}, {@code sigma = v' W u}. u is kept; u and v are constants
 * of the gradient. An update of the generator takes sigma by the u that is there.
 */
public final class SpectralNorm implements Regularizer {
  private static final double EPSILON = 1e-12;

  /**
   * What belongs to a weight.
   *
   * @param u one number an output, {@code [outputs,1]}
   * @param outputs the weight's axis of outputs
   */
  private record Direction(Variable u, int outputs) {}

  private final Map<Variable, Direction> directions = new HashMap<>();

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
    for (Network.Weight weight : discriminator.weights()) {
      Variable variable = weight.variable();
      int outputs = variable.shape().dim(weight.outputs());
      var u = new Variable(variable.name() + "/u", Shape.of(outputs, 1));
      directions.put(variable, new Direction(u, weight.outputs()));
      initial.put(u, Initial.unitVector());
    }
    return initial;
  }

  @Override
  public Tensor weight(StepBuilder step, Variable parameter, Tensor value, boolean update) {
    Direction direction = directions.get(parameter);
    if (direction == null) {
      return value; // a bias, or a parameter of batch norm
    }
    Variable kept = direction.u;
    Tensor matrix = matrix(value, direction.outputs);
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

  /** A weight with its outputs as columns. */
  private static Tensor matrix(Tensor weight, int outputs) {
    int rank = weight.shape().rank();
    int columns = weight.shape().dim(outputs);
    Tensor last = outputs == rank - 1 ? weight : transpose(weight, 0, 1, 3, 2);
    return reshape(last, Shape.of(weight.shape().size() / columns, columns));
  }

  private static Tensor unit(Tensor vector) {
    return div(vector, add(sqrt(total(square(vector))), EPSILON));
  }
}
