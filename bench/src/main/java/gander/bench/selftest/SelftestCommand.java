// SPDX-License-Identifier: Apache-2.0
package gander.bench.selftest;

import gander.bench.Provenance;
import gander.bench.ResultFile;
import gander.models.cli.CliCommand;
import gander.models.cli.DeviceOptions;
import gander.models.cli.Output;
import gander.models.cli.Seed;
import gander.models.run.Nearest;
import gander.runtime.DeviceInfo;
import gander.runtime.GanderException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Says in one command whether everything works on a device. */
@Command(
    name = "selftest",
    mixinStandardHelpOptions = true,
    description =
        "Says whether everything works on a device: its kernels, gradients and short trainings of every model against the reference, the same bits twice, the refusal of what its memory cannot hold, and launches that write nothing but their results. Exit code 1 if a part fails; the others are run all the same.")
public final class SelftestCommand implements CliCommand {
  private static final List<String> SECTIONS =
      List.of(
          DoctorSection.NAME,
          KernelSection.NAME,
          GradientSection.NAME,
          TrainingSection.NAME,
          DeterminismSection.NAME,
          MemorySection.NAME);

  @Mixin private DeviceOptions device = new DeviceOptions();
  @Mixin private Output output = new Output();
  @Mixin private Seed seed = new Seed();

  @Option(
      names = "--only",
      paramLabel = "PART,PART",
      split = ",",
      description =
          "sections (doctor, kernels, gradients, training, determinism, memory) or parts of them, such as kernels/matmul")
  private List<String> only = new ArrayList<>();

  @Option(
      names = "--problems",
      paramLabel = "N",
      defaultValue = "6",
      description = "of each kernel, out of its op's list (6)")
  private int problems = 6;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "10",
      description = "of each training (10)")
  private int steps = 10;

  @Option(names = "--out", paramLabel = "FILE", description = "write the results as lines of JSON")
  private @Nullable Path out;

  @Override
  public Integer call() {
    if (problems < 1 || steps < 1) {
      throw new GanderException(
          "--problems is %d and --steps is %d; each must be at least 1".formatted(problems, steps));
    }
    var results = new ResultFile(out, output);
    long begin = System.nanoTime();
    Subject subject = Subject.of(device, seed.value());
    List<Part> parts = selected(parts(subject), subject);
    DeviceInfo info = subject.info();
    results.add(
        info == null ? Provenance.ofReference(seed.value()) : Provenance.of(info, seed.value()));
    var report = new SelftestReport(subject.id(), results, output);
    for (int i = 0; i < parts.size(); i++) {
      run(parts.get(i), "%d of %d".formatted(i + 1, parts.size()), report);
    }
    boolean good = report.end(secondsSince(begin));
    results.save();
    return good ? 0 : 1;
  }

  private List<Part> parts(Subject subject) {
    var parts = new ArrayList<Part>();
    parts.addAll(DoctorSection.parts(subject));
    parts.addAll(KernelSection.parts(subject, problems));
    parts.addAll(GradientSection.parts(subject));
    parts.addAll(TrainingSection.parts(subject, steps));
    parts.addAll(DeterminismSection.parts(subject, steps));
    parts.addAll(MemorySection.parts(subject));
    return parts;
  }

  /** The parts that {@code --only} names; all of them without it. */
  private List<Part> selected(List<Part> all, Subject subject) {
    Set<String> known = new LinkedHashSet<>(SECTIONS);
    all.forEach(part -> known.add(part.name()));
    for (String word : only) {
      if (!known.contains(word)) {
        throw new GanderException(
            "unknown part '%s', did you mean '%s'? There are %s"
                .formatted(word, Nearest.to(word, known), String.join(", ", known)));
      }
    }
    List<Part> selected =
        all.stream()
            .filter(part ->
                only.isEmpty() || only.contains(part.section()) || only.contains(part.name()))
            .toList();
    if (selected.isEmpty()) {
      throw new GanderException(
          "%s has nothing to test of %s: name another device with --device"
              .formatted(subject.id(), String.join(", ", only)));
    }
    return selected;
  }

  private void run(Part part, String place, SelftestReport report) {
    String title = "%s, %s".formatted(place, part.name());
    output.progress(title);
    long begin = System.nanoTime();
    try {
      String found = part.check().run(text -> output.progress(title + ": " + text));
      report.add(part.name(), true, found, secondsSince(begin));
    } catch (Part.Failure | GanderException e) {
      report.add(part.name(), false, String.valueOf(e.getMessage()), secondsSince(begin));
    } catch (RuntimeException | Error e) {
      // A fault of Gander's own, or no memory: the other parts may still say something.
      var trace = new StringWriter();
      e.printStackTrace(new PrintWriter(trace));
      report.add(part.name(), false, trace.toString().stripTrailing(), secondsSince(begin));
    }
  }

  private static double secondsSince(long begin) {
    return (System.nanoTime() - begin) / 1e9;
  }
}
