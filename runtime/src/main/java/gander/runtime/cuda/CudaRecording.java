// SPDX-License-Identifier: Apache-2.0
package gander.runtime.cuda;

import static jcuda.driver.JCudaDriver.*;

import gander.runtime.Argument;
import gander.runtime.GanderException;
import gander.runtime.Geometry;
import gander.runtime.Launch;
import gander.runtime.LaunchOrder;
import gander.runtime.Ledger;
import gander.runtime.Owned;
import gander.runtime.Recording;
import gander.runtime.Slice;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import jcuda.NativePointerObject;
import jcuda.Pointer;
import jcuda.driver.CUfunction;
import jcuda.driver.CUfunction_attribute;
import org.jspecify.annotations.Nullable;

/**
 * Launches as a CUDA graph, in which each waits for those alone whose memory it needs, so that a
 * GPU runs small ones side by side. Made in two phases: prepare, which sets attributes and lays out
 * arguments, and the graph.
 */
final class CudaRecording extends Owned implements Recording {
  /** What a block gets without asking. */
  private static final int SHARED_BYTES = 48 << 10;

  private final CudaDevice device;
  private final List<CudaGraph.Call> calls = new ArrayList<>();
  private final Set<Owned> inUse = new LinkedHashSet<>();
  private final CudaGraph graph;
  private @Nullable CudaGraph timed;

  CudaRecording(CudaDevice device, Ledger ledger, List<Launch> launches) {
    super(ledger, "recording of %d launches".formatted(launches.size()));
    this.device = device;
    try {
      for (Launch launch : launches) {
        calls.add(prepare(launch));
      }
      graph = CudaGraph.of(device, label(), calls, LaunchOrder.waits(launches));
    } catch (RuntimeException e) {
      inUse.forEach(Owned::unused);
      throw e;
    }
  }

  private CudaGraph.Call prepare(Launch launch) {
    if (!(launch.kernel() instanceof CudaDevice.Entry entry) || entry.module().device() != device) {
      throw new IllegalArgumentException(
          "%s: its kernel is not %s's".formatted(launch.describe(), device.info().id()));
    }
    if (entry.parameters() >= 0) {
      launch.requireParameters(entry.parameters());
    }
    use(entry.module());
    requireBlock(launch, entry.handle());
    requireShared(launch, entry.handle());
    return new CudaGraph.Call(launch, entry.handle(), arguments(launch));
  }

  private Pointer arguments(Launch launch) {
    int count = launch.arguments().size();
    ByteBuffer values =
        ByteBuffer.allocateDirect(Math.max(1, count) * Long.BYTES).order(ByteOrder.nativeOrder());
    var pointers = new NativePointerObject[count];
    for (int i = 0; i < count; i++) {
      switch (launch.arguments().get(i)) {
        case Slice slice -> {
          slice.requireAligned(device.info());
          CudaDevice.Buffer buffer = device.buffer(slice);
          use(buffer);
          values.putLong(i * Long.BYTES, buffer.address() + slice.offset());
        }
        case Argument.Word word -> values.putInt(i * Long.BYTES, word.bits());
      }
      pointers[i] = Pointer.to(values).withByteOffset((long) i * Long.BYTES);
    }
    return Pointer.to(pointers);
  }

  private void requireBlock(Launch launch, CUfunction function) {
    int most =
        attribute(launch, function, CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK);
    Geometry g = launch.geometry();
    if ((long) g.blockX() * g.blockY() * g.blockZ() > most) {
      throw new GanderException(
          "%s: a block of this kernel has at most %d threads on %s; give it a smaller block, or fewer registers"
              .formatted(launch.describe(), most, device.info().id()));
    }
  }

  /**
   * More than the usual shared memory has to be asked for: all that the function's static arrays
   * leave, since another launch of the same function may want more than this one.
   */
  private void requireShared(Launch launch, CUfunction function) {
    int bytes = launch.geometry().sharedBytes();
    if (bytes <= SHARED_BYTES) {
      return;
    }
    long left =
        device.info().localMemoryBytes()
            - attribute(launch, function, CUfunction_attribute.CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES);
    if (bytes > left) {
      throw new GanderException(
          "%s: a block of this kernel on %s has at most %d bytes of dynamic shared memory; use smaller tiles"
              .formatted(launch.describe(), device.info().id(), left));
    }
    device
        .check()
        .that(
            cuFuncSetAttribute(
                function,
                CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES,
                Math.toIntExact(left)),
            "cuFuncSetAttribute",
            launch.describe());
  }

  private int attribute(Launch launch, CUfunction function, int attribute) {
    int[] value = {0};
    device
        .check()
        .that(
            cuFuncGetAttribute(value, attribute, function),
            "cuFuncGetAttribute",
            launch.describe());
    return value[0];
  }

  private void use(Owned owned) {
    if (inUse.add(owned)) {
      owned.used();
    }
  }

  @Override
  public void replay() {
    device.enter();
    requireOpen();
    graph.launch();
  }

  @Override
  public long[] time() {
    device.enter();
    requireOpen();
    if (timed == null) {
      timed = CudaGraph.timed(device, label(), calls);
    }
    timed.launch();
    device.check().that(cuStreamSynchronize(device.stream()), "cuStreamSynchronize", label());
    return timed.nanos();
  }

  @Override
  protected void release() {
    try {
      graph.close();
      if (timed != null) {
        timed.close();
      }
    } finally {
      inUse.forEach(Owned::unused);
    }
  }
}
