// SPDX-License-Identifier: Apache-2.0
package gander.models.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Runs are measured from the command line. */
class EvaluateTest {
  /** Pictures of a class to test with. */
  private static final int TEST = 10;

  @TempDir static Path folder;
  private static Path data = Path.of("");

  @BeforeAll
  static void train() throws IOException {
    data = pictures();
    trained("cvae-1", "cvae", "--seed", 1);
    trained("cvae-2", "cvae", "--seed", 2);
    trained("game", "gan-mlp");
  }

  /** Two classes of pictures with a bright row or a bright column. */
  private static Path pictures() throws IOException {
    Path root = folder.resolve("data");
    for (String name : List.of("row", "column")) {
      for (String split : List.of("train", "test")) {
        Files.createDirectories(root.resolve(split).resolve(name));
      }
      for (int i = 0; i < 8 + TEST; i++) {
        var image = new BufferedImage(16, 16, BufferedImage.TYPE_BYTE_GRAY);
        for (int k = 0; k < 16; k++) {
          int at = i % 16;
          image
              .getRaster()
              .setSample(name.equals("row") ? k : at, name.equals("row") ? at : k, 0, 250);
        }
        ImageIO.write(
            image,
            "png",
            root.resolve(i < TEST ? "test" : "train").resolve(name).resolve(i + ".png").toFile());
      }
    }
    return root;
  }

  private static void trained(String name, String model, Object... more) {
    var words = new ArrayList<Object>(List.of("train", model, "--device", "reference"));
    words.addAll(List.of("--data", data, "--size", 16, "--batch", 4, "--zdim", 3, "--steps", 2));
    words.addAll(model.equals("cvae") ? List.of("--width", 2) : List.of());
    words.addAll(List.of("--out", folder.resolve("runs").resolve(name)));
    words.addAll(Arrays.asList(more));
    Said said = Said.by(words.toArray());
    assertEquals(0, said.code(), said.err());
  }

  private static Said evaluate(Object... more) {
    var words = new ArrayList<Object>(List.of("evaluate", folder.resolve("runs")));
    words.addAll(List.of("--device", "reference", "--count", 30));
    words.addAll(List.of("--judge", folder.resolve("judge.safetensors")));
    words.addAll(Arrays.asList(more));
    return Said.by(words.toArray());
  }

  @Test
  void everyRunHasItsNumbersAndSeedsAreSummedUp() {
    Said said = evaluate("--json");
    assertEquals(0, said.code(), said.err());
    var mapper = JsonMapper.builder().build();
    var lines = mapper.createObjectNode();
    for (String text : said.out().lines().toList()) {
      JsonNode line = mapper.readTree(text);
      lines.set(String.valueOf(Path.of(line.path("run").stringValue()).getFileName()), line);
    }
    JsonNode first = lines.path("cvae-1");
    assertEquals(given("cvae-1"), first.path("reconstruction").doubleValue(), 1e-6);
    assertEquals(1, first.path("seed").intValue());
    assertTrue(first.path("accuracy").doubleValue() <= 1);
    assertFalse(lines.path("game").has("reconstruction"), "no encoder");
    assertFalse(lines.path("game").has("accuracy"), "no classes");
    assertTrue(
        lines.path("test pictures").path("sharpness").doubleValue()
            > first.path("sharpness").doubleValue(),
        "what two steps have learnt is not sharp");

    Said table = evaluate();
    assertEquals(0, table.code(), table.err());
    assertFalse(table.err().contains("training a classifier"), "there is one now");
    List<String> means = table.out().lines().filter(line -> line.startsWith("mean of")).toList();
    assertEquals(1, means.size(), table.out());
    double mean =
        (first.path("reconstruction").doubleValue()
                + lines.path("cvae-2").path("reconstruction").doubleValue())
            / 2;
    Matcher words = Pattern.compile("mean of 2 +cvae +2 +(\\S+) ± ").matcher(means.getFirst());
    assertTrue(words.find(), means.getFirst());
    assertEquals(mean, Double.parseDouble(words.group(1)), 1e-5);
  }

  /** What the command that shows reconstructions says of the same pictures. */
  private static double given(String run) {
    Path out = folder.resolve(run + ".png");
    Path root = folder.resolve("runs").resolve(run);
    Said said = Said.by("reconstruct", root, "--count", 2 * TEST, "--out", out);
    assertEquals(0, said.code(), said.err());
    Matcher words = Pattern.compile("mean squared error (\\S+)").matcher(said.out());
    assertTrue(words.find(), said.out());
    return Double.parseDouble(words.group(1));
  }

  @Test
  void runsOfOtherPicturesDoNotCompare() {
    Path other = folder.resolve("other");
    Object[] words = {
      "train",
      "gan-mlp",
      "--device",
      "reference",
      "--data",
      data,
      "--size",
      20,
      "--batch",
      4,
      "--steps",
      1,
      "--out",
      other
    };
    assertEquals(0, Said.by(words).code());
    Said said = evaluate(other);
    assertEquals(2, said.code());
    assertTrue(said.err().contains("same pictures"), said.err());
    Said none = Said.by("evaluate", folder.resolve("nothing"));
    assertEquals(2, none.code());
    assertTrue(none.err().contains("nothing"), none.err());
  }
}
