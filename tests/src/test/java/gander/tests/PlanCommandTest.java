// SPDX-License-Identifier: Apache-2.0
package gander.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.models.cli.Said;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What {@code plan} says, writes and refuses. */
class PlanCommandTest {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String HEADER = "id,lower,upper,size\n";

  /** Two that live together, and one later that fits where the first was. */
  private static final String SOUND = HEADER + "0,0,2,100\n1,1,3,50\n2,2,4,100\n";

  @TempDir Path folder;

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("p.csv"), text);
  }

  private static Object[] step(Object... more) {
    var words = new ArrayList<Object>(List.of("plan", "gan-mlp", "--batch", 4));
    words.addAll(List.of("--device", OpenCl.ID));
    words.addAll(Arrays.asList(more));
    return words.toArray();
  }

  @Test
  void tellsWhatLastsApart() throws IOException {
    OpenCl.info();
    Path page = folder.resolve("map.html");
    Path csv = folder.resolve("problem.csv");
    Said said = Cli.done(step("--out", page, "--csv", csv, "--json"));
    JsonNode line = JSON.readTree(said.out());
    long parameters = 4L * (293_136 + 267_009);
    assertEquals(parameters, line.path("parameters").asLong());
    assertEquals(2 * parameters + 16, line.path("optimizerState").asLong());
    assertEquals(4, line.path("otherState").asLong());
    assertEquals(4L * 784 * 4, line.path("inputs").asLong());
    assertTrue(line.path("optimal").asBoolean());
    assertEquals(line.path("lowerBound").asLong(), line.path("peak").asLong());
    assertTrue(line.path("planMillis").asDouble() > 0);
    assertEquals(page.toString(), line.path("files").get(1).asString());
    assertTrue(Files.readString(page).startsWith("<!DOCTYPE html>"));
    assertEquals(line.path("buffers").asInt() + 1, Files.readAllLines(csv).size());

    Path picture = folder.resolve("map.png");
    List<String> text = Cli.done(step("--out", picture)).out().lines().toList();
    assertEquals(
        "parameters: 2188.1 KiB, optimizer state: 4376.1 KiB, other state: 4 B, inputs: 12.3 KiB",
        text.get(1));
    assertTrue(
        text.stream()
            .anyMatch(l -> l.matches("planned in \\d+\\.\\d ms, proved to be the least.*")),
        said::out);
    byte[] png = Files.readAllBytes(picture);
    assertEquals("PNG", new String(png, 1, 3, StandardCharsets.US_ASCII));
  }

  @Test
  void solvesAProblemOfAFile() throws IOException {
    Path page = folder.resolve("map.html");
    Said said = Cli.done("plan", "--solve", file(SOUND), "--out", page, "--json");
    JsonNode line = JSON.readTree(said.out());
    assertEquals(150, line.path("peak").asLong());
    assertTrue(line.path("optimal").asBoolean());
    assertTrue(Files.readString(page).contains("\"label\":\"buffer 2\""));
    Said capacity = Cli.done("plan", "--solve", file(SOUND), "--capacity", 1000);
    assertTrue(capacity.out().contains("within the capacity of 1000"), capacity::out);
    Said none = Cli.done("plan", "--solve", file(HEADER));
    assertTrue(none.out().startsWith("0 buffers: peak 0 B"), none::out);
    String wide = HEADER + "0,0,2147483647,9\n1,2147483646,2147483647,%d\n".formatted(1L << 59);
    Cli.done("plan", "--solve", file(wide), "--out", page);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "it is empty & id,lower,upper,size              | \"\"",
        "line 2: lower is 3 and upper 2                 | HEADER/0,3,2,5",
        "line 2: size is '99999999999999999999'         | HEADER/0,1,2,99999999999999999999",
        "line 3: & more than 2^60 bytes                 | HEADER/0,1,2,1152921504606846976/1,3,4,1",
      })
  void refusesAFileThatStatesNoProblem(String named, String text) throws IOException {
    Path file = file(text.replace("HEADER", HEADER.strip()).replace('/', '\n'));
    var parts = new ArrayList<Object>(Arrays.asList(named.split(" *& *")));
    parts.add(file);
    Cli.refused(folder, parts, "plan", "--solve", file, "--csv", folder.resolve("o.csv"));
  }

  @Test
  void refusesWhatIsNoFile() throws IOException {
    Path none = folder.resolve("none.csv");
    Cli.refused(folder, List.of(none, "no such file or folder"), "plan", "--solve", none);
    Cli.refused(folder, List.of(folder, "directory"), "plan", "--solve", folder);
    Path bytes = Files.write(folder.resolve("b.csv"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
    Cli.refused(folder, List.of(bytes, "not UTF-8"), "plan", "--solve", bytes);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "does not fit into 0 bytes & 150 are live at once   | --capacity 0",
        "does not fit into 149 bytes & 150 are live at once | --capacity 149",
        "--capacity is -1 & at least 0                      | --capacity -1",
        "--capacity & 1.5                                   | --capacity 1.5",
        "--seconds is -1 & at least 0                       | --seconds -1",
        "--explain & --solve                                | --explain",
        "no model & --solve                                 | gan-mlp",
      })
  void refusesWhatCannotBeAskedOfAFile(String named, String options) throws IOException {
    var words = new ArrayList<Object>(List.of("plan", "--solve", file(SOUND)));
    words.addAll(List.of("--csv", folder.resolve("o.csv"), "--out", folder.resolve("o.html")));
    words.addAll(Arrays.asList(options.split(" ")));
    Cli.refused(folder, Arrays.asList(named.split(" *& *")), words.toArray());
  }

  @Test
  void refusesWhatIsForAFileOnly() throws IOException {
    Cli.refused(folder, List.of("--capacity", "--solve"), "plan", "gan-mlp", "--capacity", 9);
    Cli.refused(folder, List.of("--seconds", "--solve"), "plan", "gan-mlp", "--seconds", 9);
  }

  /** Whichever of the two cannot be written, the other is not written either. */
  @Test
  void writesAllOrNothing() throws IOException {
    Path problem = file(SOUND);
    Path good = folder.resolve("good");
    Path astray = folder.resolve("no/such.html");
    Path taken = Files.createDirectory(folder.resolve("taken"));
    Path locked =
        Files.createDirectory(
            folder.resolve("locked"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("r-xr-xr-x")));
    var bad = new ArrayList<>(List.of(astray, taken));
    if (!Files.isWritable(locked)) {
      bad.add(locked.resolve("o.html"));
    }
    for (Path path : bad) {
      List<Object> named = List.of("cannot write", path);
      Cli.refused(folder, named, "plan", "--solve", problem, "--out", good, "--csv", path);
      Cli.refused(folder, named, "plan", "--solve", problem, "--csv", good, "--out", path);
    }
    List<Object> named = List.of("--out and --csv", good, "two files");
    Cli.refused(folder, named, "plan", "--solve", problem, "--csv", good, "--out", good);
    OpenCl.info();
    Cli.refused(folder, List.of("cannot write", astray), step("--csv", good, "--out", astray));
  }

  @Test
  void aFileThatMayNotBeReadIsNamed() throws IOException {
    Path locked = file(SOUND);
    Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("-w-------"));
    Assumptions.assumeFalse(Files.isReadable(locked), "root reads everything");
    Cli.refused(folder, List.of(locked, "permission denied"), "plan", "--solve", locked);
  }
}
