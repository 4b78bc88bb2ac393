// SPDX-License-Identifier: Apache-2.0
package gander.bench;

import gander.graph.Graph;
import gander.graph.op.Cost;
import gander.graph.program.DeviceBackend;
import gander.graph.program.DeviceProgram;
import gander.graph.program.Passes;
import gander.graph.program.Planning;
import gander.graph.program.Step;
import gander.models.net.StepBuilder;
import gander.models.run.RunConfig;
import gander.models.zoo.Model;
import gander.models.zoo.Zoo;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Whole training steps on a fixed batch, to be timed in {@link Turns} with peers or with the same
 * step from other passes.
 */
final class StepBench implements Turns.Steps, AutoCloseable {
  /** Steps over which what the heap takes is counted, if they are short. */
  private static final int HEAP_STEPS = 200;

  private final DeviceProgram program;
  private final DeviceBackend backend;
  private final Graph graph;
  private final float[] images;
  private final float[] labels;

  /**
   * Compiles a model's step.
   *
   * @param backend where it runs; stays the caller's
   */
  StepBench(RunConfig config, DeviceBackend backend) {
    this.backend = backend;
    Model model = Zoo.create(config);
    model.initialize(backend, config.seed());
    graph = model.step(new StepBuilder(config.seed()));
    var random = new SplittableRandom(config.seed());
    images = new float[model.batch() * model.image().size()];
    for (int i = 0; i < images.length; i++) {
      images[i] = (float) random.nextDouble(-1, 1);
    }
    labels = new float[model.classes() == 0 ? 0 : model.batch()];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = random.nextInt(model.classes());
    }
    program = compile(Passes.ALL, backend.planning());
  }

  /** The same step, on the same variables, through other passes. */
  StepBench(StepBench other, Passes passes) {
    this(other, passes, other.backend.planning());
  }

  /** The same step, on the same variables, in an arena of at most so many bytes. */
  StepBench(StepBench other, long limit) {
    this(other, Passes.ALL, other.backend.planning().within(limit));
  }

  private StepBench(StepBench other, Passes passes, Planning planning) {
    backend = other.backend;
    graph = other.graph;
    images = other.images;
    labels = other.labels;
    program = compile(passes, planning);
  }

  private DeviceProgram compile(Passes passes, Planning planning) {
    DeviceProgram compiled = backend.compile(graph, passes, planning);
    compiled.write("x", images);
    if (labels.length > 0) {
      compiled.write("y", labels);
    }
    return compiled;
  }

  @Override
  public double millisAStep(int steps) {
    backend.finish();
    long start = System.nanoTime();
    for (int i = 0; i < steps; i++) {
      program.run();
    }
    backend.finish();
    return (System.nanoTime() - start) / 1e6 / steps;
  }

  /** Bytes that the kernels of a step read and write, each operand once. */
  long bytesAStep() {
    return program.steps().stream().mapToLong(step -> KernelTime.cost(step).bytes()).sum();
  }

  /** The bytes of the step's arena. */
  long arenaBytes() {
    return program.plan().peak();
  }

  int kernels() {
    return program.steps().size();
  }

  /** Bytes of the heap that the thread allocates in a step. */
  double heapBytesAStep() {
    int steps = Turns.atMost(HEAP_STEPS, millisAStep(1));
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < steps; i++) {
      program.run();
    }
    long after = threads.getCurrentThreadAllocatedBytes();
    backend.finish();
    return (double) (after - before) / steps;
  }

  /**
   * A kernel of the step.
   *
   * @param micros how long it took by the device's clock
   * @param floorMicros how long the peaks allow for its work and traffic at least
   */
  record KernelTime(Step step, Spread micros, Spread floorMicros) {
    Cost cost() {
      return cost(step);
    }

    private static Cost cost(Step step) {
      return step.node().op().cost(step.node().inputShapes(), step.node().shapes());
    }
  }

  /** Times each kernel in some runs of the step, beside the device's peaks at the time. */
  List<KernelTime> kernels(int runs, PeakMeter peaks) {
    List<Step> steps = program.steps();
    var micros = new double[steps.size()][runs];
    var floors = new double[steps.size()][runs];
    for (int run = 0; run < runs; run++) {
      double flops = peaks.flops();
      double bytes = peaks.bytes();
      program.run(); // The caches hold what a step leaves in them, as between steps.
      long[] nanos = program.time();
      for (int i = 0; i < nanos.length; i++) {
        micros[i][run] = nanos[i] / 1e3;
        Cost cost = KernelTime.cost(steps.get(i));
        floors[i][run] = 1e6 * Math.max(cost.flops() / flops, cost.bytes() / bytes);
      }
    }
    return IntStream.range(0, steps.size())
        .mapToObj(i -> new KernelTime(steps.get(i), Spread.of(micros[i]), Spread.of(floors[i])))
        .toList();
  }

  @Override
  public void close() {
    program.close();
  }
}
