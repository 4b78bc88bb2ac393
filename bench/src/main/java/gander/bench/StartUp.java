// SPDX-License-Identifier: Apache-2.0
package gander.bench;

import gander.graph.program.DeviceBackend;
import gander.graph.program.DeviceProgram;
import gander.models.cli.DeviceOptions;
import gander.models.cli.Gander;
import gander.models.cli.ModelOptions;
import gander.models.net.StepBuilder;
import gander.models.run.RunConfig;
import gander.models.zoo.Model;
import gander.models.zoo.Zoo;
import gander.runtime.GanderException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * How long it takes from the start of the process to the end of the first training step: warm, with
 * all kernels in the cache, or cold, with none in it and none in the drivers' own.
 */
final class StartUp {
  /** The property that tells a process when it was started, in milliseconds since 1970. */
  private static final String STARTED = "gander.started";

  private static final int WARM_STARTS = 3;
  private static final JsonMapper JSON = JsonMapper.shared();

  private StartUp() {}

  /**
   * What took how long, in seconds.
   *
   * @param jvm from the start of the process until the command runs
   * @param device reading the kernels' headers and opening the device
   * @param model declaring the step and writing the initial weights
   * @param compile passes, plan, and building or loading every kernel
   * @param step the first step, with what drivers put off until then
   * @param compiledKernels how many were not in the cache
   * @param byHelpers how many of these other processes compiled
   */
  record Times(
      double jvm,
      double device,
      double model,
      double compile,
      double step,
      int compiledKernels,
      int byHelpers) {
    double all() {
      return jvm + device + model + compile + step;
    }
  }

  /** Starts a model in this process, which was started for it. */
  static String run(DeviceOptions device, ModelOptions model) {
    long begin = System.nanoTime();
    double jvm = (System.currentTimeMillis() - Long.getLong(STARTED, 0)) / 1e3;
    try (DeviceBackend backend = device.openDevice()) {
      long opened = System.nanoTime();
      RunConfig config = model.config("none", backend.device());
      Model made = Zoo.create(config);
      made.initialize(backend, config.seed());
      var graph = made.step(new StepBuilder(config.seed()));
      long declared = System.nanoTime();
      try (DeviceProgram program = backend.compile(graph)) {
        long compiled = System.nanoTime();
        program.write("x", new float[made.batch() * made.image().size()]);
        if (made.classes() > 0) {
          program.write("y", new float[made.batch()]);
        }
        program.run();
        backend.finish();
        long stepped = System.nanoTime();
        return JSON.writeValueAsString(
            new Times(
                jvm,
                seconds(begin, opened),
                seconds(opened, declared),
                seconds(declared, compiled),
                seconds(compiled, stepped),
                backend.compiledKernels(),
                backend.kernelsByHelpers()));
      }
    }
  }

  private static double seconds(long from, long to) {
    return (to - from) / 1e9;
  }

  /**
   * Starts of processes with the same command line, the user's cache in use.
   *
   * @param arguments that make the command call {@link #run} and print what it gives
   * @return the middle one of some
   */
  static Times warm(List<String> arguments) {
    List<Times> all =
        IntStream.range(0, WARM_STARTS)
            .mapToObj(i -> start(arguments, null))
            .sorted(Comparator.comparingDouble(Times::all))
            .toList();
    return all.get(all.size() / 2);
  }

  /** One start with caches in a folder that is new and does not stay. */
  static Times cold(List<String> arguments) {
    try {
      Path folder = Files.createTempDirectory("gander-cold");
      try {
        return start(arguments, folder);
      } finally {
        delete(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path folder) throws IOException {
    List<Path> deepestFirst;
    try (Stream<Path> files = Files.walk(folder)) {
      deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : deepestFirst) {
      Files.delete(file);
    }
  }

  private static Times start(List<String> arguments, @Nullable Path cache) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    if (cache != null) {
      command.add("-Dgander.cache=" + cache);
    }
    command.add("-D%s=%d".formatted(STARTED, System.currentTimeMillis()));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Gander.class.getName()));
    command.addAll(arguments);
    var builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
    if (cache != null) {
      builder.environment().put("POCL_CACHE_DIR", folder(cache, "pocl"));
      builder.environment().put("CUDA_CACHE_PATH", folder(cache, "cuda"));
    }
    try {
      Process process = builder.start();
      String answer =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      if (process.waitFor() != 0) {
        throw new GanderException(
            "a new process cannot do the first step: run '%s' to see why"
                .formatted(String.join(" ", command)));
      }
      return JSON.readValue(answer, Times.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new GanderException("interrupted", e);
    }
  }

  private static String folder(Path cache, String name) {
    try {
      return Files.createDirectories(cache.resolve(name)).toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
