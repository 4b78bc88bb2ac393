// SPDX-License-Identifier: Apache-2.0
package gander.bench;

import gander.graph.op.Cost;
import gander.graph.op.Fusion;
import gander.graph.program.Step;
import gander.models.cli.Output;
import gander.models.cli.Table;
import gander.models.run.RunConfig;
import gander.models.zoo.Zoo;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** What {@code bench step} prints and writes. */
final class StepBenchReport {
  private final ResultFile results;
  private final Output output;

  StepBenchReport(ResultFile results, Output output) {
    this.results = results;
    this.output = output;
  }

  void starts(Map<String, StartUp.Times> starts) {
    var table =
        new Table(
            "start",
            ">JVM s",
            ">device",
            ">model",
            ">compile",
            ">step",
            ">all",
            ">compiled",
            ">by helpers");
    starts.forEach((cache, times) -> {
      table.row(
          cache,
          format("%.2f", times.jvm()),
          format("%.2f", times.device()),
          format("%.2f", times.model()),
          format("%.2f", times.compile()),
          format("%.2f", times.step()),
          format("%.2f", times.all()),
          times.compiledKernels(),
          times.byHelpers());
      var line = new LinkedHashMap<String, Object>();
      line.put("what", "start");
      line.put("cache", cache);
      line.put("seconds", times.all());
      line.put("phases", times);
      results.add(line);
    });
    print("", table);
  }

  void steps(RunConfig config, List<Turns.Timing> timings, Peers peers, int threads) {
    var table = new Table("step", ">ms", ">least", ">most", ">images/s", ">times Gander's");
    for (int i = 0; i < timings.size(); i++) {
      Turns.Timing timing = timings.get(i);
      double images = config.batch() * 1e3 / timing.millis().median();
      table.row(
          timing.name(),
          format("%.3f", timing.millis().median()),
          format("%.3f", timing.millis().least()),
          format("%.3f", timing.millis().most()),
          format("%.0f", images),
          format("%.2f", timing.ratio().median()));
      Map<String, Object> line = contender("step", config, timing.name());
      if (i > 0) {
        line.put("peer", peers.description(timing.name()));
        line.put("threads", threads);
      }
      line.put("millis", timing.millis());
      line.put("timesGander", timing.ratio());
      results.add(line);
    }
    peers
        .failures()
        .forEach((mode, e) -> {
          table.row(mode, "failed", "", "", "", "");
          Map<String, Object> line = contender("step left out", config, mode);
          line.put("reason", e.reason());
          results.add(line);
        });
    print("%s, batch %d".formatted(config.model(), config.batch()), table);
    peers.failures().forEach((mode, e) -> line("%s is left out: %s", mode, e.reason()));
    timings.stream()
        .skip(1)
        .min(Comparator.comparingDouble(timing -> timing.ratio().median()))
        .ifPresent(best ->
            line(
                "the fastest of the others, %s: %.2f times Gander's",
                best.name(), best.ratio().median()));
  }

  private static Map<String, Object> contender(String what, RunConfig config, String name) {
    var line = new LinkedHashMap<String, Object>();
    line.put("what", what);
    line.put("model", config.model());
    line.put("loss", Zoo.loss(config));
    line.put("batch", config.batch());
    line.put("contender", name);
    return line;
  }

  /** The step through all passes and through fewer. */
  void passes(List<Turns.Timing> timings, List<StepBench> benches) {
    var table = new Table("passes", ">ms", ">least", ">most", ">MB moved", ">kernels", ">ratio");
    for (int i = 0; i < benches.size(); i++) {
      Turns.Timing timing = timings.get(i);
      StepBench bench = benches.get(i);
      table.row(
          timing.name(),
          format("%.3f", timing.millis().median()),
          format("%.3f", timing.millis().least()),
          format("%.3f", timing.millis().most()),
          format("%.1f", bench.bytesAStep() / 1e6),
          bench.kernels(),
          format("%.3f", timing.ratio().median()));
      var line = new LinkedHashMap<String, Object>();
      line.put("what", "passes");
      line.put("passes", timing.name());
      line.put("millis", timing.millis());
      line.put("bytes", bench.bytesAStep());
      line.put("kernels", bench.kernels());
      line.put("ratio", timing.ratio());
      results.add(line);
    }
    print("", table);
  }

  /** The step in arenas of several sizes, the first of them without a limit. */
  void arenas(List<Turns.Timing> timings, List<StepBench> benches) {
    var table =
        new Table("arena", ">bytes", ">share", ">ms", ">least", ">most", ">kernels", ">ratio");
    long whole = benches.getFirst().arenaBytes();
    for (int i = 0; i < benches.size(); i++) {
      Turns.Timing timing = timings.get(i);
      StepBench bench = benches.get(i);
      table.row(
          timing.name(),
          bench.arenaBytes(),
          format("%.3f", (double) bench.arenaBytes() / whole),
          format("%.3f", timing.millis().median()),
          format("%.3f", timing.millis().least()),
          format("%.3f", timing.millis().most()),
          bench.kernels(),
          format("%.3f", timing.ratio().median()));
      var line = new LinkedHashMap<String, Object>();
      line.put("what", "arena");
      line.put("limit", timing.name());
      line.put("arenaBytes", bench.arenaBytes());
      line.put("millis", timing.millis());
      line.put("kernels", bench.kernels());
      line.put("ratio", timing.ratio());
      results.add(line);
    }
    print("", table);
  }

  void heap(double bytesAStep) {
    var line = new LinkedHashMap<String, Object>();
    line.put("what", "heap");
    line.put("bytesAStep", bytesAStep);
    results.add(line);
    line("heap allocated in a step: %.0f bytes", bytesAStep);
  }

  /**
   * Each kernel.
   *
   * @param top how many to print, the slowest first
   */
  void kernels(List<StepBench.KernelTime> times, int top) {
    double all = times.stream().mapToDouble(time -> time.micros().median()).sum();
    var table =
        new Table("kernel", "problem", ">us", ">share", ">GFLOP/s", ">GB/s", ">times floor");
    List<Integer> slowest =
        IntStream.range(0, times.size())
            .boxed()
            .sorted(Comparator.comparingDouble(i -> -times.get(i).micros().median()))
            .toList();
    for (int place = 0; place < slowest.size(); place++) {
      StepBench.KernelTime time = times.get(slowest.get(place));
      Step step = time.step();
      Cost cost = time.cost();
      double micros = time.micros().median();
      if (place < top) {
        table.row(
            step.variant(),
            step.label(),
            format("%.1f", micros),
            format("%.0f%%", 100 * micros / all),
            format("%.1f", cost.flops() / micros / 1e3),
            format("%.1f", cost.bytes() / micros / 1e3),
            format("%.2f", micros / time.floorMicros().median()));
      }
      var line = new LinkedHashMap<String, Object>();
      line.put("what", "kernel of the step");
      line.put("launch", slowest.get(place));
      line.put("computes", step.label());
      line.put("kernel", step.variant().kernel().path());
      line.put("problem", step.variant().problem().key());
      line.put("setting", step.variant().setting());
      line.put("flops", cost.flops());
      line.put("bytes", cost.bytes());
      line.put("micros", time.micros());
      line.put("floorMicros", time.floorMicros());
      results.add(line);
    }
    if (top > 0) {
      print("", table);
    }
  }

  /** Time and floor of some kernels. */
  private record Sum(int kernels, double micros, double floor) {
    Sum plus(Sum other) {
      return new Sum(kernels + other.kernels, micros + other.micros, floor + other.floor);
    }

    double excess() {
      return micros - floor;
    }
  }

  /**
   * How far the step is from what the peaks allow for its kernels, and where the rest goes.
   *
   * @param stepMillis a step in the steady state
   */
  void floor(List<StepBench.KernelTime> times, double stepMillis) {
    Map<String, Sum> ops = new TreeMap<>();
    for (StepBench.KernelTime time : times) {
      ops.merge(
          ((Fusion) time.step().node().op()).name(),
          new Sum(1, time.micros().median(), time.floorMicros().median()),
          Sum::plus);
    }
    Sum all = ops.values().stream().reduce(new Sum(0, 0, 0), Sum::plus);
    var table = new Table("op", ">kernels", ">us", ">floor us", ">excess us", ">times floor");
    ops.entrySet().stream()
        .sorted(Comparator.comparingDouble(op -> -op.getValue().excess()))
        .forEach(op -> sum(table, op.getKey(), op.getValue()));
    sum(table, "all kernels", all);
    double between = 1e3 * stepMillis - all.micros();
    var line = new LinkedHashMap<String, Object>();
    line.put("what", "floor");
    line.put("stepMicros", 1e3 * stepMillis);
    line.put("kernelMicros", all.micros());
    line.put("floorMicros", all.floor());
    line.put("timesFloor", 1e3 * stepMillis / all.floor());
    line.put("betweenKernelsMicros", between);
    line.put("ops", ops);
    results.add(line);
    print("", table);
    line(
        "a step of %.3f ms is %.2f times its floor of %.3f ms; %s",
        stepMillis, 1e3 * stepMillis / all.floor(), all.floor() / 1e3, gaps(between / 1e3));
  }

  /** Below zero where a device runs kernels side by side: each is timed alone. */
  private static String gaps(double millis) {
    return millis >= 0
        ? format("%.3f ms of it are between kernels", millis)
        : format("its kernels one by one take %.3f ms more", -millis);
  }

  private static void sum(Table table, String name, Sum sum) {
    table.row(
        name,
        sum.kernels(),
        format("%.1f", sum.micros()),
        format("%.1f", sum.floor()),
        format("%.1f", sum.excess()),
        format("%.2f", sum.micros() / sum.floor()));
  }

  private void print(String title, Table table) {
    if (!output.json()) {
      output.line(title);
      table.print(output);
    }
  }

  private void line(String format, Object... values) {
    if (!output.json()) {
      output.line(String.format(Locale.ROOT, format, values));
    }
  }

  private static String format(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
