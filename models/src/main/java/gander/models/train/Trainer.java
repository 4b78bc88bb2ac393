// SPDX-License-Identifier: Apache-2.0
package gander.models.train;

import gander.graph.Backend;
import gander.graph.Graph;
import gander.graph.Program;
import gander.graph.op.Variable;
import gander.graph.program.DeviceProgram;
import gander.models.data.DataSet;
import gander.models.data.Mixture;
import gander.models.data.ModeCount;
import gander.models.io.Fonts;
import gander.models.io.MemoryMap;
import gander.models.net.StepBuilder;
import gander.models.run.Nearest;
import gander.models.run.Progress;
import gander.models.run.RunConfig;
import gander.models.run.RunDirectory;
import gander.models.run.RunLock;
import gander.models.zoo.Model;
import gander.runtime.GanderException;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Trains a model as a run's config says, from its latest checkpoint or from the beginning, and
 * keeps metrics, samples and checkpoints in the run's directory.
 *
 * <p>The host runs ahead of the device and waits for it only where it reads losses: every {@code
 * logEvery} steps.
 */
public final class Trainer implements AutoCloseable {
  /** Steps are counted on the device in single precision, which is exact up to here. */
  private static final long MOST_STEPS = 1 << 24;

  /** Checkpoints that are kept where the config does not say how many. */
  private static final int KEPT = 3;

  private final RunDirectory run;
  private final RunConfig config;
  private final Model model;
  private final Backend backend;
  private final RunLock lock;
  private final Feed feed;
  private final Graph graph;
  private final Program program;
  private final Sampler sampler;
  private final List<String> reported;
  private final List<Variable> variables;
  private long step;

  /**
   * Compiles the model and loads the state to go on from; trains nothing yet.
   *
   * @param data in the model's range and at its size
   */
  public Trainer(RunDirectory run, Model model, Backend backend, DataSet data) {
    this(run.config(), model, backend, data, () -> run);
  }

  /**
   * The same for a run whose directory is made once the device has taken its programs, so that a
   * run that is refused leaves nothing behind.
   *
   * @param place makes the directory
   */
  public Trainer(
      RunConfig config, Model model, Backend backend, DataSet data, Supplier<RunDirectory> place) {
    this.config = config;
    this.model = model;
    this.backend = backend;
    if (config.steps() > MOST_STEPS) {
      throw new GanderException(
          "steps is %d, and at most %d can be counted".formatted(config.steps(), MOST_STEPS));
    }
    this.variables = model.variables();
    this.feed = new Feed(data, model, backend.roomBytes(), config.seed());
    this.graph = model.step(new StepBuilder(config.seed()), feed.batches());
    this.program = backend.compile(graph);
    this.sampler =
        new Sampler(
            model, backend, data, Mixture.of(config.data()), samples(config), config.seed());
    this.reported = List.copyOf(graph.outputs().keySet());
    if (config.keepBest() != null && !reported.contains(config.keepBest())) {
      throw new GanderException(
          "keepBest '%s' is nothing that is reported, did you mean '%s'? There are %s"
              .formatted(
                  config.keepBest(),
                  Nearest.to(config.keepBest(), reported),
                  String.join(", ", reported)));
    }
    this.run = place.get();
    this.lock = run.lock();
    boolean begun = false;
    try {
      this.step = begin();
      begun = true;
    } finally {
      if (!begun) {
        lock.close();
      }
    }
  }

  private static int samples(RunConfig config) {
    Integer samples = config.samples();
    return samples == null ? Sampler.usual(config) : samples;
  }

  /**
   * What a run compiles: its step and its sheet of samples.
   *
   * @param roomBytes how much data may stay on the device
   */
  public static List<Graph> graphs(RunConfig config, Model model, DataSet data, long roomBytes) {
    var feed = new Feed(data, model, roomBytes, config.seed());
    return List.of(
        model.step(new StepBuilder(config.seed()), feed.batches()),
        Sampler.graph(model, samples(config), config.seed()));
  }

  private long begin() {
    var latest = run.latestCheckpoint();
    if (latest.isEmpty()) {
      model.initialize(backend, config.seed());
      return 0;
    }
    Checkpoint.read(latest.get().file(), backend, variables);
    return latest.get().step();
  }

  /** Where everything is kept. */
  public RunDirectory run() {
    return run;
  }

  /** What the compiler made of the step. */
  public String explain() {
    return program.explain();
  }

  /** The step that training goes on from. */
  public long step() {
    return step;
  }

  /** Trains to the config's last step. */
  public void train() {
    prune(); // a process that was killed behind its last checkpoint did not get to it
    long first = step;
    int images = model.batch() * model.batchesPerStep();
    var progress = Progress.start(config.model(), reported, first, config.steps(), images);
    try (var diary =
        new Diary(run, config, reported, model.losses(), backend.describe(), memoryMap(), first)) {
      while (step < config.steps()) {
        feed.before(backend, program, step);
        program.run();
        step++;
        ModeCount count = isDue(config.sampleEvery()) ? sampler.count() : null;
        if (isDue(config.logEvery()) || count != null) {
          log(diary, progress, count);
        }
        if (isDue(config.sampleEvery())) {
          sampler.write(run, step);
        }
        if (isDue(config.checkpointEvery())) {
          checkpoint(diary);
        }
        progress.step(step);
      }
      backend.finish();
      progress.finish(step);
      diary.report(step);
      diary.plot();
    }
  }

  /** A picture of the step's memory plan; null where there is none, or no way to draw it. */
  private byte @Nullable [] memoryMap() {
    return program instanceof DeviceProgram planned && Fonts.there()
        ? MemoryMap.png(config.model() + ", batch " + model.batch(), planned.plan())
        : null;
  }

  /**
   * Whether something that happens every so many steps happens now; the last step is always due,
   * and the only one for 0.
   */
  private boolean isDue(int every) {
    return step == config.steps() || (every > 0 && step % every == 0);
  }

  /**
   * @param count of the modes, where samples are due and it is measured
   */
  private void log(Diary diary, Progress progress, @Nullable ModeCount count) {
    var values = new double[reported.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = program.readScalar(reported.get(i));
    }
    progress.values(values);
    List<String> broken = diary.log(step, values, count);
    if (!broken.isEmpty()) {
      throw stopped(broken);
    }
  }

  private GanderException stopped(List<String> broken) {
    long by = step;
    System.err.printf(
        "%s became NaN or infinite by step %d: looking for the op that began it%n",
        String.join(", ", broken), by);
    String origin;
    try {
      var search = new FirstNonFinite(graph, program, feed, backend, variables, this::begin);
      origin = search.find(by);
    } catch (GanderException e) {
      origin = "the op that began it was not found: " + e.getMessage();
    }
    return new GanderException(
        "%s became NaN or infinite by step %d: %s; the run stops, %s in %s; a lower learning rate, 'clipNorm' or another loss may help"
            .formatted(
                String.join(", ", broken),
                by,
                origin,
                run.checkpoints().isEmpty()
                    ? "before it had a checkpoint,"
                    : "its last checkpoint is kept",
                run.root()));
  }

  private void checkpoint(Diary diary) {
    diary.sync();
    String best = config.keepBest();
    Double value = best == null ? null : program.readScalar(best);
    List<String> broken =
        Checkpoint.write(run.checkpointFile(step), backend, variables, config.toJson(), value);
    if (!broken.isEmpty()) {
      throw stopped(broken);
    }
    prune();
    diary.report(step);
  }

  /** Removes the checkpoints that are neither among the last nor the best. */
  private void prune() {
    List<RunDirectory.Saved> all = run.checkpoints();
    int keep = config.keepLast() == null ? KEPT : config.keepLast();
    List<RunDirectory.Saved> old = all.subList(0, Math.max(all.size() - keep, 0));
    if (old.isEmpty()) {
      return;
    }
    var best =
        config.keepBest() == null
            ? null
            : Collections.min(all, Comparator.comparingDouble(c -> Checkpoint.value(c.file())));
    old.stream().filter(checkpoint -> !checkpoint.equals(best)).forEach(run::delete);
  }

  @Override
  public void close() {
    sampler.close();
    program.close();
    lock.close();
  }
}
