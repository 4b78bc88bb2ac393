// SPDX-License-Identifier: Apache-2.0
package gander.tests;

import gander.models.io.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A trace that is cut off anywhere, damaged, of something else or of a model that is not known is
 * refused by {@code replay} in one sentence that names the file and what is wrong with it.
 */
class BadTraceTest {
  private static final String CONFIG =
      "{\"model\": \"gan-mlp\", \"batch\": 2, \"size\": 2, \"channels\": 1, \"zdim\": 2, \"steps\": 1}";

  @TempDir Path folder;

  private Path trace(String format, String config) {
    Path file = folder.resolve("trace.safetensors");
    new SafetensorsWriter()
        .metadata("format", format)
        .metadata("config", config)
        .add("step/0000/z_d", new int[] {2, 2}, new double[4])
        .write(file);
    return file;
  }

  private void refused(Path file, String... named) throws IOException {
    Cli.refused(folder, Arrays.asList(named), "replay", file, "--device", "reference");
  }

  @Test
  void cutOffAnywhere() throws IOException {
    byte[] whole = Files.readAllBytes(trace("gander-trace-1", CONFIG));
    Path cut = folder.resolve("cut.safetensors");
    for (int length = 0; length < whole.length; length += 1 + length / 5) {
      Files.write(cut, Arrays.copyOf(whole, length));
      refused(cut, cut.toString(), "not a sound safetensors file", "fetch or write it again");
    }
    Files.write(cut, Arrays.copyOf(whole, whole.length - 1));
    refused(cut, cut.toString(), "32 bytes but 31 follow");
    Files.write(cut, Arrays.copyOf(whole, whole.length + 1));
    refused(cut, cut.toString(), "32 bytes but 33 follow");
  }

  @Test
  void aHeaderThatIsDamaged() throws IOException {
    byte[] whole = Files.readAllBytes(trace("gander-trace-1", CONFIG));
    Path damaged = folder.resolve("damaged.safetensors");
    for (int at : List.of(0, 7, 8, 9, 20)) {
      byte[] content = whole.clone();
      content[at] ^= 0x55;
      Files.write(damaged, content);
      refused(damaged, damaged.toString(), "not a sound safetensors file");
    }
  }

  @Test
  void somethingElse() throws IOException {
    refused(folder.resolve("none.safetensors"), "none.safetensors does not exist");
    refused(folder, "cannot read " + folder, "Is a directory");
    Path picture = Files.write(folder.resolve("x.png"), new byte[200]);
    refused(picture, picture.toString(), "does not begin with '{'");
    Path checkpoint = trace("gander-checkpoint-1", CONFIG);
    refused(checkpoint, "is no trace", "'gander-checkpoint-1'", "'gander-trace-1'");
  }

  @Test
  void aConfigThatCannotBeRun() throws IOException {
    refused(trace("gander-trace-1", "{"), "trace.safetensors", "no JSON");
    refused(trace("gander-trace-1", "[]"), "trace.safetensors", "without model and steps");
    refused(
        trace("gander-trace-1", CONFIG.replace("gan-mlp", "gan-mpl").replace("zdim", "zdin")),
        "unknown model 'gan-mpl'",
        "did you mean 'gan-mlp'");
    refused(trace("gander-trace-1", CONFIG.replace("zdim", "zdin")), "'zdin'");
    refused(trace("gander-trace-1", CONFIG.replace("\"steps\": 1", "\"steps\": 0")), "'steps'");
    refused(trace("gander-trace-1", CONFIG), "no draw 'z_g'", "'gan-mlp'");
  }
}
