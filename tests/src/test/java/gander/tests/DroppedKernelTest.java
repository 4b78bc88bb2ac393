// SPDX-License-Identifier: Apache-2.0
package gander.tests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.graph.Graph;
import gander.graph.op.Ops;
import gander.graph.op.Shape;
import gander.graph.program.DeviceBackend;
import gander.graph.program.DeviceProgram;
import gander.graph.workload.Workloads;
import gander.runtime.Device;
import gander.runtime.DeviceInfo;
import gander.runtime.Devices;
import gander.runtime.UserCache;
import gander.runtime.catalogue.Catalogue;
import gander.runtime.catalogue.Problem;
import gander.runtime.catalogue.TunedTable;
import gander.runtime.jit.Jit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A kernel is one file: dropped into a folder and named with {@code --kernels}, it is listed,
 * checked, tuned, timed and used, with no other change. One that is wrong is told by one sentence
 * that says what is wrong and, where that is in the file, on which line.
 */
class DroppedKernelTest {
  private static final String PATH = "concat/mine.cl";

  private static final String GOOD =
      """
      //! concat: a work-item for each run, element by element
      //! device  opencl
      //! tune    AHEAD = 1 2
      //! prefer  1000
      //! grid    O
      KERNEL void concat(GLOBAL const float* a, GLOBAL const float* b, GLOBAL float* y) {
        const int o = GROUP_X;
        for (int i = 0; i < (RA + RB) * I; i++) {
          y[o * (RA + RB) * I + i] = i < RA * I ? a[o * RA * I + i] : b[o * RB * I + i - RA * I];
        }
      }
      """;

  @TempDir Path folder;
  private String cache = "";

  /** A cache of the test's own, since it tunes. */
  @BeforeEach
  void useOwnCache() throws IOException {
    OpenCl.info();
    cache = UserCache.root().toString();
    System.setProperty("gander.cache", folder.resolve("cache").toString());
    Kernels.write(folder, "kernels/" + PATH, GOOD);
  }

  @AfterEach
  void restoreCache() {
    if (!cache.isEmpty()) {
      System.setProperty("gander.cache", cache);
    }
  }

  private Path kernels() {
    return folder.resolve("kernels");
  }

  @Test
  void isListed() {
    String out = Cli.done("kernels", "concat", "--kernels", kernels()).out();
    assertTrue(out.contains(PATH + " *"), out);
    assertTrue(out.contains("AHEAD=1,2"), out);
    assertTrue(out.contains("a work-item for each run"), out);
  }

  @Test
  void isChecked() {
    Cli.Said said = Cli.done(check("--settings", "all"));
    String line = said.out().lines().filter(l -> l.startsWith(PATH)).findFirst().orElse("");
    assertTrue(line.endsWith("right"), said.out());
  }

  @Test
  void isTunedAndTimed() {
    String title = "O=4 RA=5 RB=2 I=1";
    String out =
        Cli.done(words("tune", "concat", "--problem", title, "--limit", 600, "--json")).out();
    assertTrue(out.contains("\"problem\":\"" + title + "\""), out);
    assertTrue(out.matches("(?s).*\"micros\":[0-9.]+,.*"), out);
    Catalogue catalogue = Catalogue.load(List.of(kernels()));
    DeviceInfo info = OpenCl.info();
    Problem problem = new Workloads(info, 1).all("concat").get(1).problem();
    int variants = catalogue.candidates(problem, info).size();
    assertTrue(out.contains("\"tried\":%1$d,\"variants\":%1$d".formatted(variants)), out);
    TunedTable table = TunedTable.load(info.tuningKey(), catalogue, UserCache.folder("tuned"));
    assertNotNull(table.find(problem), "the winner is remembered");
  }

  @Test
  void isUsedByWhateverIsCompiled() {
    Device device = Devices.open(OpenCl.info().id());
    try (var backend =
            new DeviceBackend(
                device,
                Catalogue.load(List.of(kernels())),
                TunedTable.empty(),
                new Jit(device, UserCache.folder("jit")));
        DeviceProgram program =
            backend.compile(
                Graph.of(
                    Map.of(
                        "y",
                        Ops.concat(
                            0, Ops.input("a", Shape.of(2)), Ops.input("b", Shape.of(3))))))) {
      assertEquals(PATH, program.steps().getFirst().variant().kernel().path());
      program.write("a", new double[] {1, 2});
      program.write("b", new double[] {3, 4, 5});
      program.run();
      assertArrayEquals(new double[] {1, 2, 3, 4, 5}, program.read("y"));
    }
    String plan =
        Cli.done(words("plan", "gan-mlp", "--explain", "--out", folder.resolve("p.png"))).out();
    assertTrue(plan.contains(PATH), plan);
  }

  private Object[] check(Object... more) {
    return words("check", "concat", "--kernel", PATH, "--limit", 600, more);
  }

  /** A command line on the folder of kernels. */
  private Object[] words(Object... words) {
    var all = new ArrayList<Object>();
    for (Object word : words) {
      all.addAll(word instanceof Object[] more ? List.of(more) : List.of(word));
    }
    all.addAll(List.of("--kernels", kernels(), "--device", OpenCl.ID));
    return all.toArray();
  }

  // Kernels that are wrong

  /** What is put in the place of what in the good kernel, and what is said of the result. */
  static List<Arguments> faults() {
    return List.of(
        Arguments.of("RA * I ? a[", "RA * I ? 2 * a[", "y[0] is ", "should be"),
        Arguments.of(
            "= GROUP_X;",
            "= GROUP_X; y[O * (RA + RB) * I] = 1;",
            "writes outside its buffers",
            "past the end of 'y'"),
        Arguments.of(
            "i < (RA + RB) * I;",
            "i <= (RA + RB) * I;",
            "writes outside its buffers",
            "past the end of 'y'"),
        Arguments.of(
            "= GROUP_X;", "= GROUP_X; ((GLOBAL float*)b)[0] = 7;", "changes its input b[0]", ""),
        Arguments.of(
            "= GROUP_X;",
            "= GROUP_X; y[(size_t)1 << 44] = 1;",
            "ended the process that ran it",
            "SIGSEGV"),
        Arguments.of("i < RA * I", "i < RC * I", PATH + ":9: error", "RC"),
        Arguments.of("grid    O", "grid    ceil(Q, 2)", PATH + ":5: unknown name 'Q'", "RA RB"),
        Arguments.of(
            "void concat(",
            "void concatenate(",
            "CL_INVALID_KERNEL_NAME",
            "Name the kernel's function like its pass"));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void aFaultIsToldInOneSentence(String good, String bad, String what, String more)
      throws IOException {
    Kernels.write(folder, "kernels/" + PATH, GOOD.replace(good, bad));
    assertFails(Cli.say(check("--settings", 1)), what, more);
  }

  @Test
  void oneThatHangsIsStopped() throws IOException {
    Kernels.write(
        folder,
        "kernels/" + PATH,
        GOOD.replace(
            "= GROUP_X;",
            "= GROUP_X; for (volatile GLOBAL float* v = y; v[0] != 1.5f;) { v[0] = 2; }"));
    assertFails(
        Cli.say(
            words(
                "check",
                "concat",
                "--kernel",
                PATH,
                "--problem",
                "O=1 RA=4",
                "--settings",
                1,
                "--limit",
                3)),
        "did not end within 3 s",
        "was stopped");
  }

  /** Exit code 1; a line that says what is wrong, and below it the command that shows it again. */
  private static void assertFails(Cli.Said said, String what, String more) {
    assertEquals(1, said.code(), () -> said.out() + said.err());
    List<String> lines = said.out().lines().toList();
    int told = 0;
    while (told < lines.size() && !lines.get(told).contains(what)) {
      told++;
    }
    assertTrue(told < lines.size(), () -> "'%s' is not in: %s".formatted(what, said.out()));
    assertTrue(lines.get(told).startsWith(PATH) && lines.get(told).contains(more), said.out());
    assertTrue(lines.get(told + 1).startsWith("  gander check concat "), said.out());
    assertTrue(!said.out().contains("Exception") && !said.err().contains("Exception"), said.err());
  }

  static List<Arguments> headers() {
    return List.of(
        Arguments.of("//! tune ", "//! tunes ", PATH + ":3: unknown entry 'tunes'"),
        Arguments.of("AHEAD = 1 2", "AHEAD = 1 x", PATH + ":3: 'AHEAD = 1 x'"),
        Arguments.of("//! grid    O\n", "", PATH + ":5: pass 'concat' has no 'grid' line"),
        Arguments.of("//! device  opencl\n", "", PATH + ":5: the header has no 'device' line"));
  }

  @ParameterizedTest
  @MethodSource("headers")
  void aHeaderThatCannotBeReadIsRefused(String good, String bad, String sentence)
      throws IOException {
    Kernels.write(folder, "kernels/" + PATH, GOOD.replace(good, bad));
    Cli.refused(kernels(), List.of(sentence), check());
    Cli.refused(kernels(), List.of(sentence), words("kernels"));
    Cli.refused(kernels(), List.of(sentence), words("plan", "gan-mlp"));
  }

  @Test
  void aFolderThatHoldsNoKernelIsRefused() throws IOException {
    Files.move(kernels().resolve(PATH), folder.resolve("mine.cl"));
    Cli.refused(kernels(), List.of(kernels(), "holds no kernel", "matmul"), words("kernels"));
    Kernels.write(folder, "kernels/concta/mine.cl", GOOD.replace("concat", "concta"));
    Cli.refused(kernels(), List.of("no op 'concta'", "did you mean 'concat'"), words("kernels"));
  }
}
