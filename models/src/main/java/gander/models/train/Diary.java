// SPDX-License-Identifier: Apache-2.0
package gander.models.train;

import gander.models.data.ModeCount;
import gander.models.io.AtomicFile;
import gander.models.io.Curve;
import gander.models.io.EventFile;
import gander.models.io.Fonts;
import gander.models.io.LossPlot;
import gander.models.run.Metrics;
import gander.models.run.Report;
import gander.models.run.RunConfig;
import gander.models.run.RunDirectory;
import gander.models.run.Session;
import gander.models.zoo.Zoo;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/**
 * What one process writes about a run beside its checkpoints and samples: metrics, TensorBoard's
 * events where they are asked for, its session, and the report, which is made anew at each
 * checkpoint.
 */
final class Diary implements AutoCloseable {
  private final RunDirectory run;
  private final RunConfig config;
  private final List<String> reported;
  private final List<String> losses;
  private final String device;
  private final byte @Nullable [] memoryMap;
  private final Metrics metrics;
  private final @Nullable EventFile events;
  private final List<Session> sessions;
  private final long firstStep;
  private final long start = System.nanoTime();
  private final String began =
      OffsetDateTime.now(ZoneId.systemDefault()).truncatedTo(ChronoUnit.SECONDS).toString();

  /**
   * @param losses those of the reported numbers that are losses
   * @param device in words
   * @param memoryMap a PNG of the step's memory plan; null where there is none
   */
  Diary(
      RunDirectory run,
      RunConfig config,
      List<String> reported,
      List<String> losses,
      String device,
      byte @Nullable [] memoryMap,
      long firstStep) {
    this.run = run;
    this.config = config;
    this.reported = reported;
    this.losses = losses;
    this.device = device;
    this.memoryMap = memoryMap;
    this.firstStep = firstStep;
    this.sessions = new ArrayList<>(Session.of(run));
    List<String> sampled = Zoo.isPoints(config) ? ModeCount.NAMES : List.of();
    this.metrics = Metrics.open(run, reported, sampled, firstStep);
    this.events = Boolean.TRUE.equals(config.tensorboard()) ? events() : null;
  }

  /** TensorBoard's file with what was measured before, as the CSV has it. */
  private EventFile events() {
    EventFile file = EventFile.create(run.eventFile());
    var records = new TreeMap<Double, Map<String, Double>>();
    for (Curve curve : Metrics.curves(run)) {
      for (int at = 0; at < curve.steps().length; at++) {
        records
            .computeIfAbsent(curve.steps()[at], step -> new LinkedHashMap<>())
            .put(curve.name(), curve.values()[at]);
      }
    }
    records.forEach((step, values) -> {
      double[] numbers = values.values().stream().mapToDouble(Double::doubleValue).toArray();
      file.log(step.longValue(), List.copyOf(values.keySet()), numbers);
    });
    return file;
  }

  /**
   * Writes the reported numbers of a step.
   *
   * @param count of the modes, where it is measured
   * @return the names of those that are not finite
   */
  List<String> log(long step, double[] values, @Nullable ModeCount count) {
    var names = new ArrayList<>(reported);
    double[] all = values;
    if (count != null) {
      names.addAll(ModeCount.NAMES);
      all = DoubleStream.concat(Arrays.stream(values), Arrays.stream(count.values())).toArray();
    }
    List<String> broken = metrics.log(step, all);
    if (events != null) {
      events.log(step, names, all);
    }
    return broken;
  }

  /** Makes all that was measured permanent, as before a checkpoint. */
  void sync() {
    metrics.sync();
  }

  /** Writes session and report as they are after a step. */
  void report(long step) {
    var all = new ArrayList<>(sessions);
    double seconds = (System.nanoTime() - start) / 1e9;
    all.add(new Session(device, began, firstStep, step, seconds));
    Session.write(run, all);
    Report.write(run, losses, memoryMap);
  }

  /** Draws the losses. */
  void plot() {
    if (!Fonts.there()) {
      System.err.println("the losses are not drawn: " + Fonts.ADVICE);
      return;
    }
    var curves = new ArrayList<>(Metrics.curves(run));
    curves.removeIf(curve -> !losses.contains(curve.name()));
    AtomicFile.writeBytes(
        run.lossPlotFile(), LossPlot.png(config.model() + " on " + config.data(), curves));
  }

  @Override
  public void close() {
    metrics.close();
    if (events != null) {
      events.close();
    }
  }
}
