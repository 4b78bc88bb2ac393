// SPDX-License-Identifier: Apache-2.0
package gander.runtime.hostcuda;

import static gander.runtime.Tests.launch;
import static gander.runtime.Tests.message;
import static gander.runtime.Tests.read;
import static gander.runtime.Tests.write;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.runtime.Argument;
import gander.runtime.CodeModule;
import gander.runtime.Device;
import gander.runtime.DeviceException;
import gander.runtime.GanderException;
import gander.runtime.Geometry;
import gander.runtime.Launch;
import gander.runtime.Memory;
import gander.runtime.Recording;
import gander.runtime.Source;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs where there is a C++ compiler. */
class HostCudaDeviceTest {
  private static final String SEED = "gander.hostcuda.seed";

  @TempDir Path folder;

  private Device device;

  @BeforeEach
  void open() {
    device = HostCuda.open();
  }

  @AfterEach
  void close() {
    System.clearProperty(SEED);
    if (device != null) {
      device.close();
    }
  }

  private static Source kernel(String body) {
    return HostCuda.kernel(body);
  }

  /** What a kernel of 64 threads a block makes of numbers from 0 on, one a thread. */
  private float[] run(String body, int blocks) {
    Source source = kernel(body);
    try (CodeModule module = device.load(source, device.compile(source));
        Memory x = device.allocate(4L * 64 * blocks);
        Memory y = device.allocate(4L * 64 * blocks);
        Recording recording =
            device.record(List.of(launch(module.kernel("k"), blocks, 64, x.all(), y.all())))) {
      write(device, x.all(), numbers(64 * blocks));
      recording.replay();
      return read(device, y.all());
    }
  }

  private static float[] numbers(int count) {
    var numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = i;
    }
    return numbers;
  }

  private interface Expected {
    double at(int thread);
  }

  private static void assertAll(float[] got, Expected expected) {
    for (int i = 0; i < got.length; i++) {
      assertEquals((float) expected.at(i), got[i], "element " + i);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7})
  void sharedMemoryPassesNumbersOnWhateverTheOrderOfThreads(int seed) {
    System.setProperty(SEED, Integer.toString(seed));
    float[] y =
        run(
            """
            __shared__ float tile[64];
            tile[item] = x[at];
            __syncthreads();
            y[at] = tile[63 - item];
            """,
            3);
    assertAll(y, i -> i / 64 * 64 + 63 - i % 64);
  }

  @Test
  void warpsShuffle() {
    assertAll(run("y[at] = __shfl_xor_sync(0xffffffffu, x[at], 5);", 1), i -> i ^ 5);
    assertAll(
        run("y[at] = __shfl_up_sync(0xffffffffu, x[at], 3);", 1), i -> i % 32 < 3 ? i : i - 3);
    assertAll(
        run("y[at] = __shfl_down_sync(0xffffffffu, x[at], 3, 8);", 1), i -> i % 8 < 5 ? i + 3 : i);
    assertAll(run("y[at] = __shfl_sync(0xffffffffu, x[at], 9);", 1), i -> i / 32 * 32 + 9);
  }

  @Test
  void someLanesShuffleWhileOthersWaitElsewhere() {
    float[] y =
        run(
            """
            if (item % 32 < 8) {
              y[at] = __shfl_xor_sync(0xffu, x[at], 1);
            } else {
              y[at] = __shfl_xor_sync(0xffffff00u, x[at], 2);
            }
            """,
            1);
    assertAll(y, i -> i % 32 < 8 ? i ^ 1 : i ^ 2);
  }

  @Test
  void threadsVote() {
    assertAll(
        run("y[at] = (float)__popc(__ballot_sync(0xffffffffu, item % 3 == 0));", 1),
        i -> 11); // 0 3 .. 30, 33 36 .. 63
    assertAll(run("y[at] = __all_sync(0xffffffffu, item < 32);", 1), i -> i < 32 ? 1 : 0);
    assertAll(run("y[at] = __any_sync(0xffffffffu, item == 40);", 1), i -> i < 32 ? 0 : 1);
    assertAll(run("y[at] = __syncthreads_count(item % 4 == 0);", 1), i -> 16);
    assertAll(run("y[at] = __syncthreads_and(item < 63);", 1), i -> 0);
    assertAll(run("y[at] = __syncthreads_or(item == 63);", 1), i -> 1);
  }

  @Test
  void aWarpMayPassNumbersOnWithoutTheBlock() {
    float[] y =
        run(
            """
            __shared__ float tile[64];
            tile[item] = x[at];
            __syncwarp();
            y[at] = tile[item ^ 1];
            """,
            1);
    assertAll(y, i -> i ^ 1);
  }

  @Test
  void threadsKnowWhereTheyAre() {
    Source source =
        new Source(
            "where",
            """
            extern "C" __global__ void k(float* y) {
              const int t = (threadIdx.z * blockDim.y + threadIdx.y) * blockDim.x + threadIdx.x;
              const int b = (blockIdx.z * gridDim.y + blockIdx.y) * gridDim.x + blockIdx.x;
              const int at = b * blockDim.x * blockDim.y * blockDim.z + t;
              y[at] = at;
            }
            """,
            List.of("k"));
    try (CodeModule module = device.load(source, device.compile(source));
        Memory y = device.allocate(4 * 2 * 3 * 4 * 5 * 6 * 7);
        Recording recording =
            device.record(
                List.of(
                    new Launch(
                        "where",
                        module.kernel("k"),
                        new Geometry(2, 3, 4, 5, 6, 7, 0),
                        List.of(y.all()))))) {
      recording.replay();
      assertAll(read(device, y.all()), i -> i);
      assertEquals(1, recording.time().length);
    }
  }

  @Test
  void wordsComeAsTheyAre() {
    Source source =
        new Source(
            "words",
            """
            extern "C" __global__ void k(float* y, unsigned a, unsigned b) {
              y[0] = a;
              y[1] = b;
            }
            """,
            List.of("k"));
    try (CodeModule module = device.load(source, device.compile(source));
        Memory y = device.allocate(8)) {
      CodeModule.Kernel kernel = module.kernel("k");
      Argument[] all = {y.all(), new Argument.Word(-1), new Argument.Word(7)};
      try (Recording recording = device.record(List.of(launch(kernel, 1, 1, all)))) {
        recording.replay();
        assertArrayEquals(new float[] {(float) (1L << 32), 7}, read(device, y.all()));
      }
      String few =
          message(
              GanderException.class, () -> device.record(List.of(launch(kernel, 1, 1, y.all()))));
      assertTrue(few.contains("the kernel has 3 parameters"), few);
      String many =
          message(
              GanderException.class, () -> device.record(List.of(launch(kernel, 1, 1025, all))));
      assertTrue(many.contains("at most 1024 threads"), many);
    }
  }

  @Test
  void memoryThatNobodyWroteIsNoNumber() {
    try (Memory memory = device.allocate(12)) {
      float[] read = read(device, memory.all());
      assertTrue(
          IntStream.range(0, 3).allMatch(i -> Float.isNaN(read[i])), () -> Arrays.toString(read));
    }
  }

  @Test
  void anErrorInTheSourceIsToldWithItsPlace() {
    String said = message(DeviceException.class, () -> device.compile(kernel("y[at] = nonsense;")));
    assertTrue(said.contains("test/k.cu:5: error: ") && said.contains("nonsense"), said);
  }

  @Test
  void aFunctionThatIsNotThereIsTold() {
    Source source = kernel("y[at] = 0;");
    try (CodeModule module = device.load(source, device.compile(source))) {
      String said = message(DeviceException.class, () -> module.kernel("other"));
      assertTrue(said.contains("has no g_parameters_other"), said);
    }
  }

  @Test
  void codeThatIsDamagedIsRefused() {
    Source source = kernel("y[at] = 0;");
    byte[] code = device.compile(source);
    code[code.length / 2] ^= 1;
    assertThrows(DeviceException.class, () -> device.load(source, code));
  }

  @Test
  void aCompilerThatIsNotThereIsNoneOrAnError() {
    assertTrue(HostCompiler.find(null, List.of(folder.toString())).isEmpty());
    String said =
        message(
            GanderException.class,
            () -> HostCompiler.find("no-such-compiler -O2", List.of(folder.toString())));
    assertTrue(said.contains("CXX names no-such-compiler"), said);
  }
}
