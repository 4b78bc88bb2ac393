// SPDX-License-Identifier: Apache-2.0
package gander.runtime.cuda;

import gander.runtime.Argument;
import gander.runtime.CodeImage;
import gander.runtime.CodeModule;
import gander.runtime.Device;
import gander.runtime.DeviceException;
import gander.runtime.Devices;
import gander.runtime.GanderException;
import gander.runtime.Geometry;
import gander.runtime.Launch;
import gander.runtime.Memory;
import gander.runtime.Recording;
import gander.runtime.Slice;
import gander.runtime.Source;
import gander.runtime.Tests;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/** What {@link CudaStubTest} runs beside the stub: each argument names a scene. */
final class CudaStubMain {
  private static final int BIG = (20 << 20) + 13;

  private static final Source ADD =
      new Source(
          "add",
          """
          #line 1 "test/add.cu"
          extern "C" __global__ void add(const float* a, const float* b, float* y, unsigned scale) {
            int i = blockIdx.x * blockDim.x + threadIdx.x;
            y[i] = a[i] + b[i];
          }
          """,
          List.of("add"));

  private CudaStubMain() {}

  public static void main(String[] scenes) {
    var probe = new CudaProvider().probe();
    say("devices " + probe.devices());
    probe.findings().forEach(finding -> say("finding " + finding));
    if (probe.devices().isEmpty()) {
      return;
    }
    try (Device device = Devices.open("cuda")) {
      for (String scene : scenes) {
        switch (scene) {
          case "life" -> life(device);
          case "limits" -> limits(device);
          case "death" -> death(device);
          case "leak" -> device.allocate(1000);
          default -> throw new IllegalArgumentException(scene);
        }
      }
    }
    say("closed");
  }

  /** With a real compiler where there is one; the stub takes anything. */
  private static CodeModule load(Device device) {
    byte[] code =
        device.info().driver().contains("no compiler")
            ? CodeImage.of(CodeImage.Form.BINARY, new byte[64])
            : device.compile(ADD);
    return device.load(ADD, code);
  }

  private static void life(Device device) {
    try (CodeModule module = load(device);
        Memory arena = device.allocate(2048);
        Memory big = device.allocate(BIG)) {
      copies(device, big);
      Slice a = new Slice(arena, 0, 512);
      Slice b = new Slice(arena, 512, 512);
      Slice y = new Slice(arena, 1024, 512);
      Slice c = new Slice(arena, 1536, 512);
      float[] values = new float[128];
      for (int i = 0; i < values.length; i++) {
        values[i] = i;
      }
      Tests.write(device, a, values);
      device.fill(b, Float.floatToIntBits(0.5f));
      device.fill(y, 0);
      var kernel = module.kernel("add");
      var word = new Argument.Word(7);
      var first =
          new Launch(
              "y = a + b", kernel, new Geometry(2, 1, 1, 64, 1, 1, 0), List.of(a, b, y, word), 2);
      var second =
          new Launch(
              "a = y + b",
              kernel,
              new Geometry(1, 1, 1, 32, 4, 1, 100_000),
              List.of(y, b, a, word),
              2);
      var third =
          new Launch(
              "c = b + b", kernel, new Geometry(1, 1, 1, 128, 1, 1, 0), List.of(b, b, c, word), 2);
      try (Recording recording = device.record(List.of(first, second, third))) {
        recording.replay();
        recording.replay();
        device.finish();
        float[] sums = Tests.read(device, y);
        for (int i = 0; i < sums.length; i++) {
          check(sums[i] == i + 1.5f, "y[%d] is %s".formatted(i, sums[i]));
        }
        long[] nanos = recording.time();
        check(Arrays.equals(nanos, new long[] {10_000, 10_000, 10_000}), Arrays.toString(nanos));
      }
    }
  }

  private static void copies(Device device, Memory big) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment source = Tests.counting(arena, BIG);
      device.write(big.all(), source);
      byte[] heap = new byte[BIG];
      device.read(big.all(), MemorySegment.ofArray(heap));
      check(source.mismatch(MemorySegment.ofArray(heap)) == -1, "a copy differs");
    }
  }

  private static void limits(Device device) {
    try (CodeModule module = load(device);
        Memory memory = device.allocate(1024)) {
      Slice all = memory.all();
      var kernel = module.kernel("add");
      var word = new Argument.Word(1);
      List<Argument> four = List.of(all, all, all, word);
      refused(() -> module.kernel("missing"));
      refused(() -> device.record(List.of(launch(kernel, 1, 0, List.of(all, all)))));
      refused(() -> device.record(List.of(launch(kernel, 1, 300_000, four))));
      refused(() -> device.record(List.of(launch(kernel, 2048, 0, four))));
      refused(() -> device.record(List.of(launch(kernel, 1, 0, four), launch(kernel, 0, 0, four))));
      refused(() -> device.allocate(1L << 40));
      device.record(List.of(launch(kernel, 1, 0, four))).close();
    }
  }

  private static Launch launch(
      CodeModule.Kernel kernel, int block, int shared, List<Argument> arguments) {
    return new Launch("l", kernel, new Geometry(1, 1, 1, block, 1, 1, shared), arguments);
  }

  private static void death(Device device) {
    Memory memory = device.allocate(1024);
    device.finish();
    refused(device::finish);
    refused(() -> device.allocate(16));
    refused(() -> device.fill(memory.all(), 0));
    refused(() -> Tests.read(device, memory.all()));
    memory.close();
  }

  private static void refused(Runnable action) {
    try {
      action.run();
      throw new IllegalStateException("not refused");
    } catch (GanderException e) {
      String kind = e instanceof DeviceException ? "device" : "input";
      say("refused (%s) %s".formatted(kind, e.getMessage()));
    }
  }

  private static void check(boolean condition, String message) {
    if (!condition) {
      throw new IllegalStateException(message);
    }
  }

  @SuppressWarnings("SystemOut") // the test reads it
  private static void say(String line) {
    System.out.println(line);
  }
}
