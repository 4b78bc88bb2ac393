// SPDX-License-Identifier: Apache-2.0
package gander.runtime.cuda;

import static jcuda.driver.JCudaDriver.*;

import java.lang.foreign.MemorySegment;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.CUstream;

/**
 * A ring of pinned host memory through which all copies go. A write returns once its bytes are in
 * the ring, without waiting for what the device does before it; a slot is used again when the copy
 * out of it is done. Heap arrays never reach the driver, which could not copy them asynchronously.
 */
final class Staging {
  private static final int SLOTS = 4;
  private static final long SLOT_BYTES = 1 << 20;

  private final Check check;
  private final CUstream stream;
  private final Pointer pinned = new Pointer();
  private final MemorySegment[] slots = new MemorySegment[SLOTS];
  private final CUevent[] copied = new CUevent[SLOTS];
  private int next;

  Staging(Check check, CUstream stream) {
    this.check = check;
    this.stream = stream;
    check.that(
        cuMemHostAlloc(pinned, SLOTS * SLOT_BYTES, 0),
        "cuMemHostAlloc",
        SLOTS * SLOT_BYTES + " bytes of pinned memory");
    for (int i = 0; i < SLOTS; i++) {
      slots[i] = MemorySegment.ofBuffer(pinned.getByteBuffer(i * SLOT_BYTES, SLOT_BYTES));
      copied[i] = new CUevent();
      check.that(
          cuEventCreate(copied[i], CUevent_flags.CU_EVENT_DISABLE_TIMING), "cuEventCreate", null);
    }
  }

  void write(CUdeviceptr target, MemorySegment source, String subject) {
    for (long done = 0; done < source.byteSize(); done += SLOT_BYTES) {
      long bytes = Math.min(SLOT_BYTES, source.byteSize() - done);
      int slot = take();
      slots[slot].copyFrom(source.asSlice(done, bytes));
      check.that(
          cuMemcpyHtoDAsync(target.withByteOffset(done), host(slot), bytes, stream),
          "cuMemcpyHtoDAsync",
          subject);
      check.that(cuEventRecord(copied[slot], stream), "cuEventRecord", null);
    }
  }

  void read(CUdeviceptr source, MemorySegment target, String subject) {
    for (long done = 0; done < target.byteSize(); done += SLOT_BYTES) {
      long bytes = Math.min(SLOT_BYTES, target.byteSize() - done);
      int slot = take();
      check.that(
          cuMemcpyDtoHAsync(host(slot), source.withByteOffset(done), bytes, stream),
          "cuMemcpyDtoHAsync",
          subject);
      check.that(cuStreamSynchronize(stream), "cuStreamSynchronize", subject);
      target.asSlice(done, bytes).copyFrom(slots[slot].asSlice(0, bytes));
    }
  }

  private int take() {
    int slot = next;
    next = (next + 1) % SLOTS;
    check.that(cuEventSynchronize(copied[slot]), "cuEventSynchronize", "an earlier copy");
    return slot;
  }

  private Pointer host(int slot) {
    return pinned.withByteOffset(slot * SLOT_BYTES);
  }

  void close() {
    for (CUevent event : copied) {
      check.that(cuEventDestroy(event), "cuEventDestroy", null);
    }
    check.that(cuMemFreeHost(pinned), "cuMemFreeHost", null);
  }
}
