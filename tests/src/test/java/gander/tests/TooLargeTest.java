// SPDX-License-Identifier: Apache-2.0
package gander.tests;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What no memory holds is refused when it has been planned: before anything is allocated, before
 * there is a run directory, in one sentence that says what takes how much and what would help.
 */
class TooLargeTest {
  /** A batch of 28x28 images for which two of them, joined, have just under 2^31 elements. */
  private static final int BATCH = 1_300_000;

  /** Of that batch, the bytes of one array of doubles and of the two in single precision. */
  private static final long REFERENCE_BYTES = 8L * BATCH * 784;

  private static final long DEVICE_BYTES = 4L * 2 * BATCH * 784;

  @TempDir Path folder;

  private void refused(List<String> named, String device, int batch, int size) throws IOException {
    Path data = IdxFiles.folder(folder.resolve("data"), 8, 28);
    String command =
        "train gan-mlp --device %s --batch %d --size %d --data %s --out %s"
            .formatted(device, batch, size, data, folder.resolve("run"));
    Cli.refused(folder, named, (Object[]) command.split(" "));
  }

  @Test
  void aBatchThatJavaCannotHold() throws IOException {
    Assumptions.assumeTrue(
        Runtime.getRuntime().maxMemory() < REFERENCE_BYTES, "needs a smaller heap to be beyond");
    refused(
        List.of("reference cannot hold this program", "MiB", "smaller batch", "-Xmx"),
        "reference",
        BATCH,
        28);
  }

  @Test
  void aBatchThatTheDeviceCannotHold() throws IOException {
    Assumptions.assumeTrue(
        OpenCl.info().maxAllocationBytes() < DEVICE_BYTES, "needs a smaller device to be beyond");
    refused(
        List.of(
            "opencl:0 cannot hold this program",
            "its arena takes",
            "allocates at most",
            "smaller batch",
            "concat along axis 0 -> [2600000,784]"),
        OpenCl.ID,
        BATCH,
        28);
  }

  @Test
  void tensorsBeyondWhatKernelsCount() throws IOException {
    refused(List.of("[100000000, 784]", "fewer than 2^31"), "reference", 100_000_000, 28);
    refused(List.of("fewer than 2^31"), "reference", 4, 40_000);
    // 2^32 pixels are none in 32 bits.
    refused(List.of("65536x65536x1", "smaller size"), "reference", 4, 65_536);
  }
}
