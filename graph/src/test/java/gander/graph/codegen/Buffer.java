// SPDX-License-Identifier: Apache-2.0
package gander.graph.codegen;

/** A range of simulated device memory: one kernel argument. */
public final class Buffer {
  private final double[] memory;
  private final int offset;
  private final int size;
  private final int[] writes;

  /**
   * @param memory shared with other buffers
   */
  public Buffer(double[] memory, int offset, int size) {
    this.memory = memory;
    this.offset = offset;
    this.size = size;
    this.writes = new int[size];
  }

  public double read(long index) {
    check(index);
    return memory[offset + (int) index];
  }

  void write(long index, double value) {
    check(index);
    writes[(int) index]++;
    memory[offset + (int) index] = value;
  }

  private void check(long index) {
    if (index < 0 || index >= size) {
      throw new AssertionError("element %d of %d".formatted(index, size));
    }
  }

  int size() {
    return size;
  }

  @SuppressWarnings("ReferenceEquality") // the same memory, not equal numbers
  boolean overlaps(Buffer other) {
    return memory == other.memory
        && offset < other.offset + other.size
        && other.offset < offset + size;
  }

  boolean isWrittenOnce() {
    for (int count : writes) {
      if (count != 1) {
        return false;
      }
    }
    return true;
  }
}
