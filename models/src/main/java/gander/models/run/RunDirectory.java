// SPDX-License-Identifier: Apache-2.0
package gander.models.run;

import gander.models.data.DataSets;
import gander.models.io.AtomicFile;
import gander.runtime.GanderException;
import gander.runtime.Reason;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The directory of one run:
 *
 * <pre>
 * config.json                            what was asked for
 * metrics.jsonl, metrics.csv             what was measured, a record a logged step
 * loss.png                               the metrics, drawn
 * samples/step-000500.png                sheets of samples; of points also step-000500.csv
 * checkpoints/step-000500.safetensors    everything needed to go on after that step; the last few
 * report.html                            all of it on one page
 * sessions.jsonl                         when it was trained, on what, and how fast
 * run.lock                               held by the process that trains
 * </pre>
 *
 * <p>A directory appears complete with its config or not at all. Reading one needs no lock; whoever
 * trains holds {@link RunLock}.
 */
public final class RunDirectory {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT);
  private static final Pattern CHECKPOINT = Pattern.compile("step-(\\d{1,18})\\.safetensors");
  private static final Pattern POINTS = Pattern.compile("step-(\\d{1,18})\\.csv");
  private static final Pattern SHEET = Pattern.compile("step-(\\d{1,18})\\.png");
  private static final String CONFIG = "config.json";

  private static final AtomicLong DRAFTS = new AtomicLong();

  private final Path root;

  private RunDirectory(Path root) {
    this.root = root;
  }

  /** A file and the step it was saved after. */
  public record Saved(long step, Path file) {}

  /**
   * Makes a directory and writes the config into it.
   *
   * @throws GanderException if there is something at that place, or nothing can be made there; the
   *     disk is then as it was
   */
  public static RunDirectory create(Path root, RunConfig config) {
    if (!tryCreate(root, config)) {
      throw taken(root);
    }
    return new RunDirectory(root);
  }

  /**
   * Says early that {@link #create} will fail.
   *
   * @throws GanderException if anything but an empty directory is at that place
   */
  public static void requireFree(Path root) {
    if (isTaken(root)) {
      throw taken(root);
    }
  }

  private static GanderException taken(Path root) {
    return new GanderException(
        "the run directory %s is there already and not empty: choose another, delete it, or resume the run in it"
            .formatted(root));
  }

  /**
   * Makes {@code MODEL-DATA-yyyyMMdd-HHmmss} in a folder of runs; where that name is taken, as when
   * many runs start at once, a number follows it.
   */
  public static RunDirectory create(Path runs, RunConfig config, LocalDateTime now) {
    String data = DataSets.name(config.data());
    String name = "%s-%s-%s".formatted(config.model(), data, TIME.format(now));
    Path root = runs.resolve(name);
    for (int number = 2; !tryCreate(root, config); number++) {
      root = runs.resolve(name + "-" + number);
    }
    return new RunDirectory(root);
  }

  /**
   * Opens the directory of an existing run.
   *
   * @throws GanderException if it is not one
   */
  public static RunDirectory open(Path root) {
    if (!isRun(root)) {
      throw new GanderException(
          "%s is not a run directory: it has no %s; name one that 'gander train' has made"
              .formatted(root, CONFIG));
    }
    return new RunDirectory(root);
  }

  /** Whether a place has a run's config. */
  public static boolean isRun(Path root) {
    return Files.isRegularFile(root.resolve(CONFIG));
  }

  /**
   * The run at a place, or those in it by name.
   *
   * @throws GanderException if there is none
   */
  public static List<RunDirectory> within(Path folder) {
    if (isRun(folder)) {
      return List.of(open(folder));
    }
    List<RunDirectory> found;
    try (Stream<Path> inside = Files.list(folder)) {
      found = inside.filter(RunDirectory::isRun).sorted().map(RunDirectory::open).toList();
    } catch (IOException e) {
      throw new GanderException(
          "cannot look for runs in %s: %s; name a run directory or a folder of them"
              .formatted(folder, Reason.of(e)),
          e);
    }
    if (found.isEmpty()) {
      throw new GanderException(
          "there is no run in %s: name a run directory or a folder of them".formatted(folder));
    }
    return found;
  }

  public Path root() {
    return root;
  }

  /**
   * What the run was asked to do.
   *
   * @throws GanderException as {@link RunConfig#read} does
   */
  public RunConfig config() {
    return RunConfig.read(configFile());
  }

  public Path metricsFile() {
    return root.resolve("metrics.jsonl");
  }

  public Path metricsCsvFile() {
    return root.resolve("metrics.csv");
  }

  public Path lossPlotFile() {
    return root.resolve("loss.png");
  }

  public Path sampleFile(long step) {
    return root.resolve("samples").resolve(String.format(Locale.ROOT, "step-%06d.png", step));
  }

  /** The points of a sheet, of a run on points: x and y a line. */
  public Path pointsFile(long step) {
    return root.resolve("samples").resolve(String.format(Locale.ROOT, "step-%06d.csv", step));
  }

  public Path checkpointFile(long step) {
    return checkpointFolder().resolve(String.format(Locale.ROOT, "step-%06d.safetensors", step));
  }

  public Path sessionsFile() {
    return root.resolve("sessions.jsonl");
  }

  public Path reportFile() {
    return root.resolve("report.html");
  }

  public Path eventFile() {
    return root.resolve("tensorboard").resolve("events.out.tfevents.0.gander");
  }

  /** The checkpoints by ascending step. */
  public List<Saved> checkpoints() {
    return saved(checkpointFolder(), CHECKPOINT);
  }

  /** The sheets of samples by ascending step. */
  public List<Saved> samples() {
    return saved(root.resolve("samples"), SHEET);
  }

  /** The points of the sheets by ascending step; none of a run on images. */
  public List<Saved> points() {
    return saved(root.resolve("samples"), POINTS);
  }

  private List<Saved> saved(Path folder, Pattern names) {
    var found = new ArrayList<Saved>();
    try (Stream<Path> files = Files.list(folder)) {
      files.forEach(file -> {
        Matcher name = names.matcher(String.valueOf(file.getFileName()));
        if (name.matches()) {
          found.add(new Saved(Long.parseLong(name.group(1)), file));
        }
      });
    } catch (IOException e) {
      throw new GanderException("cannot list %s: %s".formatted(folder, Reason.of(e)), e);
    }
    found.sort(Comparator.comparingLong(Saved::step));
    return found;
  }

  /** The checkpoint to resume from. Checkpoints appear atomically: what is listed is complete. */
  public Optional<Saved> latestCheckpoint() {
    List<Saved> all = checkpoints();
    return all.isEmpty() ? Optional.empty() : Optional.of(all.getLast());
  }

  /**
   * The checkpoint of a step, or the latest.
   *
   * @throws GanderException if there is none
   */
  public Saved checkpoint(@Nullable Long step) {
    List<Saved> all = checkpoints();
    if (all.isEmpty()) {
      throw new GanderException(
          "run %s has no checkpoint yet: train on, or choose another run".formatted(root));
    }
    return step == null
        ? all.getLast()
        : all.stream()
            .filter(checkpoint -> checkpoint.step() == step)
            .findFirst()
            .orElseThrow(() ->
                new GanderException(
                    "run %s has no checkpoint of step %d: there are those of %s"
                        .formatted(root, step, all.stream().map(Saved::step).toList())));
  }

  /** Removes a checkpoint. */
  public void delete(Saved checkpoint) {
    try {
      Files.deleteIfExists(checkpoint.file());
    } catch (IOException e) {
      throw new GanderException(
          "cannot remove the old checkpoint %s: %s".formatted(checkpoint.file(), Reason.of(e)), e);
    }
  }

  /**
   * Takes the run for this process, until the lock is closed or the process ends, and removes what
   * a killed process has left half-written.
   *
   * @throws GanderException if another process holds it
   */
  public RunLock lock() {
    RunLock lock = RunLock.take(root);
    for (Path folder : List.of(root, checkpointFolder(), root.resolve("samples"))) {
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file : files.filter(RunDirectory::isTemporary).toList()) {
          Files.delete(file);
        }
      } catch (IOException e) {
        lock.close();
        throw new GanderException("cannot tidy up run %s: %s".formatted(root, Reason.of(e)), e);
      }
    }
    return lock;
  }

  private static boolean isTemporary(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.startsWith(".") && name.endsWith(AtomicFile.TEMPORARY);
  }

  private Path configFile() {
    return root.resolve(CONFIG);
  }

  private Path checkpointFolder() {
    return root.resolve("checkpoints");
  }

  /** False if something is at that place already. */
  private static boolean tryCreate(Path root, RunConfig config) {
    Path place = root.toAbsolutePath().normalize();
    Path parent = place.getParent();
    if (parent == null) {
      throw new GanderException("'%s' cannot be a run directory".formatted(root));
    }
    var made = new ArrayDeque<Path>();
    try {
      if (isTaken(place)) {
        return false;
      }
      makeMissing(parent, made);
      // Filled under another name and renamed: no one ever sees half a run.
      Path draft =
          parent.resolve(
              ".%s.%d-%d%s"
                  .formatted(
                      place.getFileName(),
                      ProcessHandle.current().pid(),
                      DRAFTS.incrementAndGet(),
                      AtomicFile.TEMPORARY));
      make(draft, made);
      make(draft.resolve("samples"), made);
      make(draft.resolve("checkpoints"), made);
      made.push(draft.resolve(CONFIG));
      AtomicFile.writeText(draft.resolve(CONFIG), config.toJson());
      Files.move(draft, place, StandardCopyOption.ATOMIC_MOVE);
      made.clear();
      AtomicFile.syncDirectory(parent);
      return true;
    } catch (IOException e) {
      if (isTaken(place)) {
        return false; // another process was faster
      }
      throw new GanderException(
          "cannot make the run directory %s: %s; choose a folder that may be written"
              .formatted(root, Reason.of(e)),
          e);
    } finally {
      made.forEach(path -> path.toFile().delete());
    }
  }

  private static void makeMissing(Path folder, ArrayDeque<Path> made) throws IOException {
    Path parent = folder.getParent();
    if (parent != null && !Files.exists(folder)) {
      makeMissing(parent, made);
      try {
        make(folder, made);
      } catch (FileAlreadyExistsException e) {
        return; // another run was faster
      }
      AtomicFile.syncDirectory(parent);
    }
  }

  private static void make(Path folder, ArrayDeque<Path> made) throws IOException {
    Files.createDirectory(folder);
    made.push(folder);
  }

  /** Whether anything but an empty directory is at that place. */
  private static boolean isTaken(Path place) {
    if (!Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    String[] names = place.toFile().list();
    return names == null || names.length > 0;
  }
}
