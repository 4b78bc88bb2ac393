// SPDX-License-Identifier: Apache-2.0
package gander.models.zoo;

import static gander.graph.op.Ops.add;
import static gander.graph.op.Ops.div;
import static gander.graph.op.Ops.mul;
import static gander.graph.op.Ops.softplus;
import static gander.graph.op.Ops.sub;
import static gander.graph.op.Ops.total;

import gander.graph.Backend;
import gander.graph.Graph;
import gander.graph.op.Gradients;
import gander.graph.op.Ops;
import gander.graph.op.Tensor;
import gander.graph.op.Variable;
import gander.models.data.Range;
import gander.models.net.Network;
import gander.models.net.StepBuilder;
import gander.models.optim.Optimizer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * An encoder to the mean and the logarithm of the variance of a normal latent vector, and a decoder
 * to the logits of Bernoulli pixels (Kingma and Welling 2014): {@code z = mu + exp(logvar/2) e},
 * and the negative evidence lower bound {@code total = recon + beta kl}, with {@code recon} the
 * binary cross-entropy summed over an image's values and {@code kl} the divergence from the
 * standard normal, both means over the batch. The draw is {@code z_e}, [batch, zdim]. With classes
 * both networks are also given an image's class (Sohn et al. 2015): the encoder as constant planes
 * behind the image's channels, the decoder behind the latent vector.
 */
public final class VariationalAutoencoder extends Coder {
  private final Optimizer optimizer;
  private final KlWeight beta;

  /**
   * @param encoder of images, and a plane a class, to two latent vectors
   * @param decoder of a latent vector, and a number a class
   * @param classes 0 for a model that does not look at them
   * @param beta weight of the divergence
   */
  public VariationalAutoencoder(
      Network encoder,
      Network decoder,
      int classes,
      Optimizer.Method method,
      int batch,
      KlWeight beta) {
    super(new EncoderDecoder(encoder, decoder, classes), batch);
    this.beta = beta;
    this.optimizer = new Optimizer("optimizer", method, trained());
  }

  @Override
  Tensor pixels(Tensor made) {
    return Ops.sigmoid(made);
  }

  @Override
  public Range range() {
    return Range.UNIT;
  }

  @Override
  public List<String> losses() {
    return List.of("total", "recon", "kl");
  }

  @Override
  public List<Network> networks() {
    return List.of(pair.encoder(), pair.decoder());
  }

  @Override
  public List<Optimizer> optimizers() {
    return List.of(optimizer);
  }

  @Override
  public List<Variable> variables() {
    var all = new ArrayList<>(trained());
    all.addAll(optimizer.state());
    all.add(StepBuilder.STEP);
    return all;
  }

  private List<Variable> trained() {
    var trained = new ArrayList<>(pair.encoder().parameters());
    trained.addAll(pair.decoder().parameters());
    return trained;
  }

  @Override
  public void initialize(Backend backend, long seed) {
    Start.write(backend, seed, pair.encoder(), pair.decoder());
    Start.write(backend, optimizer);
  }

  @Override
  public Graph step(StepBuilder step, List<Batch> batches) {
    Batch given = batches.getFirst();
    Tensor x = given.x();
    Posterior posterior = pair.encode(step, given, Network.Mode.TRAINING);
    Tensor z = posterior.sample(step.normal("z_e", batch, pair.zdim()));
    Tensor logits = pair.decode(step, z, given.y(), Network.Mode.TRAINING);
    Tensor recon = div(total(sub(softplus(logits), mul(x, logits))), batch);
    step.report("recon", recon);
    Tensor loss = add(recon, beta.on(step, posterior.divergence()));
    step.report("total", loss);
    List<Tensor> weights = step.values(trained());
    optimizer.update(step, Gradients.of(loss, weights), UnaryOperator.identity());
    return step.build();
  }
}
