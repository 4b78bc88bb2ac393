// SPDX-License-Identifier: Apache-2.0
package gander.models.zoo;

import static gander.graph.op.Ops.add;
import static gander.graph.op.Ops.concat;
import static gander.graph.op.Ops.mean;
import static gander.graph.op.Ops.part;
import static gander.graph.op.Ops.slice;
import static gander.graph.op.Ops.square;
import static gander.graph.op.Ops.stopGradient;
import static gander.graph.op.Ops.sub;
import static gander.graph.op.Ops.total;

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
import gander.models.net.Initial;
import gander.models.net.Network;
import gander.models.net.StepBuilder;
import gander.models.optim.Optimizer;
import gander.runtime.GanderException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A generator and a discriminator in a game. A step updates the discriminator as often as {@code
 * nCritic} says, on a batch and a latent draw of its own each time, then the generator as often as
 * {@code nGenerator} says against the new discriminator. With classes both are also given each
 * image's class (Mirza and Osindero 2014): the generator behind the latent vector, the
 * discriminator as constant planes behind the image's channels; generated samples have the classes
 * of the batch of data. {@link Technique}s change layers and losses.
 *
 * <p>Draws: {@code z_d} {@code [N,zdim]} ({@code [nCritic,N,zdim]} where nCritic is above 1),
 * {@code z_g} likewise for nGenerator, {@code eps} {@code [N]} or {@code [nCritic,N]}, where a
 * regularizer reads it, and draws of a regularizer's own, such as {@code delta}. Reports: losses
 * {@code d} and {@code g} (the last repetitions'), mean outputs {@code real} and {@code fake};
 * where terms are added to one, also what it has without them, {@code d/formulation}, and each
 * term, such as {@code d/gp} or {@code d/history}, and {@code d/gp/weighted} as it is added.
 */
public final class TwoPlayer implements Model {
  private final Network generator;
  private final Network discriminator;
  private final Formulation formulation;
  private final Optimizer generatorOptimizer;
  private final Optimizer discriminatorOptimizer;
  private final Map<Variable, Initial> kept = new LinkedHashMap<>();
  private final References references;
  private final Map<Network, History> histories = new LinkedHashMap<>();
  private final boolean featureMatching;
  private final int classes;
  private final int batch;
  private final int nCritic;
  private final int nGenerator;

  /**
   * @param generator of a latent vector, and a number a class
   * @param discriminator of images, and a plane a class
   * @param classes 0 for a game that does not look at them
   * @param techniques of which the networks have the layers, and the formulation the target
   * @throws GanderException if a regularizer refuses this discriminator
   */
  public TwoPlayer(
      Network generator,
      Network discriminator,
      int classes,
      Formulation formulation,
      Techniques techniques,
      Optimizer.Method generatorMethod,
      Optimizer.Method discriminatorMethod,
      int batch,
      int nCritic,
      int nGenerator) {
    for (Regularizer regularizer : formulation.regularizers()) {
      String reason = regularizer.refusesCoupledSamples();
      if (discriminator.couplesSamples() && reason != null) {
        throw new GanderException(
            "'%s' does not go with a discriminator that has %s: %s; use a model without it or another loss"
                .formatted(regularizer.name(), discriminator.coupling(), reason));
      }
    }
    this.generator = generator;
    this.discriminator = discriminator;
    this.formulation = formulation;
    this.generatorOptimizer = new Optimizer("g/optimizer", generatorMethod, generator.parameters());
    this.discriminatorOptimizer =
        new Optimizer("d/optimizer", discriminatorMethod, discriminator.parameters());
    formulation
        .regularizers()
        .forEach(regularizer -> kept.putAll(regularizer.attach(discriminator)));
    this.classes = classes;
    this.batch = batch;
    this.nCritic = nCritic;
    this.nGenerator = nGenerator;
    this.references = new References(generator, discriminator, image(), classes, batch);
    kept.putAll(references.variables());
    this.featureMatching = techniques.featureMatching();
    if (techniques.history() > 0) {
      double weight = techniques.history();
      histories.put(generator, new History(generator, generatorOptimizer, weight));
      histories.put(discriminator, new History(discriminator, discriminatorOptimizer, weight));
    }
    for (History history : histories.values()) {
      history.variables().forEach(mean -> kept.put(mean, Initial.constant(0)));
    }
  }

  @Override
  public Shape image() {
    Shape seen = discriminator.input();
    return classes == 0 ? seen : seen.with(2, seen.dim(2) - classes);
  }

  @Override
  public int classes() {
    return classes;
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
  public List<Network> networks() {
    return List.of(generator, discriminator);
  }

  @Override
  public List<Optimizer> optimizers() {
    return List.of(generatorOptimizer, discriminatorOptimizer);
  }

  @Override
  public List<Variable> variables() {
    var all = new ArrayList<Variable>();
    for (Network network : networks()) {
      all.addAll(network.parameters());
      all.addAll(network.statistics());
    }
    all.addAll(generatorOptimizer.state());
    all.addAll(discriminatorOptimizer.state());
    all.addAll(kept.keySet());
    all.add(StepBuilder.STEP);
    return all;
  }

  @Override
  public List<Variable> generative() {
    return generator.parameters();
  }

  @Override
  public void initialize(Backend backend, long seed) {
    Start.write(backend, seed, generator, discriminator);
    kept.forEach((variable, value) -> backend.write(variable, value.values(variable, seed)));
    Start.write(backend, generatorOptimizer, discriminatorOptimizer);
  }

  @Override
  public Graph step(StepBuilder step, List<Batch> batches) {
    int latent = zdim();
    references.take(step, batches.getFirst());
    Tensor latents = step.normal("z_d", repeated(nCritic, batch, latent));
    Tensor mixes = step.uniform("eps", repeated(nCritic, batch));
    Map<String, Tensor> drawn = new HashMap<>(); // one draw serves all repetitions
    for (int repetition = 0; repetition < nCritic; repetition++) {
      int at = repetition;
      Regularizer.Terms.Draws draws =
          (name, shape) -> {
            Tensor all =
                drawn.computeIfAbsent(
                    name, key -> step.uniform(key, repeated(nCritic, shape.dims())));
            return one(nCritic, all, at);
          };
      updateDiscriminator(
          step,
          batches.get(repetition),
          one(nCritic, latents, repetition),
          one(nCritic, mixes, repetition),
          draws);
    }
    Tensor own = step.normal("z_g", repeated(nGenerator, batch, latent));
    for (int repetition = 0; repetition < nGenerator; repetition++) {
      updateGenerator(step, batches.getLast(), one(nGenerator, own, repetition));
    }
    return step.build();
  }

  private void updateGenerator(StepBuilder step, Batch given, Tensor z) {
    Network.Given weights = weights(step, false);
    var fake = new Batch(play(step, z, given.y()), given.y());
    Tensor loss =
        featureMatching
            ? distance(step, weights, given, fake)
            : adversarial(step, weights, given, fake);
    if (histories.containsKey(generator)) {
      step.report("g/formulation", loss);
    }
    loss = remembered(step, generator, loss);
    step.report("g", loss);
    List<Tensor> trained = step.values(generator.parameters());
    generatorOptimizer.update(step, Gradients.of(loss, trained), UnaryOperator.identity());
  }

  private Tensor adversarial(StepBuilder step, Network.Given weights, Batch given, Batch fake) {
    // Only relativistic losses use the data's scores: for the others they must leave no trace.
    Tensor real = score(step, weights, given, Network.Mode.OBSERVING);
    Tensor scored = score(step, weights, fake, Network.Mode.TRAINING);
    return formulation.loss().generator(real, scored);
  }

  /** How far the means of data's and of generated samples' features are apart, squared. */
  private Tensor distance(StepBuilder step, Network.Given weights, Batch given, Batch fake) {
    Tensor real = discriminator.features(step, seen(given), Network.Mode.OBSERVING, weights);
    Tensor made = discriminator.features(step, seen(fake), Network.Mode.TRAINING, weights);
    return total(square(sub(mean(real, 0), mean(made, 0))));
  }

  /** A player's loss with the term of historical averaging, where there is one. */
  private Tensor remembered(StepBuilder step, Network player, Tensor loss) {
    History history = histories.get(player);
    return history == null ? loss : add(loss, history.term(step));
  }

  private void updateDiscriminator(
      StepBuilder step, Batch given, Tensor z, Tensor mix, Regularizer.Terms.Draws draws) {
    Network.Given weights = weights(step, true);
    Tensor x = given.x();
    Tensor fake = stopGradient(play(step, z, given.y()));
    Tensor[] scores = scores(step, weights, given, new Batch(fake, given.y()));
    Tensor loss = formulation.loss().discriminator(scores[0], scores[1]);
    step.report("real", mean(scores[0]));
    step.report("fake", mean(scores[1]));
    int[] column = new int[x.shape().rank()];
    Arrays.fill(column, 1);
    column[0] = batch;
    Tensor mixed = Ops.reshape(mix, Shape.of(column));
    UnaryOperator<Tensor> critic =
        images -> score(step, weights, new Batch(images, given.y()), Network.Mode.TRAINING);
    var terms = new Regularizer.Terms(critic, x, fake, scores[0], scores[1], mixed, draws, step);
    var added = new ArrayList<Tensor>();
    for (Regularizer regularizer : formulation.regularizers()) {
      Tensor term = regularizer.term(terms);
      if (term != null) {
        added.add(weighed(step, regularizer, term));
      }
    }
    if (!added.isEmpty() || histories.containsKey(discriminator)) {
      step.report("d/formulation", loss);
    }
    for (Tensor term : added) {
      loss = add(loss, term);
    }
    loss = remembered(step, discriminator, loss);
    step.report("d", loss);
    List<Tensor> trained = step.values(discriminator.parameters());
    discriminatorOptimizer.update(step, Gradients.of(loss, trained), this::project);
  }

  /** A regularizer's term as it is added; it is reported so and, where that differs, as it is. */
  private static Tensor weighed(StepBuilder step, Regularizer regularizer, Tensor term) {
    String name = "d/" + regularizer.name().replaceAll("[^\\w.-]", "_");
    Tensor weighed = regularizer.weighted(term);
    step.report(name, term);
    if (regularizer.coefficient() != 1) {
      step.report(name + "/weighted", weighed);
    }
    return weighed;
  }

  private Tensor project(Tensor weight) {
    Tensor projected = weight;
    for (Regularizer regularizer : formulation.regularizers()) {
      projected = regularizer.project(projected);
    }
    return projected;
  }

  @Override
  public int zdim() {
    return generator.input().size() - classes;
  }

  private Tensor play(StepBuilder step, Tensor z, @Nullable Tensor y) {
    return made(step, z, y, Network.Mode.TRAINING);
  }

  private Tensor made(StepBuilder step, Tensor z, @Nullable Tensor y, Network.Mode mode) {
    Tensor given = Labels.onLatents(z, y, classes);
    return generator.apply(step, given, mode, references.generator(step));
  }

  /**
   * What the discriminator's layers take for its parameters at this point of the step.
   *
   * @param update whether it is about to be updated
   */
  private Network.Given weights(StepBuilder step, boolean update) {
    var weights = new HashMap<Variable, Tensor>();
    for (Variable parameter : discriminator.parameters()) {
      Tensor value = step.value(parameter);
      for (Regularizer regularizer : formulation.regularizers()) {
        value = regularizer.weight(step, parameter, value, update);
      }
      weights.put(parameter, value);
    }
    return references.discriminator(
        step, parameter -> Objects.requireNonNull(weights.get(parameter)));
  }

  private Tensor score(StepBuilder step, Network.Given weights, Batch images, Network.Mode mode) {
    return discriminator.apply(step, seen(images), mode, weights);
  }

  private Tensor seen(Batch images) {
    return Labels.onImages(images.x(), images.y(), classes);
  }

  /**
   * Scores of data and of generated samples; in one pass where samples do not see each other and
   * the loss does not need two.
   */
  private Tensor[] scores(StepBuilder step, Network.Given weights, Batch real, Batch fake) {
    if (discriminator.couplesSamples() || formulation.loss().cancels()) {
      return new Tensor[] {
        score(step, weights, real, Network.Mode.TRAINING),
        score(step, weights, fake, Network.Mode.TRAINING)
      };
    }
    Tensor labels = classes == 0 ? null : concat(0, real.labels(), fake.labels());
    var joint = new Batch(concat(0, real.x(), fake.x()), labels);
    Tensor both = score(step, weights, joint, Network.Mode.TRAINING);
    return new Tensor[] {slice(both, 0, 0, batch), slice(both, 0, batch, batch)};
  }

  /** A draw's shape: one for all repetitions where there are several. */
  private static int[] repeated(int times, int... shape) {
    if (times == 1) {
      return shape;
    }
    var longer = new int[shape.length + 1];
    longer[0] = times;
    System.arraycopy(shape, 0, longer, 1, shape.length);
    return longer;
  }

  private static Tensor one(int times, Tensor draw, int repetition) {
    return times == 1 ? draw : part(draw, repetition);
  }

  @Override
  public Tensor generate(StepBuilder step, Tensor z, @Nullable Tensor y) {
    return made(step, z, y, Network.Mode.INFERENCE);
  }

  @Override
  public Graph sampler(StepBuilder step, int count, Batch data) {
    Tensor z = step.normal("z_sample", count, zdim());
    step.report("images", generate(step, z, Labels.inTurn(count, classes)));
    return step.snapshot();
  }
}
