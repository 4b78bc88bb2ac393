// SPDX-License-Identifier: Apache-2.0
package gander.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.models.cli.Said;
import gander.runtime.Tool;
import gander.runtime.UserCache;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A bundle is small, and runs where it is unpacked, with nothing in its environment: no PATH, no
 * JAVA_HOME.
 */
class BundleTest {
  private static final long MOST_BYTES = 60_000_000;

  @TempDir static Path folder;

  /** With a space, which every expansion of the script must stand. */
  private static Path root = Path.of("");

  @BeforeAll
  static void makeOneAndUnpackIt() throws Exception {
    Assumptions.assumeTrue(
        System.getProperty("os.name").equals("Linux")
            && System.getProperty("os.arch").equals("amd64"),
        "bundles are made on Linux on x86-64");
    Path archive = folder.resolve("bundle.tar.gz");
    Said said = bundle(Repository.root(), "--out", archive);
    assertEquals(0, said.code(), () -> said.out() + said.err());
    assertFalse(said.err().contains("no archive of classes"), said::err);
    assertTrue(said.out().startsWith(archive + ", "), said::out);
    assertTrue(Files.size(archive) < MOST_BYTES, () -> archive.toFile().length() + " bytes");
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(List.of(archive), files.toList(), "what is left beside the archive");
    }
    Path place = Files.createDirectory(folder.resolve("un packed"));
    List<String> tar = List.of("tar", "xf", archive.toString(), "-C", place.toString());
    assertEquals(0, new ProcessBuilder(tar).inheritIO().start().waitFor());
    root = place.resolve("gander");
  }

  private static Said bundle(Path checkout, Object... words) {
    String before = System.setProperty("gander.root", checkout.toString());
    try {
      return Said.by(Stream.concat(Stream.of("bundle"), Stream.of(words)).toArray());
    } finally {
      if (before == null) {
        System.clearProperty("gander.root");
      } else {
        System.setProperty("gander.root", before);
      }
    }
  }

  /** Runs what is in the bundle with no variable set but those. */
  private static Said run(Map<String, String> environment, Object... words) throws Exception {
    return start(root.resolve("gander"), environment, words);
  }

  private static Said start(Path script, Map<String, String> environment, Object... words)
      throws Exception {
    var command = new ArrayList<>(List.of(script.toString()));
    Stream.of(words).map(Object::toString).forEach(command::add);
    Path out = Files.createTempFile(folder, "out", "");
    Path err = Files.createTempFile(folder, "err", "");
    var builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.redirectOutput(out.toFile()).redirectError(err.toFile()).environment().clear();
    builder.environment().put("GANDER_CACHE", UserCache.root().toString());
    builder.environment().putAll(environment);
    int code = builder.start().waitFor();
    return new Said(code, Files.readString(out), Files.readString(err));
  }

  private static void good(Said said) {
    assertEquals(0, said.code(), () -> said.out() + said.err());
  }

  @Test
  void doctorFindsItsOwnJava() throws Exception {
    Path link =
        Files.createSymbolicLink(folder.resolve("link"), Path.of("un packed/gander/gander"));
    for (Path script : List.of(root.resolve("gander"), link)) {
      Said said = start(script, Map.of(), "doctor");
      good(said);
      String java = said.out().lines().findFirst().orElse("");
      assertTrue(java.startsWith("good  Java: "), said::out);
      assertTrue(java.endsWith(root.toRealPath().resolve("runtime").toString()), said::out);
    }
  }

  @Test
  void trainsOnTheReference() throws Exception {
    Path run = folder.resolve("reference run");
    good(run(Map.of(), train(run, "reference")));
    assertTrue(Files.exists(run.resolve("metrics.csv")));
    assertTrue(Files.exists(run.resolve("loss.png")));
  }

  @Test
  void trainsOnADevice() throws Exception {
    OpenCl.info();
    Path run = folder.resolve("device run");
    // PoCL links with the system's linker, and has compiled much of this for other tests.
    Path tools = Files.createDirectory(folder.resolve("linker"));
    String linker = Tool.find(Tool.folders(), "ld").orElse("/nowhere");
    Files.createSymbolicLink(tools.resolve("ld"), Path.of(linker));
    Map<String, String> pocl =
        Map.of("PATH", tools.toString(), "POCL_CACHE_DIR", System.getenv("POCL_CACHE_DIR"));
    good(run(pocl, train(run, OpenCl.ID)));
    assertTrue(Files.exists(run.resolve("loss.png")));
    // In a process of its own.
    Object[] check = {"check", "gather", "--tiny", "--settings", 1, "--device", OpenCl.ID};
    good(run(pocl, check));
  }

  @Test
  void trainsWithoutFonts() throws Exception {
    Path run = folder.resolve("run without fonts");
    Path none = Files.writeString(folder.resolve("fonts.conf"), "<fontconfig></fontconfig>");
    // Java remembers in its user's home which fonts there were.
    String home = "-Duser.home=" + Files.createDirectory(folder.resolve("home"));
    Map<String, String> fontless =
        Map.of("FONTCONFIG_FILE", none.toString(), "GANDER_JVM_FLAGS", home);
    Said said = run(fontless, train(run, "reference"));
    good(said);
    assertTrue(
        said.err().contains("the losses are not drawn: this system has no fonts"), said::err);
    assertFalse(Files.exists(run.resolve("loss.png")));
    assertTrue(Files.exists(run.resolve("metrics.csv")));
  }

  private static Object[] train(Path run, String device) throws IOException {
    Path data = SmallRuns.data(run.resolveSibling("data"));
    return SmallRuns.command("gan-mlp", data, device, 2, run).toArray();
  }

  @Test
  void anotherMachineIsToldInOneSentence() throws Exception {
    Path tools = Files.createDirectory(folder.resolve("tools"));
    Path uname = Files.writeString(tools.resolve("uname"), "#!/bin/sh\necho Linux aarch64\n");
    Files.setPosixFilePermissions(uname, PosixFilePermissions.fromString("rwxr-xr-x"));
    Said said = run(Map.of("PATH", tools.toString()), "doctor");
    assertEquals(2, said.code(), said::err);
    assertEquals(1, said.err().lines().count(), said::err);
    assertTrue(said.err().contains("for Linux on x86_64, and this is Linux aarch64"), said::err);
  }

  @Test
  void itsJavaCannotMakeAnother() throws Exception {
    Said said = run(Map.of(), "bundle");
    assertEquals(2, said.code(), said::err);
    assertEquals(1, said.err().lines().count(), said::err);
    assertTrue(said.err().contains("has no jlink"), said::err);
    assertTrue(said.err().contains("Temurin 25"), said::err);
  }

  @Test
  void itsJavaHasEveryModuleThatTheJarsUse() throws IOException {
    String release = Files.readString(root.resolve("runtime/release"));
    String modules = release.lines().filter(l -> l.startsWith("MODULES=")).findFirst().orElse("");
    List<String> there = List.of(modules.replaceAll("MODULES=|\"", "").split(" "));
    List<String> arguments = new ArrayList<>(List.of("--ignore-missing-deps", "--multi-release"));
    arguments.addAll(List.of("25", "--print-module-deps"));
    try (Stream<Path> jars = Files.list(root.resolve("lib"))) {
      jars.map(Path::toString).forEach(arguments::add);
    }
    var said = new StringWriter();
    var out = new PrintWriter(said);
    ToolProvider jdeps = ToolProvider.findFirst("jdeps").orElseThrow();
    assertEquals(0, jdeps.run(out, out, arguments.toArray(String[]::new)), said::toString);
    String last = said.toString().lines().reduce((first, second) -> second).orElse("");
    List<String> needed = List.of(last.split(","));
    assertTrue(needed.contains("java.base") && there.containsAll(needed), needed + " in " + there);
  }

  @Test
  void nativesAreOfOneSystem() throws IOException {
    var natives = new ArrayList<String>();
    try (Stream<Path> jars = Files.list(root.resolve("lib"))) {
      for (Path jar : jars.toList()) {
        try (var zip = new ZipFile(jar.toFile(), StandardCharsets.UTF_8)) {
          zip.stream()
              .map(entry -> entry.getName())
              .filter(name -> name.toLowerCase(Locale.ROOT).matches(".*\\.(so|dll|dylib)"))
              .forEach(natives::add);
        }
      }
    }
    assertTrue(natives.stream().anyMatch(name -> name.contains("JOCL")), natives::toString);
    assertTrue(natives.stream().anyMatch(name -> name.contains("JCudaDriver")), natives::toString);
    assertTrue(natives.stream().allMatch(n -> n.endsWith("linux-x86_64.so")), natives::toString);
  }

  @Test
  void whatCannotBeMadeIsRefused(@TempDir Path empty) throws IOException {
    Cli.refused(
        empty,
        List.of("none/b.tar.gz", "--out"),
        "bundle",
        "--out",
        empty.resolve("none/b.tar.gz"));
    Said said = bundle(empty, "--out", empty.resolve("b.tar.gz"));
    assertEquals(2, said.code(), said::err);
    assertTrue(said.err().contains(empty + " is not a checkout of Gander"), said::err);
    String before = System.setProperty("os.arch", "aarch64");
    try {
      Cli.refused(empty, List.of("Linux on aarch64"), "bundle", "--out", empty.resolve("b.tar.gz"));
    } finally {
      System.setProperty("os.arch", before);
    }
  }
}
