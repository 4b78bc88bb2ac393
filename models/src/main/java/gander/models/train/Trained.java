// SPDX-License-Identifier: Apache-2.0
package gander.models.train;

import gander.graph.Backend;
import gander.graph.Program;
import gander.graph.op.Ops;
import gander.graph.op.Random;
import gander.graph.op.Shape;
import gander.graph.op.Tensor;
import gander.graph.op.Values;
import gander.models.data.Floats;
import gander.models.net.Network;
import gander.models.net.StepBuilder;
import gander.models.run.RunConfig;
import gander.models.run.RunDirectory;
import gander.models.zoo.Batch;
import gander.models.zoo.Model;
import gander.models.zoo.Zoo;
import gander.runtime.GanderException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/** A model with the weights of a checkpoint, which makes images and finds latent vectors. */
public final class Trained implements AutoCloseable {
  private static final String OUT = "out";

  private final Model model;
  private final Backend backend;
  private final Map<String, Program> programs = new HashMap<>();

  private Trained(Model model, Backend backend) {
    this.model = model;
    this.backend = backend;
  }

  /** The model that the config describes, as a checkpoint has it. */
  public static Trained open(RunDirectory.Saved from, RunConfig config, Backend backend) {
    Model model = Zoo.create(config);
    Checkpoint.read(from.file(), backend, model.variables());
    return new Trained(model, backend);
  }

  public Model model() {
    return model;
  }

  Backend backend() {
    return backend;
  }

  /** Latent vectors {@code [count, zdim]} of the prior: a function of the seed alone. */
  public float[] prior(int count, long seed) {
    var draw = new Random(Random.Kind.NORMAL, "latents", seed, Shape.of(count, model.zdim()));
    return Floats.of(draw.reference(List.of(Values.scalar(0))).getFirst().data());
  }

  /**
   * Images {@code [count, ...image]}.
   *
   * @param z latent vectors {@code [count, zdim]}
   * @param y classes {@code [count]}; not read by a model without
   */
  public float[] generate(float[] z, int[] y) {
    return run(
        "generate",
        z,
        Shape.of(y.length, model.zdim()),
        y,
        (step, given) -> model.generate(step, given.x(), given.y()));
  }

  /**
   * Latent vectors {@code [count, zdim]} of images.
   *
   * @param x {@code [count, ...image]}
   * @param y classes {@code [count]}; not read by a model without
   * @throws GanderException if the model has no encoder
   */
  public float[] encode(float[] x, int[] y) {
    requireEncoder();
    return run("encode", x, Network.batched(y.length, model.image()), y, model::encode);
  }

  /**
   * @throws GanderException if the model has no encoder
   */
  public void requireEncoder() {
    if (!model.encodes()) {
      throw new GanderException(
          "this run's model has no encoder, which finds the latent vector of an image: take a run of ae, dae, vae, cvae, vae-gan or cvae-gan");
    }
  }

  /** One program for each number of rows. */
  private float[] run(
      String what,
      float[] rows,
      Shape shape,
      int[] y,
      BiFunction<StepBuilder, Batch, Tensor> function) {
    Program program =
        programs.computeIfAbsent(
            what + y.length,
            key -> {
              var step = new StepBuilder(0, Ops.scalar(0));
              Tensor labels = model.classes() == 0 ? null : Ops.input("y", Shape.of(y.length));
              step.report(OUT, function.apply(step, new Batch(Ops.input("x", shape), labels)));
              return backend.compile(step.snapshot());
            });
    program.write("x", rows);
    if (model.classes() > 0) {
      program.write("y", Floats.of(y));
    }
    program.run();
    return Floats.of(program.read(OUT));
  }

  @Override
  public void close() {
    programs.values().forEach(Program::close);
  }
}
