// SPDX-License-Identifier: Apache-2.0
package gander.runtime.hostcuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import gander.runtime.Argument;
import gander.runtime.DeviceException;
import gander.runtime.GanderException;
import gander.runtime.Geometry;
import gander.runtime.Launch;
import gander.runtime.Ledger;
import gander.runtime.Owned;
import gander.runtime.Recording;
import gander.runtime.Slice;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Launches with their arguments laid out as the machine takes them, run one after the other. */
final class HostCudaRecording extends Owned implements Recording {
  /** Limits of every CUDA device since sm_30. */
  private static final int MOST_THREADS = 1024;

  private static final int MOST_DEEP = 64;
  private static final int MOST_GRID = 65535;
  private static final int MOST_ARGUMENTS = 512;

  /** {@code struct Launch} and {@code struct Fault} of {@code machine.h}. */
  private static final long ARGUMENT_BYTES = 16;

  private static final long LAUNCH_BYTES = 48;
  private static final long LAUNCH_ARGUMENTS = 40;
  private static final long FAULT_BYTES = 1024;
  private static final long FAULT_TEXT = 16;

  /** A launch ready to go. */
  private record Call(Launch launch, HostCudaDevice.Entry entry, MemorySegment laidOut) {}

  private final HostCudaDevice device;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment fault = arena.allocate(FAULT_BYTES, Long.BYTES);
  private final List<Call> calls = new ArrayList<>();
  private final Set<Owned> inUse = new LinkedHashSet<>();

  HostCudaRecording(HostCudaDevice device, Ledger ledger, List<Launch> launches) {
    super(ledger, "recording of %d launches".formatted(launches.size()));
    this.device = device;
    try {
      for (Launch launch : launches) {
        calls.add(prepare(launch));
      }
    } catch (RuntimeException e) {
      release();
      throw e;
    }
  }

  private Call prepare(Launch launch) {
    if (!(launch.kernel() instanceof HostCudaDevice.Entry entry)
        || entry.module().device() != device) {
      throw new IllegalArgumentException(
          "%s: its kernel is not %s's".formatted(launch.describe(), device.info().id()));
    }
    launch.requireParameters(entry.parameters());
    use(entry.module());
    requireLimits(launch);
    return new Call(launch, entry, layOut(launch));
  }

  private static void requireLimits(Launch launch) {
    Geometry g = launch.geometry();
    if ((long) g.blockX() * g.blockY() * g.blockZ() > MOST_THREADS || g.blockZ() > MOST_DEEP) {
      throw new GanderException(
          "%s: a block of CUDA has at most %d threads, %d in its third dimension; give it a smaller block"
              .formatted(launch.describe(), MOST_THREADS, MOST_DEEP));
    }
    if (launch.arguments().size() > MOST_ARGUMENTS) {
      throw new GanderException(
          "%s: a kernel of CUDA has at most %d arguments"
              .formatted(launch.describe(), MOST_ARGUMENTS));
    }
    if (g.gridY() > MOST_GRID || g.gridZ() > MOST_GRID) {
      throw new GanderException(
          "%s: a grid of CUDA has at most %d blocks in its second and third dimension"
              .formatted(launch.describe(), MOST_GRID));
    }
  }

  private MemorySegment layOut(Launch launch) {
    Geometry g = launch.geometry();
    MemorySegment laidOut = arena.allocate(LAUNCH_BYTES, Long.BYTES);
    int[] head = {
      g.gridX(),
      g.gridY(),
      g.gridZ(),
      g.blockX(),
      g.blockY(),
      g.blockZ(),
      g.sharedBytes(),
      Math.toIntExact(device.info().localMemoryBytes()),
      launch.arguments().size(),
      Integer.getInteger("gander.hostcuda.seed", 0)
    };
    MemorySegment.copy(head, 0, laidOut, JAVA_INT, 0, head.length);
    laidOut.set(ADDRESS, LAUNCH_ARGUMENTS, arguments(launch));
    return laidOut;
  }

  private MemorySegment arguments(Launch launch) {
    int count = launch.arguments().size();
    MemorySegment values = arena.allocate(Math.max(1, count) * ARGUMENT_BYTES, Long.BYTES);
    for (int i = 0; i < count; i++) {
      long at = i * ARGUMENT_BYTES;
      switch (launch.arguments().get(i)) {
        case Slice slice -> {
          slice.requireAligned(device.info());
          HostCudaDevice.Buffer buffer = device.buffer(slice);
          use(buffer);
          values.set(JAVA_LONG, at, buffer.at(slice).address());
          values.set(JAVA_LONG, at + Long.BYTES, slice.bytes());
        }
        case Argument.Word word -> values.set(JAVA_INT, at, word.bits());
      }
    }
    return values;
  }

  private void use(Owned owned) {
    if (inUse.add(owned)) {
      owned.used();
    }
  }

  @Override
  public void replay() {
    requireOpen();
    for (Call call : calls) {
      run(call);
    }
  }

  private void run(Call call) {
    int code;
    try {
      code =
          (int)
              call.entry()
                  .module()
                  .launch()
                  .invokeExact(call.laidOut(), call.entry().call(), fault);
    } catch (Throwable e) {
      throw new IllegalStateException("a kernel cannot be called", e);
    }
    if (code != 0) {
      throw failed(call);
    }
  }

  private DeviceException failed(Call call) {
    String text = fault.getString(FAULT_TEXT);
    for (int i = 0; i < 2; i++) {
      long offset = fault.get(JAVA_LONG, (long) i * Long.BYTES);
      String place = "{" + i + "}";
      if (text.contains(place)) {
        text = text.replace(place, call.entry().module().line(offset));
      }
    }
    return new DeviceException(
        "%s: %s: %s".formatted(device.info().id(), call.launch().describe(), text));
  }

  @Override
  public long[] time() {
    requireOpen();
    long[] nanos = new long[calls.size()];
    for (int i = 0; i < nanos.length; i++) {
      long begin = System.nanoTime();
      run(calls.get(i));
      nanos[i] = System.nanoTime() - begin;
    }
    return nanos;
  }

  /** Also undoes what a failed constructor had done. */
  @Override
  protected void release() {
    inUse.forEach(Owned::unused);
    arena.close();
  }
}
