// SPDX-License-Identifier: Apache-2.0
package gander.models.zoo;

import static gander.graph.op.Ops.greater;
import static gander.graph.op.Ops.scalar;
import static gander.graph.op.Ops.select;

import gander.graph.op.Shape;
import gander.graph.op.Tensor;
import gander.graph.op.Variable;
import gander.models.net.Initial;
import gander.models.net.Network;
import gander.models.net.StepBuilder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The fixed batches whose statistics virtual batch norm takes, as large as those of training: the
 * generator's is one draw of latent vectors, {@code g/reference}, with the classes in turn; the
 * discriminator's is the first batch of data of the run, {@code d/reference}, with its classes. A
 * checkpoint holds them, so that a model makes the same images wherever it is read.
 */
final class References {
  private final Network generator;
  private final Network discriminator;
  private final int classes;
  private final int batch;
  private final @Nullable Variable latents;
  private final @Nullable Variable images;
  private final @Nullable Variable labels;

  /**
   * @param image of data, without the planes of classes
   */
  References(Network generator, Network discriminator, Shape image, int classes, int batch) {
    this.generator = generator;
    this.discriminator = discriminator;
    this.classes = classes;
    this.batch = batch;
    int zdim = generator.input().size() - classes;
    boolean ofData = discriminator.needsReference();
    this.latents =
        generator.needsReference() ? new Variable("g/reference", Shape.of(batch, zdim)) : null;
    this.images = ofData ? new Variable("d/reference", Network.batched(batch, image)) : null;
    this.labels =
        ofData && classes > 0 ? new Variable("d/reference/classes", Shape.of(batch)) : null;
  }

  /** What is kept, with what it holds before the first step. */
  Map<Variable, Initial> variables() {
    var all = new LinkedHashMap<Variable, Initial>();
    if (latents != null) {
      all.put(latents, Initial.normal());
    }
    if (images != null) {
      all.put(images, Initial.constant(0));
    }
    if (labels != null) {
      all.put(labels, Initial.constant(0));
    }
    return all;
  }

  /** Takes the first batch of the run for the discriminator's; later ones change nothing. */
  void take(StepBuilder step, Batch given) {
    if (images != null) {
      Tensor begun = greater(step.value(StepBuilder.STEP), scalar(0.5));
      step.assign(images, select(begun, step.value(images), given.x()));
      if (labels != null) {
        step.assign(labels, select(begun, step.value(labels), given.labels()));
      }
    }
  }

  /** What the generator's layers take at this point of the step. */
  Network.Given generator(StepBuilder step) {
    if (latents == null) {
      return Network.given(step::value);
    }
    Tensor y = Labels.inTurn(batch, classes);
    Tensor seen = Labels.onLatents(step.value(latents), y, classes);
    return generator.given(step, seen, step::value);
  }

  /** What the discriminator's layers take, with some parameters. */
  Network.Given discriminator(StepBuilder step, Function<Variable, Tensor> parameters) {
    if (images == null) {
      return Network.given(parameters);
    }
    Tensor y = labels == null ? null : step.value(labels);
    Tensor seen = Labels.onImages(step.value(images), y, classes);
    return discriminator.given(step, seen, parameters);
  }
}
