// SPDX-License-Identifier: Apache-2.0
package gander.bench;

import gander.models.cli.Output;
import gander.models.cli.Table;
import gander.models.io.AtomicFile;
import gander.models.io.RooflinePlot;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What {@code bench kernels} prints, writes and draws. */
final class KernelBenchReport {
  private static final String[] HEADINGS = {
    "problem", "kernel", ">us", ">us cold", ">GFLOP/s", ">GB/s", ">of peak", ">of roofline", ">cold"
  };

  private final ResultFile results;
  private final Output output;
  private final @Nullable String peer;
  private final Table table;
  private final List<RooflinePlot.Dot> dots = new ArrayList<>();
  private final List<Double> ratios = new ArrayList<>();
  private boolean good = true;

  /**
   * @param peer a word for it; null if there is none
   */
  KernelBenchReport(ResultFile results, Output output, @Nullable String peer) {
    this.results = results;
    this.output = output;
    this.peer = peer;
    var headings = new ArrayList<>(List.of(HEADINGS));
    if (peer != null) {
      headings.addAll(List.of(">" + peer + " us", ">times ours", "as"));
    }
    table = new Table(headings.toArray(String[]::new));
  }

  /** What the peer said of itself. */
  void peer(String description) {
    var line = new LinkedHashMap<String, Object>();
    line.put("what", "peer");
    line.put("peer", description);
    results.add(line);
  }

  void add(KernelBench.Outcome outcome) {
    results.add(line(outcome));
    var cells = new ArrayList<Object>(List.of(outcome.workload().problem(), outcome.variant()));
    switch (outcome) {
      case KernelBench.Failed failed -> {
        good = false;
        cells.addAll(List.of("-", "-", "-", "-", "-", "-", failed.verdict().sentence()));
        rival(cells, null);
      }
      case KernelBench.Timed timed -> {
        cells.addAll(
            List.of(
                format("%.1f", timed.micros().median()),
                format("%.1f", timed.coldMicros().median()),
                format("%.1f", timed.flops() / 1e9),
                format("%.1f", timed.bytes() / 1e9),
                format("%.0f%%", 100 * timed.ofArithmetic().median()),
                format("%.0f%%", 100 * timed.ofRoofline().median()),
                format("%.0f%%", 100 * timed.coldOfRoofline().median())));
        rival(cells, timed.peer());
        dot(timed);
      }
    }
    table.row(cells.toArray());
  }

  private void rival(List<Object> cells, KernelBench.@Nullable Rival rival) {
    if (peer == null) {
      return;
    }
    if (rival == null || rival.micros() == null || rival.timesOurs() == null) {
      cells.addAll(List.of("-", "-", rival == null ? "-" : rival.how()));
      return;
    }
    ratios.add(rival.timesOurs().median());
    cells.add(format("%.1f", rival.micros().median()));
    cells.add(format("%.2f", rival.timesOurs().median()));
    cells.add(rival.how());
  }

  private void dot(KernelBench.Timed timed) {
    if (timed.cost().flops() > 0 && timed.cost().bytes() > 0) {
      dots.add(
          new RooflinePlot.Dot(
              timed.workload().problem().op(),
              BenchProblems.label(timed.workload().problem()),
              (double) timed.cost().flops() / timed.cost().bytes(),
              timed.flops()));
    }
  }

  private static Map<String, Object> line(KernelBench.Outcome outcome) {
    var line = new LinkedHashMap<String, Object>();
    line.put("what", "kernel");
    line.put("op", outcome.workload().problem().op());
    line.put("problem", outcome.workload().problem().dims());
    line.put("fused", outcome.workload().problem().fused());
    line.put("kernel", outcome.variant().kernel().path());
    line.put("setting", outcome.variant().setting());
    switch (outcome) {
      case KernelBench.Failed failed -> line.put("failed", failed.verdict().sentence());
      case KernelBench.Timed timed -> {
        line.put("flops", timed.cost().flops());
        line.put("bytes", timed.cost().bytes());
        line.put("micros", timed.micros());
        line.put("coldMicros", timed.coldMicros());
        line.put("ofPeakFlops", timed.ofArithmetic());
        line.put("ofRoofline", timed.ofRoofline());
        line.put("coldOfRoofline", timed.coldOfRoofline());
        if (timed.peer() != null) {
          boolean able = timed.peer().micros() != null;
          line.put(able ? "peer" : "peerUnable", timed.peer().how());
          if (able) {
            line.put("peerMicros", timed.peer().micros());
            line.put("timesOurs", timed.peer().timesOurs());
          }
        }
      }
    }
    return line;
  }

  /**
   * Prints the table and draws the picture.
   *
   * @param picture null for none
   */
  void end(String device, Spread flops, Spread bytes, @Nullable Path picture) {
    var line = new LinkedHashMap<String, Object>();
    line.put("what", "peaks");
    line.put("flopsPerSecond", flops);
    line.put("bytesPerSecond", bytes);
    results.add(line);
    if (!output.json()) {
      table.print(output);
      output.line(
          String.format(
              Locale.ROOT,
              "peaks of %s: %.0f GFLOP/s (%.0f to %.0f), %.1f GB/s (%.1f to %.1f)",
              device,
              flops.median() / 1e9,
              flops.least() / 1e9,
              flops.most() / 1e9,
              bytes.median() / 1e9,
              bytes.least() / 1e9,
              bytes.most() / 1e9));
    }
    peerSummary();
    if (picture != null) {
      AtomicFile.writeBytes(
          picture, RooflinePlot.png(device + ", caches hot", flops.median(), bytes.median(), dots));
      output.note("drawn to " + picture);
    }
  }

  private void peerSummary() {
    if (ratios.isEmpty()) {
      return;
    }
    Spread ratio = Spread.of(ratios);
    var line = new LinkedHashMap<String, Object>();
    line.put("what", "peer summary");
    line.put("problems", ratios.size());
    line.put("timesOurs", ratio);
    results.add(line);
    if (!output.json()) {
      output.line(
          String.format(
              Locale.ROOT,
              "%s takes %.2f times as long as ours in the median of %d problems (%.2f to %.2f)",
              peer,
              ratio.median(),
              ratios.size(),
              ratio.least(),
              ratio.most()));
    }
  }

  /** Whether every kernel was right. */
  boolean good() {
    return good;
  }

  private static String format(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
