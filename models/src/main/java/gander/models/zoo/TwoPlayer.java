// SPDX-License-Identifier: Apache-2.0
package gander.models.zoo;

import static gander.graph.op.Ops.add;
import static gander.graph.op.Ops.concat;
import static gander.graph.op.Ops.mean;
import static gander.graph.op.Ops.part;
import static gander.graph.op.Ops.slice;
import static gander.graph.op.Ops.stopGradient;

import gander.graph.Backend;
import gander.graph.Graph;
import gander.graph.op.Gradients;
import gander.graph.op.Ops;
import gander.graph.op.Shape;
import gander.graph.op.Tensor;
import gander.graph.op.Variable;
import gander.models.data.Range;
import gander.models.loss.Formulation;
import gander.models.loss.Regularizer;
import gander.models.net.Network;
import gander.models.net.StepBuilder;
import gander.models.optim.Optimizer;
import gander.runtime.GanderException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A generator and a discriminator in a game. A step updates the discriminator as often as {@code
 * nCritic} says, on a batch and a latent draw of its own each time, then the generator once against
 * the new discriminator.
 *
 * <p>Draws: {@code z_d} {@code [N,zdim]} ({@code [nCritic,N,zdim]} where nCritic is above 1),
 * {@code z_g} {@code [N,zdim]}, {@code eps} {@code [N]} or {@code [nCritic,N]}. Reports: losses
 * {@code d} (the last repetition's) and {@code g}, mean outputs {@code real} and {@code fake}.
 */
public final class TwoPlayer implements Model {
  private final Network generator;
  private final Network discriminator;
  private final Formulation formulation;
  private final Optimizer generatorOptimizer;
  private final Optimizer discriminatorOptimizer;
  private final int batch;
  private final int nCritic;

  /**
   * @param method of both optimizers
   * @throws GanderException if a regularizer refuses this discriminator
   */
  public TwoPlayer(
      Network generator,
      Network discriminator,
      Formulation formulation,
      Optimizer.Method method,
      int batch,
      int nCritic) {
    for (Regularizer regularizer : formulation.regularizers()) {
      String reason = regularizer.refusesCoupledSamples();
      if (discriminator.couplesSamples() && reason != null) {
        throw new GanderException(
            "'%s' does not go with a discriminator that has batch norm: %s; use a model without it or another loss"
                .formatted(regularizer.name(), reason));
      }
    }
    this.generator = generator;
    this.discriminator = discriminator;
    this.formulation = formulation;
    this.generatorOptimizer = new Optimizer("g/optimizer", method, generator.parameters());
    this.discriminatorOptimizer = new Optimizer("d/optimizer", method, discriminator.parameters());
    this.batch = batch;
    this.nCritic = nCritic;
  }

  @Override
  public Shape image() {
    return discriminator.input();
  }

  @Override
  public Range range() {
    return Range.SIGNED;
  }

  @Override
  public int batchesPerStep() {
    return nCritic;
  }

  @Override
  public int batch() {
    return batch;
  }

  @Override
  public List<String> losses() {
    return List.of("d", "g");
  }

  @Override
  public List<Variable> variables() {
    var all = new ArrayList<Variable>();
    for (Network network : List.of(generator, discriminator)) {
      all.addAll(network.parameters());
      all.addAll(network.statistics());
    }
    all.addAll(generatorOptimizer.state());
    all.addAll(discriminatorOptimizer.state());
    all.add(StepBuilder.STEP);
    return all;
  }

  @Override
  public void initialize(Backend backend, long seed) {
    Start.write(backend, seed, generator, discriminator);
    Start.write(backend, generatorOptimizer, discriminatorOptimizer);
  }

  @Override
  public Graph step(StepBuilder step, List<Batch> batches) {
    int latent = generator.input().size();
    Tensor latents = step.normal("z_d", repeated(batch, latent));
    Tensor mixes = step.uniform("eps", repeated(batch));
    for (int repetition = 0; repetition < nCritic; repetition++) {
      updateDiscriminator(
          step, batches.get(repetition).x(), one(latents, repetition), one(mixes, repetition));
    }
    Tensor fake = generate(step, step.normal("z_g", batch, latent));
    // Only relativistic losses use the data's scores: for the others they must leave no trace.
    Tensor real = discriminator.apply(step, batches.getLast().x(), Network.Mode.OBSERVING);
    Tensor loss = formulation.loss().generator(real, score(step, fake));
    step.report("g", loss);
    List<Tensor> weights = step.values(generator.parameters());
    generatorOptimizer.update(step, Gradients.of(loss, weights), UnaryOperator.identity());
    return step.build();
  }

  private void updateDiscriminator(StepBuilder step, Tensor x, Tensor z, Tensor mix) {
    Tensor fake = stopGradient(generate(step, z));
    Tensor[] scores = scores(step, x, fake);
    Tensor loss = formulation.loss().discriminator(scores[0], scores[1]);
    step.report("real", mean(scores[0]));
    step.report("fake", mean(scores[1]));
    int[] column = new int[x.shape().rank()];
    Arrays.fill(column, 1);
    column[0] = batch;
    Tensor mixed = Ops.reshape(mix, Shape.of(column));
    var terms = new Regularizer.Terms(images -> score(step, images), x, fake, mixed);
    for (Regularizer regularizer : formulation.regularizers()) {
      Tensor term = regularizer.term(terms);
      loss = term == null ? loss : add(loss, term);
    }
    step.report("d", loss);
    List<Tensor> weights = step.values(discriminator.parameters());
    discriminatorOptimizer.update(step, Gradients.of(loss, weights), this::project);
  }

  private Tensor project(Tensor weight) {
    Tensor projected = weight;
    for (Regularizer regularizer : formulation.regularizers()) {
      projected = regularizer.project(projected);
    }
    return projected;
  }

  private Tensor generate(StepBuilder step, Tensor z) {
    return generator.apply(step, z, Network.Mode.TRAINING);
  }

  private Tensor score(StepBuilder step, Tensor images) {
    return discriminator.apply(step, images, Network.Mode.TRAINING);
  }

  /**
   * Scores of data and of generated samples; in one pass where samples do not see each other and
   * the loss does not need two.
   */
  private Tensor[] scores(StepBuilder step, Tensor real, Tensor fake) {
    if (discriminator.couplesSamples() || formulation.loss().cancels()) {
      return new Tensor[] {score(step, real), score(step, fake)};
    }
    Tensor both = score(step, concat(0, real, fake));
    return new Tensor[] {slice(both, 0, 0, batch), slice(both, 0, batch, batch)};
  }

  /** A draw's shape: one for all repetitions where there are several. */
  private int[] repeated(int... shape) {
    if (nCritic == 1) {
      return shape;
    }
    var longer = new int[shape.length + 1];
    longer[0] = nCritic;
    System.arraycopy(shape, 0, longer, 1, shape.length);
    return longer;
  }

  private Tensor one(Tensor draw, int repetition) {
    return nCritic == 1 ? draw : part(draw, repetition);
  }

  @Override
  public Graph sampler(StepBuilder step, int count, Batch data) {
    Tensor z = step.normal("z_sample", count, generator.input().size());
    step.report("images", generator.apply(step, z, Network.Mode.INFERENCE));
    return step.snapshot();
  }
}
