// SPDX-License-Identifier: Apache-2.0
package gander.models.loss;

import static gander.graph.op.Ops.add;
import static gander.graph.op.Ops.exp;
import static gander.graph.op.Ops.expm1;
import static gander.graph.op.Ops.mean;
import static gander.graph.op.Ops.mul;
import static gander.graph.op.Ops.neg;
import static gander.graph.op.Ops.softplus;
import static gander.graph.op.Ops.square;
import static gander.graph.op.Ops.sub;
import static gander.graph.op.Ops.tanh;

import gander.graph.op.Tensor;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The games of f-GAN (Nowozin et al. 2016, equation 6 and table 2), on raw outputs V: {@code L_D =
 * mean f*(g(V(G(z)))) - mean g(V(x))} and {@code L_G = -mean f*(g(V(G(z))))}, with f* the conjugate
 * of the divergence's f and g an activation onto f*'s domain. f* of g is written as one function of
 * v, in which what overflows apart cancels: sp(t) = log(1 + e^t).
 *
 * @param formula f, g and f* of g, to be read
 * @param activation g(v)
 * @param conjugate f*(g(v))
 */
record FDivergence(
    String name, String formula, UnaryOperator<Tensor> activation, UnaryOperator<Tensor> conjugate)
    implements GanLoss {
  private static final double LOG_2 = Math.log(2);

  static final List<GanLoss> ALL =
      List.of(
          new FDivergence(
              "fgan-kl", "f = u log u, g = v, f*(g) = e^(v - 1)", v -> v, v -> exp(sub(v, 1))),
          new FDivergence(
              "fgan-rkl",
              "f = -log u, g = -e^-v, f*(g) = v - 1",
              v -> neg(exp(neg(v))),
              v -> sub(v, 1)),
          new FDivergence(
              "fgan-pearson",
              "f = (u - 1)^2, g = v, f*(g) = v^2/4 + v",
              v -> v,
              v -> add(mul(square(v), 0.25), v)),
          new FDivergence(
              "fgan-hellinger",
              "f = (sqrt u - 1)^2, g = 1 - e^-v, f*(g) = e^v - 1",
              v -> neg(expm1(neg(v))),
              v -> expm1(v)),
          new FDivergence(
              "fgan-js",
              "f = u log u - (u + 1) log((u + 1)/2), g = log 2 - sp(-v), f*(g) = sp(v) - log 2",
              v -> add(neg(softplus(neg(v))), LOG_2),
              v -> sub(softplus(v), LOG_2)),
          new FDivergence(
              "fgan-gan",
              "f = u log u - (u + 1) log(u + 1), g = -sp(-v), f*(g) = sp(v)",
              v -> neg(softplus(neg(v))),
              v -> softplus(v)),
          new FDivergence(
              "fgan-tv",
              "f = |u - 1|/2, g = tanh(v)/2, f*(g) = g",
              v -> mul(tanh(v), 0.5),
              v -> mul(tanh(v), 0.5)));

  @Override
  public String formulas() {
    return "L_D = mean f*(g(D(G(z)))) - mean g(D(x)), L_G = -mean f*(g(D(G(z)))): " + formula;
  }

  @Override
  public String source() {
    return "Nowozin et al. 2016";
  }

  @Override
  public Tensor discriminator(Tensor real, Tensor fake) {
    return sub(mean(conjugate.apply(fake)), mean(activation.apply(real)));
  }

  @Override
  public Tensor generator(Tensor real, Tensor fake) {
    return neg(mean(conjugate.apply(fake)));
  }
}
