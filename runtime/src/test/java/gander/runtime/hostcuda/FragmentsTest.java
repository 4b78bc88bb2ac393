// SPDX-License-Identifier: Apache-2.0
package gander.runtime.hostcuda;

import static gander.runtime.Tests.launch;
import static gander.runtime.Tests.message;
import static gander.runtime.Tests.read;
import static gander.runtime.Tests.write;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.runtime.CodeModule;
import gander.runtime.Device;
import gander.runtime.DeviceException;
import gander.runtime.Memory;
import gander.runtime.Recording;
import gander.runtime.Source;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Products of fragments, {@code d [16,8] += a [16,depth] b [depth,8]}, with the elements where the
 * PTX ISA says, as {@code mma.m16n8k8} of TF32 and {@code mma.m16n8k16} of BF16 have them.
 */
class FragmentsTest {
  private static final int ROWS = 16;
  private static final int COLUMNS = 8;

  /** {@code x} is a, b and d, one behind the other. */
  private static final String TF32 =
      """
      #line 1 "test/mma.cu"
      extern "C" void g_host_mma_tf32(float* d, const unsigned* a, const unsigned* b);
      extern "C" __global__ void k(const float* x, float* y) {
        const float* xa = x; const float* xb = x + 128; const float* xd = x + 192;
        const int g = threadIdx.x / 4, t = threadIdx.x % 4;
        const unsigned a[4] = {
            __float_as_uint(xa[g * 8 + t]), __float_as_uint(xa[(g + 8) * 8 + t]),
            __float_as_uint(xa[g * 8 + t + 4]), __float_as_uint(xa[(g + 8) * 8 + t + 4])};
        const unsigned b[2] = {__float_as_uint(xb[t * 8 + g]), __float_as_uint(xb[(t + 4) * 8 + g])};
        float d[4] = {
            xd[g * 8 + 2 * t], xd[g * 8 + 2 * t + 1], xd[(g + 8) * 8 + 2 * t], xd[(g + 8) * 8 + 2 * t + 1]};
        g_host_mma_tf32(d, a, b);
        y[g * 8 + 2 * t] = d[0]; y[g * 8 + 2 * t + 1] = d[1];
        y[(g + 8) * 8 + 2 * t] = d[2]; y[(g + 8) * 8 + 2 * t + 1] = d[3];
      }
      """;

  private static final String BF16 =
      """
      #line 1 "test/mma.cu"
      extern "C" void g_host_mma_bf16(float* d, const unsigned* a, const unsigned* b);
      static inline unsigned two(float low, float high) {
        return __float_as_uint(low) >> 16 | (__float_as_uint(high) & 0xffff0000u);
      }
      extern "C" __global__ void k(const float* x, float* y) {
        const float* xa = x; const float* xb = x + 256; const float* xd = x + 384;
        const int g = threadIdx.x / 4, t = threadIdx.x % 4;
        unsigned a[4], b[2];
        for (int i = 0; i < 4; i++) {
          const float* from = xa + (g + i % 2 * 8) * 16 + 2 * t + i / 2 * 8;
          a[i] = two(from[0], from[1]);
        }
        for (int i = 0; i < 2; i++) {
          const int depth = 2 * t + i * 8;
          b[i] = two(xb[depth * 8 + g], xb[(depth + 1) * 8 + g]);
        }
        float d[4] = {
            xd[g * 8 + 2 * t], xd[g * 8 + 2 * t + 1], xd[(g + 8) * 8 + 2 * t], xd[(g + 8) * 8 + 2 * t + 1]};
        g_host_mma_bf16(d, a, b);
        y[g * 8 + 2 * t] = d[0]; y[g * 8 + 2 * t + 1] = d[1];
        y[(g + 8) * 8 + 2 * t] = d[2]; y[(g + 8) * 8 + 2 * t + 1] = d[3];
      }
      """;

  private Device device;

  @BeforeEach
  void open() {
    device = HostCuda.open();
  }

  @AfterEach
  void close() {
    if (device != null) {
      device.close();
    }
  }

  private float[] multiply(String text, int threads, float[] x) {
    var source = new Source("k", text, List.of("k"));
    try (CodeModule module = device.load(source, device.compile(source));
        Memory from = device.allocate(4L * x.length);
        Memory to = device.allocate(4L * ROWS * COLUMNS);
        Recording recording =
            device.record(List.of(launch(module.kernel("k"), 1, threads, from.all(), to.all())))) {
      write(device, from.all(), x);
      recording.replay();
      return read(device, to.all());
    }
  }

  private void multipliesWholeNumbers(String text, int depth) {
    var x = new float[ROWS * depth + depth * COLUMNS + ROWS * COLUMNS];
    for (int i = 0; i < x.length; i++) {
      x[i] = (i * 37 + i / 11) % 97 - 48;
    }
    float[] y = multiply(text, 32, x);
    for (int row = 0; row < ROWS; row++) {
      for (int column = 0; column < COLUMNS; column++) {
        int b = ROWS * depth;
        float sum = x[b + depth * COLUMNS + row * COLUMNS + column];
        for (int k = 0; k < depth; k++) {
          sum += x[row * depth + k] * x[b + k * COLUMNS + column];
        }
        assertEquals(sum, y[row * COLUMNS + column], row + "," + column);
      }
    }
  }

  @Test
  void elementsAreWhereTheyShouldBe() {
    multipliesWholeNumbers(TF32, 8);
    multipliesWholeNumbers(BF16, 16);
  }

  /** One element: {@code a[0,0] b[0,0] + a[0,1] b[1,0] + d}. */
  private float one(float a0, float b0, float a1, float b1, float d) {
    var x = new float[128 + 64 + 128];
    x[0] = a0;
    x[1] = a1;
    x[128] = b0;
    x[128 + 8] = b1;
    x[192] = d;
    return multiply(TF32, 32, x)[0];
  }

  @Test
  void operandsLoseWhatTf32HasNoBitsFor() {
    float last = (float) Math.scalb(1.0, -10);
    assertEquals(1 + last, one(1 + last, 1, 0, 0, 0));
    assertEquals(1, one(1 + 0.75f * last, 1, 0, 0, 0));
  }

  @Test
  void sumsAreCutOff() {
    float ulp = Math.ulp(1f);
    assertEquals(1 + ulp, one(ulp, 1, 0, 0, 1));
    assertEquals(1, one(0.75f * ulp, 1, 0, 0, 1), "rounded it would be one more");
    assertEquals(-1, one(-0.75f * ulp, 1, 0, 0, -1));
    assertEquals(1 + ulp, one(0.5f * ulp, 1, 0.5f * ulp, 1, 1), "they meet before they are cut");
    assertEquals(1, one(0.125f * ulp, 4, 0.0625f * ulp, 1, 1), "below the extra bits");
  }

  @Test
  void infinityAndNaNComeThrough() {
    assertEquals(Float.POSITIVE_INFINITY, one(Float.POSITIVE_INFINITY, 1, 0, 0, 1));
    assertEquals(Float.NaN, one(Float.POSITIVE_INFINITY, 0, 0, 0, 1));
    assertEquals(Float.NaN, one(0, 0, 0, 0, Float.NaN));
    assertEquals(0, one(0, 1, 1, 0, 0));
  }

  @Test
  void aWarpThatIsNotWholeIsTold() {
    String said =
        message(DeviceException.class, () -> multiply(TF32, 20, new float[128 + 64 + 128]));
    assertTrue(said.contains("the product of fragments at test/mma.cu:11 needs 32 threads"), said);
  }
}
