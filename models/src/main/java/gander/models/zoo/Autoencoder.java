// SPDX-License-Identifier: Apache-2.0
package gander.models.zoo;

import static gander.graph.op.Ops.add;
import static gander.graph.op.Ops.mean;
import static gander.graph.op.Ops.mul;
import static gander.graph.op.Ops.slice;
import static gander.graph.op.Ops.square;
import static gander.graph.op.Ops.sub;

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
 * An encoder and a decoder that give an image back, {@code loss = mean (G(E(x + noise)) - x)^2}
 * over all elements; denoising where the noise's deviation is above 0 (Vincent et al. 2008). The
 * noise is the draw {@code noise}, of x's shape.
 */
public final class Autoencoder implements Model {
  private final Network encoder;
  private final Network decoder;
  private final Optimizer optimizer;
  private final int batch;
  private final double noise;

  /**
   * @param noise standard deviation of the normal noise added to the encoder's input
   */
  public Autoencoder(
      Network encoder, Network decoder, Optimizer.Method method, int batch, double noise) {
    this.encoder = encoder;
    this.decoder = decoder;
    this.batch = batch;
    this.noise = noise;
    var trained = new ArrayList<>(encoder.parameters());
    trained.addAll(decoder.parameters());
    this.optimizer = new Optimizer("optimizer", method, trained);
  }

  @Override
  public Shape image() {
    return encoder.input();
  }

  @Override
  public Range range() {
    return Range.UNIT;
  }

  @Override
  public int batch() {
    return batch;
  }

  @Override
  public List<String> losses() {
    return List.of("recon");
  }

  @Override
  public List<Network> networks() {
    return List.of(encoder, decoder);
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
    var trained = new ArrayList<>(encoder.parameters());
    trained.addAll(decoder.parameters());
    return trained;
  }

  @Override
  public List<Variable> generative() {
    return decoder.parameters();
  }

  @Override
  public void initialize(Backend backend, long seed) {
    Start.write(backend, seed, encoder, decoder);
    Start.write(backend, optimizer);
  }

  @Override
  public Graph step(StepBuilder step, List<Batch> batches) {
    Tensor x = batches.getFirst().x();
    Tensor seen = noise == 0 ? x : add(x, mul(step.normal("noise", x.shape().dims()), noise));
    Tensor loss = mean(square(sub(reconstruct(step, seen, Network.Mode.TRAINING), x)));
    step.report("recon", loss);
    List<Tensor> weights = step.values(trained());
    optimizer.update(step, Gradients.of(loss, weights), UnaryOperator.identity());
    return step.build();
  }

  private Tensor reconstruct(StepBuilder step, Tensor x, Network.Mode mode) {
    return decoder.apply(step, encoder.apply(step, x, mode), mode);
  }

  @Override
  public int zdim() {
    return decoder.input().size();
  }

  @Override
  public Tensor generate(StepBuilder step, Tensor z, @Nullable Tensor y) {
    return decoder.apply(step, z, Network.Mode.INFERENCE);
  }

  @Override
  public boolean encodes() {
    return true;
  }

  @Override
  public Tensor encode(StepBuilder step, Batch given) {
    return encoder.apply(step, given.x(), Network.Mode.INFERENCE);
  }

  /** Rows of eight images as the encoder sees them, each followed by the row of what comes back. */
  @Override
  public Graph sampler(StepBuilder step, int count, Batch data) {
    Reconstructions.requireRow(count);
    int columns = Reconstructions.COLUMNS;
    int rows = Math.max(count / columns / 2, 1);
    Tensor x = slice(data.x(), 0, 0, rows * columns);
    Tensor seen =
        noise == 0 ? x : add(x, mul(step.normal("noise_sample", x.shape().dims()), noise));
    Tensor back = reconstruct(step, seen, Network.Mode.INFERENCE);
    step.report("images", Reconstructions.rows(seen, back));
    return step.snapshot();
  }
}
