// SPDX-License-Identifier: Apache-2.0
package gander.bench;

import gander.graph.Graph;
import gander.graph.plan.Plan;
import gander.graph.plan.PlanReport;
import gander.graph.program.DeviceBackend;
import gander.graph.program.Planning;
import gander.models.cli.CliCommand;
import gander.models.cli.DeviceOptions;
import gander.models.cli.Output;
import gander.models.cli.PlanFigures;
import gander.models.cli.Table;
import gander.models.net.StepBuilder;
import gander.models.run.RunConfig;
import gander.models.zoo.Lasting;
import gander.models.zoo.Model;
import gander.models.zoo.Zoo;
import gander.runtime.GanderException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The memory of the zoo's training steps as it is planned, beside what other allocators take. */
@Command(
    name = "plan",
    mixinStandardHelpOptions = true,
    description =
        "Plans the memory of the training steps of models at several batch sizes, beside its lower bound, a caching allocator and no reuse, and says how long the planner took; with --peer pytorch also measures the peak of PyTorch's allocator in the same step on the processor.")
public final class PlanBenchCommand implements CliCommand {
  private static final JsonMapper JSON = JsonMapper.shared();

  @Mixin private DeviceOptions device = new DeviceOptions();
  @Mixin private PeerOptions peer = new PeerOptions();
  @Mixin private Output output = new Output();

  @Parameters(
      arity = "0..*",
      paramLabel = "MODEL",
      description =
          "models, each with a loss perhaps (dcgan:wgan-gp); all of the zoo and dcgan:wgan-gp if left out")
  private List<String> models = new ArrayList<>();

  @Option(
      names = "--batches",
      paramLabel = "N,N",
      split = ",",
      defaultValue = "32,64,128",
      description = "images a batch (32,64,128)")
  private List<Integer> batches = new ArrayList<>();

  @Option(names = "--out", paramLabel = "FILE", description = "write the results as lines of JSON")
  private @Nullable Path out;

  @Override
  public Integer call() {
    peer.check(PeerOptions.PYTORCH);
    var results = new ResultFile(out, output);
    var table =
        new Table(
            "model",
            ">batch",
            ">buffers",
            ">planned",
            ">bound",
            ">as declared",
            ">not in place",
            ">caching",
            ">no reuse",
            ">PyTorch",
            ">plan ms");
    try (DeviceBackend backend = device.openDevice()) {
      List<RunConfig> configs = configs(backend.device());
      results.add(Provenance.of(backend.info(), configs.getFirst().seed()));
      for (RunConfig config : configs) {
        output.progress("%s, batch %d".formatted(config.model(), config.batch()));
        Model model = Zoo.create(config);
        Graph graph = model.step(new StepBuilder(config.seed()));
        DeviceBackend.Analysis analysis = backend.analyse(graph);
        Map<String, Object> line = step(config);
        line.putAll(PlanFigures.of(analysis, Lasting.of(model, graph)));
        Planning planning = backend.planning();
        line.put("peakAsDeclared", backend.analyse(graph, planning.asDeclared()).plan().peak());
        line.put("peakNotInPlace", backend.analyse(graph, planning.notInPlace()).plan().peak());
        JsonNode pytorch = pytorch(config);
        if (pytorch != null) {
          line.put("pytorch", pytorch);
        }
        table.row(cells(config, analysis, line, pytorch));
        results.add(line);
      }
    }
    if (!output.json()) {
      table.print(output);
    }
    results.save();
    return 0;
  }

  /** Every model at every batch size; a word that is none is refused before any is planned. */
  private List<RunConfig> configs(String device) {
    List<String> words = new ArrayList<>(models);
    if (words.isEmpty()) {
      words.addAll(Zoo.MODELS);
      words.add(words.indexOf("dcgan") + 1, "dcgan:wgan-gp");
    }
    var configs = new ArrayList<RunConfig>();
    for (String word : words) {
      String[] parts = word.split(":", 2);
      for (int batch : batches) {
        if (batch < 1) {
          throw new GanderException("--batches has %d; it must be at least 1".formatted(batch));
        }
        RunConfig config = Zoo.defaults(parts[0], "none", device).with("batch", "" + batch);
        config = parts.length == 1 ? config : config.with("loss", parts[1]);
        Zoo.create(config);
        configs.add(config);
      }
    }
    return configs;
  }

  private static Map<String, Object> step(RunConfig config) {
    var line = new LinkedHashMap<String, Object>();
    line.put("what", "plan");
    line.put("model", config.model());
    line.put("loss", Zoo.loss(config));
    line.put("size", Zoo.size(config).toString());
    line.put("batch", config.batch());
    return line;
  }

  /** What the step takes in PyTorch; null if that is not asked for. */
  private @Nullable JsonNode pytorch(RunConfig config) {
    if (!peer.wanted()) {
      return null;
    }
    List<String> command = new ArrayList<>(peer.pytorchOnCpu("pytorch_memory.py"));
    command.addAll(Peer.words(config));
    try (var process = new PeerProcess(command, PeerOptions.ADVICE)) {
      return JSON.readTree(process.description());
    }
  }

  private static Object[] cells(
      RunConfig config,
      DeviceBackend.Analysis analysis,
      Map<String, Object> line,
      @Nullable JsonNode pytorch) {
    Plan plan = analysis.plan();
    String loss = config.loss();
    return new Object[] {
      loss == null ? config.model() : config.model() + ":" + loss,
      config.batch(),
      plan.problem().buffers().size(),
      PlanReport.bytes(plan.peak()),
      PlanReport.bytes(plan.bound()),
      bytes(line, "peakAsDeclared"),
      bytes(line, "peakNotInPlace"),
      PlanReport.bytes(PlanReport.cachingAllocator(plan.problem())),
      PlanReport.bytes(plan.problem().withoutReuse()),
      pytorch == null ? "" : PlanReport.bytes(pytorch.path("allocated").asLong()),
      String.format(Locale.ROOT, "%.1f", analysis.planNanos() / 1e6)
    };
  }

  private static String bytes(Map<String, Object> line, String figure) {
    return PlanReport.bytes((Long) Objects.requireNonNull(line.get(figure)));
  }
}
