// SPDX-License-Identifier: Apache-2.0
package gander.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.models.io.Safetensors;
import gander.models.io.SafetensorsWriter;
import gander.models.zoo.Zoo;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs that another framework recorded: {@code gander replay} follows every one whose model is
 * known, to the last digits on the reference and in single precision on a device; and one that was
 * changed anywhere is told from it, by the first step and tensor.
 */
class TracesTest {
  private static final Pattern MODEL = Pattern.compile("\"model\":\\s*\"([^\"]*)\"");

  @TempDir Path folder;
  private List<Path> traces = List.of();

  @BeforeEach
  void find() throws IOException {
    traces = Shared.files("traces", ".safetensors").stream().filter(TracesTest::isKnown).toList();
    assertFalse(traces.isEmpty(), "no trace is of a model that is known");
  }

  private static boolean isKnown(Path trace) {
    try (Safetensors tensors = Safetensors.open(trace)) {
      Matcher model = MODEL.matcher(tensors.metadata().getOrDefault("config", ""));
      return model.find() && Zoo.MODELS.contains(model.group(1));
    }
  }

  @Test
  void theReferenceFollowsToTheLastDigits() {
    for (Path trace : traces) {
      String out = Cli.done("replay", trace, "--device", "reference", "--rtol", "1e-9").out();
      assertTrue(out.contains("weights") && out.contains("within 1.00e-09"), out);
    }
  }

  @Test
  void openClFollowsInSinglePrecision() {
    OpenCl.info();
    for (Path trace : traces) {
      String out = Cli.done("replay", trace, "--device", OpenCl.ID, "--rtol", "1e-3").out();
      assertTrue(out.contains("within 0.00100"), out);
    }
  }

  @Test
  void aLossThatWasChangedIsTold() {
    differs("step/0003/loss/d", 1e-7, "reference", "loss d of step 3 ");
    differs("step/0002/loss/g", 1e-7, "reference", "loss g of step 2 ");
  }

  @Test
  void aLossThatWasChangedIsToldOnOpenCl() {
    OpenCl.info();
    differs("step/0003/loss/d", 1e-2, OpenCl.ID, "loss d of step 3 ");
  }

  @Test
  void aBatchThatWasChangedIsToldByTheLossItChanges() {
    differs("step/0001/x", 0.5, "reference", "loss d of step 1 ");
    differs("step/0002/z_g", 0.5, "reference", "loss g of step 2 ");
  }

  @Test
  void weightsThatWereChangedAreTold() {
    differs("final/g/1/weight", 1e-7, "reference", "weight g/1/weight ");
    differs("init/d/0/bias", 1e-2, "reference", "loss d of step 0 ");
  }

  /** Replays a copy of the first trace in which one number is another. */
  private void differs(String tensor, double by, String device, String first) {
    Path changed = changed(traces.getFirst(), tensor, by);
    Cli.Said said = Cli.say("replay", changed, "--device", device);
    assertEquals(1, said.code(), () -> said.out() + said.err());
    String last = said.out().lines().reduce("", (a, b) -> b);
    assertTrue(last.startsWith("beyond ") && last.contains(": " + first), said.out());
  }

  private Path changed(Path trace, String tensor, double by) {
    Path copy = folder.resolve("changed.safetensors");
    var writer = new SafetensorsWriter();
    try (Safetensors tensors = Safetensors.open(trace)) {
      tensors.metadata().forEach((key, value) -> {
        if (!key.startsWith("sha256/")) {
          writer.metadata(key, value);
        }
      });
      assertTrue(tensors.names().contains(tensor), tensor);
      for (String name : tensors.names()) {
        double[] values = tensors.doubles(name);
        if (name.equals(tensor)) {
          values[0] += by;
        }
        writer.add(name, tensors.shape(name), values);
      }
    }
    writer.write(copy);
    return copy;
  }
}
