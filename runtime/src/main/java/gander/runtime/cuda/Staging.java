// SPDX-License-Identifier: Apache-2.0
package gander.runtime.cuda;

import static jcuda.driver.JCudaDriver.*;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.CUstream;
import jcuda.driver.CUstream_flags;

/**
 * Two rings of slots, in pinned host memory and on the device, through which all copies go. A write
 * returns once its bytes are in the host's ring; from there they travel on a stream of their own,
 * while the device still works on what was queued before, and behind that they are moved to their
 * place. So the next batch crosses the bus during a step. Heap arrays never reach the driver, which
 * could not copy them asynchronously.
 */
final class Staging {
  /** A batch of 128 colour images of 64 x 64 pixels takes six. */
  private static final int SLOTS = 8;

  private static final long SLOT_BYTES = 1 << 20;

  private final Check check;
  private final CUstream work;
  private final CUstream travel = new CUstream();
  private final Pointer pinned = new Pointer();
  private final CUdeviceptr arrivals = new CUdeviceptr();
  private final MemorySegment[] slots = new MemorySegment[SLOTS];

  /** A slot's bytes are on the device: the host may fill it again. */
  private final CUevent[] arrived = new CUevent[SLOTS];

  /** They are in their place: others may arrive. */
  private final CUevent[] moved = new CUevent[SLOTS];

  /** What was made, the last first. */
  private final Deque<CudaDevice.Release> owned = new ArrayDeque<>();

  private int next;

  /**
   * @param work the stream that uses what is written
   */
  Staging(Check check, CUstream work) {
    this.check = check;
    this.work = work;
    try {
      check.that(
          cuStreamCreate(travel, CUstream_flags.CU_STREAM_NON_BLOCKING), "cuStreamCreate", null);
      owned.push(() -> cuStreamDestroy(travel));
      String bytes = SLOTS * SLOT_BYTES + " bytes to copy through";
      check.that(cuMemHostAlloc(pinned, SLOTS * SLOT_BYTES, 0), "cuMemHostAlloc", bytes);
      owned.push(() -> cuMemFreeHost(pinned));
      check.that(cuMemAlloc(arrivals, SLOTS * SLOT_BYTES), "cuMemAlloc", bytes);
      owned.push(() -> cuMemFree(arrivals));
      for (int i = 0; i < SLOTS; i++) {
        slots[i] = MemorySegment.ofBuffer(pinned.getByteBuffer(i * SLOT_BYTES, SLOT_BYTES));
        arrived[i] = event();
        moved[i] = event();
      }
    } catch (RuntimeException e) {
      owned.forEach(CudaDevice.Release::code); // That they fail as well says nothing new.
      throw e;
    }
  }

  private CUevent event() {
    var event = new CUevent();
    check.that(cuEventCreate(event, CUevent_flags.CU_EVENT_DISABLE_TIMING), "cuEventCreate", null);
    owned.push(() -> cuEventDestroy(event));
    return event;
  }

  void write(CUdeviceptr target, MemorySegment source, String subject) {
    for (long done = 0; done < source.byteSize(); done += SLOT_BYTES) {
      long bytes = Math.min(SLOT_BYTES, source.byteSize() - done);
      int slot = take();
      slots[slot].copyFrom(source.asSlice(done, bytes));
      CUdeviceptr arrival = arrivals.withByteOffset(slot * SLOT_BYTES);
      after(moved[slot], travel);
      check.that(
          cuMemcpyHtoDAsync(arrival, host(slot), bytes, travel), "cuMemcpyHtoDAsync", subject);
      check.that(cuEventRecord(arrived[slot], travel), "cuEventRecord", null);
      after(arrived[slot], work);
      check.that(
          cuMemcpyDtoDAsync(target.withByteOffset(done), arrival, bytes, work),
          "cuMemcpyDtoDAsync",
          subject);
      check.that(cuEventRecord(moved[slot], work), "cuEventRecord", null);
    }
  }

  /** What a stream gets to do next waits for an event; one that was never recorded is over. */
  private void after(CUevent event, CUstream stream) {
    check.that(cuStreamWaitEvent(stream, event, 0), "cuStreamWaitEvent", null);
  }

  void read(CUdeviceptr source, MemorySegment target, String subject) {
    for (long done = 0; done < target.byteSize(); done += SLOT_BYTES) {
      long bytes = Math.min(SLOT_BYTES, target.byteSize() - done);
      int slot = take();
      check.that(
          cuMemcpyDtoHAsync(host(slot), source.withByteOffset(done), bytes, work),
          "cuMemcpyDtoHAsync",
          subject);
      check.that(cuStreamSynchronize(work), "cuStreamSynchronize", subject);
      target.asSlice(done, bytes).copyFrom(slots[slot].asSlice(0, bytes));
    }
  }

  private int take() {
    int slot = next;
    next = (next + 1) % SLOTS;
    check.that(cuEventSynchronize(arrived[slot]), "cuEventSynchronize", "an earlier copy");
    return slot;
  }

  private Pointer host(int slot) {
    return pinned.withByteOffset(slot * SLOT_BYTES);
  }

  void close() {
    while (!owned.isEmpty()) {
      check.that(owned.pop().code(), "closing the copies' stream and memory", null);
    }
  }
}
