// SPDX-License-Identifier: Apache-2.0
package gander.runtime;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.function.Executable;

/** What several tests of devices need. */
public final class Tests {
  private Tests() {}

  public static void write(Device device, Slice target, float... values) {
    device.write(target, MemorySegment.ofArray(values));
  }

  public static float[] read(Device device, Slice source) {
    float[] values = new float[Math.toIntExact(source.bytes() / Float.BYTES)];
    device.read(source, MemorySegment.ofArray(values));
    return values;
  }

  /** Off-heap bytes 1, 2, 3 ... that wrap around. */
  public static MemorySegment counting(Arena arena, long bytes) {
    MemorySegment segment = arena.allocate(bytes);
    for (long i = 0; i < bytes; i++) {
      segment.set(ValueLayout.JAVA_BYTE, i, (byte) (i + 1));
    }
    return segment;
  }

  /** A launch of one-dimensional groups. */
  public static Launch launch(CodeModule.Kernel kernel, int groups, int block, Argument... args) {
    var geometry = new Geometry(groups, 1, 1, block, 1, 1, 0);
    return new Launch(kernel.function(), kernel, geometry, List.of(args));
  }

  /** The message of what an action throws. */
  public static String message(Class<? extends Throwable> type, Executable action) {
    return String.valueOf(Assertions.assertThrows(type, action).getMessage());
  }
}
