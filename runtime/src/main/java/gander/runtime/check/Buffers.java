// SPDX-License-Identifier: Apache-2.0
package gander.runtime.check;

import gander.runtime.Device;
import gander.runtime.Memory;
import gander.runtime.Slice;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The buffers of one variant in device memory. Guarded, they lie in one allocation with canaries
 * before and after each, and what has no content is poisoned with NaN; exact, each is an allocation
 * of its own and what has no content is left as it came, so that a memory checker around the
 * process sees every step beyond a buffer and every use of what was never written.
 */
final class Buffers implements AutoCloseable {
  /** The least number of canary bytes before and after a buffer. */
  private static final int GUARD = 256;

  /** A quiet NaN, as canaries are: what is read of either spoils the result. */
  private static final int POISON = 0x7fd0d0d0;

  /**
   * A buffer.
   *
   * @param content null for one that kernels write
   */
  record Spec(String name, long bytes, float @Nullable [] content) {
    static Spec of(String name, float[] content) {
      return new Spec(name, (long) Float.BYTES * content.length, content);
    }
  }

  private final Device device;
  private final List<Spec> specs;
  private final boolean guarded;
  private final List<Memory> memories = new ArrayList<>();
  private final List<Slice> slices = new ArrayList<>();
  private final Arena arena = Arena.ofConfined();

  /** All of the guarded allocation on the host, as it is before and after a run. */
  private final MemorySegment before;

  private final MemorySegment after;

  Buffers(Device device, List<Spec> specs, boolean guarded) {
    this.device = device;
    this.specs = List.copyOf(specs);
    this.guarded = guarded;
    try {
      if (guarded) {
        allocateTogether();
      } else {
        for (Spec spec : specs) {
          memories.add(device.allocate(spec.bytes));
          slices.add(memories.getLast().all());
        }
      }
      long bytes = guarded ? memories.getFirst().bytes() : largest();
      before = arena.allocate(bytes, Float.BYTES);
      after = arena.allocate(bytes, Float.BYTES);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private void allocateTogether() {
    var offsets = new ArrayList<Long>();
    long end = 0;
    for (Spec spec : specs) {
      long offset = roundUp(end + GUARD, device.info().alignmentBytes());
      offsets.add(offset);
      end = offset + spec.bytes;
    }
    Memory memory = device.allocate(roundUp(end + GUARD, Float.BYTES));
    memories.add(memory);
    for (int i = 0; i < specs.size(); i++) {
      slices.add(new Slice(memory, offsets.get(i), specs.get(i).bytes));
    }
  }

  private static long roundUp(long bytes, long unit) {
    return Math.ceilDiv(bytes, unit) * unit;
  }

  private long largest() {
    return specs.stream().mapToLong(Spec::bytes).max().orElse(Float.BYTES);
  }

  Slice slice(int buffer) {
    return slices.get(buffer);
  }

  /** Puts everything on the device as it is before a run. */
  void write() {
    if (!guarded) {
      for (int i = 0; i < specs.size(); i++) {
        float[] content = specs.get(i).content;
        if (content != null) {
          MemorySegment part = before.asSlice(0, specs.get(i).bytes);
          MemorySegment.copy(content, 0, part, ValueLayout.JAVA_FLOAT, 0, content.length);
          device.write(slices.get(i), part);
        }
      }
      return;
    }
    for (long at = 0; at < before.byteSize(); at += Integer.BYTES) {
      before.set(ValueLayout.JAVA_INT, at, canary(at));
    }
    for (int i = 0; i < specs.size(); i++) {
      Spec spec = specs.get(i);
      long offset = slices.get(i).offset();
      if (spec.content != null) {
        MemorySegment.copy(
            spec.content, 0, before, ValueLayout.JAVA_FLOAT, offset, spec.content.length);
      } else {
        for (long at = 0; at + Integer.BYTES <= spec.bytes; at += Integer.BYTES) {
          before.set(ValueLayout.JAVA_INT, offset + at, POISON);
        }
      }
    }
    device.write(memories.getFirst().all(), before);
  }

  /** Another one at every place, so that a canary copied over a canary is seen. */
  private static int canary(long at) {
    int payload = (int) ((at * 0x9e3779b97f4a7c15L) >>> 42);
    return 0x7fc00000 | payload;
  }

  /** Fetches what a run left; exact buffers are fetched one by one. */
  void read() {
    if (guarded) {
      device.read(memories.getFirst().all(), after);
    }
  }

  /** What a buffer holds after a run. */
  float[] content(int buffer) {
    Slice slice = slices.get(buffer);
    var content = new float[Math.toIntExact(slice.bytes() / Float.BYTES)];
    if (!guarded) {
      device.read(slice, after.asSlice(0, slice.bytes()));
    }
    MemorySegment.copy(
        after, ValueLayout.JAVA_FLOAT, guarded ? slice.offset() : 0, content, 0, content.length);
    return content;
  }

  /** The first canary that did not survive. */
  Verdict.@Nullable Overrun overrun() {
    if (!guarded) {
      return null;
    }
    long from = 0;
    for (int i = 0; i <= specs.size(); i++) {
      long to = i < specs.size() ? slices.get(i).offset() : after.byteSize();
      long hit = MemorySegment.mismatch(before, from, to, after, from, to);
      if (hit >= 0) {
        return nearest(i, from + hit, from, to);
      }
      from = i < specs.size() ? to + specs.get(i).bytes : to;
    }
    return null;
  }

  /** Says by which of the two buffers around it a canary was probably hit. */
  private Verdict.Overrun nearest(int next, long at, long from, long to) {
    boolean behind = next > 0 && (next == specs.size() || at - from < to - at);
    int buffer = behind ? next - 1 : next;
    Spec spec = specs.get(buffer);
    return new Verdict.Overrun(spec.name, at - slices.get(buffer).offset(), spec.bytes);
  }

  @Override
  public void close() {
    memories.forEach(Memory::close);
    arena.close();
  }
}
