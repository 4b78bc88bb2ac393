// SPDX-License-Identifier: Apache-2.0
package gander.runtime.cuda;

import static gander.runtime.Tests.message;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gander.runtime.CodeImage;
import gander.runtime.DeviceException;
import gander.runtime.GanderException;
import gander.runtime.Source;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs where an NVRTC is found: name one in GANDER_NVRTC. It needs no GPU. */
class NvrtcTest {
  private static final Source SCALE =
      new Source(
          "scale [N=8]",
          """
          #define N 8
          #line 40 "scale/plain.cu"
          extern "C" __global__ void scale(float* x) {
            if (threadIdx.x < N) x[threadIdx.x] = 2.0f * x[threadIdx.x] + 1.0f;
          }
          """,
          List.of("scale"));

  private static Nvrtc nvrtc;

  @BeforeAll
  static void find() {
    Optional<Nvrtc> found = Nvrtc.find();
    assumeTrue(found.isPresent(), "no NVRTC here: set GANDER_NVRTC to a libnvrtc.so.12 or .13");
    nvrtc = found.get();
  }

  @Test
  void compilesToACubinOfTheArchitecture() {
    assertTrue(nvrtc.version().matches("NVRTC 1\\d\\.\\d+"), nvrtc.version());
    assertTrue(nvrtc.architectures().contains("sm_90"), nvrtc.architectures()::toString);
    byte[] first = cubin("sm_80");
    byte[] second = cubin("sm_90");
    assertArrayEquals(new byte[] {0x7f, 'E', 'L', 'F'}, Arrays.copyOf(first, 4));
    assertTrue(!Arrays.equals(first, second));
    assertArrayEquals(first, cubin("sm_80"), "the same input gives the same code");
  }

  private static byte[] cubin(String architecture) {
    CodeImage image = CodeImage.read("cuda:0", SCALE, nvrtc.compile(SCALE, architecture));
    assertEquals(CodeImage.Form.BINARY, image.form());
    return image.code();
  }

  @Test
  void anErrorNamesFileAndLine() {
    var wrong =
        new Source(
            SCALE.name(), SCALE.text().replace("threadIdx.x < N", "lane < N"), SCALE.functions());
    String message = message(DeviceException.class, () -> nvrtc.compile(wrong, "sm_90"));
    assertTrue(
        message.contains(
            " cannot compile scale [N=8] for sm_90: scale/plain.cu:41: error: identifier \"lane\" is undefined"),
        message);
  }

  @Test
  void anUnknownArchitectureIsRefused() {
    String message = message(GanderException.class, () -> nvrtc.compile(SCALE, "sm_13"));
    assertTrue(message.contains("cannot compile for sm_13, only for sm_"), message);
  }

  @Test
  void aLibraryThatWasAskedForAndIsMissingIsAnError(@TempDir Path folder) {
    String before = System.getProperty("gander.nvrtc");
    System.setProperty("gander.nvrtc", folder.resolve("libnvrtc.so.13").toString());
    try {
      assertThrows(GanderException.class, Nvrtc::find);
    } finally {
      if (before == null) {
        System.clearProperty("gander.nvrtc");
      } else {
        System.setProperty("gander.nvrtc", before);
      }
    }
  }
}
