// SPDX-License-Identifier: Apache-2.0
package gander.tests;

import gander.graph.program.DeviceBackend;
import gander.graph.program.DeviceProgram;
import gander.models.zoo.Model;
import gander.models.zoo.Zoo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A process that takes training steps and prints by how many KiB its memory grows in a stretch of
 * them: the median of several, since what is lost in every step is lost in all of them, but what
 * the virtual machine takes for itself, to compile, and gives back is in one or two. Its arguments
 * are what to do in each step and how many make a stretch.
 */
final class SteadySteps {
  /** The host runs ahead of the device by so many steps at most. */
  private static final int AHEAD = 50;

  private static final int STRETCHES = 7;

  private SteadySteps() {}

  /** What is done in a step. */
  enum Kind {
    /** Run it. */
    RUN,
    /** Send a batch, run it, fetch a loss. */
    FEED,
    /** Run it, timed by the device's events. */
    TIME
  }

  public static void main(String[] arguments) throws IOException {
    Kind kind = Kind.valueOf(arguments[0]);
    int steps = Integer.parseInt(arguments[1]);
    Model model = Zoo.create(SmallRuns.config("gan-mlp", "none", OpenCl.ID));
    try (DeviceBackend backend = OpenCl.backend();
        DeviceProgram program = backend.compile(SmallRuns.step(model))) {
      model.initialize(backend, 1);
      float[] batch = SmallRuns.batch(model);
      program.write("x", batch);
      var growth = new long[STRETCHES];
      long before = residentKibibytes();
      for (int stretch = 0; stretch < STRETCHES; stretch++) {
        for (int step = 0; step < steps; step++) {
          take(kind, program, batch);
          if (step % AHEAD == 0) {
            backend.finish();
          }
        }
        backend.finish();
        long after = residentKibibytes();
        growth[stretch] = after - before;
        before = after;
      }
      Arrays.sort(growth);
      System.out.println(growth[STRETCHES / 2]);
    }
  }

  private static void take(Kind kind, DeviceProgram program, float[] batch) {
    switch (kind) {
      case RUN -> program.run();
      case FEED -> {
        program.write("x", batch);
        program.run();
        program.readScalar("d");
      }
      case TIME -> program.time();
    }
  }

  private static long residentKibibytes() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }
}
