// SPDX-License-Identifier: Apache-2.0
package gander.models.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KilledWriterTest {
  /** More with {@code -Dgander.kills=1000}. */
  private static final int ROUNDS = Integer.getInteger("gander.kills", 4);

  @TempDir Path folder;

  @Test
  void aKilledProcessLeavesACompleteFile() throws Exception {
    Path file = folder.resolve("state.safetensors");
    var random = new Random(1);
    for (int i = 0; i < ROUNDS; i++) {
      killAfter(file, random.nextInt(60));
      try (Safetensors found = Safetensors.open(file)) {
        found.verify();
        float round = Integer.parseInt(String.valueOf(found.metadata().get("round")));
        for (float value : found.floats("values")) {
          assertEquals(round, value);
        }
      }
    }
  }

  private static void killAfter(Path file, int millis) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                KilledWriter.class.getName(),
                file.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (var out = process.inputReader(StandardCharsets.UTF_8)) {
      assertEquals("begun", out.readLine());
      Thread.sleep(millis);
      assertTrue(process.isAlive());
    } finally {
      process.destroyForcibly().waitFor();
    }
  }
}
