// SPDX-License-Identifier: Apache-2.0
package gander.runtime;

import java.lang.foreign.MemorySegment;

/**
 * A range of bytes of one allocation.
 *
 * @param offset from the allocation's start; where a kernel is given the slice, a multiple of the
 *     device's alignment
 */
public record Slice(Memory memory, long offset, long bytes) implements Argument {
  public Slice {
    if (offset < 0 || bytes < 0 || offset + bytes > memory.bytes()) {
      throw new IllegalArgumentException(
          "slice [%d, %d) of an allocation of %d bytes"
              .formatted(offset, offset + bytes, memory.bytes()));
    }
  }

  /** Whether the two have bytes in common. */
  boolean overlaps(Slice other) {
    return memory.equals(other.memory)
        && offset < other.offset + other.bytes
        && other.offset < offset + bytes;
  }

  /** What a kernel is given begins at a multiple of the device's alignment. */
  public void requireAligned(DeviceInfo device) {
    if (offset % device.alignmentBytes() != 0) {
      throw new IllegalArgumentException(
          "a slice of %d bytes at offset %d as a kernel's argument: on %s offsets are multiples of %d"
              .formatted(bytes, offset, device.id(), device.alignmentBytes()));
    }
  }

  /** Memory of the host that is copied to or from it has its size. */
  public void requireSize(MemorySegment host) {
    if (bytes != host.byteSize()) {
      throw new IllegalArgumentException(
          "a copy between %d bytes of the device and %d of the host"
              .formatted(bytes, host.byteSize()));
    }
  }
}
