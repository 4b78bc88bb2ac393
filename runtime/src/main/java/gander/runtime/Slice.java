// SPDX-License-Identifier: Apache-2.0
package gander.runtime;

/**
 * A range of bytes of one allocation.
 *
 * @param offset from the allocation's start, a multiple of the device's alignment
 */
public record Slice(Memory memory, long offset, long bytes) implements Argument {
  public Slice {
    if (offset < 0 || bytes < 0 || offset + bytes > memory.bytes()) {
      throw new IllegalArgumentException(
          "slice [%d, %d) of an allocation of %d bytes"
              .formatted(offset, offset + bytes, memory.bytes()));
    }
  }
}
