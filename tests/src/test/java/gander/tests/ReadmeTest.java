// SPDX-License-Identifier: Apache-2.0
package gander.tests;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.graph.workload.Workloads;
import gander.models.cli.Gander;
import gander.models.cli.Said;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the READMEs tell people to do can be done: the kernel and the loss they give as examples
 * work as they stand, their commands can be parsed, and no op is missing from the table.
 */
class ReadmeTest {
  private static final String README = "README.md";
  private static final String KERNELS = "kernels/README.md";
  private static final Pattern C = Pattern.compile("```c\n(.*?)```", Pattern.DOTALL);
  private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  /** In a code block, where an explanation follows after a gap, or in backquotes. */
  private static final Pattern COMMAND =
      Pattern.compile("(?:^|`)(?:\\./)?gander ([a-z].*?)(?:`|  |$)", Pattern.MULTILINE);

  @TempDir Path folder;

  private static String read(String file) throws IOException {
    return Files.readString(Repository.root().resolve(file));
  }

  private static String only(Pattern block, String file) throws IOException {
    List<MatchResult> found = block.matcher(read(file)).results().toList();
    assertEquals(1, found.size(), block + " in " + file);
    return found.getFirst().group(1);
  }

  @Test
  void theExampleOfAKernelIsRight() throws IOException {
    OpenCl.info();
    Kernels.write(folder, "reduce/sixteen_lanes.cl", only(C, KERNELS));
    Object[] check = {
      "check",
      "reduce",
      "--kernels",
      folder,
      "--kernel",
      "reduce/sixteen_lanes.cl",
      "--device",
      OpenCl.ID
    };
    Said said = Cli.done(check);
    long right = said.out().lines().filter(line -> line.endsWith("right")).count();
    assertTrue(right > 0 && !said.out().contains("WRONG"), said::out);
  }

  @Test
  void theExampleOfALossTrains() throws IOException {
    String source = only(JAVA, README);
    Path file = Files.writeString(folder.resolve("WganGp.java"), source);
    Path classes = Files.createDirectory(folder.resolve("classes"));
    String classPath = System.getProperty("java.class.path");
    int compiled =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "-cp", classPath, "-d", classes.toString(), file.toString());
    assertEquals(0, compiled, "javac's exit code");
    Path data = IdxFiles.folder(folder.resolve("data"), 16, 28);
    String arguments =
        "train gan-mlp --loss my.WganGp+lecam --device reference --data %s --out %s --steps 2 --batch 8 --set samples=4"
            .formatted(data, folder.resolve("run"));
    List<String> command =
        Stream.concat(
                Stream.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-cp",
                    classes + System.getProperty("path.separator") + classPath,
                    Gander.class.getName()),
                Stream.of(arguments.split(" ")))
            .toList();
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.onExit().join().exitValue(), out);
  }

  @ParameterizedTest
  @ValueSource(strings = {README, KERNELS})
  void commandsCanBeParsed(String file) throws IOException {
    List<String> commands =
        COMMAND
            .matcher(read(file))
            .results()
            .map(found -> found.group(1))
            .filter(command -> !command.equals("test")) // the launcher's own
            .toList();
    assertTrue(commands.size() >= 4, commands::toString);
    for (String command : commands) {
      List<String> words = List.of(command.split(" +"));
      if (words.size() == 1) { // a command that is only named
        assertTrue(Gander.commandLine().getSubcommands().containsKey(command), command);
      } else {
        assertDoesNotThrow(
            () -> Gander.commandLine().parseArgs(words.toArray(new String[0])), command);
      }
    }
  }

  @Test
  void everyOpIsInTheTable() throws IOException {
    List<String> rows = read(KERNELS).lines().toList();
    for (String op : Workloads.ops()) {
      assertTrue(rows.stream().anyMatch(row -> row.startsWith("| `" + op + "` |")), op);
    }
  }
}
