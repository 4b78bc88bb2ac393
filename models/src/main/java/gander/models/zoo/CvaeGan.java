// SPDX-License-Identifier: Apache-2.0
package gander.models.zoo;

import static gander.graph.op.Ops.add;
import static gander.graph.op.Ops.mean;
import static gander.graph.op.Ops.mul;
import static gander.graph.op.Ops.oneHot;
import static gander.graph.op.Ops.scalar;
import static gander.graph.op.Ops.softmaxCrossEntropy;
import static gander.graph.op.Ops.square;
import static gander.graph.op.Ops.sub;
import static gander.graph.op.Ops.total;

import gander.graph.Backend;
import gander.graph.Graph;
import gander.graph.op.Tensor;
import gander.graph.op.Variable;
import gander.models.data.Range;
import gander.models.net.Network;
import gander.models.net.StepBuilder;
import gander.models.optim.Optimizer;
import java.util.ArrayList;
import java.util.List;

/**
 * CVAE-GAN (Bao et al. 2017): encoder E, generator G, discriminator D and classifier C, with {@code
 * x_f = G(z, y)}, z from E's distribution of x, and {@code x_p = G(z_p, y_p)}, z_p from the prior
 * and y_p the batch's classes y, unless they are drawn; f_D and f_C are what goes into the last
 * layer of D and C. With squared norms as sums over components and means over the batch, and sp(t)
 * = log(1 + e^t):
 *
 * <ul>
 *   <li>{@code c}: the cross-entropy of C(x) with y
 *   <li>{@code d = mean sp(-D(x)) + mean sp(D(x_f)) + mean sp(D(x_p))}
 *   <li>{@code kl}: the divergence of E's distribution from the standard normal
 *   <li>{@code recon = 1/2 (|x - x_f|^2 + |f_D(x) - f_D(x_f)|^2 + |f_C(x) - f_C(x_f)|^2)}, pair by
 *       pair
 *   <li>{@code gd = 1/2 |mean f_D(x) - mean f_D(x_p)|^2}
 *   <li>{@code gc}: the same for f_C, a class at a time and summed over the classes that are in y
 *       and in y_p
 * </ul>
 *
 * C descends c; D descends d; G descends {@code recon + 1e-3 (gd + gc)}; E descends {@code 3 kl +
 * recon}: four updates at one point. Draws: {@code z_e} and {@code z_p}, [batch, zdim]; {@code
 * y_p}, [batch], uniforms of which classes are made, where they are drawn. Besides these losses,
 * recon's terms are reported as {@code recon/image}, {@code recon/d} and {@code recon/c}, weighted
 * terms as {@code kl/weighted}, {@code gd/weighted} and {@code gc/weighted}, and what E and G
 * descend as {@code e/total} and {@code g/total}.
 */
public final class CvaeGan extends Coder {
  /** What takes part: each switched off is one of the paper's ablations. */
  public record Parts(boolean discriminator, boolean classifier, boolean image) {}

  private final Network discriminator;
  private final Network classifier;
  private final Players players;
  private final ClassMeans means;
  private final Parts parts;
  private final KlWeight beta;
  private final double matchingWeight;
  private final boolean drawnClasses;

  /**
   * @param discriminator of images to one number; not used where it takes no part
   * @param classifier of images to a logit a class; not used where it takes no part
   * @param method of the optimizers of E, G and C
   * @param discriminatorMethod of D's
   * @param beta weight of kl in E's descent; 3 in the paper
   * @param matching weight of gd and gc in G's descent; 1e-3 in the paper
   * @param decay of the moving means of f_C, a class; 0 for those of the batch alone
   * @param drawnClasses whether y_p is drawn; otherwise it is y
   */
  public CvaeGan(
      Network encoder,
      Network generator,
      Network discriminator,
      Network classifier,
      Parts parts,
      Optimizer.Method method,
      Optimizer.Method discriminatorMethod,
      int batch,
      KlWeight beta,
      double matching,
      double decay,
      boolean drawnClasses) {
    super(new EncoderDecoder(encoder, generator, classifier.output().size()), batch);
    this.discriminator = discriminator;
    this.classifier = classifier;
    this.parts = parts;
    this.beta = beta;
    this.matchingWeight = matching;
    this.drawnClasses = drawnClasses;
    this.means =
        new ClassMeans(classes(), classifier.features().size(), parts.classifier ? decay : 0);
    var networks = new ArrayList<>(List.of(encoder, generator));
    if (parts.discriminator) {
      networks.add(discriminator);
    }
    if (parts.classifier) {
      networks.add(classifier);
    }
    this.players = new Players(networks, method, discriminatorMethod);
  }

  @Override
  public Range range() {
    return Range.SIGNED;
  }

  @Override
  public List<String> losses() {
    var losses = new ArrayList<String>();
    if (parts.classifier) {
      losses.add("c");
    }
    if (parts.discriminator) {
      losses.add("d");
    }
    losses.addAll(List.of("kl", "recon"));
    if (parts.discriminator) {
      losses.add("gd");
    }
    if (parts.classifier) {
      losses.add("gc");
    }
    return losses;
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
    all.addAll(means.variables());
    all.add(StepBuilder.STEP);
    return all;
  }

  @Override
  public void initialize(Backend backend, long seed) {
    players.initialize(backend, seed);
    means.variables().forEach(backend::clear);
  }

  @Override
  public Graph step(StepBuilder step, List<Batch> batches) {
    Batch given = batches.getFirst();
    Tensor x = given.x();
    Tensor y = given.labels();
    Posterior posterior = pair.encode(step, given, Network.Mode.TRAINING);
    Tensor z = posterior.sample(step.normal("z_e", batch, pair.zdim()));
    Tensor coded = pair.decode(step, z, y, Network.Mode.TRAINING);
    Tensor prior = step.normal("z_p", batch, pair.zdim());
    Tensor classes = drawnClasses ? Labels.drawn(step.uniform("y_p", batch), classes()) : y;
    Tensor drawn = pair.decode(step, prior, classes, Network.Mode.TRAINING);

    Tensor recon = scalar(0);
    if (parts.image) {
      recon = Features.distance(x, coded);
      step.report("recon/image", recon);
    }
    Tensor matching = scalar(0);
    var descents = new ArrayList<Tensor>(); // of D and C, as far as they take part
    if (parts.discriminator) {
      Features features = Features.of(step, discriminator, x, coded, drawn);
      Tensor d = features.discrimination(step, discriminator);
      Tensor gd = mul(total(square(sub(mean(features.data(), 0), mean(features.drawn(), 0)))), 0.5);
      step.report("d", d);
      matched(step, "gd", gd);
      descents.add(d);
      recon = add(recon, reconstructed(step, "recon/d", features));
      matching = add(matching, gd);
    }
    if (parts.classifier) {
      Features features = Features.of(step, classifier, x, coded, drawn);
      Tensor logits = classifier.last(step, features.data());
      Tensor c = mean(softmaxCrossEntropy(logits, oneHot(y, classes())));
      Tensor gc = means.distance(step, y, features.data(), classes, features.drawn());
      step.report("c", c);
      matched(step, "gc", gc);
      descents.add(c);
      recon = add(recon, reconstructed(step, "recon/c", features));
      matching = add(matching, gc);
    }
    step.report("recon", recon);
    Tensor kl = beta.on(step, posterior.divergence());
    Tensor weighted = mul(matching, matchingWeight);
    step.report("e/total", add(recon, kl));
    step.report("g/total", add(recon, weighted));
    // E has no part in the matching of means and G none in the divergence: one sum serves both.
    Tensor common = add(recon, add(weighted, kl));
    descents.addAll(0, List.of(common, common));
    players.descend(step, descents);
    return step.build();
  }

  private static Tensor reconstructed(StepBuilder step, String name, Features features) {
    Tensor term = features.reconstruction();
    step.report(name, term);
    return term;
  }

  /** Reports a matching of means, raw and weighted. */
  private void matched(StepBuilder step, String name, Tensor term) {
    step.report(name, term);
    step.report(name + "/weighted", mul(term, matchingWeight));
  }
}
