// SPDX-License-Identifier: Apache-2.0
package gander.runtime.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Drivers and compilers of different ages, both of them stubs. */
class DriverVersionTest {
  @TempDir Path folder;
  private CudaStub stub;

  @BeforeEach
  void build() throws Exception {
    stub = CudaStub.build(folder);
  }

  private String probe(int version) throws Exception {
    // No nvcc on the PATH.
    Map<String, String> environment =
        Map.of("STUB_VERSION", Integer.toString(version), "PATH", folder.toString());
    CudaStub.Run run = stub.run(CudaStubMain.class, environment);
    assertEquals(0, run.code(), run.output());
    return run.output();
  }

  private void nvrtc(int major) throws Exception {
    Path file = folder.resolve("libnvrtc.so." + major);
    stub.library(DriverVersionTest.class, "stub_nvrtc.c", file, "-DMAJOR=" + major);
  }

  private static void assertContains(String text, String part) {
    assertTrue(text.contains(part), text + "\n lacks \n" + part);
  }

  @Test
  void aDriverThatIsTooOldIsNoDeviceAndSaysWhatMendsIt() throws Exception {
    String said = probe(11080);
    assertContains(said, "devices []");
    assertContains(
        said,
        "what=CUDA driver, detail=supports CUDA 11.8, fix=update it to one for CUDA 12.0 or later");
  }

  @Test
  void theNewestCompilerIsTakenWhoseCodeTheDriverLoads() throws Exception {
    nvrtc(12);
    nvrtc(13);
    assertContains(probe(13000), "driver=CUDA 13.0, NVRTC 13.0");
    assertContains(probe(12040), "driver=CUDA 12.4, NVRTC 12.0");
  }

  @Test
  void aCompilerThatIsTooNewForTheDriverIsAFinding() throws Exception {
    nvrtc(13);
    String said = probe(12040);
    assertContains(said, "driver=CUDA 12.4, no compiler");
    assertContains(said, "the driver supports CUDA 12 and does not load what NVRTC 13.0 (");
    assertContains(said, "install nvidia-cuda-nvrtc-cu12, or a newer driver");
  }
}
