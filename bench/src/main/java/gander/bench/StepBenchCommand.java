// SPDX-License-Identifier: Apache-2.0
package gander.bench;

import gander.graph.op.Cost;
import gander.graph.program.DeviceBackend;
import gander.graph.program.Step;
import gander.models.cli.CliCommand;
import gander.models.cli.DeviceOptions;
import gander.models.cli.ModelOptions;
import gander.models.cli.Output;
import gander.models.cli.Table;
import gander.models.run.RunConfig;
import gander.runtime.GanderException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Times a whole training step, kernel by kernel, and beside another framework's. */
@Command(
    name = "step",
    mixinStandardHelpOptions = true,
    description =
        "Times a model's whole training step and each of its kernels; with --peer also another framework's step, in turns, so that both see the same machine.")
public final class StepBenchCommand implements CliCommand {
  /** Steps over which what the heap takes is counted. */
  private static final int HEAP_STEPS = 200;

  @Mixin private ModelOptions model = new ModelOptions();
  @Mixin private DeviceOptions device = new DeviceOptions();
  @Mixin private PeerOptions peer = new PeerOptions();
  @Mixin private Output output = new Output();

  @Option(
      names = "--modes",
      paramLabel = "M,M",
      split = ",",
      description = "of PyTorch's step: eager, fused (Adam), compiled; all three if left out")
  private List<String> modes = new ArrayList<>();

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "15",
      description = "in each of which every contender runs for a while (15)")
  private int rounds = 15;

  @Option(
      names = "--top",
      paramLabel = "N",
      defaultValue = "12",
      description = "kernels to list, the slowest first (12)")
  private int top = 12;

  @Option(names = "--out", paramLabel = "FILE", description = "write the results as lines of JSON")
  private @Nullable Path out;

  @Override
  public Integer call() {
    checkOptions();
    var results = new ResultFile(out, output);
    var peers = new ArrayList<Peer>();
    try (DeviceBackend backend = device.openDevice()) {
      RunConfig config = model.config("none", backend.device());
      results.add(Provenance.of(backend.info(), config.seed()));
      try (var bench = new StepBench(config, backend)) {
        for (String mode : peer.wanted() ? modes() : List.<String>of()) {
          output.note("starting PyTorch's step, " + mode);
          peers.add(Peer.pytorch(peer.python(), config, mode, peer.threads()));
        }
        List<StepBench.Timing> timings =
            bench.against(
                peers, rounds, round -> output.progress("round %d of %d".formatted(round, rounds)));
        tell(results, config, timings, peers);
        heap(results, bench.heapBytesAStep(HEAP_STEPS));
        kernels(results, bench.kernels(rounds));
      }
    } finally {
      peers.forEach(Peer::close);
    }
    results.save();
    return 0;
  }

  private void checkOptions() {
    peer.check();
    if (rounds < 1 || top < 0) {
      throw new GanderException(
          "--rounds is %d and --top %d; the first is at least 1, the last 0"
              .formatted(rounds, top));
    }
    for (String mode : modes) {
      if (!Peer.MODES.contains(mode)) {
        throw new GanderException(
            "unknown mode '%s' of PyTorch's step: there are %s"
                .formatted(mode, String.join(", ", Peer.MODES)));
      }
    }
  }

  private List<String> modes() {
    return modes.isEmpty() ? Peer.MODES : modes;
  }

  private void tell(
      ResultFile results, RunConfig config, List<StepBench.Timing> timings, List<Peer> peers) {
    var table = new Table("step", ">ms", ">least", ">most", ">images/s", ">times Gander's");
    for (int i = 0; i < timings.size(); i++) {
      StepBench.Timing timing = timings.get(i);
      double images = config.batch() * 1e3 / timing.millis().median();
      table.row(
          timing.name(),
          format("%.3f", timing.millis().median()),
          format("%.3f", timing.millis().least()),
          format("%.3f", timing.millis().most()),
          format("%.0f", images),
          format("%.2f", timing.ratio().median()));
      var line = new LinkedHashMap<String, Object>();
      line.put("what", "step");
      line.put("model", config.model());
      line.put("loss", config.loss());
      line.put("batch", config.batch());
      line.put("contender", timing.name());
      if (i > 0) {
        line.put("peer", peers.get(i - 1).description());
        line.put("threads", peer.threads());
      }
      line.put("millis", timing.millis());
      line.put("timesGander", timing.ratio());
      results.add(line);
    }
    if (!output.json()) {
      output.line("%s, batch %d".formatted(config.model(), config.batch()));
      table.print(output);
    }
  }

  private void heap(ResultFile results, double bytesAStep) {
    var line = new LinkedHashMap<String, Object>();
    line.put("what", "heap");
    line.put("bytesAStep", bytesAStep);
    results.add(line);
    if (!output.json()) {
      output.line("heap allocated in a step: %.0f bytes".formatted(bytesAStep));
    }
  }

  private void kernels(ResultFile results, List<StepBench.KernelTime> times) {
    double all = times.stream().mapToDouble(time -> time.micros().median()).sum();
    var table = new Table("kernel", "problem", ">us", ">share", ">GFLOP/s", ">GB/s");
    List<Integer> slowest =
        IntStream.range(0, times.size())
            .boxed()
            .sorted(Comparator.comparingDouble(i -> -times.get(i).micros().median()))
            .toList();
    for (int place = 0; place < slowest.size(); place++) {
      StepBench.KernelTime time = times.get(slowest.get(place));
      Step step = time.step();
      Cost cost = step.node().op().cost(step.node().inputShapes(), step.node().shapes());
      double micros = time.micros().median();
      if (place < top) {
        table.row(
            step.variant(),
            step.label(),
            format("%.1f", micros),
            format("%.0f%%", 100 * micros / all),
            format("%.1f", cost.flops() / micros / 1e3),
            format("%.1f", cost.bytes() / micros / 1e3));
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
      results.add(line);
    }
    if (!output.json() && top > 0) {
      output.line("");
      table.print(output);
      output.line(
          String.format(
              Locale.ROOT,
              "all %d kernels: %.3f ms by the device's clock",
              times.size(),
              all / 1e3));
    }
  }

  private static String format(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
