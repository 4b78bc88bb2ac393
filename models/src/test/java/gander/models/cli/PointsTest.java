// SPDX-License-Identifier: Apache-2.0
package gander.models.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.models.data.Mixture;
import gander.models.data.ModeCount;
import gander.models.io.Curve;
import gander.models.run.Metrics;
import gander.models.run.RunDirectory;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Document;

/** Training on points of the plane, from the command line. */
class PointsTest {
  @TempDir static Path folder;
  private static Path run = Path.of("");

  @BeforeAll
  static void train() {
    run = trained("gan-mlp", "ring8", "run", "--set", "tensorboard=true");
  }

  private static Path trained(String model, String data, String name, Object... more) {
    Path out = folder.resolve(name);
    var words = new ArrayList<Object>(List.of("train", model, "--data", data));
    words.addAll(List.of("--device", "reference", "--batch", 4, "--zdim", 2, "--steps", 7));
    words.addAll(List.of("--log-every", 2, "--sample-every", 3, "--checkpoint-every", 2));
    words.addAll(List.of("--samples", 40, "--keep-last", 9, "--out", out));
    words.addAll(Arrays.asList(more));
    Said said = Said.by(words.toArray());
    assertEquals(0, said.code(), said.err());
    assertTrue(said.err().contains("out of 100000 points of " + data), said.err());
    return out;
  }

  private static float[] points(Path file) throws IOException {
    var points = new ArrayList<Float>();
    for (String line : Files.readAllLines(file)) {
      Arrays.stream(line.split(",")).map(Float::valueOf).forEach(points::add);
    }
    var floats = new float[points.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = points.get(i);
    }
    return floats;
  }

  @Test
  void modesAreCountedWherePointsAreDrawn() throws IOException {
    RunDirectory opened = RunDirectory.open(run);
    assertEquals(
        List.of(3L, 6L, 7L), opened.points().stream().map(RunDirectory.Saved::step).toList());
    assertEquals(
        List.of(3L, 6L, 7L), opened.samples().stream().map(RunDirectory.Saved::step).toList());
    List<Curve> curves = Metrics.curves(opened);
    assertEquals(
        List.of("real", "fake", "d", "g", "modes", "highQuality", "reverseKl"),
        curves.stream().map(Curve::name).toList());
    assertArrayEquals(new double[] {2, 3, 4, 6, 7}, curves.getFirst().steps());
    for (int i = 0; i < 3; i++) {
      Curve curve = curves.get(4 + i);
      assertArrayEquals(new double[] {3, 6, 7}, curve.steps());
      for (int at = 0; at < 3; at++) {
        float[] points = points(opened.pointsFile((long) curve.steps()[at]));
        assertEquals(80, points.length);
        assertEquals(
            ModeCount.of(Mixture.RING8, points).values()[i], curve.values()[at], curve.name());
      }
    }
    List<String> csv = Files.readAllLines(opened.metricsCsvFile());
    assertEquals("step,real,fake,d,g,modes,highQuality,reverseKl", csv.getFirst());
    assertTrue(csv.get(1).startsWith("2,") && csv.get(1).endsWith(",,,"), csv.get(1));
    String config = Files.readString(run.resolve("config.json"));
    assertFalse(config.contains("size") || config.contains("channels"), config);
  }

  @Test
  void theReportShowsThePointsAndLoadsNothing() throws Exception {
    String page = Files.readString(RunDirectory.open(run).reportFile());
    assertTrue(!page.matches("(?s).*(http:|https:|<script|<link).*"));
    Document parsed =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new ByteArrayInputStream(page.getBytes(StandardCharsets.UTF_8)));
    assertEquals(3, parsed.getElementsByTagName("input").getLength());
    assertEquals(8, parsed.getElementsByTagName("circle").getLength());
    assertEquals(5, parsed.getElementsByTagName("svg").getLength());
    assertTrue(page.contains("Modes found, of 8"));
  }

  @Test
  void stoppingAndGoingOnLeavesTheSameFiles() throws IOException {
    Path other = trained("gan-mlp", "ring8", "other", "--set", "tensorboard=true");
    RunDirectory opened = RunDirectory.open(other);
    opened.checkpoints().stream().filter(saved -> saved.step() > 4).forEach(opened::delete);
    assertEquals(0, Said.by("resume", other).code());
    List<Path> files;
    try (Stream<Path> all = Files.walk(run)) {
      files = all.filter(Files::isRegularFile).map(run::relativize).sorted().toList();
    }
    int compared = 0;
    for (Path file : files) {
      String name = String.valueOf(file.getFileName());
      // Those say when it was, and an event's time is in its file.
      if (!name.startsWith("events") && !List.of("sessions.jsonl", "report.html").contains(name)) {
        assertArrayEquals(
            Files.readAllBytes(run.resolve(file)),
            Files.readAllBytes(other.resolve(file)),
            file.toString());
        compared++;
      }
    }
    assertTrue(compared >= 14, files::toString);
    assertEquals(Files.size(RunDirectory.open(run).eventFile()), Files.size(opened.eventFile()));
  }

  @Test
  void aSheetSaysWhatWasFound() throws IOException {
    Path out = folder.resolve("sheet.png");
    Said said = Said.by("sample", run, "--count", 40, "--out", out);
    assertEquals(0, said.code(), said.err());
    RunDirectory opened = RunDirectory.open(run);
    assertArrayEquals(Files.readAllBytes(opened.sampleFile(7)), Files.readAllBytes(out));
    String found = ModeCount.of(Mixture.RING8, points(opened.pointsFile(7))).text(Mixture.RING8);
    assertTrue(said.out().lines().toList().contains(found), said.out());
    Path bn = trained("gan-mlp-bn", "grid25", "bn");
    assertEquals(0, Said.by("sample", bn, "--out", folder.resolve("usual.png")).code());
    Path data = folder.resolve("data.png");
    Said shown = Said.by("data", "grid25", "--split", "test", "--out", data);
    assertTrue(shown.out().startsWith("grid25: 10000 points of the plane\n"), shown.out());
    assertTrue(shown.out().contains("  24 (4.00, 4.00)   400\n"), shown.out());
    assertTrue(Files.size(data) > 1000);
  }

  @Test
  void aRunOnPointsIsNotEvaluatedAsImages() {
    Said said = Said.by("evaluate", run, "--device", "reference");
    assertEquals(2, said.code(), said.err());
    assertTrue(said.err().contains("for images"), said.err());
  }

  @ParameterizedTest
  @CsvSource({
    "inpaint RUN, for images",
    "augment RUN, for images",
    "interpolate RUN, for images",
    "reconstruct RUN, for images",
    "transfer RUN, for images",
    "sample RUN --class 1, for images",
    "train dcgan --data grid25, takes images",
    "train ae --data grid25, takes images",
    "train cvae-gan --data ring8, takes images",
    "train gan-mlp --data ring8 --size 8, leave out 'size'",
    "train gan-mlp --data ring8 --channels 1, leave out 'channels'",
    "data ring8 --size 8, neither size nor channels"
  })
  void whatIsForImagesIsRefused(String words, String reason) {
    Path out = folder.resolve("refused");
    var line = new ArrayList<Object>();
    for (String word : words.split(" ")) {
      line.add(word.equals("RUN") ? run : word);
    }
    line.addAll(List.of("--out", out));
    Said said = Said.by(line.toArray());
    assertEquals(2, said.code(), said.err());
    assertEquals(1, said.err().lines().count(), said.err());
    assertTrue(said.err().contains(reason), said.err());
    assertFalse(Files.exists(out));
  }
}
