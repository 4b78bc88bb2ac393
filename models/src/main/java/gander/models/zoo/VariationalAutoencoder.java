// SPDX-License-Identifier: Apache-2.0
package gander.models.zoo;

import static gander.graph.op.Ops.add;
import static gander.graph.op.Ops.broadcast;
import static gander.graph.op.Ops.concat;
import static gander.graph.op.Ops.div;
import static gander.graph.op.Ops.exp;
import static gander.graph.op.Ops.floor;
import static gander.graph.op.Ops.iota;
import static gander.graph.op.Ops.mul;
import static gander.graph.op.Ops.oneHot;
import static gander.graph.op.Ops.reshape;
import static gander.graph.op.Ops.sigmoid;
import static gander.graph.op.Ops.slice;
import static gander.graph.op.Ops.softplus;
import static gander.graph.op.Ops.square;
import static gander.graph.op.Ops.sub;
import static gander.graph.op.Ops.total;

import gander.graph.Backend;
import gander.graph.Graph;
import gander.graph.op.Gradients;
import gander.graph.op.Shape;
import gander.graph.op.Tensor;
import gander.graph.op.Variable;
import gander.models.data.Range;
import gander.models.net.Network;
import gander.models.net.StepBuilder;
import gander.models.optim.Optimizer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * An encoder to the mean and the logarithm of the variance of a normal latent vector, and a decoder
 * to the logits of Bernoulli pixels (Kingma and Welling 2014): {@code z = mu + exp(logvar/2) e},
 * and the negative evidence lower bound {@code total = recon + beta kl}, with {@code recon} the
 * binary cross-entropy summed over an image's values and {@code kl} the divergence from the
 * standard normal, both means over the batch; beta other than 1 as in beta-VAE (Higgins et al.
 * 2017). The draw is {@code z_e}, [batch, zdim]. With classes both networks are also given an
 * image's class (Sohn et al. 2015): the encoder as constant planes behind the image's channels, the
 * decoder behind the latent vector.
 */
public final class VariationalAutoencoder implements Model {
  private final Network encoder;
  private final Network decoder;
  private final Optimizer optimizer;
  private final int classes;
  private final int batch;
  private final double beta;

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
      double beta) {
    this.encoder = encoder;
    this.decoder = decoder;
    this.classes = classes;
    this.batch = batch;
    this.beta = beta;
    this.optimizer = new Optimizer("optimizer", method, trained());
  }

  @Override
  public Shape image() {
    Shape seen = encoder.input();
    return seen.with(2, seen.dim(2) - classes);
  }

  @Override
  public int classes() {
    return classes;
  }

  @Override
  public Range range() {
    return Range.UNIT;
  }

  @Override
  public int batchesPerStep() {
    return 1;
  }

  @Override
  public int batch() {
    return batch;
  }

  @Override
  public List<String> losses() {
    return List.of("total", "recon", "kl");
  }

  @Override
  public List<Variable> variables() {
    var all = new ArrayList<>(trained());
    all.addAll(optimizer.state());
    all.add(StepBuilder.STEP);
    return all;
  }

  private List<Variable> trained() {
    var trained = new ArrayList<>(encoder.parameters());
    trained.addAll(decoder.parameters());
    return trained;
  }

  @Override
  public void initialize(Backend backend, long seed) {
    Start.write(backend, seed, encoder, decoder);
    Start.write(backend, optimizer);
  }

  /** The latent distribution of each image, {@code mu} and {@code logvar} [count, zdim]. */
  private record Posterior(Tensor mu, Tensor logvar) {
    /** A sample by {@code e}, standard normals. */
    Tensor sample(Tensor e) {
      return add(mu, mul(exp(mul(logvar, 0.5)), e));
    }

    /** {@code -1/2 sum (1 + logvar - mu^2 - exp(logvar))} over all of it. */
    Tensor divergence() {
      return mul(total(sub(add(square(mu), exp(logvar)), add(logvar, 1))), 0.5);
    }
  }

  private Posterior encode(StepBuilder step, Batch given, Network.Mode mode) {
    int zdim = zdim();
    Tensor seen = classes == 0 ? given.x() : concat(3, given.x(), planes(given));
    Tensor both = encoder.apply(step, seen, mode);
    return new Posterior(slice(both, 1, 0, zdim), slice(both, 1, zdim, zdim));
  }

  private int zdim() {
    return decoder.input().size() - classes;
  }

  /** The class of each image as constant planes, a plane a class. */
  private Tensor planes(Batch given) {
    Shape shape = given.x().shape();
    int count = shape.dim(0);
    Tensor one = reshape(oneHot(given.labels(), classes), Shape.of(count, 1, 1, classes));
    return broadcast(one, Shape.of(count, shape.dim(1), shape.dim(2), classes));
  }

  /** Latent vectors, of a model with classes with the class behind each. */
  private Tensor labelled(Tensor z, @Nullable Tensor y) {
    return y == null ? z : concat(1, z, oneHot(y, classes));
  }

  @Override
  public Graph step(StepBuilder step, List<Batch> batches) {
    Batch given = batches.getFirst();
    Tensor x = given.x();
    Posterior posterior = encode(step, given, Network.Mode.TRAINING);
    Tensor z = posterior.sample(step.normal("z_e", posterior.mu.shape().dims()));
    Tensor logits = decoder.apply(step, labelled(z, given.y()), Network.Mode.TRAINING);
    Tensor recon = div(total(sub(softplus(logits), mul(x, logits))), batch);
    Tensor kl = div(posterior.divergence(), batch);
    Tensor loss = add(recon, mul(kl, beta));
    step.report("total", loss);
    step.report("recon", recon);
    step.report("kl", kl);
    List<Tensor> weights = step.values(trained());
    optimizer.update(step, Gradients.of(loss, weights), UnaryOperator.identity());
    return step.build();
  }

  /**
   * Rows of eight images, each followed by the row of what comes back of their latent means; as
   * many images again come from latent vectors of the prior.
   */
  @Override
  public Graph sampler(StepBuilder step, int count, Batch data) {
    int columns = Reconstructions.COLUMNS;
    int rows = Math.max(count / columns / 4, 1);
    int pixels = image().size();
    Batch given = first(data, rows * columns);
    Tensor x = given.x();
    Tensor code = encode(step, given, Network.Mode.INFERENCE).mu;
    Tensor back = decode(step, labelled(code, given.y()));
    Tensor pairs = Reconstructions.rows(x, back);
    int drawn = count - 2 * rows * columns;
    step.report(
        "images",
        drawn <= 0
            ? pairs
            : concat(
                0,
                pairs,
                reshape(
                    decode(step, labelled(step.normal("z_sample", drawn, zdim()), inTurn(drawn))),
                    Shape.of(drawn, pixels))));
    return step.snapshot();
  }

  private static Batch first(Batch data, int count) {
    Tensor y = data.y();
    return new Batch(slice(data.x(), 0, 0, count), y == null ? null : slice(y, 0, 0, count));
  }

  /** One class behind the other, all over again; null if there are none. */
  private @Nullable Tensor inTurn(int count) {
    Tensor places = iota(count);
    return classes == 0
        ? null
        : sub(places, mul(floor(div(add(places, 0.5), classes)), (double) classes));
  }

  private Tensor decode(StepBuilder step, Tensor z) {
    return sigmoid(decoder.apply(step, z, Network.Mode.INFERENCE));
  }
}
