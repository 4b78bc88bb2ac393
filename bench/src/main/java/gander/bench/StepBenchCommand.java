// SPDX-License-Identifier: Apache-2.0
package gander.bench;

import gander.graph.program.DeviceBackend;
import gander.graph.program.Passes;
import gander.models.cli.ArenaOptions;
import gander.models.cli.CliCommand;
import gander.models.cli.ModelOptions;
import gander.models.cli.Output;
import gander.models.run.RunConfig;
import gander.models.zoo.Technique;
import gander.models.zoo.Zoo;
import gander.runtime.Device;
import gander.runtime.DeviceInfo;
import gander.runtime.Devices;
import gander.runtime.GanderException;
import gander.runtime.UserCache;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Times a whole training step, kernel by kernel, and beside another framework's. */
@Command(
    name = "step",
    mixinStandardHelpOptions = true,
    description =
        "Times a model's whole training step and each of its kernels, beside what the peaks of the device allow, and the start of a process; with --peer also another framework's step, in turns, so that both see the same machine.")
public final class StepBenchCommand implements CliCommand {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ModelOptions model = new ModelOptions();
  @Mixin private ArenaOptions device = new ArenaOptions();
  @Mixin private PeerOptions peer = new PeerOptions();
  @Mixin private Output output = new Output();

  @Option(
      names = "--modes",
      paramLabel = "M,M",
      split = ",",
      description =
          "of PyTorch's step: eager, fused (Adam), compiled, and for models on images channels_last, compiled_channels_last; on a GPU also graphed, graphed_channels_last; all if left out")
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

  @Option(
      names = "--cold",
      description =
          "also time a first start: no kernel compiled, in a cache folder of its own that does not stay")
  private boolean cold;

  @Option(
      names = "--passes",
      description =
          "also time the step, in turns, with every batch norm a kernel of its own, and with nothing fused, shared or simplified")
  private boolean passes;

  @Option(
      names = "--arenas",
      paramLabel = "P,P",
      split = ",",
      description =
          "also time the step, in turns, in arenas of so many percent of what it takes, such as 70,50,35: kernels run again where that frees memory")
  private List<Integer> arenas = new ArrayList<>();

  @Option(
      names = "--one-step",
      hidden = true,
      description = "do one step and say what took how long since the process was started")
  private boolean oneStep;

  @Option(names = "--out", paramLabel = "FILE", description = "write the results as lines of JSON")
  private @Nullable Path out;

  @Override
  public Integer call() {
    checkOptions();
    if (oneStep) {
      System.out.println(StartUp.run(device, model));
      return 0;
    }
    var results = new ResultFile(out, output);
    var report = new StepBenchReport(results, output);
    try (DeviceBackend backend = device.openDevice();
        var peers = new Peers()) {
      RunConfig config = model.config("none", backend.device());
      checkTechniques(config);
      results.add(Provenance.of(backend.info(), config.seed()));
      try (var bench = new StepBench(config, backend)) {
        report.starts(starts());
        start(peers, config, backend.info());
        List<Turns.Timing> timings = inTurns(bench, peers);
        report.steps(config, timings, peers, peer.threads());
        if (passes) {
          comparePasses(bench, report);
        }
        if (!arenas.isEmpty()) {
          compareArenas(bench, report);
        }
        report.heap(bench.heapBytesAStep());
        List<StepBench.KernelTime> kernels = kernels(bench, backend, config.seed());
        report.kernels(kernels, top);
        report.floor(kernels, timings.getFirst().millis().median());
      }
    }
    results.save();
    return 0;
  }

  /** What peers leave out must not be timed beside what has it. */
  private void checkTechniques(RunConfig config) {
    List<String> asked = Technique.of(config);
    boolean peers = peer.wanted(PeerOptions.DJL) || peer.wanted(PeerOptions.PYTORCH);
    if (peers && !asked.isEmpty()) {
      throw new GanderException(
          "the peers' steps have no '%s': leave it out, or --peer".formatted(asked.getFirst()));
    }
  }

  private void start(Peers peers, RunConfig config, DeviceInfo info) {
    if (peer.wanted(PeerOptions.DJL)) {
      output.note("starting DJL's step");
      peers.startDjl(config, peer);
    }
    if (peer.wanted(PeerOptions.PYTORCH)) {
      peers.startPytorch(
          config,
          peer,
          modes(config, info),
          info,
          mode -> output.note("starting PyTorch's step, " + mode));
    }
  }

  /** Gander's step first, then those of the others that last. */
  private List<Turns.Timing> inTurns(StepBench bench, Peers peers) {
    var names = new ArrayList<>(List.of("gander"));
    var contenders = new ArrayList<Turns.Steps>(List.of(bench));
    for (Peer one : peers.started()) {
      names.add(one.mode());
      contenders.add(one);
    }
    List<Turns.Timing> timings =
        Turns.time(
            names,
            contenders,
            rounds,
            round -> output.progress("round %d of %d".formatted(round, rounds)),
            peers::failed);
    peers.requireOne();
    return timings;
  }

  private void comparePasses(StepBench bench, StepBenchReport report) {
    output.progress("compiling the step through fewer passes");
    try (var whole = new StepBench(bench, Passes.WHOLE_NORMS);
        var plain = new StepBench(bench, Passes.NECESSARY)) {
      List<StepBench> benches = List.of(bench, whole, plain);
      List<String> names = List.of("all passes", "batch norms whole", "nothing fused");
      report.passes(Turns.time(names, benches, rounds), benches);
    }
  }

  private void compareArenas(StepBench bench, StepBenchReport report) {
    output.progress("compiling the step for smaller arenas");
    var names = new ArrayList<>(List.of("no limit"));
    var benches = new ArrayList<>(List.of(bench));
    try {
      for (int percent : arenas) {
        names.add(percent + "%");
        benches.add(new StepBench(bench, bench.arenaBytes() * percent / 100));
      }
      report.arenas(Turns.time(names, benches, rounds), benches);
    } finally {
      benches.subList(1, benches.size()).forEach(StepBench::close);
    }
  }

  /** Starts of this command line, by the state of the caches. */
  private Map<String, StartUp.Times> starts() {
    var arguments = new ArrayList<>(spec.root().commandLine().getParseResult().originalArgs());
    arguments.add("--one-step");
    output.progress("timing starts");
    var starts = new LinkedHashMap<String, StartUp.Times>();
    starts.put("warm", StartUp.warm(arguments));
    if (cold) {
      starts.put("cold", StartUp.cold(arguments));
    }
    return starts;
  }

  private List<StepBench.KernelTime> kernels(StepBench bench, DeviceBackend backend, long seed) {
    try (Device second = Devices.open(backend.info());
        var peaks = new PeakMeter(second, device.catalogue(), UserCache.folder("jit"), seed)) {
      return bench.kernels(rounds, peaks);
    }
  }

  private void checkOptions() {
    peer.check(PeerOptions.PYTORCH, PeerOptions.DJL);
    if (rounds < 1 || top < 0) {
      throw new GanderException(
          "--rounds is %d and --top %d; the first is at least 1, the last 0"
              .formatted(rounds, top));
    }
    for (int percent : arenas) {
      if (percent < 1 || percent > 100) {
        throw new GanderException("--arenas has %d; it is a percentage".formatted(percent));
      }
    }
    for (String mode : modes) {
      if (!Peer.MODES.contains(mode)) {
        throw new GanderException(
            "unknown mode '%s' of PyTorch's step: there are %s"
                .formatted(mode, String.join(", ", Peer.MODES)));
      }
    }
  }

  private List<String> modes(RunConfig config, DeviceInfo info) {
    return modes.isEmpty() ? Peer.modes(Zoo.create(config), info) : modes;
  }
}
