// SPDX-License-Identifier: Apache-2.0
package gander.bench;

import gander.graph.Graph;
import gander.graph.op.Cost;
import gander.graph.program.DeviceBackend;
import gander.graph.program.DeviceProgram;
import gander.graph.program.Passes;
import gander.graph.program.Step;
import gander.models.net.StepBuilder;
import gander.models.run.RunConfig;
import gander.models.zoo.Model;
import gander.models.zoo.Zoo;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Whole training steps on a fixed batch, timed in turn with peers: a round runs every contender for
 * a while, so that what else the machine does hits all of them, and ratios are taken within a
 * round.
 */
final class StepBench implements AutoCloseable {
  /** A contender runs this long a round: many steps, few enough that a round sees one machine. */
  private static final double ROUND_MILLIS = 250;

  private static final int WARM_UP_STEPS = 20;

  /** Steps over which what the heap takes is counted, if they are short. */
  private static final int HEAP_STEPS = 200;

  /** What came out for one contender. */
  record Timing(String name, Spread millis, Spread ratio) {}

  private final DeviceProgram program;
  private final DeviceBackend backend;
  private final Graph graph;
  private final float[] images;

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
    program = compile(Passes.ALL);
  }

  /** The same step, on the same variables, through other passes. */
  StepBench(StepBench other, Passes passes) {
    backend = other.backend;
    graph = other.graph;
    images = other.images;
    program = compile(passes);
  }

  private DeviceProgram compile(Passes passes) {
    DeviceProgram compiled = backend.compile(graph, passes);
    compiled.write("x", images);
    return compiled;
  }

  /** Runs until what is compiled or fetched late is there. Gives the milliseconds a step took. */
  private double warmUp() {
    return millisAStep(atMost(WARM_UP_STEPS, millisAStep(1)));
  }

  /** Milliseconds a step took, over some steps in a row. */
  double millisAStep(int steps) {
    backend.finish();
    long start = System.nanoTime();
    for (int i = 0; i < steps; i++) {
      program.run();
    }
    backend.finish();
    return (System.nanoTime() - start) / 1e6 / steps;
  }

  /**
   * Times this step and the same from other passes in turn, one stretch of each a round, in an
   * order that rotates: what runs behind the largest step was measured to lose up to 4%.
   *
   * @return this one first, then the others; ratios are another's time over this one's
   */
  List<Timing> beside(Map<String, StepBench> others, int rounds) {
    var contenders = new LinkedHashMap<String, StepBench>();
    contenders.put("all passes", this);
    contenders.putAll(others);
    Map<String, Integer> steps = new LinkedHashMap<>();
    Map<String, List<Double>> millis = new LinkedHashMap<>();
    contenders.forEach((name, bench) -> {
      steps.put(name, steps(bench.warmUp()));
      millis.put(name, new ArrayList<>());
    });
    var order = new ArrayList<>(contenders.keySet());
    for (int round = 0; round < rounds; round++) {
      for (String name : order) {
        StepBench bench = Objects.requireNonNull(contenders.get(name));
        millis.getOrDefault(name, List.of()).add(bench.millisAStep(steps.getOrDefault(name, 1)));
      }
      Collections.rotate(order, 1); // Each is behind each other in turn, and its caches.
    }
    List<Double> base = millis.values().iterator().next();
    return millis.entrySet().stream()
        .map(entry ->
            new Timing(
                entry.getKey(),
                Spread.of(entry.getValue()),
                Spread.of(ratios(entry.getValue(), base))))
        .toList();
  }

  /** Bytes that the kernels of a step read and write, each operand once. */
  long bytesAStep() {
    return program.steps().stream().mapToLong(step -> KernelTime.cost(step).bytes()).sum();
  }

  int kernels() {
    return program.steps().size();
  }

  /**
   * Times this step and the peers in turn.
   *
   * @param round told the number of each round as it ends
   * @return this step first, then the peers; ratios are a peer's time over this step's
   */
  List<Timing> against(List<Peer> peers, int rounds, Consumer<Integer> round) {
    Map<Object, List<Double>> millis = new LinkedHashMap<>();
    millis.put(this, new ArrayList<>());
    peers.forEach(peer -> millis.put(peer, new ArrayList<>()));
    int own = steps(warmUp());
    Map<Peer, Integer> theirs = new LinkedHashMap<>();
    peers.forEach(peer ->
        theirs.put(peer, steps(peer.millisAStep(atMost(WARM_UP_STEPS, peer.millisAStep(1))))));
    for (int at = 1; at <= rounds; at++) {
      millis.getOrDefault(this, List.of()).add(millisAStep(own));
      theirs.forEach(
          (peer, steps) -> millis.getOrDefault(peer, List.of()).add(peer.millisAStep(steps)));
      round.accept(at);
    }
    var timings = new ArrayList<Timing>();
    List<Double> base = millis.getOrDefault(this, List.of());
    millis.forEach((contender, times) ->
        timings.add(
            new Timing(
                contender instanceof Peer peer ? peer.mode() : "gander",
                Spread.of(times),
                Spread.of(ratios(times, base)))));
    return timings;
  }

  /** Five at least where they are short: the clock and the queue have a share in each stretch. */
  private static int steps(double millis) {
    return (int) Math.max(millis > ROUND_MILLIS ? 1 : 5, ROUND_MILLIS / millis);
  }

  /** So many steps, or fewer where they take longer than a few rounds. */
  private static int atMost(int steps, double millis) {
    return (int) Math.clamp(8 * ROUND_MILLIS / millis, 2, steps);
  }

  private static double[] ratios(List<Double> times, List<Double> base) {
    var ratios = new double[times.size()];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = times.get(i) / base.get(i);
    }
    return ratios;
  }

  /** Bytes of the heap that the thread allocates in a step. */
  double heapBytesAStep() {
    int steps = atMost(HEAP_STEPS, millisAStep(1));
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
