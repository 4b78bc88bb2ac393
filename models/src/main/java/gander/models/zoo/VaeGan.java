// SPDX-License-Identifier: Apache-2.0
package gander.models.zoo;

import static gander.graph.op.Ops.add;
import static gander.graph.op.Ops.mean;
import static gander.graph.op.Ops.mul;
import static gander.graph.op.Ops.neg;
import static gander.graph.op.Ops.softplus;

import gander.graph.Backend;
import gander.graph.Graph;
import gander.graph.op.Tensor;
import gander.graph.op.Variable;
import gander.models.data.Range;
import gander.models.net.Network;
import gander.models.net.StepBuilder;
import gander.models.optim.Optimizer;
import java.util.List;

/**
 * VAE-GAN (Larsen et al. 2016): a variational autoencoder E, G whose reconstruction error is taken
 * in the features of a discriminator D, which tells data from {@code x_f = G(z)}, z from E's
 * distribution of x, and from {@code x_p = G(z_p)}, z_p from the prior. f is what goes into D's
 * last layer; squared norms are sums over components, sp(t) = log(1 + e^t):
 *
 * <ul>
 *   <li>{@code d = mean sp(-D(x)) + mean sp(D(x_f)) + mean sp(D(x_p))}
 *   <li>{@code kl}: the divergence of E's distribution from the standard normal
 *   <li>{@code recon = 1/2 mean |f(x) - f(x_f)|^2}
 *   <li>{@code g = mean sp(-D(x_f)) + mean sp(-D(x_p))}, the game that does not saturate
 * </ul>
 *
 * D descends d; G descends {@code gamma recon + g}; E descends {@code beta kl + recon}: three
 * updates at one point. Draws: {@code z_e} and {@code z_p}, [batch, zdim]. Besides these losses,
 * weighted terms are reported as {@code kl/weighted} and {@code recon/weighted}, and what E and G
 * descend as {@code e/total} and {@code g/total}.
 */
public final class VaeGan extends Coder {
  private final Network discriminator;
  private final Players players;
  private final KlWeight beta;
  private final double gamma;

  /**
   * @param method of the optimizers of E and G
   * @param discriminatorMethod of D's
   * @param beta weight of kl in E's descent
   * @param gamma weight of recon in G's
   */
  public VaeGan(
      Network encoder,
      Network generator,
      Network discriminator,
      Optimizer.Method method,
      Optimizer.Method discriminatorMethod,
      int batch,
      KlWeight beta,
      double gamma) {
    super(new EncoderDecoder(encoder, generator, 0), batch);
    this.discriminator = discriminator;
    this.players =
        new Players(List.of(encoder, generator, discriminator), method, discriminatorMethod);
    this.beta = beta;
    this.gamma = gamma;
  }

  @Override
  public Range range() {
    return Range.SIGNED;
  }

  @Override
  public List<String> losses() {
    return List.of("d", "kl", "recon", "g");
  }

  @Override
  public List<Network> networks() {
    return players.networks();
  }

  @Override
  public List<Optimizer> optimizers() {
    return players.optimizers();
  }

  @Override
  public List<Variable> variables() {
    var all = players.variables();
    all.add(StepBuilder.STEP);
    return all;
  }

  @Override
  public void initialize(Backend backend, long seed) {
    players.initialize(backend, seed);
  }

  @Override
  public Graph step(StepBuilder step, List<Batch> batches) {
    Batch given = batches.getFirst();
    Posterior posterior = pair.encode(step, given, Network.Mode.TRAINING);
    Tensor z = posterior.sample(step.normal("z_e", batch, pair.zdim()));
    Tensor coded = pair.decode(step, z, null, Network.Mode.TRAINING);
    Tensor prior = step.normal("z_p", batch, pair.zdim());
    Tensor drawn = pair.decode(step, prior, null, Network.Mode.TRAINING);
    Features features = Features.of(step, discriminator, given.x(), coded, drawn);
    Tensor d = features.discrimination(step, discriminator);
    Tensor recon = features.reconstruction();
    Tensor g =
        add(
            mean(softplus(neg(discriminator.last(step, features.coded())))),
            mean(softplus(neg(discriminator.last(step, features.drawn())))));
    step.report("d", d);
    Tensor ofEncoder = add(recon, beta.on(step, posterior.divergence()));
    Tensor weighted = mul(recon, gamma);
    Tensor ofGenerator = add(weighted, g);
    step.report("recon", recon);
    step.report("recon/weighted", weighted);
    step.report("g", g);
    step.report("e/total", ofEncoder);
    step.report("g/total", ofGenerator);
    players.descend(step, List.of(ofEncoder, ofGenerator, d));
    return step.build();
  }
}
