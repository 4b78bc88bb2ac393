// SPDX-License-Identifier: Apache-2.0
package gander.runtime.hostcuda;

import gander.runtime.BuildLog;
import gander.runtime.CodeImage;
import gander.runtime.DeviceException;
import gander.runtime.GanderException;
import gander.runtime.Reason;
import gander.runtime.Source;
import gander.runtime.Tool;
import gander.runtime.UserCache;
import gander.runtime.jit.Hash;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The system's C++ compiler, which makes of a kernel a shared library with the machine in it. The
 * machine is compiled once and kept in the user's cache.
 */
final class HostCompiler {
  private static final String HEADER = "device.h";
  private static final String MACHINE = "machine.cpp";
  private static final List<String> RESOURCES =
      List.of(HEADER, MACHINE, "machine.h", "memory.h", "warp.h");

  /** What the kernel and the machine are compiled with. */
  private static final List<String> OPTIONS =
      List.of("-std=c++17", "-fPIC", "-fvisibility=hidden", "-fno-exceptions", "-fno-rtti");

  /**
   * Of a kernel: a call before each access, and checks of indices and alignment. Optimizing little
   * compiles fast and leaves accesses where they are written; nothing is contracted.
   */
  private static final List<String> KERNEL_OPTIONS =
      List.of(
          "-O1",
          "-gdwarf-4", // addr2line of binutils 2.40 takes one file for another in version 5
          "-g1",
          "-w",
          "-ffp-contract=off",
          "-fno-strict-aliasing",
          "-fsanitize=thread,bounds,alignment",
          "-fno-sanitize-recover=all");

  /**
   * The C library alone: the sanitizers' own are not wanted, since the machine takes their place.
   */
  private static final List<String> LINK_OPTIONS = List.of("-shared", "-nostdlib", "-nostartfiles");

  private final List<String> program;
  private final String version;
  private final Map<String, String> resources = new LinkedHashMap<>();

  private HostCompiler(List<String> program) {
    this.program = program;
    Tool.Output said = run(Path.of(""), List.of("--version"), List.of());
    if (said.code() != 0) {
      throw new GanderException(path() + " --version fails; install the compiler again");
    }
    version = said.text().lines().findFirst().orElse(path());
    RESOURCES.forEach(name -> resources.put(name, resource(name)));
  }

  private static String resource(String name) {
    try (InputStream in = HostCompiler.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is not among the resources");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new GanderException("the resource %s cannot be read".formatted(name), e);
    }
  }

  /**
   * Looks for the program.
   *
   * @throws GanderException if there is one that does not run, or {@code CXX} names one that is not
   *     there
   */
  static Optional<HostCompiler> find() {
    return find(System.getenv("CXX"), Tool.folders());
  }

  static Optional<HostCompiler> find(@Nullable String named, List<String> folders) {
    if (named == null || named.isBlank()) {
      return Stream.of("c++", "g++", "clang++")
          .flatMap(name -> Tool.find(folders, name).stream())
          .findFirst()
          .map(path -> new HostCompiler(List.of(path)));
    }
    List<String> words = List.of(named.strip().split("\\s+")); // ccache g++
    String program = words.getFirst();
    if (!program.contains("/") && Tool.find(folders, program).isEmpty()) {
      throw new GanderException("CXX names %s, which is not on the PATH".formatted(program));
    }
    return Optional.of(new HostCompiler(words));
  }

  String version() {
    return version;
  }

  /** The program, with its first arguments if it has any. */
  String path() {
    return String.join(" ", program);
  }

  /** Tells one machine and its options from another, for caches of what was compiled. */
  String machineKey() {
    var texts = new ArrayList<>(resources.values());
    texts.addAll(commonOptions());
    texts.addAll(KERNEL_OPTIONS);
    texts.addAll(LINK_OPTIONS);
    texts.add(version);
    return Hash.of(texts.toArray(String[]::new)).substring(0, 16);
  }

  /** Fused multiply-adds as an instruction, where the processor has it; else the C library's. */
  private static List<String> commonOptions() {
    var options = new ArrayList<>(OPTIONS);
    if (architecture().endsWith("fma")) {
      options.add("-mfma");
    }
    return options;
  }

  /** The processor's, as far as code depends on it. */
  static String architecture() {
    String architecture = System.getProperty("os.arch");
    try {
      boolean fma =
          architecture.equals("amd64")
              && Files.readString(Path.of("/proc/cpuinfo")).contains(" fma ");
      return fma ? architecture + "-fma" : architecture;
    } catch (IOException e) {
      return architecture;
    }
  }

  /**
   * Compiles every function of a source to a shared library.
   *
   * @throws DeviceException if the source is wrong; the message names its file and line
   */
  byte[] compile(Source source) {
    Path machine = machine();
    return Tool.inFolder(
        "gander-hostcuda",
        folder -> {
          var text = new StringBuilder(source.text()).append("\n#line 1 \"entries\"\n");
          source.functions().forEach(f -> text.append("G_ENTRY(").append(f).append(")\n"));
          Files.writeString(folder.resolve("kernel.cu"), text);
          Files.writeString(folder.resolve(HEADER), resources.get(HEADER));
          var options = new ArrayList<>(KERNEL_OPTIONS);
          options.addAll(
              List.of(
                  "-fdebug-prefix-map=%s=.".formatted(folder.toRealPath()), "-include", HEADER));
          options.addAll(List.of("-x", "c++", "-c", "kernel.cu", "-o", "kernel.o"));
          Tool.Output compiled = run(folder, commonOptions(), options);
          if (compiled.code() != 0) {
            throw new DeviceException(
                "%s cannot compile %s: %s"
                    .formatted(
                        version, source.name(), BuildLog.firstError(source, compiled.text())));
          }
          var link = new ArrayList<>(LINK_OPTIONS);
          link.addAll(List.of("kernel.o", machine.toString(), "-lm", "-lc", "-lgcc"));
          link.addAll(List.of("-o", "kernel.so"));
          Tool.Output linked = run(folder, List.of(), link);
          if (linked.code() != 0) {
            throw new DeviceException(
                "%s cannot link %s: %s".formatted(version, source.name(), linked.text().strip()));
          }
          return CodeImage.of(
              CodeImage.Form.BINARY, Files.readAllBytes(folder.resolve("kernel.so")));
        });
  }

  /** The compiled machine, made at first use. */
  private synchronized Path machine() {
    Path cache = UserCache.folder("hostcuda");
    Path object = cache.resolve("machine-" + machineKey() + ".o");
    if (Files.isRegularFile(object)) {
      return object;
    }
    return Tool.inFolder(
        "gander-hostcuda",
        folder -> {
          for (Map.Entry<String, String> file : resources.entrySet()) {
            Files.writeString(folder.resolve(file.getKey()), file.getValue());
          }
          Tool.Output compiled =
              run(folder, commonOptions(), List.of("-O2", "-c", MACHINE, "-o", "machine.o"));
          if (compiled.code() != 0) {
            throw new DeviceException(
                "%s cannot compile the machine that runs CUDA kernels: %s"
                    .formatted(version, compiled.text().strip()));
          }
          keep(folder.resolve("machine.o"), object);
          return object;
        });
  }

  /** Another process may do the same: the name appears with the whole file behind it. */
  private static void keep(Path from, Path object) {
    try {
      Path temporary = Files.createTempFile(object.getParent(), "machine", ".tmp");
      Files.copy(from, temporary, StandardCopyOption.REPLACE_EXISTING);
      Files.move(
          temporary, object, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new GanderException(
          "%s cannot be written (%s): set GANDER_CACHE to a folder that can"
              .formatted(object, Reason.of(e)),
          e);
    }
  }

  private Tool.Output run(Path folder, List<String> first, List<String> then) {
    var command = new ArrayList<>(program);
    command.addAll(first);
    command.addAll(then);
    return Tool.run(command, folder);
  }

  /**
   * The source line of an instruction, with the lines that it was inlined at: {@code
   * include/mma.h:56 in matmul/mma_tf32.cu:25}.
   *
   * @param library what {@link #compile} gave
   * @param offset of the instruction
   */
  static String line(byte[] library, long offset) {
    Optional<String> reader =
        Stream.of("addr2line", "llvm-addr2line")
            .flatMap(name -> Tool.find(Tool.folders(), name).stream())
            .findFirst();
    if (reader.isEmpty()) {
      return "instruction 0x%x (for its line, install addr2line: apt-get install binutils)"
          .formatted(offset);
    }
    return Tool.inFolder(
        "gander-hostcuda",
        folder -> {
          Path file = Files.write(folder.resolve("kernel.so"), library);
          String text =
              Tool.run(List.of(reader.get(), "-i", "-e", file.toString(), "0x%x".formatted(offset)))
                  .text();
          List<String> lines =
              text.lines()
                  .map(line ->
                      line.replaceFirst("^(\\./)+", "").replaceFirst(" \\(discriminator.*", ""))
                  .filter(line -> !line.startsWith(HEADER) && !line.startsWith("entries"))
                  .distinct()
                  .toList();
          return lines.isEmpty()
              ? "instruction 0x%x".formatted(offset)
              : String.join(" in ", lines);
        });
  }
}
