// SPDX-License-Identifier: Apache-2.0
package gander.models.zoo;

import gander.graph.Backend;
import gander.graph.Graph;
import gander.graph.op.Shape;
import gander.graph.op.Tensor;
import gander.graph.op.Variable;
import gander.models.data.Range;
import gander.models.net.Network;
import gander.models.net.StepBuilder;
import gander.models.optim.Optimizer;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A model with everything it needs to be trained: networks, loss, optimizers. */
public interface Model {
  /** How many classes images have; 0 if the model does not look at classes. */
  default int classes() {
    return 0;
  }

  /** The shape of one image as the networks take it. */
  Shape image();

  /** The range of the images' values. */
  Range range();

  /** How many batches of data a training step takes. */
  default int batchesPerStep() {
    return 1;
  }

  /** Images in a batch. */
  int batch();

  /** What a step reports first: the losses. */
  List<String> losses();

  /** Every variable, in a fixed order: what a checkpoint holds. */
  List<Variable> variables();

  /** Its networks; the one that makes images has the name {@code g}. */
  default List<Network> networks() {
    return List.of();
  }

  /** What updates the networks' parameters, with the state that each keeps for it. */
  default List<Optimizer> optimizers() {
    return List.of();
  }

  /** What images are made with in place of a weight: its average, where one is kept. */
  default Variable shown(Variable weight) {
    return weight;
  }

  /** The weights of the network that makes images: those of which an average is worth keeping. */
  default List<Variable> generative() {
    return List.of();
  }

  /** Writes the initial value of every variable. */
  void initialize(Backend backend, long seed);

  /**
   * A training step.
   *
   * @param batches as many as {@link #batchesPerStep}
   */
  Graph step(StepBuilder step, List<Batch> batches);

  /**
   * A training step that takes one batch for all of its batches: the inputs {@code x} and, of a
   * model with classes, {@code y}.
   */
  default Graph step(StepBuilder step) {
    return step(step, Collections.nCopies(batchesPerStep(), Batch.inputs("x", "y", this, batch())));
  }

  /** The length of a latent vector. */
  int zdim();

  /**
   * The images {@code [count, ...image]} of latent vectors, with running statistics.
   *
   * @param z {@code [count, zdim]}
   * @param y classes {@code [count]}; null for a model without
   */
  Tensor generate(StepBuilder step, Tensor z, @Nullable Tensor y);

  /** Whether it finds the latent vector of an image. */
  default boolean encodes() {
    return false;
  }

  /**
   * The latent vectors {@code [count, zdim]} of images, the likeliest ones.
   *
   * @throws UnsupportedOperationException if it {@link #encodes} nothing
   */
  default Tensor encode(StepBuilder step, Batch given) {
    throw new UnsupportedOperationException();
  }

  /**
   * Images {@code [count, ...image]} to look at, as output {@code images}.
   *
   * @param data as many, for models that reconstruct
   */
  Graph sampler(StepBuilder step, int count, Batch data);
}
