// SPDX-License-Identifier: Apache-2.0
package gander.runtime.jit;

import static gander.runtime.Tests.message;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gander.runtime.Argument;
import gander.runtime.CodeModule;
import gander.runtime.Device;
import gander.runtime.DeviceException;
import gander.runtime.DeviceInfo;
import gander.runtime.Devices;
import gander.runtime.Geometry;
import gander.runtime.Source;
import gander.runtime.Tests;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compiling by several processes, where the driver compiles one source at a time. */
class TeamTest {
  private static final int UNITS = 12;

  @TempDir Path folder;
  private Device device;

  @BeforeEach
  void open() {
    List<DeviceInfo> found =
        Devices.list().stream().filter(info -> info.id().startsWith("opencl")).toList();
    assumeTrue(!found.isEmpty(), "no OpenCL device");
    assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "one processor has no helpers");
    device = Devices.open(found.getFirst().id());
    if (!device.compilesAlone()) {
      device.close();
    }
    assumeTrue(device.compilesAlone(), "the driver needs no helpers");
  }

  @AfterEach
  void close() {
    if (device != null) {
      device.close();
    }
  }

  /** Adds a number of its own, so that no two are equal. */
  private static Unit unit(int number) {
    String text =
        """
        __kernel void grow(__global float* x, uint amount) {
          x[get_global_id(0)] += %d + amount;
        }
        """
            .formatted(number);
    return new Unit(
        new Source("grow" + number, text, List.of("grow")),
        List.of(new Geometry(7, 1, 1, 1, 1, 1, 0)),
        List.of(28L, 0L));
  }

  private static List<Unit> units() {
    var units = new ArrayList<Unit>();
    for (int i = 0; i < UNITS; i++) {
      units.add(unit(i));
    }
    return units;
  }

  /** The device, which waits before it compiles until someone else has compiled something. */
  private Device waiting(CountDownLatch compiled) {
    return (Device)
        Proxy.newProxyInstance(
            Device.class.getClassLoader(),
            new Class<?>[] {Device.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("compile")) {
                assertTrue(compiled.await(60, TimeUnit.SECONDS), "no helper has compiled anything");
              }
              try {
                return method.invoke(device, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private int entries() {
    try (Stream<Path> files = Files.list(folder)) {
      return (int) files.count();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static long children() {
    return ProcessHandle.current()
        .children()
        .filter(child -> child.info().commandLine().orElse("").contains(".jit."))
        .count();
  }

  @Test
  void twoProcessesCompileWhatIsMissing() {
    var first = new CountDownLatch(1);
    var told = new ArrayList<String>();
    Jit.Listener listener =
        (done, all) -> {
          synchronized (told) {
            told.add(done + " of " + all);
          }
          first.countDown();
        };
    try (var jit = new Jit(waiting(first), folder, listener)) {
      jit.prepare(units());
      assertEquals(UNITS, jit.compiled());
      assertTrue(jit.byHelpers() >= 1 && jit.byHelpers() < UNITS, jit.byHelpers() + " by helpers");
      assertEquals(UNITS, told.size());
      assertTrue(told.contains("12 of 12"), told.toString());
      assertEquals(UNITS, entries());
      assertEquals(0, children());
      for (Unit unit : units()) {
        try (CodeModule module = jit.load(unit.source())) {
          grows(module, unit);
        }
      }
      assertEquals(UNITS, jit.compiled(), "all were there");
    }
  }

  private void grows(CodeModule module, Unit unit) {
    try (var memory = device.allocate(28);
        var recording =
            device.record(
                List.of(
                    Tests.launch(
                        module.kernel("grow"), 7, 1, memory.all(), new Argument.Word(5))))) {
      Tests.write(device, memory.all(), 1, 2, 3, 4, 5, 6, 7);
      recording.replay();
      float number = Integer.parseInt(unit.source().name().substring("grow".length()));
      assertEquals(7 + number + 5, Tests.read(device, memory.all())[6]);
    }
  }

  @Test
  void aHelperThatDiesLeavesItsWorkToThisProcess() {
    failing(DyingHelper.class, "exit code 3: corrupted size on grow");
  }

  @Test
  void aHelperThatDoesNotStartLeavesItsWorkToThisProcess() {
    failing(Unit.class, "a process of Unit does not start");
  }

  /** Compiles with a helper that is no good, once it has said so. */
  private void failing(Class<?> helper, String warning) {
    var warnings = new ArrayList<String>();
    var first = new CountDownLatch(1);
    var handler =
        new Handler() {
          @Override
          public void publish(LogRecord line) {
            warnings.add(Arrays.toString(line.getParameters()));
            first.countDown();
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    Logger logger = Logger.getLogger(Team.class.getName());
    logger.addHandler(handler);
    try (var jit = new Jit(waiting(first), folder, (done, all) -> {}, helper, false)) {
      jit.prepare(units());
      assertEquals(UNITS, jit.compiled());
      assertEquals(0, jit.byHelpers());
      assertEquals(UNITS, entries());
      assertEquals(0, children());
    } finally {
      logger.removeHandler(handler);
    }
    assertEquals(1, warnings.size());
    assertTrue(warnings.getFirst().contains(warning), warnings.toString());
  }

  @Test
  void whoeverMeetsAnErrorItIsSaidHere() {
    List<Unit> units = units();
    Unit wrong =
        new Unit(
            new Source(
                "wrong", "__kernel void grow(__global float* x) { x[0] = y; }", List.of("grow")),
            unit(0).geometries(),
            List.of(4L));
    units.add(wrong);
    try (var jit = new Jit(device, folder)) {
      String said = message(DeviceException.class, () -> jit.prepare(units));
      assertTrue(said.contains("for wrong: wrong:1: error: "), said);
    }
    assertEquals(0, children());
  }
}
