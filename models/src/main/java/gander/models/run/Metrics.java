// SPDX-License-Identifier: Apache-2.0
package gander.models.run;

import gander.models.io.AtomicFile;
import gander.models.io.Curve;
import gander.runtime.GanderException;
import gander.runtime.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * Writes what a run measures: a record a logged step to {@code metrics.jsonl} and {@code
 * metrics.csv}, each handed to the operating system at once, so that a killed process loses none. A
 * number that is not finite is null in JSON and named under {@code nonFinite}; in CSV it is {@code
 * NaN}, {@code Infinity} or {@code -Infinity}.
 *
 * <p>Some numbers may be measured less often than the others: they are in the records of their
 * steps alone, and their columns are empty elsewhere.
 *
 * <p>The JSON lines are the truth. Opening after a resume drops the records behind the step that
 * the run goes on from, and a last line that was cut off, and makes the CSV anew. Use it from one
 * thread, under the run's lock.
 */
public final class Metrics implements AutoCloseable {
  private final List<String> names;
  private final List<String> all;
  private final FileChannel json;
  private final FileChannel csv;
  private final Path file;
  private long lastStep;

  private Metrics(
      Path file,
      List<String> names,
      List<String> all,
      FileChannel json,
      FileChannel csv,
      long lastStep) {
    this.file = file;
    this.names = names;
    this.all = all;
    this.json = json;
    this.csv = csv;
    this.lastStep = lastStep;
  }

  /** Whether a number is a term of a loss: its name has a slash, {@code d/gp/weighted}. */
  public static boolean isTerm(String name) {
    return name.contains("/");
  }

  /**
   * Opens the metrics of a run that goes on after a step; 0 for a new run.
   *
   * @param names the numbers of every record, in the order of the CSV's columns
   * @param rare those that some records have behind them
   * @throws GanderException if the files cannot be written, or records that are to be kept cannot
   *     be read or hold other numbers
   */
  public static Metrics open(
      RunDirectory run, List<String> names, List<String> rare, long afterStep) {
    var all = new ArrayList<>(names);
    all.addAll(rare);
    for (String name : all) {
      MetricsRecord.checkName(name);
    }
    Path jsonFile = run.metricsFile();
    var kept = new ArrayList<MetricsRecord>();
    for (MetricsRecord record : records(jsonFile)) {
      if (record.step() > afterStep) {
        break;
      }
      if (!record.names().equals(names) && !record.names().equals(all)) {
        throw new GanderException(
            "%s has records of %s where %s are logged now: resume with the settings the run began with"
                .formatted(jsonFile, record.names(), all));
      }
      kept.add(record);
    }
    var jsonText = new StringBuilder();
    var csvText = new StringBuilder("step");
    all.forEach(name -> csvText.append(',').append(name));
    csvText.append('\n');
    for (MetricsRecord record : kept) {
      jsonText.append(record.json());
      csvText.append(record.csv(all));
    }
    AtomicFile.writeText(jsonFile, jsonText.toString());
    AtomicFile.writeText(run.metricsCsvFile(), csvText.toString());
    try {
      FileChannel json = FileChannel.open(jsonFile, StandardOpenOption.APPEND);
      FileChannel csv = FileChannel.open(run.metricsCsvFile(), StandardOpenOption.APPEND);
      long last = kept.isEmpty() ? Long.MIN_VALUE : kept.getLast().step();
      return new Metrics(jsonFile, List.copyOf(names), all, json, csv, last);
    } catch (IOException e) {
      throw new GanderException("cannot append to %s: %s".formatted(jsonFile, Reason.of(e)), e);
    }
  }

  /**
   * Writes the record of a step.
   *
   * @param values one a name, with or without those that are rare
   * @return the names of the numbers that are not finite
   */
  public List<String> log(long step, double... values) {
    if (step <= lastStep) {
      throw new IllegalArgumentException("step " + step + " after step " + lastStep);
    }
    var record = MetricsRecord.of(step, values.length == names.size() ? names : all, values);
    try {
      AtomicFile.writeFully(json, bytes(record.json()));
      AtomicFile.writeFully(csv, bytes(record.csv(all)));
    } catch (IOException e) {
      throw unwritable(e);
    }
    lastStep = step;
    return record.nonFinite();
  }

  /** Makes all records permanent; call it before a checkpoint is written. */
  public void sync() {
    try {
      json.force(false);
      csv.force(false);
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  @Override
  public void close() {
    try (json;
        csv) {
      sync();
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  /**
   * The numbers of a run over the steps that have them, one curve a name; none if nothing was
   * logged yet. May be called while another process writes.
   */
  public static List<Curve> curves(RunDirectory run) {
    List<MetricsRecord> records = records(run.metricsFile());
    if (records.isEmpty()) {
      return List.of();
    }
    var names = new LinkedHashSet<String>();
    records.forEach(record -> names.addAll(record.names()));
    return names.stream().map(name -> curve(name, records)).toList();
  }

  private static Curve curve(String name, List<MetricsRecord> records) {
    List<MetricsRecord> own = records.stream().filter(r -> r.values().containsKey(name)).toList();
    return new Curve(
        name,
        own.stream().mapToDouble(MetricsRecord::step).toArray(),
        own.stream().mapToDouble(record -> record.value(name)).toArray());
  }

  /** All records; a last line without its end is one that is still being written, or never was. */
  private static List<MetricsRecord> records(Path file) {
    if (!Files.exists(file)) {
      return List.of();
    }
    String text;
    try {
      text = Files.readString(file);
    } catch (IOException e) {
      throw new GanderException("cannot read %s: %s".formatted(file, Reason.of(e)), e);
    }
    var records = new ArrayList<MetricsRecord>();
    List<String> lines = text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      records.add(MetricsRecord.parse("%s, line %d".formatted(file, i + 1), lines.get(i)));
    }
    return records;
  }

  private static ByteBuffer bytes(String line) {
    return ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8));
  }

  private GanderException unwritable(IOException e) {
    return new GanderException("cannot write %s: %s".formatted(file, Reason.of(e)), e);
  }
}
