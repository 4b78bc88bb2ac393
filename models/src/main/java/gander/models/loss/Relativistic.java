// SPDX-License-Identifier: Apache-2.0
package gander.models.loss;

import static gander.graph.op.Ops.add;
import static gander.graph.op.Ops.mean;
import static gander.graph.op.Ops.neg;
import static gander.graph.op.Ops.relu;
import static gander.graph.op.Ops.softplus;
import static gander.graph.op.Ops.square;
import static gander.graph.op.Ops.sub;

import gander.graph.op.Tensor;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The relativistic games (Jolicoeur-Martineau 2019), in which a sample is judged against others; r
 * is small where its argument says "more real". Paired, {@code L_D = mean r(D(x) - D(G(z)))}. On
 * average, with {@code a = D(x) - mean D(G(z))} and {@code b = D(G(z)) - mean D(x)}, {@code L_D =
 * mean r(a) + mean r(-b)}. L_G is L_D with data and generated samples in each other's places.
 *
 * @param paired whether a sample is judged against one other, not against their mean
 * @param formula r(t), to be read
 * @param judge r(t)
 */
record Relativistic(String name, boolean paired, String formula, UnaryOperator<Tensor> judge)
    implements GanLoss {
  static final List<GanLoss> ALL =
      List.of(
          new Relativistic("rsgan", true, "sp(-t)", t -> softplus(neg(t))),
          new Relativistic("ragan", false, "sp(-t)", t -> softplus(neg(t))),
          new Relativistic("ralsgan", false, "(t - 1)^2", t -> square(sub(t, 1))),
          new Relativistic("rahinge", false, "relu(1 - t)", t -> relu(add(neg(t), 1))));

  @Override
  public String formulas() {
    return paired
        ? "L_D = mean r(D(x) - D(G(z))), L_G = mean r(D(G(z)) - D(x)), r(t) = " + formula
        : "L_D = mean r(D(x) - mean D(G(z))) + mean r(mean D(x) - D(G(z))), L_G the same with x and G(z) changed round, r(t) = "
            + formula;
  }

  @Override
  public String source() {
    return "Jolicoeur-Martineau 2019";
  }

  @Override
  public Tensor discriminator(Tensor real, Tensor fake) {
    if (paired) {
      return mean(judge.apply(sub(real, fake)));
    }
    Tensor a = judge.apply(sub(real, mean(fake)));
    Tensor b = judge.apply(sub(mean(real), fake));
    return add(mean(a), mean(b));
  }

  @Override
  public Tensor generator(Tensor real, Tensor fake) {
    return discriminator(/* real= */ fake, /* fake= */ real);
  }

  /** What is added to every score changes nothing. */
  @Override
  public boolean cancels() {
    return true;
  }
}
