// SPDX-License-Identifier: Apache-2.0
package gander.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import gander.graph.program.DeviceBackend;
import gander.graph.program.DeviceProgram;
import gander.models.zoo.Model;
import gander.models.zoo.Zoo;
import gander.runtime.Devices;
import gander.runtime.UserCache;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Once a program has run a while, a step costs no memory: nothing is made on the device, nothing is
 * allocated on the heap, and the process does not grow, be it by events, commands or copies.
 */
class SteadyStateTest {
  private static final int WARM_UP = 300;
  private static final int STEPS = 500;

  /** Forgotten events, of hundreds of bytes for each of some twenty launches a step, take more. */
  private static final long MOST_KIBIBYTES = 1024;

  private CountingDevice device;
  private DeviceBackend backend;
  private DeviceProgram program;
  private float[] batch;

  @BeforeEach
  void compile() {
    device = new CountingDevice(Devices.open(OpenCl.info().id()));
    backend = OpenCl.backend(device);
    Model model = Zoo.create(SmallRuns.config("gan-mlp", "none", OpenCl.ID));
    model.initialize(backend, 1);
    program = backend.compile(SmallRuns.step(model));
    batch = SmallRuns.batch(model);
    program.write("x", batch);
  }

  @AfterEach
  void close() {
    if (backend != null) {
      backend.close();
    }
  }

  @Test
  void nothingIsMadeOnTheDevice() {
    feedAndRun(3);
    int before = device.made();
    assertTrue(before > 20, "what was made is counted");
    feedAndRun(50);
    assertEquals(before, device.made());
  }

  private void feedAndRun(int steps) {
    for (int step = 0; step < steps; step++) {
      program.write("x", batch);
      program.run();
      program.readScalar("d");
    }
  }

  @Test
  void aStepAllocatesNothingOnTheHeap() {
    run(WARM_UP);
    assertEquals(0, allocatedBytes(() -> run(STEPS)) / STEPS);
  }

  private void run(int steps) {
    for (int step = 0; step < steps; step++) {
      program.run();
    }
    backend.finish();
  }

  /** A few views of memory for each copy, whatever its size. */
  @Test
  void feedingAndReadingAllocateLittleAndEverTheSame() {
    feedAndRun(WARM_UP);
    long bytes = allocatedBytes(() -> feedAndRun(STEPS)) / STEPS;
    assertTrue(bytes < 2048, () -> bytes + " bytes a step");
    long later = allocatedBytes(() -> feedAndRun(STEPS)) / STEPS;
    assertTrue(
        Math.abs(later - bytes) < 64, () -> "%d and later %d bytes a step".formatted(bytes, later));
  }

  /** What this thread allocates in an action. */
  private static long allocatedBytes(Runnable action) {
    var thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = thread.getCurrentThreadAllocatedBytes();
    action.run();
    return thread.getCurrentThreadAllocatedBytes() - before;
  }

  @ParameterizedTest
  @EnumSource
  void theProcessDoesNotGrow(SteadySteps.Kind kind) throws IOException {
    Assumptions.assumeTrue(Files.exists(Path.of("/proc/self/status")), "needs /proc");
    int steps = kind == SteadySteps.Kind.TIME ? 300 : 600;
    // A heap that is there from the beginning, so that all growth is native memory.
    var builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-XX:+UseSerialGC",
            "-Xms64m",
            "-Xmx64m",
            "-XX:+AlwaysPreTouch",
            "-Dgander.cache=" + UserCache.root(),
            "-cp",
            System.getProperty("java.class.path"),
            SteadySteps.class.getName(),
            kind.name(),
            Integer.toString(steps));
    Process process = builder.redirectErrorStream(true).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.onExit().join().exitValue(), out);
    long grown = Long.parseLong(out.strip());
    assertTrue(grown < MOST_KIBIBYTES, () -> "%d steps took %d KiB".formatted(steps, grown));
  }
}
