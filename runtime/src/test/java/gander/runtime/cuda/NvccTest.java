// SPDX-License-Identifier: Apache-2.0
package gander.runtime.cuda;

import static gander.runtime.Tests.message;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gander.runtime.CodeImage;
import gander.runtime.DeviceException;
import gander.runtime.GanderException;
import gander.runtime.Source;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Runs where {@code nvcc} is on the path. It needs no GPU. */
class NvccTest {
  /** The second function is forced to spill: 200 live values in 32 registers. */
  private static final Source TWO =
      new Source(
          "two",
          """
          #line 1 "two/plain.cu"
          extern "C" __global__ void reverse(float* x) {
            __shared__ float tile[256];
            tile[threadIdx.x] = x[threadIdx.x];
            __syncthreads();
            x[threadIdx.x] = tile[255 - threadIdx.x];
          }
          extern "C" __global__ void __launch_bounds__(1024, 2) spill(float* x) {
            float v[200];
          #pragma unroll
            for (int i = 0; i < 200; i++) v[i] = x[i * 1024 + threadIdx.x];
          #pragma unroll
            for (int i = 0; i < 200; i++) v[i] = v[i] * v[(i * 7 + 3) % 200] + v[(i + 1) % 200];
          #pragma unroll
            for (int i = 0; i < 200; i++) x[i * 1024 + threadIdx.x] = v[i];
          }
          """,
          List.of("reverse", "spill"));

  private static Nvcc nvcc;

  @BeforeAll
  static void find() {
    Optional<Nvcc> found = Nvcc.find();
    assumeTrue(found.isPresent(), "no nvcc on the PATH");
    nvcc = found.get();
  }

  @Test
  void compilesToACubin() {
    assertTrue(nvcc.version().matches("nvcc \\d+\\.\\d+\\.\\d+"), nvcc.version());
    CodeImage image = CodeImage.read("cuda:0", TWO, nvcc.compile(TWO, "sm_90"));
    assertArrayEquals(new byte[] {0x7f, 'E', 'L', 'F'}, Arrays.copyOf(image.code(), 4));
  }

  @Test
  void reportsRegistersSpillsAndSharedMemoryForEachArchitecture() {
    List<NvccReport> reports = nvcc.report(TWO, List.of("sm_90", "sm_80"));
    assertEquals(4, reports.size(), reports::toString);
    assertEquals(
        List.of("sm_90", "sm_90", "sm_80", "sm_80"),
        reports.stream().map(NvccReport::architecture).toList());
    for (NvccReport report : reports) {
      if (report.function().equals("reverse")) {
        assertEquals(1024, report.sharedBytes());
        assertEquals(0, report.spillStoreBytes() + report.spillLoadBytes() + report.stackBytes());
        assertTrue(report.registers() > 0 && report.registers() < 32, report::toString);
      } else {
        assertEquals(0, report.sharedBytes());
        assertEquals(32, report.registers());
        assertTrue(report.spillStoreBytes() > 0 && report.spillLoadBytes() > 0, report::toString);
        assertTrue(report.stackBytes() >= report.spillStoreBytes() / 2, report::toString);
      }
    }
  }

  @Test
  void anErrorNamesFileAndLine() {
    var wrong = new Source("two", TWO.text().replace("255 - threadIdx.x", "last"), TWO.functions());
    String message =
        message(DeviceException.class, () -> nvcc.report(wrong, List.of("sm_80", "sm_90")));
    assertTrue(
        message.contains(
            " cannot compile two: two/plain.cu:5: error: identifier \"last\" is undefined"),
        message);
  }

  @Test
  void tooMuchSharedMemoryIsAnErrorOfTheAssembler() {
    var large = new Source("two", TWO.text().replace("tile[256]", "tile[99999]"), TWO.functions());
    String message = message(DeviceException.class, () -> nvcc.compile(large, "sm_80"));
    assertTrue(message.contains("two: error: ") && message.contains("shared data"), message);
  }

  @Test
  void anUnknownArchitectureIsRefused() {
    String message = message(GanderException.class, () -> nvcc.report(TWO, List.of("sm_13")));
    assertTrue(message.contains("cannot compile for sm_13"), message);
  }
}
