// SPDX-License-Identifier: Apache-2.0
package gander.runtime.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Builds the stub of {@code libcuda.so.1} that lies beside this class and runs programs with it.
 * JCuda's native library links against some 300 functions; the stub has those that a device calls,
 * the others are generated here from the library's own list and fail.
 */
public record CudaStub(Path folder) {
  private static final Pattern UNDEFINED = Pattern.compile("\\sU (cu\\w+)");
  private static final String BINDING = "/lib/libJCudaDriver-12.6.0-linux-x86_64.so";

  /** What a program printed, and what it called. */
  public record Run(int code, String output, List<String> log) {}

  /**
   * Builds the driver into a folder; skips the test where there is no compiler.
   *
   * @param options of the compiler
   */
  public static CudaStub build(Path folder, String... options)
      throws IOException, InterruptedException {
    assumeTrue(onPath("gcc") && onPath("nm"), "no gcc or nm to build the stub of libcuda.so.1");
    assumeTrue(CudaStub.class.getResource(BINDING) != null, "JCuda has no library for this system");
    Path source = copy(CudaStub.class, "stub_cuda.c", folder);
    Path binding = copy(CudaStub.class, BINDING, folder);
    Path rest = folder.resolve("rest.c");
    Matcher undefined =
        UNDEFINED.matcher(execute("nm", "-D", "--undefined-only", binding.toString()));
    var names = new TreeSet<String>();
    while (undefined.find()) {
      names.add(undefined.group(1));
    }
    assertTrue(names.size() > 300, names::toString);
    var text = new StringBuilder("int stub_unexpected(const char *call);\n");
    for (String name : names) {
      text.append(
          "__attribute__((weak)) int %s(void) { return stub_unexpected(\"%s\"); }\n"
              .formatted(name, name));
    }
    Files.writeString(rest, text);
    var words = new ArrayList<>(List.of(source.toString(), rest.toString()));
    words.addAll(List.of(options));
    link(folder.resolve("libcuda.so.1"), words.toArray(String[]::new));
    return new CudaStub(folder);
  }

  /**
   * Builds a library that calls the driver.
   *
   * @param source a file of C beside a class
   * @param options of the compiler
   */
  public void library(Class<?> beside, String source, Path file, String... options)
      throws IOException, InterruptedException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    Path copy = copy(beside, source, folder);
    var words = new ArrayList<>(List.of(copy.toString(), "-L" + folder, "-l:libcuda.so.1"));
    words.addAll(List.of(options));
    link(file, words.toArray(String[]::new));
  }

  /** Puts a header where the sources of libraries find it. */
  public void header(Class<?> beside, String name) throws IOException {
    copy(beside, name, folder);
  }

  private static void link(Path file, String... sources) throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of("gcc", "-Wall", "-Werror", "-O1", "-fPIC", "-shared"));
    command.addAll(List.of("-Wl,-soname," + file.getFileName(), "-o", file.toString()));
    command.addAll(List.of(sources));
    assertEquals("", execute(command.toArray(String[]::new)));
  }

  /** Runs a class in a virtual machine of its own, which finds the stub as its driver. */
  public Run run(Class<?> main, Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    return run(main, environment, List.of(), arguments);
  }

  /**
   * The same.
   *
   * @param input lines, behind which its standard input ends
   */
  public Run run(
      Class<?> main, Map<String, String> environment, List<String> input, String... arguments)
      throws IOException, InterruptedException {
    Path log = Files.createTempFile(folder, "calls", ".log");
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.add("-Dgander.cache=" + folder.resolve("cache"));
    command.add("-cp");
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.add(main.getName());
    command.addAll(List.of(arguments));
    var process = new ProcessBuilder(command).redirectErrorStream(true);
    process.environment().put("LD_LIBRARY_PATH", folder.toString());
    process.environment().put("STUB_LOG", log.toString());
    process.environment().put("STUB_PARAMETERS", "8,8,8,4");
    process.environment().putAll(environment);
    Path lines = Files.write(Files.createTempFile(folder, "input", ""), input);
    Process started = process.redirectInput(lines.toFile()).start();
    String output =
        new String(started.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertTrue(started.waitFor(1, TimeUnit.MINUTES));
    return new Run(started.exitValue(), output, Files.readAllLines(log));
  }

  private static Path copy(Class<?> beside, String resource, Path folder) throws IOException {
    Path file = folder.resolve(resource.substring(resource.lastIndexOf('/') + 1));
    try (InputStream in = beside.getResourceAsStream(resource)) {
      Files.copy(Objects.requireNonNull(in, resource), file, StandardCopyOption.REPLACE_EXISTING);
    }
    return file;
  }

  private static boolean onPath(String program) {
    for (String folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
      if (Files.isExecutable(Path.of(folder, program))) {
        return true;
      }
    }
    return false;
  }

  private static String execute(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    return output;
  }
}
