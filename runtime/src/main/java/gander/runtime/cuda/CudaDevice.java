// SPDX-License-Identifier: Apache-2.0
package gander.runtime.cuda;

import static jcuda.driver.JCudaDriver.*;

import gander.runtime.CodeImage;
import gander.runtime.CodeModule;
import gander.runtime.Device;
import gander.runtime.DeviceInfo;
import gander.runtime.GanderException;
import gander.runtime.Launch;
import gander.runtime.Ledger;
import gander.runtime.Memory;
import gander.runtime.NativeLibrary;
import gander.runtime.Owned;
import gander.runtime.Recording;
import gander.runtime.Slice;
import gander.runtime.Source;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.CUstream;
import jcuda.driver.CUstream_flags;
import org.jspecify.annotations.Nullable;

/**
 * One NVIDIA GPU with its primary context and one stream: what is queued later sees what was queued
 * before. Its compiled code is a CUBIN for exactly its architecture.
 *
 * <p>After an error that the driver cannot recover from, such as a kernel that wrote outside its
 * memory, the device is dead: every later call but {@link #close} says so.
 */
final class CudaDevice implements Device {
  private final DeviceInfo info;
  private final Optional<CudaCompiler> compiler;
  private final Check check;
  private final Ledger ledger;
  private final ParameterCount parameterCount;
  private final CUdevice device = new CUdevice();
  private final CUcontext context = new CUcontext();
  private final CUstream stream = new CUstream();
  private @Nullable Staging staging;

  CudaDevice(DeviceInfo info, Optional<CudaCompiler> compiler, NativeLibrary driver) {
    this.info = info;
    this.compiler = compiler;
    check = new Check(info.id());
    ledger = new Ledger(info.id());
    parameterCount = new ParameterCount(driver);
    int ordinal = Integer.parseInt(info.id().substring(info.id().indexOf(':') + 1));
    check.that(cuDeviceGet(device, ordinal), "cuDeviceGet", null);
    check.that(cuDevicePrimaryCtxRetain(context, device), "cuDevicePrimaryCtxRetain", null);
    try {
      enter();
      check.that(
          cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING), "cuStreamCreate", null);
    } catch (RuntimeException e) {
      cuDevicePrimaryCtxRelease(device);
      throw e;
    }
  }

  @Override
  public DeviceInfo info() {
    return info;
  }

  /** Every call but {@code compile} begins here: another device may have been used meanwhile. */
  void enter() {
    ledger.requireOwner();
    check.alive();
    check.that(cuCtxSetCurrent(context), "cuCtxSetCurrent", null);
  }

  // Compile

  @Override
  public byte[] compile(Source source) {
    return compiler
        .orElseThrow(() ->
            new GanderException(
                "%s has no compiler, and no code of %s came along: install NVRTC or a CUDA toolkit ('gander doctor' says how)"
                    .formatted(info.id(), source.name())))
        .compile(source, info.architecture());
  }

  // Load

  @Override
  public CodeModule load(Source source, byte[] binary) {
    enter();
    CodeImage image = CodeImage.read(info.id(), source, binary);
    var module = new CUmodule();
    check.that(cuModuleLoadData(module, image.code()), "cuModuleLoadData", source.name());
    return ledger.enter(new Module(source, module));
  }

  /** Loaded code. */
  final class Module extends Owned implements CodeModule {
    private final Source source;
    private final CUmodule module;

    Module(Source source, CUmodule module) {
      super(ledger, "module " + source.name());
      this.source = source;
      this.module = module;
    }

    @Override
    public Entry kernel(String function) {
      enter();
      requireOpen();
      var handle = new Function();
      check.that(
          cuModuleGetFunction(handle, module, function),
          "cuModuleGetFunction",
          "function %s of %s".formatted(function, source.name()));
      return new Entry(this, function, handle, parameterCount.of(handle.address()));
    }

    CudaDevice device() {
      return CudaDevice.this;
    }

    @Override
    protected void release() {
      CudaDevice.this.release(() -> cuModuleUnload(module), "cuModuleUnload", label());
    }
  }

  /**
   * A function of a module.
   *
   * @param parameters how many it has, -1 where the driver is too old to say
   */
  record Entry(Module module, String function, CUfunction handle, int parameters)
      implements CodeModule.Kernel {}

  /** Shows the handle, which calls outside JCuda need. */
  private static final class Function extends CUfunction {
    long address() {
      return getNativePointer();
    }
  }

  // Allocate and copy

  @Override
  public Memory allocate(long bytes) {
    enter();
    if (bytes <= 0) {
      throw new IllegalArgumentException("an allocation of %d bytes".formatted(bytes));
    }
    var address = new Address();
    check.that(cuMemAlloc(address, bytes), "cuMemAlloc", free(bytes));
    return ledger.enter(new Buffer(address, bytes));
  }

  private static String free(long bytes) {
    long[] free = {0};
    long[] total = {0};
    cuMemGetInfo(free, total);
    return "%d bytes, with %d of %d free".formatted(bytes, free[0], total[0]);
  }

  /** Shows the address, which kernels take as an argument. */
  private static final class Address extends CUdeviceptr {
    long value() {
      return getNativePointer();
    }
  }

  /** An allocation. */
  final class Buffer extends Owned implements Memory {
    private final Address address;
    private final long bytes;

    private Buffer(Address address, long bytes) {
      super(ledger, "memory of %d bytes".formatted(bytes));
      this.address = address;
      this.bytes = bytes;
    }

    @Override
    public long bytes() {
      return bytes;
    }

    long address() {
      return address.value();
    }

    CUdeviceptr at(long offset) {
      return address.withByteOffset(offset);
    }

    CudaDevice device() {
      return CudaDevice.this;
    }

    @Override
    protected void release() {
      CudaDevice.this.release(() -> cuMemFree(address), "cuMemFree", label());
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
    enter();
    target.requireSize(source);
    Buffer buffer = buffer(target);
    staging().write(buffer.at(target.offset()), source, buffer.label());
  }

  @Override
  public void read(Slice source, MemorySegment target) {
    enter();
    source.requireSize(target);
    Buffer buffer = buffer(source);
    staging().read(buffer.at(source.offset()), target, buffer.label());
  }

  private Staging staging() {
    if (staging == null) {
      staging = new Staging(check, stream);
    }
    return staging;
  }

  @Override
  public void fill(Slice target, int pattern) {
    enter();
    Buffer buffer = buffer(target);
    check.that(
        cuMemsetD32Async(
            buffer.at(target.offset()), pattern, target.bytes() / Integer.BYTES, stream),
        "cuMemsetD32Async",
        buffer.label());
  }

  // Record and replay

  @Override
  public Recording record(List<Launch> launches) {
    enter();
    return ledger.enter(new CudaRecording(this, ledger, launches));
  }

  CUstream stream() {
    return stream;
  }

  Check check() {
    return check;
  }

  @Override
  public void finish() {
    enter();
    check.that(cuStreamSynchronize(stream), "cuStreamSynchronize", "all work queued so far");
  }

  /** A call that frees something. */
  interface Release {
    int code();
  }

  /** Frees, unless the device is dead: then the driver has nothing left to free. */
  void release(Release release, String call, String subject) {
    if (!check.dead()) {
      enter();
      check.that(release.code(), call, subject);
    }
  }

  @Override
  public void close() {
    if (ledger.closed()) {
      return;
    }
    try {
      if (!check.dead()) {
        finish();
      }
    } finally {
      try {
        ledger.close();
      } finally {
        if (staging != null && !check.dead()) {
          staging.close();
        }
        cuStreamDestroy(stream);
        cuDevicePrimaryCtxRelease(device);
      }
    }
  }
}
