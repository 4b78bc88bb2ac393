// SPDX-License-Identifier: Apache-2.0
package gander.runtime.hostcuda;

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
import gander.runtime.Tool;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The processor as a device for CUDA kernels. Its memory is the process's, its compiled code a
 * shared library. A launch has run when {@code replay} returns; one with a fault throws there, and
 * the device goes on.
 */
final class HostCudaDevice implements Device {
  /** What memory holds before it is written: a NaN, which spoils whatever uses it. */
  private static final int UNWRITTEN = 0x7fd0d0d0;

  private final DeviceInfo info;
  private final HostCompiler compiler;
  private final Ledger ledger;

  HostCudaDevice(DeviceInfo info, HostCompiler compiler) {
    this.info = info;
    this.compiler = compiler;
    ledger = new Ledger(info.id());
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
  public boolean compilesAlone() {
    return false;
  }

  // Load

  @Override
  public CodeModule load(Source source, byte[] binary) {
    ledger.requireOwner();
    byte[] library = CodeImage.read(info.id(), source, binary).code();
    return ledger.enter(new Module(source, library));
  }

  /** Loaded code: a library whose file is gone, so that nobody can change it. */
  final class Module extends Owned implements CodeModule {
    private final Source source;
    private final byte[] library;
    private final Arena arena = Arena.ofShared();
    private final SymbolLookup symbols;
    private final MethodHandle launch;

    Module(Source source, byte[] library) {
      super(ledger, "module " + source.name());
      this.source = source;
      this.library = library;
      symbols = Tool.inFolder("gander-hostcuda", this::open);
      launch =
          Linker.nativeLinker()
              .downcallHandle(
                  symbol("g_host_launch"),
                  FunctionDescriptor.of(
                      ValueLayout.JAVA_INT,
                      ValueLayout.ADDRESS,
                      ValueLayout.ADDRESS,
                      ValueLayout.ADDRESS));
    }

    private SymbolLookup open(Path folder) throws java.io.IOException {
      Path file = Files.write(folder.resolve("kernel.so"), library);
      try {
        return SymbolLookup.libraryLookup(file, arena);
      } catch (IllegalArgumentException e) {
        throw new DeviceException(
            "%s: the compiled code of %s cannot be loaded: %s"
                .formatted(info.id(), source.name(), e.getMessage()));
      }
    }

    private MemorySegment symbol(String name) {
      return symbols
          .find(name)
          .orElseThrow(() ->
              new DeviceException(
                  "%s: the compiled code of %s has no %s. Declare the kernel's function extern \"C\" and name it like its pass."
                      .formatted(info.id(), source.name(), name)));
    }

    @Override
    public Entry kernel(String function) {
      requireOpen();
      MemorySegment parameters = symbol("g_parameters_" + function);
      return new Entry(
          this,
          function,
          symbol("g_call_" + function),
          parameters.reinterpret(Integer.BYTES).get(ValueLayout.JAVA_INT, 0));
    }

    HostCudaDevice device() {
      return HostCudaDevice.this;
    }

    MethodHandle launch() {
      return launch;
    }

    /** The source line of an instruction, by its offset in the library. */
    String line(long offset) {
      return HostCompiler.line(library, offset);
    }

    @Override
    protected void release() {
      arena.close();
    }
  }

  /** A function of a module, what calls it, and how many parameters it has. */
  record Entry(Module module, String function, MemorySegment call, int parameters)
      implements CodeModule.Kernel {}

  // Allocate and copy

  @Override
  public Memory allocate(long bytes) {
    ledger.requireOwner();
    if (bytes <= 0) {
      throw new IllegalArgumentException("an allocation of %d bytes".formatted(bytes));
    }
    if (bytes > info.maxAllocationBytes()) {
      throw new GanderException(
          "%s cannot allocate %d bytes: this machine has %d; use a smaller batch"
              .formatted(info.id(), bytes, info.maxAllocationBytes()));
    }
    return ledger.enter(new Buffer(bytes));
  }

  /** An allocation. */
  final class Buffer extends Owned implements Memory {
    private final Arena arena = Arena.ofShared();
    private final MemorySegment segment;

    Buffer(long bytes) {
      super(ledger, "memory of %d bytes".formatted(bytes));
      segment = arena.allocate(bytes, info.alignmentBytes());
      fill(segment, UNWRITTEN);
    }

    @Override
    public long bytes() {
      return segment.byteSize();
    }

    HostCudaDevice device() {
      return HostCudaDevice.this;
    }

    MemorySegment at(Slice slice) {
      return segment.asSlice(slice.offset(), slice.bytes());
    }

    @Override
    protected void release() {
      arena.close();
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
    buffer(target).at(target).copyFrom(source);
  }

  @Override
  public void read(Slice source, MemorySegment target) {
    ledger.requireOwner();
    source.requireSize(target);
    target.copyFrom(buffer(source).at(source));
  }

  @Override
  public void fill(Slice target, int pattern) {
    ledger.requireOwner();
    fill(buffer(target).at(target), pattern);
  }

  private static void fill(MemorySegment segment, int pattern) {
    long words = segment.byteSize() / Integer.BYTES;
    for (long i = 0; i < words; i++) {
      segment.setAtIndex(ValueLayout.JAVA_INT_UNALIGNED, i, pattern);
    }
  }

  // Record and replay

  @Override
  public Recording record(List<Launch> launches) {
    ledger.requireOwner();
    return ledger.enter(new HostCudaRecording(this, ledger, launches));
  }

  /** Nothing is ever queued. */
  @Override
  public void finish() {
    ledger.requireOwner();
  }

  @Override
  public void close() {
    if (!ledger.closed()) {
      ledger.close();
    }
  }
}
