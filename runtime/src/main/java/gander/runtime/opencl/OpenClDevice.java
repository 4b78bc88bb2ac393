// SPDX-License-Identifier: Apache-2.0
package gander.runtime.opencl;

import static org.jocl.CL.*;

import gander.runtime.CodeModule;
import gander.runtime.Device;
import gander.runtime.DeviceInfo;
import gander.runtime.GanderException;
import gander.runtime.Launch;
import gander.runtime.Ledger;
import gander.runtime.Memory;
import gander.runtime.Owned;
import gander.runtime.Recording;
import gander.runtime.Slice;
import gander.runtime.Source;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_buffer_region;
import org.jocl.cl_command_queue;
import org.jocl.cl_context;
import org.jocl.cl_device_id;
import org.jocl.cl_kernel;
import org.jocl.cl_mem;
import org.jocl.cl_program;
import org.jspecify.annotations.Nullable;

/** One OpenCL device with one in-order queue: what is queued later sees what was queued before. */
final class OpenClDevice implements Device {
  /** One context a device for the whole process: some drivers leak each one that is released. */
  private static final Map<cl_device_id, cl_context> CONTEXTS = new ConcurrentHashMap<>();

  private static final long STAGING_BYTES = 1 << 20;

  /** Bytes of one copy, below the limit of a ByteBuffer. */
  private static final long COPY_BYTES = 1 << 30;

  private final cl_device_id device;
  private final DeviceInfo info;
  private final cl_context context;
  private final cl_command_queue queue;
  private final Check check;
  private final boolean pocl;
  private final OpenClCompiler compiler;
  private final Ledger ledger;
  private final Arena arena = Arena.ofShared();
  private @Nullable MemorySegment staging;
  private @Nullable cl_command_queue timingQueue;

  OpenClDevice(cl_device_id device, DeviceInfo info) {
    this.device = device;
    this.info = info;
    check = new Check(info.id());
    ledger = new Ledger(info.id());
    context = CONTEXTS.computeIfAbsent(device, this::createContext);
    pocl = info.driver().contains("PoCL");
    compiler = new OpenClCompiler(context, device, check, pocl);
    queue = createQueue(0);
  }

  private cl_context createContext(cl_device_id device) {
    int[] code = {0};
    var created = clCreateContext(null, 1, new cl_device_id[] {device}, null, null, code);
    check.that(code[0], "clCreateContext", null);
    return created;
  }

  @SuppressWarnings("deprecation") // its successor does not exist in OpenCL 1.2
  private cl_command_queue createQueue(long properties) {
    int[] code = {0};
    var created = clCreateCommandQueue(context, device, properties, code);
    check.that(code[0], "clCreateCommandQueue", null);
    return created;
  }

  @Override
  public DeviceInfo info() {
    return info;
  }

  // Compile

  @Override
  public byte[] compile(Source source) {
    return compiler.compile(source);
  }

  @Override
  public byte[] compileForTrial(Source source) {
    return compiler.compileForTrial(source);
  }

  @Override
  public boolean compilesAlone() {
    return pocl;
  }

  // Load

  @Override
  public CodeModule load(Source source, byte[] binary) {
    ledger.requireOwner();
    return ledger.enter(new Module(source, compiler.load(source, binary)));
  }

  /** Loaded code; each launch of a recording has a kernel object of its own. */
  final class Module extends Owned implements CodeModule {
    private final Source source;
    private final cl_program program;

    Module(Source source, cl_program program) {
      super(ledger, "module " + source.name());
      this.source = source;
      this.program = program;
    }

    @Override
    public Entry kernel(String function) {
      requireOpen();
      cl_kernel kernel = create(function);
      try {
        int[] parameters = {0};
        check.that(
            clGetKernelInfo(
                kernel, CL_KERNEL_NUM_ARGS, Sizeof.cl_uint, Pointer.to(parameters), null),
            "clGetKernelInfo",
            function);
        return new Entry(this, function, parameters[0]);
      } finally {
        clReleaseKernel(kernel);
      }
    }

    OpenClDevice device() {
      return OpenClDevice.this;
    }

    cl_kernel create(String function) {
      int[] code = {0};
      var kernel = clCreateKernel(program, function, code);
      check.that(code[0], "clCreateKernel", "function %s of %s".formatted(function, source.name()));
      return kernel;
    }

    @Override
    protected void release() {
      check.that(clReleaseProgram(program), "clReleaseProgram", label());
    }
  }

  /** A function of a module and how many parameters it has. */
  record Entry(Module module, String function, int parameters) implements CodeModule.Kernel {}

  // Allocate and copy

  @Override
  public Memory allocate(long bytes) {
    ledger.requireOwner();
    if (bytes <= 0) {
      throw new IllegalArgumentException("an allocation of %d bytes".formatted(bytes));
    }
    if (bytes > info.maxAllocationBytes()) {
      throw new GanderException(
          "%s cannot allocate %d bytes at once: its limit is %d; use a smaller batch"
              .formatted(info.id(), bytes, info.maxAllocationBytes()));
    }
    int[] code = {0};
    var buffer = clCreateBuffer(context, CL_MEM_READ_WRITE, bytes, null, code);
    check.that(code[0], "clCreateBuffer", bytes + " bytes");
    return ledger.enter(new Buffer(buffer, bytes));
  }

  /** An allocation. */
  final class Buffer extends Owned implements Memory {
    private final cl_mem buffer;
    private final long bytes;

    Buffer(cl_mem buffer, long bytes) {
      super(ledger, "memory of %d bytes".formatted(bytes));
      this.buffer = buffer;
      this.bytes = bytes;
    }

    @Override
    public long bytes() {
      return bytes;
    }

    OpenClDevice device() {
      return OpenClDevice.this;
    }

    cl_mem whole() {
      return buffer;
    }

    /** A view that the caller releases. */
    cl_mem view(Slice slice) {
      int[] code = {0};
      var view =
          clCreateSubBuffer(
              buffer,
              CL_MEM_READ_WRITE,
              CL_BUFFER_CREATE_TYPE_REGION,
              new cl_buffer_region(slice.offset(), slice.bytes()),
              code);
      check.that(
          code[0],
          "clCreateSubBuffer",
          "%d bytes at offset %d of %s".formatted(slice.bytes(), slice.offset(), label()));
      return view;
    }

    @Override
    protected void release() {
      check.that(clReleaseMemObject(buffer), "clReleaseMemObject", label());
    }
  }

  /** The buffer behind a slice, which must be one of this device's. */
  Buffer buffer(Slice slice) {
    if (slice.memory() instanceof Buffer buffer && buffer.device() == this) {
      buffer.requireOpen();
      return buffer;
    }
    throw new IllegalArgumentException("a slice of memory that is not %s's".formatted(info.id()));
  }

  @Override
  public void write(Slice target, MemorySegment source) {
    ledger.requireOwner();
    target.requireSize(source);
    Buffer buffer = buffer(target);
    for (long done = 0; done < target.bytes(); ) {
      MemorySegment piece = piece(source, done);
      MemorySegment from = source.isNative() ? piece : staging().copyFrom(piece);
      check.that(
          clEnqueueWriteBuffer(
              queue,
              buffer.whole(),
              CL_TRUE,
              target.offset() + done,
              piece.byteSize(),
              Pointer.to(from.asByteBuffer()),
              0,
              null,
              null),
          "clEnqueueWriteBuffer",
          buffer.label());
      done += piece.byteSize();
    }
  }

  @Override
  public void read(Slice source, MemorySegment target) {
    ledger.requireOwner();
    source.requireSize(target);
    Buffer buffer = buffer(source);
    for (long done = 0; done < source.bytes(); ) {
      MemorySegment piece = piece(target, done);
      MemorySegment to = target.isNative() ? piece : staging().asSlice(0, piece.byteSize());
      check.that(
          clEnqueueReadBuffer(
              queue,
              buffer.whole(),
              CL_TRUE,
              source.offset() + done,
              piece.byteSize(),
              Pointer.to(to.asByteBuffer()),
              0,
              null,
              null),
          "clEnqueueReadBuffer",
          buffer.label());
      if (!target.isNative()) {
        piece.copyFrom(to);
      }
      done += piece.byteSize();
    }
  }

  /** The next piece of a copy: heap arrays go through the staging memory, which is smaller. */
  private static MemorySegment piece(MemorySegment all, long done) {
    long most = all.isNative() ? COPY_BYTES : STAGING_BYTES;
    return all.asSlice(done, Math.min(most, all.byteSize() - done));
  }

  private MemorySegment staging() {
    if (staging == null) {
      staging = arena.allocate(STAGING_BYTES, Long.BYTES);
    }
    return staging;
  }

  @Override
  public void fill(Slice target, int pattern) {
    ledger.requireOwner();
    if (target.bytes() == 0) {
      return;
    }
    Buffer buffer = buffer(target);
    check.that(
        clEnqueueFillBuffer(
            queue,
            buffer.whole(),
            Pointer.to(new int[] {pattern}),
            Integer.BYTES,
            target.offset(),
            target.bytes(),
            0,
            null,
            null),
        "clEnqueueFillBuffer",
        buffer.label());
  }

  // Record and replay

  @Override
  public Recording record(List<Launch> launches) {
    ledger.requireOwner();
    return ledger.enter(new OpenClRecording(this, ledger, launches));
  }

  cl_command_queue queue() {
    return queue;
  }

  /** A second queue, since timing every launch costs on some drivers. */
  cl_command_queue timingQueue() {
    if (timingQueue == null) {
      timingQueue = createQueue(CL_QUEUE_PROFILING_ENABLE);
    }
    return timingQueue;
  }

  cl_device_id device() {
    return device;
  }

  Check check() {
    return check;
  }

  @Override
  public void finish() {
    ledger.requireOwner();
    check.that(clFinish(queue), "clFinish", "all work queued so far");
  }

  @Override
  public void close() {
    if (ledger.closed()) {
      return;
    }
    try {
      finish();
    } finally {
      ledger.close();
      clReleaseCommandQueue(queue);
      if (timingQueue != null) {
        clReleaseCommandQueue(timingQueue);
      }
      arena.close();
    }
  }
}
