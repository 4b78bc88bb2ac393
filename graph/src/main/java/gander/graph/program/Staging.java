// SPDX-License-Identifier: Apache-2.0
package gander.graph.program;

import gander.runtime.Device;
import gander.runtime.Slice;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Moves arrays between the heap and a device through one block of native memory, converting between
 * double and single precision on the way. Allocates nothing after it was made.
 */
final class Staging implements AutoCloseable {
  /** Elements moved at a time: 1 MiB, small beside a last-level cache. */
  private static final int CHUNK = 1 << 18;

  private final Device device;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment block = arena.allocate(4L * CHUNK, 64);

  Staging(Device device) {
    this.device = device;
  }

  void write(Slice target, float[] values) {
    for (int begin = 0; begin < values.length; begin += CHUNK) {
      int count = Math.min(CHUNK, values.length - begin);
      MemorySegment.copy(values, begin, block, ValueLayout.JAVA_FLOAT, 0, count);
      device.write(part(target, begin, count), block.asSlice(0, 4L * count));
    }
  }

  void write(Slice target, double[] values) {
    for (int begin = 0; begin < values.length; begin += CHUNK) {
      int count = Math.min(CHUNK, values.length - begin);
      for (int i = 0; i < count; i++) {
        block.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) values[begin + i]);
      }
      device.write(part(target, begin, count), block.asSlice(0, 4L * count));
    }
  }

  void read(Slice source, float[] values) {
    for (int begin = 0; begin < values.length; begin += CHUNK) {
      int count = Math.min(CHUNK, values.length - begin);
      device.read(part(source, begin, count), block.asSlice(0, 4L * count));
      MemorySegment.copy(block, ValueLayout.JAVA_FLOAT, 0, values, begin, count);
    }
  }

  double[] read(Slice source) {
    var values = new double[(int) (source.bytes() / 4)];
    for (int begin = 0; begin < values.length; begin += CHUNK) {
      int count = Math.min(CHUNK, values.length - begin);
      device.read(part(source, begin, count), block.asSlice(0, 4L * count));
      for (int i = 0; i < count; i++) {
        values[begin + i] = block.getAtIndex(ValueLayout.JAVA_FLOAT, i);
      }
    }
    return values;
  }

  private static Slice part(Slice whole, int begin, int count) {
    return new Slice(whole.memory(), whole.offset() + 4L * begin, 4L * count);
  }

  @Override
  public void close() {
    arena.close();
  }
}
