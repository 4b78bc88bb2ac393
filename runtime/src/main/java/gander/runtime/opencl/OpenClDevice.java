// SPDX-License-Identifier: Apache-2.0
package gander.runtime.opencl;

import static org.jocl.CL.*;

import gander.runtime.BuildLog;
import gander.runtime.CodeImage;
import gander.runtime.CodeModule;
import gander.runtime.Device;
import gander.runtime.DeviceException;
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
import java.nio.charset.StandardCharsets;
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

/**
 * One OpenCL device with one in-order queue: what is queued later sees what was queued before.
 *
 * <p>Its compiled code is the driver's program binary. On PoCL 3.1 that makes a warm start quick (1
 * ms a program, 21 ms from source) for a slower first one (60 to 110 ms on top of 100 to 180), and
 * the code specialised for a block size comes from PoCL's own cache in both cases.
 */
final class OpenClDevice implements Device {
  /** One context a device for the whole process: some drivers leak each one that is released. */
  private static final Map<cl_device_id, cl_context> CONTEXTS = new ConcurrentHashMap<>();

  /** Contraction of a*b+c and the like is the kernels' business: see their common header. */
  private static final String OPTIONS = "-cl-std=CL1.2 ";

  private static final long STAGING_BYTES = 1 << 20;

  /** Bytes of one copy, below the limit of a ByteBuffer. */
  private static final long COPY_BYTES = 1 << 30;

  private final cl_device_id device;
  private final DeviceInfo info;
  private final cl_context context;
  private final cl_command_queue queue;
  private final Check check;
  private final Ledger ledger;
  private final Thread owner = Thread.currentThread();
  private final Arena arena = Arena.ofShared();
  private @Nullable MemorySegment staging;
  private @Nullable cl_command_queue timingQueue;
  private boolean closed;

  OpenClDevice(cl_device_id device, DeviceInfo info) {
    this.device = device;
    this.info = info;
    check = new Check(info.id());
    ledger = new Ledger(info.id());
    context = CONTEXTS.computeIfAbsent(device, this::createContext);
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

  static String furtherOptions() {
    return System.getProperty("gander.opencl.options", "").strip();
  }

  @Override
  public byte[] compile(Source source) {
    cl_program program = buildFromSource(source, source.text());
    try {
      byte[] binary = binary(source, program);
      return binary.length > 0
          ? CodeImage.of(CodeImage.Form.BINARY, binary)
          : CodeImage.of(CodeImage.Form.SOURCE, source.text().getBytes(StandardCharsets.UTF_8));
    } finally {
      clReleaseProgram(program);
    }
  }

  private cl_program buildFromSource(Source source, String text) {
    int[] code = {0};
    var program = clCreateProgramWithSource(context, 1, new String[] {text}, null, code);
    check.that(code[0], "clCreateProgramWithSource", source.name());
    return build(source, program);
  }

  private cl_program build(Source source, cl_program program) {
    String options = OPTIONS + furtherOptions();
    int code = clBuildProgram(program, 1, new cl_device_id[] {device}, options, null, null);
    if (code == CL_SUCCESS) {
      return program;
    }
    String error = BuildLog.firstError(source, log(program));
    clReleaseProgram(program);
    throw error.isEmpty()
        ? check.failed(code, "clBuildProgram", source.name())
        : new DeviceException(
            "%s: clBuildProgram failed with %s for %s: %s"
                .formatted(info.id(), Check.name(code), source.name(), error));
  }

  private String log(cl_program program) {
    long[] size = {0};
    int code = clGetProgramBuildInfo(program, device, CL_PROGRAM_BUILD_LOG, 0, null, size);
    if (code != CL_SUCCESS) {
      return "";
    }
    byte[] bytes = new byte[Math.toIntExact(size[0])];
    code =
        clGetProgramBuildInfo(
            program, device, CL_PROGRAM_BUILD_LOG, bytes.length, Pointer.to(bytes), null);
    return code == CL_SUCCESS
        ? new String(bytes, StandardCharsets.UTF_8).replace("\0", "").strip()
        : "";
  }

  private byte[] binary(Source source, cl_program program) {
    long[] size = {0};
    check.that(
        clGetProgramInfo(program, CL_PROGRAM_BINARY_SIZES, Sizeof.size_t, Pointer.to(size), null),
        "clGetProgramInfo(CL_PROGRAM_BINARY_SIZES)",
        source.name());
    byte[] bytes = new byte[Math.toIntExact(size[0])];
    if (bytes.length > 0) {
      Pointer target = Pointer.to(Pointer.to(bytes));
      check.that(
          clGetProgramInfo(program, CL_PROGRAM_BINARIES, Sizeof.POINTER, target, null),
          "clGetProgramInfo(CL_PROGRAM_BINARIES)",
          source.name());
    }
    return bytes;
  }

  // Load

  @Override
  public CodeModule load(Source source, byte[] binary) {
    requireOwner();
    CodeImage image = CodeImage.read(info.id(), source, binary);
    cl_program program =
        switch (image.form()) {
          case BINARY -> buildFromBinary(source, image.code());
          case SOURCE -> buildFromSource(source, image.text());
        };
    return ledger.enter(new Module(source, program));
  }

  private cl_program buildFromBinary(Source source, byte[] binary) {
    int[] status = {0};
    int[] code = {0};
    var program =
        clCreateProgramWithBinary(
            context,
            1,
            new cl_device_id[] {device},
            new long[] {binary.length},
            new byte[][] {binary},
            status,
            code);
    check.that(status[0], "clCreateProgramWithBinary", source.name());
    check.that(code[0], "clCreateProgramWithBinary", source.name());
    return build(source, program);
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
    requireOwner();
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
    requireOwner();
    requireSize(target, source);
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
    requireOwner();
    requireSize(source, target);
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

  private static void requireSize(Slice slice, MemorySegment host) {
    if (slice.bytes() != host.byteSize()) {
      throw new IllegalArgumentException(
          "a copy between %d bytes of the device and %d of the host"
              .formatted(slice.bytes(), host.byteSize()));
    }
  }

  @Override
  public void fill(Slice target, int pattern) {
    requireOwner();
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
    requireOwner();
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
    requireOwner();
    check.that(clFinish(queue), "clFinish", "all work queued so far");
  }

  void requireOwner() {
    if (Thread.currentThread() != owner) {
      throw new IllegalStateException(
          "%s belongs to thread %s".formatted(info.id(), owner.getName()));
    }
    if (closed) {
      throw new IllegalStateException(info.id() + " is closed");
    }
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    requireOwner();
    try {
      finish();
      ledger.close();
    } finally {
      closed = true;
      clReleaseCommandQueue(queue);
      if (timingQueue != null) {
        clReleaseCommandQueue(timingQueue);
      }
      arena.close();
    }
  }
}
