// SPDX-License-Identifier: Apache-2.0
package gander.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.graph.Backend;
import gander.graph.Graph;
import gander.graph.Program;
import gander.graph.op.Ops;
import gander.graph.op.Shape;
import gander.graph.op.Tensor;
import gander.graph.op.Variable;
import gander.graph.reference.ReferenceBackend;
import gander.models.data.DataSet;
import gander.models.data.Range;
import gander.models.data.Strokes;
import gander.models.net.StepBuilder;
import gander.models.optim.Optimizer;
import gander.models.optim.Schedule;
import gander.models.run.RunConfig;
import gander.models.run.RunDirectory;
import gander.models.train.Trainer;
import gander.models.zoo.Batch;
import gander.models.zoo.Model;
import gander.runtime.GanderException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What single precision adds to schedules and to the search for the op that broke a run. */
class OverflowTest {
  @TempDir Path folder;

  @BeforeEach
  void needsADevice() {
    OpenCl.info();
  }

  /** Its weight is multiplied by 1e20 at every step: the second leaves single precision. */
  private static final class Growing implements Model {
    private final Variable weight = new Variable("g/weight", Shape.of(4));

    @Override
    public Shape image() {
      return Shape.of(8, 8, 1);
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
      return 4;
    }

    @Override
    public List<String> losses() {
      return List.of("loss");
    }

    @Override
    public List<Variable> variables() {
      return List.of(weight, StepBuilder.STEP);
    }

    @Override
    public void initialize(Backend backend, long seed) {
      backend.clear(StepBuilder.STEP);
      backend.write(weight, new float[] {1, 1, 1, 1});
    }

    @Override
    public Graph step(StepBuilder step, List<Batch> batches) {
      step.report("loss", Ops.mean(batches.getFirst().x()));
      step.assign(weight, Ops.mul(step.value(weight), 1e20));
      return step.build();
    }

    @Override
    public int zdim() {
      return 4;
    }

    @Override
    public Tensor generate(StepBuilder step, Tensor z, @Nullable Tensor y) {
      Tensor row = Ops.reshape(step.value(weight), Shape.of(1, 4));
      return Ops.broadcast(Ops.mean(Ops.mul(z, row), 1), Shape.of(z.shape().dim(0), 64));
    }

    @Override
    public Graph sampler(StepBuilder step, int count, Batch data) {
      Tensor one = Ops.constant(1, Shape.of(count, 4));
      step.report("images", generate(step, one, null));
      return step.snapshot();
    }
  }

  private String broken(Backend opened, int steps) {
    RunConfig config =
        RunConfig.of("gan-mlp", "strokes", opened.device())
            .with("steps", Integer.toString(steps))
            .with("samples", "4")
            .with("sampleEvery", "0")
            .with("checkpointEvery", "0");
    RunDirectory run = RunDirectory.create(folder.resolve("run" + steps), config);
    DataSet data = Strokes.make(1, 0, 9, 8, Range.UNIT);
    try (Backend backend = opened;
        var trainer = new Trainer(run, new Growing(), backend, data)) {
      trainer.train();
      return "";
    } catch (GanderException e) {
      assertEquals(0, run.checkpoints().size());
      return String.valueOf(e.getMessage());
    }
  }

  @Test
  void theOpThatOverflowsOnTheDeviceIsNamed() {
    String message = broken(OpenCl.backend(), 5);
    String expected =
        "g/weight became NaN or infinite by step 5: it began in step 2 with map mul(x0, 1.0E20) [4] (the new g/weight), of which 4 of 4 values are NaN or infinite; its inputs: g/weight[4] in 1.000e+20 to 1.000e+20; ";
    assertTrue(message.startsWith(expected), message);
    assertEquals("", broken(new ReferenceBackend(), 6), "double precision holds it");
  }

  @Test
  void ratesAndClippingAreTheReferences() {
    for (Schedule.Form form :
        List.of(
            new Schedule.Cosine(0.1), new Schedule.Exponential(0.01), new Schedule.Step(3, 0.5))) {
      double[] expected = weights(form, new ReferenceBackend());
      double[] actual = weights(form, OpenCl.backend());
      for (int i = 0; i < expected.length; i++) {
        assertEquals(expected[i], actual[i], 2e-6 * Math.abs(expected[i]), form + ", step " + i);
      }
    }
  }

  /** A weight under a gradient of 3, cut to a norm of 2, after each of some steps. */
  private static double[] weights(Schedule.Form form, Backend opened) {
    var method =
        new Optimizer.Method.Tempered(new Optimizer.Method.Sgd(1, 0), new Schedule(form, 3, 12), 2);
    var weight = new Variable("weight", Shape.of(1));
    var optimizer = new Optimizer("o", method, List.of(weight));
    var step = new StepBuilder(1);
    List<Tensor> gradients = List.of(Ops.constant(3, Shape.of(1)));
    optimizer.update(step, gradients, UnaryOperator.identity());
    var weights = new ArrayList<Double>();
    try (Backend backend = opened;
        Program program = backend.compile(step.build())) {
      backend.write(optimizer.rate(), new double[] {1});
      for (int i = 0; i < 12; i++) {
        program.run();
        weights.add(backend.read(weight)[0]);
      }
    }
    return weights.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
