// SPDX-License-Identifier: Apache-2.0
package gander.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The launcher in a small project of its own, with a Maven and JDKs that are scripts and write down
 * how they were called.
 */
class LauncherTest {
  private static final String JAR = "bench/target/gander-bench-0.1.0.jar";

  @TempDir Path folder;
  private Path root;
  private Path jdk;
  private Path maven;
  private final Map<String, String> environment = new HashMap<>();

  private record Outcome(int code, String out, String err) {}

  @BeforeEach
  void makeProject() throws IOException {
    // A name with a space and a dollar: every expansion must be quoted.
    root = Files.createDirectories(folder.resolve("pro ject$HOME")).toRealPath();
    for (String directory :
        List.of("kernels/matmul", "models/src/main/java", "bench/src/main/java")) {
      Files.createDirectories(root.resolve(directory));
    }
    for (String file :
        List.of(
            "pom.xml",
            "kernels/pom.xml",
            "models/pom.xml",
            "bench/pom.xml",
            "kernels/matmul/cpu.cl",
            "models/src/main/java/A.java")) {
      Files.writeString(root.resolve(file), "first");
      age(root.resolve(file));
    }
    Files.copy(Path.of(System.getProperty("basedir", "."), "../gander"), root.resolve("gander"));
    jdk = jdk("jdks/good jdk", "25.0.3");
    maven =
        script(
            "tools/mvn",
            """
            echo "mvn $JAVA_HOME $*" >> "$LOG"
            [ -z "${MAVEN_SLEEPS:-}" ] || sleep "$MAVEN_SLEEPS"
            [ -z "${MAVEN_FAILS:-}" ] || { echo "[ERROR] A.java is wrong"; exit 1; }
            mkdir -p bench/target/lib && : > %s
            """
                .formatted(JAR));
    environment.put("JAVA_HOME", jdk.toString());
    environment.put("GANDER_JDKS", folder.resolve("jdks").toString());
    environment.put("LOG", folder.resolve("log").toString());
  }

  @Test
  void buildsOnceAndStarts() throws Exception {
    Outcome first = launch("train", "--out", "a b");
    assertEquals(0, first.code(), first.err());
    assertTrue(first.err().startsWith("gander: building"), first.err());
    assertEquals(1, first.err().lines().count());
    assertEquals(
        List.of("mvn " + jdk + " -q -B -Dmaven.test.skip=true -pl bench -am package"), builds());
    assertEquals(arguments("train", "--out", "a b"), first.out());
    Outcome second = launch("train", "--out", "a b");
    assertEquals("", second.err());
    assertEquals(first.out(), second.out());
    assertEquals(1, builds().size());
  }

  @Test
  void testsRunWithTheJdkThatWasFound() throws Exception {
    Outcome outcome = launch("test", "-pl", "graph");
    assertEquals(0, outcome.code(), outcome.err());
    assertEquals(List.of("mvn " + jdk + " -B verify -pl graph"), builds());
  }

  @Test
  void theExitCodeAndTheFlagsOfTheJvmPassThrough() throws Exception {
    environment.put("GANDER_JVM_FLAGS", "-Xmx8g -ea");
    environment.put("JAVA_EXITS", "7");
    Outcome outcome = launch("devices");
    assertEquals(7, outcome.code());
    assertTrue(outcome.out().contains("<-Xmx8g><-ea><-cp>"), outcome.out());
  }

  @Test
  void aUsersClassesComeBehindGandersOwn() throws Exception {
    environment.put("GANDER_CLASSPATH", "/my classes:/your.jar");
    Outcome outcome = launch("devices");
    assertTrue(outcome.out().contains("/bench/target/lib/*:/my classes:/your.jar>"), outcome.out());
  }

  @Test
  void anyNewerSourceIsBuilt() throws Exception {
    launch();
    int builds = 1;
    for (String source :
        List.of(
            "pom.xml",
            "models/pom.xml",
            "models/src/main/java/A.java",
            "models/src/main/java/B.java",
            "kernels/matmul/cpu.cl",
            "kernels/matmul/other.cu",
            "kernels/conv2d/new.cl")) {
      later();
      Files.createDirectories(root.resolve(source).getParent());
      Files.writeString(root.resolve(source), "changed");
      launch();
      assertEquals(++builds, builds().size(), source);
    }
    later();
    Files.delete(root.resolve("models/src/main/java/B.java"));
    launch();
    assertEquals(++builds, builds().size(), "a file removed");
    Files.delete(root.resolve(JAR));
    launch();
    assertEquals(++builds, builds().size(), "no jar");
    // What a build or a run makes is no source.
    later();
    Files.writeString(root.resolve("kernels/target/x"), "x");
    Files.createDirectories(root.resolve("runs/one"));
    Files.createDirectories(root.resolve("models/src/test/java"));
    launch();
    assertEquals(builds, builds().size());
  }

  @Test
  void aFailedBuildShowsMavensOutputAndIsTriedAgain() throws Exception {
    environment.put("MAVEN_FAILS", "yes");
    Outcome outcome = launch();
    assertEquals(2, outcome.code());
    assertEquals("", outcome.out());
    assertTrue(outcome.err().contains("[ERROR] A.java is wrong"), outcome.err());
    assertTrue(outcome.err().contains(root + "/target/build.log"), outcome.err());
    environment.remove("MAVEN_FAILS");
    assertEquals(0, launch().code());
    assertEquals(2, builds().size());
  }

  @Test
  void aFileChangedDuringABuildIsBuiltNextTime() throws Exception {
    environment.put("MAVEN_SLEEPS", "1");
    Process first = start(root, root + "/gander");
    Thread.sleep(500);
    Files.writeString(root.resolve("models/src/main/java/A.java"), "changed");
    assertEquals(0, finish(first).code());
    environment.remove("MAVEN_SLEEPS");
    launch();
    assertEquals(2, builds().size());
    launch();
    assertEquals(2, builds().size());
  }

  @Test
  void launchersAtOnceBuildOnce() throws Exception {
    environment.put("MAVEN_SLEEPS", "0.7");
    var processes = new ArrayList<Process>();
    for (int i = 0; i < 4; i++) {
      processes.add(start(root, root + "/gander"));
    }
    for (Process process : processes) {
      Outcome outcome = finish(process);
      assertEquals(0, outcome.code(), outcome.err());
    }
    assertEquals(1, builds().size());
    assertFalse(Files.exists(root.resolve("target/gander.lock")));
  }

  @Test
  void theLockOfAKilledBuildIsTakenOver() throws Exception {
    Process gone = new ProcessBuilder("true").start();
    gone.waitFor();
    Files.createDirectories(root.resolve("target"));
    Files.createSymbolicLink(
        root.resolve("target/gander.lock"), Path.of(Long.toString(gone.pid())));
    assertEquals(0, launch().code());
    assertEquals(1, builds().size());
  }

  @Test
  void worksFromAnywhereAndThroughLinks() throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("direct"), root.resolve("gander"));
    Path chain = Files.createSymbolicLink(folder.resolve("chain"), Path.of("direct"));
    Path bin = Files.createDirectory(folder.resolve("bin"));
    Files.createSymbolicLink(bin.resolve("gander"), Path.of("../chain"));
    for (String command : List.of(link.toString(), chain.toString(), "./bin/gander", "gander")) {
      environment.put("PATH_FIRST", bin.toString());
      Outcome outcome = finish(start(folder, command));
      assertEquals(0, outcome.code(), command + ": " + outcome.err());
      assertTrue(outcome.out().contains("<-Dgander.root=" + root + ">"), outcome.out());
    }
    Outcome inside = finish(start(root.resolve("kernels"), "../gander"));
    assertTrue(inside.out().contains("<-Dgander.root=" + root + ">"), inside.out());
  }

  @Test
  void takesTheFirstJdkThatIsNewEnough() throws Exception {
    jdk("jdks/a old", "17.0.15");
    jdk("jdks/b odd", "unknown");
    environment.put("JAVA_HOME", folder.resolve("jdks/a old").toString());
    assertTrue(launch().out().startsWith(jdk + ":"));
    environment.remove("JAVA_HOME");
    assertTrue(launch().out().startsWith(jdk + ":"));
    Path newer = jdk("elsewhere/jdk", "26");
    environment.put("JAVA_HOME", newer.toString());
    assertTrue(launch().out().startsWith(newer + ":"));
    // A java on the PATH, through a link, as Debian's alternatives are.
    environment.remove("JAVA_HOME");
    Path bin = Files.createDirectory(folder.resolve("bin"));
    Files.createSymbolicLink(bin.resolve("java"), newer.resolve("bin/java"));
    environment.put("PATH_FIRST", bin.toString());
    assertTrue(launch().out().startsWith(newer + ":"));
    // One without a compiler cannot build.
    Files.delete(newer.resolve("bin/javac"));
    assertTrue(launch().out().startsWith(jdk + ":"));
  }

  @Test
  void sayWhatToInstallWhereThereIsNoJdk() throws Exception {
    environment.put("JAVA_HOME", jdk("old", "24.0.1").toString());
    environment.put("GANDER_JDKS", folder.resolve("nothing").toString());
    Outcome outcome = launch();
    assertEquals(2, outcome.code());
    assertEquals(1, outcome.err().lines().count(), outcome.err());
    assertTrue(outcome.err().contains("Temurin 25"), outcome.err());
  }

  @Test
  void saysWhatToInstallWhereThereIsNoMaven() throws Exception {
    launch();
    Files.delete(maven);
    assertEquals(0, launch().code(), "nothing to build: no Maven needed");
    later();
    Files.writeString(root.resolve("pom.xml"), "changed");
    environment.put("PATH", systemToolsWithoutMaven());
    Outcome outcome = launch();
    assertEquals(2, outcome.code());
    assertEquals(1, outcome.err().lines().count(), outcome.err());
    assertTrue(outcome.err().contains("install Maven"), outcome.err());
    assertFalse(Files.exists(root.resolve("target/gander.lock")));
  }

  /** The tools a launcher needs, and no others. */
  private String systemToolsWithoutMaven() throws IOException {
    Path tools = Files.createDirectory(folder.resolve("system"));
    for (String tool :
        List.of("sh", "dirname", "readlink", "find", "mkdir", "touch", "ln", "mv", "rm")) {
      Files.createSymbolicLink(tools.resolve(tool), which(tool));
    }
    return tools.toString();
  }

  private static Path which(String tool) {
    for (String directory : System.getenv("PATH").split(":", -1)) {
      if (Files.isExecutable(Path.of(directory, tool))) {
        return Path.of(directory, tool);
      }
    }
    return Assumptions.abort("needs " + tool);
  }

  private Outcome launch(String... arguments) throws Exception {
    var command = new ArrayList<>(List.of(root + "/gander"));
    command.addAll(List.of(arguments));
    return finish(start(root, command.toArray(String[]::new)));
  }

  private Process start(Path directory, String... command) throws IOException {
    // A shell looks the command up, as a person's would.
    var words = new ArrayList<>(List.of("/bin/sh", "-c", "exec \"$@\"", "sh"));
    words.addAll(List.of(command));
    var builder = new ProcessBuilder(words).directory(directory.toFile());
    String path = environment.getOrDefault("PATH", System.getenv("PATH"));
    builder.environment().keySet().removeAll(List.of("JAVA_HOME", "GANDER_JVM_FLAGS"));
    builder.environment().putAll(environment);
    builder
        .environment()
        .put(
            "PATH",
            environment.getOrDefault("PATH_FIRST", "/none")
                + ":"
                + folder.resolve("tools")
                + ":"
                + path);
    return builder.start();
  }

  private static Outcome finish(Process process) throws Exception {
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    return new Outcome(
        process.exitValue(),
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8),
        new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8));
  }

  private List<String> builds() throws IOException {
    return Files.readAllLines(folder.resolve("log"));
  }

  /** What the JVM of the stand-in JDK prints: its home, then its arguments in angle brackets. */
  private String arguments(String... arguments) {
    return jdk
        + ":<-XX:AOTCache=%1$s/target/gander.aot><-Xlog:cds=off><-Xlog:aot=off><--enable-native-access=ALL-UNNAMED><-Djava.awt.headless=true><-Dgander.root=%1$s><-Dgander.terminal=false><-Dgander.columns=80><-cp><%1$s/%2$s:%1$s/bench/target/lib/*><gander.models.cli.Gander>"
            .formatted(root, JAR)
        + "<"
        + String.join("><", arguments)
        + ">\n";
  }

  private Path jdk(String name, String version) throws IOException {
    Path home = folder.resolve(name);
    script(
        name + "/bin/java",
        """
        case $1 in -XX:AOTCacheOutput=*) : > "${1#*=}"; exit 0;; esac
        printf '%%s:' '%s'
        for a; do printf '<%%s>' "$a"; done
        echo
        exit "${JAVA_EXITS:-0}"
        """
            .formatted(home));
    script(name + "/bin/javac", "");
    Files.writeString(
        home.resolve("release"), "IMPLEMENTOR=\"X\"\nJAVA_VERSION=\"%s\"\n".formatted(version));
    return home;
  }

  private Path script(String name, String body) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n" + body);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static void age(Path file) throws IOException {
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(3600)));
  }

  /** Lets the clock of the file system move on. */
  private static void later() throws InterruptedException {
    Thread.sleep(20);
  }
}
