// SPDX-License-Identifier: Apache-2.0
package gander.runtime.opencl;

import static org.jocl.CL.*;

import gander.runtime.Argument;
import gander.runtime.GanderException;
import gander.runtime.Geometry;
import gander.runtime.Launch;
import gander.runtime.Ledger;
import gander.runtime.Owned;
import gander.runtime.Recording;
import gander.runtime.Slice;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_command_queue;
import org.jocl.cl_event;
import org.jocl.cl_kernel;
import org.jocl.cl_mem;
import org.jspecify.annotations.Nullable;

/**
 * One kernel object a launch, with its arguments set once. A slice that is not a whole allocation
 * is passed as a sub-buffer, made here and released here; equal slices share one.
 */
final class OpenClRecording extends Owned implements Recording {
  private static final int DIMENSIONS = 3;

  private final OpenClDevice device;
  private final List<Launch> launches;
  private final cl_kernel[] kernels;
  private final long[][] globalSizes;
  private final long[][] localSizes;
  private final Map<Slice, cl_mem> views = new HashMap<>();
  private final Set<Owned> inUse = new LinkedHashSet<>();

  OpenClRecording(OpenClDevice device, Ledger ledger, List<Launch> launches) {
    super(ledger, "recording of %d launches".formatted(launches.size()));
    this.device = device;
    this.launches = List.copyOf(launches);
    kernels = new cl_kernel[launches.size()];
    globalSizes = new long[launches.size()][];
    localSizes = new long[launches.size()][];
    try {
      for (int i = 0; i < kernels.length; i++) {
        prepare(i, launches.get(i));
      }
    } catch (RuntimeException e) {
      release();
      throw e;
    }
  }

  private void prepare(int index, Launch launch) {
    if (!(launch.kernel() instanceof OpenClDevice.Entry entry)
        || entry.module().device() != device) {
      throw new IllegalArgumentException(
          "%s: its kernel is not %s's".formatted(launch.describe(), device.info().id()));
    }
    launch.requireParameters(entry.parameters());
    use(entry.module());
    cl_kernel kernel = entry.module().create(entry.function());
    kernels[index] = kernel;
    requireBlock(launch, kernel);
    Geometry g = launch.geometry();
    localSizes[index] = new long[] {g.blockX(), g.blockY(), g.blockZ()};
    globalSizes[index] =
        new long[] {
          (long) g.gridX() * g.blockX(),
          (long) g.gridY() * g.blockY(),
          (long) g.gridZ() * g.blockZ()
        };
    for (int i = 0; i < launch.arguments().size(); i++) {
      int code =
          switch (launch.arguments().get(i)) {
            case Slice slice -> clSetKernelArg(kernel, i, Sizeof.cl_mem, Pointer.to(view(slice)));
            case Argument.Word word ->
                clSetKernelArg(kernel, i, Sizeof.cl_uint, Pointer.to(new int[] {word.bits()}));
          };
      if (code != CL_SUCCESS) {
        throw device
            .check()
            .failed(code, "clSetKernelArg", "argument %d of %s".formatted(i, launch.describe()));
      }
    }
  }

  private void requireBlock(Launch launch, cl_kernel kernel) {
    long[] most = {0};
    device
        .check()
        .that(
            clGetKernelWorkGroupInfo(
                kernel,
                device.device(),
                CL_KERNEL_WORK_GROUP_SIZE,
                Sizeof.size_t,
                Pointer.to(most),
                null),
            "clGetKernelWorkGroupInfo",
            launch.describe());
    Geometry g = launch.geometry();
    if ((long) g.blockX() * g.blockY() * g.blockZ() > most[0]) {
      throw new GanderException(
          "%s: a group of this kernel has at most %d work-items on %s; give it a smaller block"
              .formatted(launch.describe(), most[0], device.info().id()));
    }
  }

  private cl_mem view(Slice slice) {
    slice.requireAligned(device.info());
    OpenClDevice.Buffer buffer = device.buffer(slice);
    use(buffer);
    return slice.bytes() == buffer.bytes()
        ? buffer.whole()
        : views.computeIfAbsent(slice, buffer::view);
  }

  private void use(Owned owned) {
    if (inUse.add(owned)) {
      owned.used();
    }
  }

  @Override
  public void replay() {
    requireOpen();
    cl_command_queue queue = device.queue();
    for (int i = 0; i < kernels.length; i++) {
      enqueue(queue, i, null);
    }
    int code = clFlush(queue);
    if (code != CL_SUCCESS) {
      throw device.check().failed(code, "clFlush", label());
    }
  }

  private void enqueue(cl_command_queue queue, int i, @Nullable cl_event event) {
    int code =
        clEnqueueNDRangeKernel(
            queue, kernels[i], DIMENSIONS, null, globalSizes[i], localSizes[i], 0, null, event);
    if (code != CL_SUCCESS) {
      throw device.check().failed(code, "clEnqueueNDRangeKernel", launches.get(i).describe());
    }
  }

  @Override
  public long[] time() {
    requireOpen();
    device.finish();
    cl_command_queue queue = device.timingQueue();
    var events = new ArrayList<cl_event>();
    try {
      for (int i = 0; i < kernels.length; i++) {
        var event = new cl_event();
        enqueue(queue, i, event);
        events.add(event);
      }
      device.check().that(clFinish(queue), "clFinish", label());
      long[] nanos = new long[kernels.length];
      for (int i = 0; i < nanos.length; i++) {
        nanos[i] =
            stamp(events.get(i), CL_PROFILING_COMMAND_END)
                - stamp(events.get(i), CL_PROFILING_COMMAND_START);
      }
      return nanos;
    } finally {
      events.forEach(CL::clReleaseEvent);
    }
  }

  private long stamp(cl_event event, int parameter) {
    long[] nanos = {0};
    device
        .check()
        .that(
            clGetEventProfilingInfo(event, parameter, Sizeof.cl_ulong, Pointer.to(nanos), null),
            "clGetEventProfilingInfo",
            label());
    return nanos[0];
  }

  /** Also undoes what a failed constructor had done. */
  @Override
  protected void release() {
    for (cl_kernel kernel : kernels) {
      if (kernel != null) {
        clReleaseKernel(kernel);
      }
    }
    views.values().forEach(CL::clReleaseMemObject);
    inUse.forEach(Owned::unused);
  }
}
