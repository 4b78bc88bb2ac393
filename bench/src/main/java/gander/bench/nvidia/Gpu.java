// SPDX-License-Identifier: Apache-2.0
package gander.bench.nvidia;

import static gander.runtime.NativeCalls.status;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.util.Map.entry;

import gander.runtime.DeviceException;
import gander.runtime.GanderException;
import gander.runtime.MathMode;
import gander.runtime.NativeCalls;
import gander.runtime.NativeLibrary;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * One GPU with its primary context, which NVIDIA's libraries work in, and the stream they work on.
 * Used by one thread.
 */
final class Gpu {
  private static final String DRIVER = "libcuda.so.1";

  /** All return a {@code CUresult}; a {@code CUdeviceptr} is a {@code long}. */
  private static final Map<String, FunctionDescriptor> FUNCTIONS =
      Map.ofEntries(
          entry("cuInit", status(JAVA_INT)),
          entry("cuGetErrorName", status(JAVA_INT, ADDRESS)),
          entry("cuDeviceGet", status(ADDRESS, JAVA_INT)),
          entry("cuDeviceGetName", status(ADDRESS, JAVA_INT, JAVA_INT)),
          entry("cuDevicePrimaryCtxRetain", status(ADDRESS, JAVA_INT)),
          entry("cuDevicePrimaryCtxRelease_v2", status(JAVA_INT)),
          entry("cuCtxSetCurrent", status(ADDRESS)),
          entry("cuStreamCreate", status(ADDRESS, JAVA_INT)),
          entry("cuStreamDestroy_v2", status(ADDRESS)),
          entry("cuStreamSynchronize", status(ADDRESS)),
          entry("cuMemAlloc_v2", status(ADDRESS, JAVA_LONG)),
          entry("cuMemFree_v2", status(JAVA_LONG)),
          entry("cuMemcpyHtoD_v2", status(JAVA_LONG, ADDRESS, JAVA_LONG)),
          entry("cuEventCreate", status(ADDRESS, JAVA_INT)),
          entry("cuEventDestroy_v2", status(ADDRESS)),
          entry("cuEventRecordWithFlags", status(ADDRESS, ADDRESS, JAVA_INT)),
          entry("cuEventElapsedTime", status(ADDRESS, ADDRESS, ADDRESS)),
          entry("cuStreamBeginCapture_v2", status(ADDRESS, JAVA_INT)),
          entry("cuStreamEndCapture", status(ADDRESS, ADDRESS)),
          entry("cuGraphInstantiateWithFlags", status(ADDRESS, ADDRESS, JAVA_LONG)),
          entry("cuGraphLaunch", status(ADDRESS, ADDRESS)),
          entry("cuGraphExecDestroy", status(ADDRESS)),
          entry("cuGraphDestroy", status(ADDRESS)));

  /**
   * {@code CU_STREAM_CAPTURE_MODE_THREAD_LOCAL}: what allocates meanwhile fails, since its memory
   * would not be there when the graph runs.
   */
  private static final int CAPTURE_THREAD_LOCAL = 1;

  /** {@code CU_EVENT_RECORD_EXTERNAL}: the graph records the event whenever it runs. */
  private static final int RECORD_EXTERNAL = 1;

  /** Inputs are filled with this many numbers over and over. */
  private static final int BLOCK = 1 << 20;

  private static final int NAME_BYTES = 256;

  private final String id;
  private final NumberType type;
  private final NativeCalls calls;
  private final Arena arena = Arena.ofAuto();
  private final MemorySegment cell = arena.allocate(ADDRESS);
  private final MemorySegment block;
  private final MemorySegment stream;
  private final String name;

  /**
   * @param id such as {@code cuda:0}
   * @param owner of the context and the stream
   * @throws GanderException if there is no such GPU
   */
  Gpu(String id, MathMode math, Owner owner) {
    this.id = id;
    type = NumberType.of(math);
    NativeLibrary driver =
        NativeLibrary.open(List.of(DRIVER), "cuInit")
            .orElseThrow(() ->
                new GanderException(
                    "no NVIDIA driver: %s: %s".formatted(DRIVER, NativeLibrary.whyNot(DRIVER))));
    calls = new NativeCalls(driver, FUNCTIONS);
    call("cuInit", 0);
    call("cuDeviceGet", cell, Integer.parseInt(id.substring(id.indexOf(':') + 1)));
    int device = cell.get(JAVA_INT, 0);
    MemorySegment text = arena.allocate(NAME_BYTES);
    call("cuDeviceGetName", text, NAME_BYTES, device);
    name = text.getString(0);
    MemorySegment context = made("cuDevicePrimaryCtxRetain", device);
    owner.add(() -> calls.call("cuDevicePrimaryCtxRelease_v2", device));
    call("cuCtxSetCurrent", context);
    // It waits for copies, which are the default stream's.
    stream = made("cuStreamCreate", 0);
    owner.add(() -> calls.call("cuStreamDestroy_v2", stream));
    block = type.normal(arena, BLOCK);
  }

  String name() {
    return name;
  }

  NumberType type() {
    return type;
  }

  MemorySegment stream() {
    return stream;
  }

  /** A factor as the libraries read it, from the host's memory. */
  MemorySegment factor(float value) {
    return arena.allocateFrom(JAVA_FLOAT, value);
  }

  /**
   * Memory that holds whatever it holds.
   *
   * @throws GanderException if there is not so much
   */
  MemorySegment allocate(long bytes, Owner owner) {
    MemorySegment memory = made("cuMemAlloc_v2", bytes);
    owner.add(() -> calls.call("cuMemFree_v2", memory.address()));
    return memory;
  }

  /**
   * Memory full of normal numbers: with zeros, or with what is no number, a GPU has other clocks.
   */
  MemorySegment numbers(long count, Owner owner) {
    long bytes = count * type.bytes;
    MemorySegment memory = allocate(bytes, owner);
    for (long done = 0; done < bytes; done += block.byteSize()) {
      call(
          "cuMemcpyHtoD_v2",
          memory.address() + done,
          block,
          Math.min(bytes - done, block.byteSize()));
    }
    return memory;
  }

  /**
   * Runs something several times, as one CUDA graph that also records the times, as Gander times
   * its own kernels: of a run of a few microseconds events on a stream would time what it costs the
   * processor to launch it.
   *
   * @return the seconds that each run took by the GPU's clock
   * @throws GanderException if it cannot be captured
   */
  double[] seconds(Runnable run, int count) {
    try (var owner = new Owner()) {
      var events = new MemorySegment[count + 1];
      for (int i = 0; i <= count; i++) {
        MemorySegment event = made("cuEventCreate", 0);
        owner.add(() -> calls.call("cuEventDestroy_v2", event));
        events[i] = event;
      }
      Runnable runs =
          () -> {
            record(events[0]);
            for (int i = 0; i < count; i++) {
              run.run();
              record(events[i + 1]);
            }
          };
      MemorySegment graph = captured(runs, owner);
      MemorySegment executable = made("cuGraphInstantiateWithFlags", graph, 0L);
      owner.add(() -> calls.call("cuGraphExecDestroy", executable));
      call("cuGraphLaunch", executable, stream);
      call("cuStreamSynchronize", stream);
      var seconds = new double[count];
      for (int i = 0; i < count; i++) {
        call("cuEventElapsedTime", cell, events[i], events[i + 1]);
        seconds[i] = cell.get(JAVA_FLOAT, 0) / 1e3;
      }
      return seconds;
    }
  }

  private void record(MemorySegment event) {
    call("cuEventRecordWithFlags", event, stream, RECORD_EXTERNAL);
  }

  /** The graph of what something queues on the stream. */
  private MemorySegment captured(Runnable work, Owner owner) {
    call("cuStreamBeginCapture_v2", stream, CAPTURE_THREAD_LOCAL);
    GanderException failure = null;
    try {
      work.run();
    } catch (GanderException e) {
      failure = new GanderException(e.getMessage() + ", while a CUDA graph of it was captured", e);
    }
    cell.set(ADDRESS, 0, MemorySegment.NULL); // It stays so where the capture has failed.
    int ended = calls.call("cuStreamEndCapture", stream, cell);
    MemorySegment graph = cell.get(ADDRESS, 0);
    if (graph.address() != 0) {
      owner.add(() -> calls.call("cuGraphDestroy", graph));
    }
    if (failure != null) {
      throw failure;
    }
    check("cuStreamEndCapture", ended);
    return graph;
  }

  /** What a call that gives back a handle or an address as its first argument made. */
  private MemorySegment made(String call, Object... arguments) {
    call(call, Stream.concat(Stream.of(cell), Stream.of(arguments)).toArray());
    return cell.get(ADDRESS, 0);
  }

  private void call(String call, Object... arguments) {
    check(call, calls.call(call, arguments));
  }

  private void check(String call, int code) {
    if (code != 0) {
      throw new DeviceException(
          id,
          call,
          "%s (%d)".formatted(error(code), code),
          null,
          "Look at the GPU with 'nvidia-smi' and 'gander doctor'.");
    }
  }

  private String error(int code) {
    return calls.call("cuGetErrorName", code, cell) == 0
        ? cell.get(ADDRESS, 0).reinterpret(NAME_BYTES).getString(0)
        : "CUDA error";
  }
}
