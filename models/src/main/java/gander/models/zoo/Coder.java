// SPDX-License-Identifier: Apache-2.0
package gander.models.zoo;

import gander.graph.Graph;
import gander.graph.op.Shape;
import gander.graph.op.Tensor;
import gander.graph.op.Variable;
import gander.models.net.Network;
import gander.models.net.StepBuilder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A model that codes images as normal distributions of latent vectors. */
abstract class Coder implements Model {
  final EncoderDecoder pair;
  final int batch;

  Coder(EncoderDecoder pair, int batch) {
    this.pair = pair;
    this.batch = batch;
  }

  /** Pixels of what the decoder makes, which are those unless it makes something else. */
  Tensor pixels(Tensor made) {
    return made;
  }

  @Override
  public final Shape image() {
    return pair.image();
  }

  @Override
  public final int classes() {
    return pair.classes();
  }

  @Override
  public final int batch() {
    return batch;
  }

  @Override
  public final int zdim() {
    return pair.zdim();
  }

  @Override
  public final List<Variable> generative() {
    return pair.decoder().parameters();
  }

  @Override
  public final Tensor generate(StepBuilder step, Tensor z, @Nullable Tensor y) {
    return pixels(pair.decode(step, z, y, Network.Mode.INFERENCE));
  }

  @Override
  public final boolean encodes() {
    return true;
  }

  @Override
  public final Tensor encode(StepBuilder step, Batch given) {
    return pair.encode(step, given, Network.Mode.INFERENCE).mu();
  }

  @Override
  public final Graph sampler(StepBuilder step, int count, Batch data) {
    step.report("images", pair.sheet(step, count, data, this::pixels));
    return step.snapshot();
  }
}
