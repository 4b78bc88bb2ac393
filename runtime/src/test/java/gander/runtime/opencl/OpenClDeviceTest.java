// SPDX-License-Identifier: Apache-2.0
package gander.runtime.opencl;

import static gander.runtime.Tests.counting;
import static gander.runtime.Tests.launch;
import static gander.runtime.Tests.message;
import static gander.runtime.Tests.read;
import static gander.runtime.Tests.write;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.sun.management.ThreadMXBean;
import gander.runtime.Argument;
import gander.runtime.CodeImage;
import gander.runtime.CodeModule;
import gander.runtime.Device;
import gander.runtime.DeviceException;
import gander.runtime.DeviceInfo;
import gander.runtime.GanderException;
import gander.runtime.Launch;
import gander.runtime.Memory;
import gander.runtime.Probe;
import gander.runtime.Recording;
import gander.runtime.Slice;
import gander.runtime.Source;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.management.ManagementFactory;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenClDeviceTest {
  private static final Source ADD =
      new Source(
          "add",
          """
          #line 1 "test/add.cl"
          __kernel void add(__global const float* a, __global const float* b, __global float* y) {
            size_t i = get_global_id(0);
            y[i] = a[i] + b[i];
          }
          __kernel void grow(__global float* x, uint amount) {
            x[get_global_id(0)] += amount;
          }
          """,
          List.of("add", "grow"));

  private Device device;

  @BeforeEach
  void open() {
    var provider = new OpenClProvider();
    Probe probe = provider.probe();
    assumeFalse(probe.devices().isEmpty(), () -> "no OpenCL device: " + probe.findings());
    device = provider.open(probe.devices().getFirst());
  }

  @AfterEach
  void close() {
    if (device != null) {
      device.close();
    }
  }

  private CodeModule add() {
    return device.load(ADD, device.compile(ADD));
  }

  /** Whether the handler of a signal resets itself as it is entered, by Linux's layout. */
  private static boolean resets(int signal) throws Throwable {
    Linker linker = Linker.nativeLinker();
    var signature =
        FunctionDescriptor.of(
            ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS);
    MethodHandle sigaction =
        linker.downcallHandle(linker.defaultLookup().find("sigaction").orElseThrow(), signature);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment action = arena.allocate(256, Long.BYTES);
      assertEquals(0, (int) sigaction.invokeExact(signal, MemorySegment.NULL, action));
      return (action.get(ValueLayout.JAVA_INT, 136) & 0x80000000) != 0;
    }
  }

  @Test
  void theVirtualMachineKeepsItsSignalHandlers() throws Throwable {
    device.compile(ADD);
    assertFalse(resets(11), "SIGSEGV, by which it stops compiled code, has a driver's handler");
  }

  @Test
  void infoIsComplete() {
    DeviceInfo info = device.info();
    assertEquals("opencl:0", info.id());
    assertTrue(info.computeUnits() > 0 && info.memoryBytes() > 0 && info.localMemoryBytes() > 0);
    assertTrue(info.maxAllocationBytes() > 0 && info.maxAllocationBytes() <= info.memoryBytes());
    assertEquals(1, Integer.bitCount(info.alignmentBytes()));
    assertTrue(info.tuningKey().matches("opencl-[a-z0-9-]+-\\d+"), info.tuningKey());
  }

  @Test
  void addsVectors() {
    try (CodeModule module = add();
        Memory a = device.allocate(4 * 64);
        Memory b = device.allocate(4 * 64);
        Memory y = device.allocate(4 * 64)) {
      float[] values = new float[64];
      float[] expected = new float[64];
      for (int i = 0; i < 64; i++) {
        values[i] = 0.37f * i;
        expected[i] = values[i] + 2.5f;
      }
      float[] constant = new float[64];
      Arrays.fill(constant, 2.5f);
      write(device, a.all(), values);
      write(device, b.all(), constant);
      var kernel = module.kernel("add");
      try (Recording recording =
          device.record(List.of(launch(kernel, 8, 8, a.all(), b.all(), y.all())))) {
        recording.replay();
        assertArrayEquals(expected, read(device, y.all()));
      }
    }
  }

  @Test
  void passesSlicesOfOneAllocationAndRunsInOrder() {
    int step = device.info().alignmentBytes();
    try (CodeModule module = add();
        Memory arena = device.allocate(4L * step)) {
      device.fill(arena.all(), Float.floatToIntBits(-1f));
      Slice a = new Slice(arena, 0, 32);
      Slice b = new Slice(arena, step, 32);
      Slice y = new Slice(arena, 3L * step, 32);
      write(device, a, 1, 2, 3, 4, 5, 6, 7, 8);
      write(device, b, 10, 20, 30, 40, 50, 60, 70, 80);
      var add = module.kernel("add");
      var grow = module.kernel("grow");
      // y = a + b; y += 3; a = y + b; two replays continue from each other's results.
      try (Recording recording =
          device.record(
              List.of(
                  launch(add, 2, 4, a, b, y),
                  launch(grow, 8, 1, y, new Argument.Word(3)),
                  launch(add, 1, 8, y, b, a)))) {
        recording.replay();
        assertArrayEquals(new float[] {14, 25, 36, 47, 58, 69, 80, 91}, read(device, y));
        recording.replay();
        device.finish();
      }
      assertArrayEquals(new float[] {37, 68, 99, 130, 161, 192, 223, 254}, read(device, y));
      float[] all = read(device, arena.all());
      for (int i = 0; i < all.length; i++) {
        int offset = i * Float.BYTES % step;
        boolean used = offset < 32 && i * Float.BYTES / step != 2;
        assertEquals(used, all[i] != -1f, "element " + i + " is " + all[i]);
      }
    }
  }

  @Test
  void copiesOddSizesFromAndToHeapAndNativeMemory(@TempDir Path folder) throws Exception {
    long bytes = (3 << 20) + 13;
    try (Arena arena = Arena.ofConfined();
        Memory memory = device.allocate(bytes + 7)) {
      MemorySegment source = counting(arena, bytes);
      Slice slice = new Slice(memory, 7, bytes);
      device.write(slice, source);
      byte[] heap = new byte[Math.toIntExact(bytes)];
      device.read(slice, MemorySegment.ofArray(heap));
      assertEquals(-1, source.mismatch(MemorySegment.ofArray(heap)));

      device.fill(new Slice(memory, 0, memory.bytes() / 4 * 4), 0);
      device.write(slice, MemorySegment.ofArray(heap));
      MemorySegment target = arena.allocate(bytes);
      device.read(slice, target);
      assertEquals(-1, source.mismatch(target));

      Path file = Files.write(folder.resolve("data"), heap);
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
        MemorySegment mapped = channel.map(FileChannel.MapMode.READ_ONLY, 5, 1001, arena);
        device.write(new Slice(memory, 3, 1001), mapped);
        device.read(new Slice(memory, 3, 1001), target.asSlice(0, 1001));
        assertEquals(-1, mapped.mismatch(target.asSlice(0, 1001)));
      }
    }
  }

  @Test
  void aCopyOfUnequalSizesIsRefused() {
    try (Memory memory = device.allocate(64)) {
      assertThrows(
          IllegalArgumentException.class,
          () -> device.write(memory.all(), MemorySegment.ofArray(new byte[63])));
    }
  }

  @Test
  void fillsARange() {
    try (Memory memory = device.allocate(64)) {
      device.fill(memory.all(), 0x01020304);
      device.fill(new Slice(memory, 16, 8), 0xdeadbeef);
      int[] words = new int[16];
      device.read(memory.all(), MemorySegment.ofArray(words));
      for (int i = 0; i < words.length; i++) {
        assertEquals(i == 4 || i == 5 ? 0xdeadbeef : 0x01020304, words[i]);
      }
    }
  }

  @Test
  void aCompileErrorNamesFileAndLine() {
    var source =
        new Source(
            "matmul [M=3]",
            """
            #define M 3
            #line 12 "matmul/x.cl"
            __kernel void matmul(__global float* y) {
              y[0] = undefined_name;
            }
            """,
            List.of("matmul"));
    String message = message(DeviceException.class, () -> device.compile(source));
    assertTrue(message.contains("matmul/x.cl:13: error: "), message);
    assertTrue(message.contains("undefined_name"), message);
    assertTrue(
        message.contains("CL_BUILD_PROGRAM_FAILURE (-11) for matmul [M=3]")
            || message.contains("CL_COMPILE_PROGRAM_FAILURE (-15) for matmul [M=3]"),
        message);
  }

  @Test
  void compilesOnAnyThreadsAtOnceButRunsOnItsOwn() throws Exception {
    var compiled = new ArrayList<CompletableFuture<byte[]>>();
    for (int i = 0; i < 6; i++) {
      var source = new Source("add" + i, ADD.text() + "// " + i % 3, ADD.functions());
      compiled.add(CompletableFuture.supplyAsync(() -> device.compile(source)));
    }
    for (CompletableFuture<byte[]> binary : compiled) {
      device.load(ADD, binary.get()).close();
    }
    var elsewhere = CompletableFuture.runAsync(() -> device.finish());
    assertTrue(
        assertThrows(ExecutionException.class, elsewhere::get).getCause()
            instanceof IllegalStateException);
  }

  @Test
  void damagedCodeIsRefused() {
    byte[] binary = device.compile(ADD);
    for (byte[] damaged :
        List.of(new byte[0], Arrays.copyOf(binary, 40), Arrays.copyOf(binary, binary.length - 1))) {
      assertThrows(DeviceException.class, () -> device.load(ADD, damaged));
    }
    binary[binary.length / 2] ^= 1;
    assertThrows(DeviceException.class, () -> device.load(ADD, binary));
    byte[] foreign = CodeImage.of(CodeImage.Form.BINARY, new byte[] {1, 2, 3, 4});
    assertTrue(
        message(DeviceException.class, () -> device.load(ADD, foreign))
            .contains("clCreateProgramWithBinary"));
  }

  @Test
  void loadsSourceWhereADriverGivesNoBinary() {
    byte[] text = ADD.text().getBytes(StandardCharsets.UTF_8);
    try (CodeModule module = device.load(ADD, CodeImage.of(CodeImage.Form.SOURCE, text))) {
      assertEquals("grow", module.kernel("grow").function());
    }
  }

  @Test
  void mistakesInALaunchAreNamedWhenItIsRecorded() {
    try (CodeModule module = add();
        Memory memory = device.allocate(1 << 12)) {
      String missing = message(DeviceException.class, () -> module.kernel("sub"));
      assertTrue(missing.contains("function sub of add"), missing);
      assertTrue(missing.contains("CL_INVALID_KERNEL_NAME (-46)"), missing);

      var kernel = module.kernel("add");
      String few = refused(launch(kernel, 1, 1, memory.all()));
      assertTrue(few.contains("1 arguments") && few.contains("3 parameters"), few);

      String large = refused(launch(kernel, 1, 1 << 24, memory.all(), memory.all(), memory.all()));
      assertTrue(large.contains("1x1x1 groups of 16777216x1x1"), large);

      Slice askew = new Slice(memory, 4, 64);
      Launch unaligned = launch(kernel, 1, 1, askew, memory.all(), memory.all());
      String offset =
          message(IllegalArgumentException.class, () -> device.record(List.of(unaligned)));
      assertTrue(offset.contains("64 bytes at offset 4"), offset);
    }
  }

  private String refused(Launch launch) {
    return message(GanderException.class, () -> device.record(List.of(launch)));
  }

  @Test
  void aTooLargeAllocationIsRefused() {
    long bytes = device.info().maxAllocationBytes() + 1;
    String message = message(GanderException.class, () -> device.allocate(bytes));
    assertTrue(message.contains("cannot allocate " + bytes), message);
  }

  @Test
  void replayAllocatesNothing() {
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    int step = device.info().alignmentBytes();
    try (CodeModule module = add();
        Memory arena = device.allocate(8L * step)) {
      device.fill(arena.all(), 0);
      var launches = new ArrayList<Launch>();
      for (int i = 0; i < 20; i++) {
        launches.add(
            launch(
                module.kernel("add"),
                1,
                8,
                new Slice(arena, (long) i % 8 * step, 32),
                new Slice(arena, (long) (i + 3) % 8 * step, 32),
                new Slice(arena, (long) (i + 5) % 8 * step, 32)));
      }
      try (Recording recording = device.record(launches)) {
        recording.replay();
        device.finish();
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 50; i++) {
          recording.replay();
        }
        long most = threads.getCurrentThreadAllocatedBytes() - before;
        device.finish();
        assertEquals(0, most, "bytes allocated on the heap by 1000 launches");
      }
    }
  }

  @Test
  void timesEachLaunch() {
    int n = 1 << 20;
    try (CodeModule module = add();
        Memory a = device.allocate(4L * n);
        Memory small = device.allocate(64)) {
      device.fill(a.all(), 0);
      device.fill(small.all(), 0);
      var grow = module.kernel("grow");
      try (Recording recording =
          device.record(
              List.of(
                  launch(grow, n / 64, 64, a.all(), new Argument.Word(1)),
                  launch(grow, 1, 16, small.all(), new Argument.Word(1))))) {
        recording.time();
        long[] nanos = recording.time();
        assertEquals(2, nanos.length);
        assertTrue(nanos[1] > 0 && nanos[0] > nanos[1], () -> Arrays.toString(nanos));
        recording.replay();
        assertEquals(3f, read(device, a.all())[n - 1]);
      }
    }
  }

  @Test
  void whatIsClosedCannotBeUsed() {
    CodeModule module = add();
    Memory memory = device.allocate(64);
    var kernel = module.kernel("grow");
    Recording recording =
        device.record(List.of(launch(kernel, 1, 16, memory.all(), new Argument.Word(1))));
    assertThrows(IllegalStateException.class, memory::close);
    assertThrows(IllegalStateException.class, module::close);
    recording.close();
    recording.close();
    assertThrows(IllegalStateException.class, recording::replay);
    assertThrows(IllegalStateException.class, recording::time);
    memory.close();
    assertThrows(IllegalStateException.class, () -> device.fill(memory.all(), 0));
    module.close();
    assertThrows(IllegalStateException.class, () -> module.kernel("add"));
    device.close();
    device.close();
    assertThrows(IllegalStateException.class, () -> device.allocate(64));
  }

  @Test
  void closingReportsWhatWasForgotten() {
    var records = new ArrayList<String>();
    var handler =
        new Handler() {
          @Override
          public void publish(LogRecord line) {
            records.add(line.getMessage() + Arrays.toString(line.getParameters()));
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    Logger logger = Logger.getLogger("gander.runtime.Ledger");
    logger.addHandler(handler);
    try {
      CodeModule module = add();
      Memory memory = device.allocate(64);
      Memory other = device.allocate(64);
      device.record(
          List.of(launch(module.kernel("grow"), 1, 16, memory.all(), new Argument.Word(1))));
      assertNotEquals(memory, other);
      device.close();
    } finally {
      logger.removeHandler(handler);
    }
    assertEquals(1, records.size());
    assertTrue(
        records.getFirst().contains("opencl:0, 4, 2 x memory of 64 bytes, module add, recording"),
        records.toString());
  }
}
