// SPDX-License-Identifier: Apache-2.0
package gander.bench.selftest;

import gander.bench.ResultFile;
import gander.models.cli.Output;
import gander.models.cli.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;

/** What the parts of a self-test found: a table, and lines of JSON. */
final class SelftestReport {
  private record Result(String part, boolean good, String found, double seconds) {
    /** The first line alone stands in the table. */
    String title() {
      return found.lines().findFirst().orElse("");
    }
  }

  private final String device;
  private final ResultFile file;
  private final Output output;
  private final List<Result> results = new ArrayList<>();

  SelftestReport(String device, ResultFile file, Output output) {
    this.device = device;
    this.file = file;
    this.output = output;
  }

  /**
   * Takes what came of a part.
   *
   * @param found a line where all is well, else a sentence and the lines that belong to it
   */
  void add(String part, boolean good, String found, double seconds) {
    results.add(new Result(part, good, found, seconds));
    if (!good) {
      output.note("%s FAILED: %s".formatted(part, results.getLast().title()));
    }
    var line = new LinkedHashMap<String, Object>();
    line.put("what", "part");
    line.put("part", part);
    line.put("good", good);
    line.put("found", found);
    line.put("seconds", rounded(seconds));
    file.add(line);
  }

  /** Ends the report; true if nothing failed. */
  boolean end(double seconds) {
    long failed = results.stream().filter(result -> !result.good).count();
    var line = new LinkedHashMap<String, Object>();
    line.put("what", "selftest");
    line.put("device", device);
    line.put("parts", results.size());
    line.put("failed", failed);
    line.put("seconds", rounded(seconds));
    file.add(line);
    if (!output.json()) {
      table();
      output.line(
          String.format(
              Locale.ROOT,
              "%s: %d parts, %s, %.0f s",
              device,
              results.size(),
              failed == 0 ? "all good" : failed + " FAILED",
              seconds));
    }
    return failed == 0;
  }

  private void table() {
    var table = new Table("part", "result", ">seconds", "what");
    for (Result result : results) {
      table.row(
          result.part,
          result.good ? "good" : "FAILED",
          String.format(Locale.ROOT, "%.1f", result.seconds),
          result.title());
    }
    table.print(output);
    for (Result result : results) {
      if (!result.good) {
        output.line("");
        output.line(result.part + ": " + result.found);
      }
    }
    output.line("");
  }

  private static double rounded(double seconds) {
    return Math.round(seconds * 1000) / 1e3;
  }
}
