// SPDX-License-Identifier: Apache-2.0
package gander.bench.bundle;

import gander.graph.program.KernelSources;
import gander.models.data.DataSet;
import gander.models.data.DataSets;
import gander.models.data.Reading;
import gander.models.net.StepBuilder;
import gander.models.run.RunConfig;
import gander.models.train.RunData;
import gander.models.train.Trainer;
import gander.models.zoo.Model;
import gander.models.zoo.Zoo;
import gander.runtime.DeviceInfo;
import gander.runtime.GanderException;
import gander.runtime.MathMode;
import gander.runtime.Parallel;
import gander.runtime.Source;
import gander.runtime.catalogue.Catalogue;
import gander.runtime.cuda.Card;
import gander.runtime.cuda.CudaCompiler;
import gander.runtime.jit.ShippedCode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

/** The CUDA code of whole models, for cards that are not there. */
public final class CompiledModels {
  private final CudaCompiler compiler;
  private final List<Card> cards;

  CompiledModels(CudaCompiler compiler, List<Card> cards) {
    this.compiler = compiler;
    this.cards = cards;
  }

  /**
   * The configuration that words such as {@code dcgan:data=cifar10:batch=64} ask for: a model, and
   * settings of its {@code config.json} where they are others than those of {@code gander train}.
   *
   * @throws GanderException naming what is wrong with them
   */
  public static RunConfig config(String words) {
    String[] parts = words.split(":");
    RunConfig config = Zoo.defaults(parts[0], DataSets.STROKES, "cuda:0");
    for (String setting : List.of(parts).subList(1, parts.length)) {
      int equals = setting.indexOf('=');
      if (equals < 1) {
        throw new GanderException(
            "'%s' of '%s' is no setting: write KEY=VALUE".formatted(setting, words));
      }
      config = config.with(setting.substring(0, equals), setting.substring(equals + 1));
    }
    Zoo.create(config); // It says what it cannot be.
    return config;
  }

  /** A card as a device, with the math that a configuration asks for. */
  private static DeviceInfo device(Card card, RunConfig config) {
    String math = config.math();
    return card.info(math == null ? MathMode.FP32 : MathMode.of(math));
  }

  /** What {@code train} and {@code bench step} compile on a card. */
  public static List<Source> sources(Card card, RunConfig config) {
    DeviceInfo device = device(card, config);
    DataSet data = RunData.open(config, Reading.SILENT);
    RunConfig complete = RunData.complete(config, data);
    Model model = Zoo.create(complete);
    var graphs = new ArrayList<>(Trainer.graphs(complete, model, data, device.memoryBytes()));
    graphs.add(model.step(new StepBuilder(complete.seed())));
    var catalogue = Catalogue.load();
    return graphs.stream()
        .flatMap(graph -> KernelSources.of(device, catalogue, graph).stream())
        .toList();
  }

  /**
   * Compiles all of it, as many at a time as there are processors.
   *
   * @param done told how many are compiled, and of how many; by any thread
   */
  void write(List<RunConfig> configs, ShippedCode code, BiConsumer<Integer, Integer> done) {
    Map<String, Runnable> units = new LinkedHashMap<>();
    var compiled = new AtomicInteger();
    for (Card card : cards) {
      for (RunConfig config : configs) {
        DeviceInfo device = device(card, config);
        String architecture = device.architecture();
        for (Source source : sources(card, config)) {
          units.put(
              architecture + source.text(),
              () -> {
                code.write(device, source, compiler.compile(source, architecture));
                done.accept(compiled.incrementAndGet(), units.size());
              });
        }
      }
    }
    Parallel.run(Runtime.getRuntime().availableProcessors(), units.values());
  }
}
