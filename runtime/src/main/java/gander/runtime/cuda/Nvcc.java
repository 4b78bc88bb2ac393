// SPDX-License-Identifier: Apache-2.0
package gander.runtime.cuda;

import gander.runtime.BuildLog;
import gander.runtime.CodeImage;
import gander.runtime.DeviceException;
import gander.runtime.GanderException;
import gander.runtime.Source;
import gander.runtime.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The CUDA toolkit's compiler as a program: the one on the {@code PATH}, else that of {@code
 * CUDA_HOME}. Besides compiling it reports registers and spills for any list of architectures,
 * which shows on a machine without a GPU what a kernel costs on one.
 */
public final class Nvcc implements CudaCompiler {
  private static final Pattern RELEASE = Pattern.compile("release \\S+, V(\\S+)");

  private final String path;
  private final String version;
  private final List<String> architectures;

  private Nvcc(String path) {
    this.path = path;
    Matcher release = RELEASE.matcher(Tool.run(List.of(path, "--version")).text());
    if (!release.find()) {
      throw new GanderException(path + " --version names no version; install the toolkit again");
    }
    version = "nvcc " + release.group(1);
    architectures = Tool.run(List.of(path, "--list-gpu-code")).text().lines().toList();
  }

  /**
   * Looks for the program.
   *
   * @throws GanderException if there is one that does not run
   */
  public static Optional<Nvcc> find() {
    var folders = new ArrayList<>(Tool.folders());
    for (String home : new String[] {"CUDA_HOME", "CUDA_PATH"}) {
      if (System.getenv(home) != null) {
        folders.add(Path.of(System.getenv(home), "bin").toString());
      }
    }
    return Tool.find(folders, "nvcc").map(Nvcc::new);
  }

  /**
   * Looks for the program, to compile for a driver.
   *
   * @param cuda the major version of CUDA that the driver supports: it loads no later one's code
   * @throws GanderException if there is one that does not run, or a later one
   */
  static Optional<Nvcc> find(int cuda) {
    Optional<Nvcc> found = find();
    if (found.isPresent() && found.get().major() > cuda) {
      throw found.get().tooNew(cuda);
    }
    return found;
  }

  @Override
  public String version() {
    return version;
  }

  @Override
  public String path() {
    return path;
  }

  @Override
  public List<String> architectures() {
    return architectures;
  }

  @Override
  public byte[] compile(Source source, String architecture) {
    require(architecture);
    return Tool.inFolder(
        "gander-nvcc",
        folder -> {
          Path cubin = folder.resolve("out.cubin");
          nvcc(folder, source, List.of("-arch=" + architecture, "-cubin", "-o", cubin.toString()));
          return CodeImage.of(CodeImage.Form.BINARY, Files.readAllBytes(cubin));
        });
  }

  /**
   * Compiles a source for each architecture and reports its entry points, in the order of the
   * architectures.
   *
   * @throws DeviceException if it does not compile for one of them
   */
  public List<NvccReport> report(Source source, List<String> architectures) {
    architectures.forEach(this::require);
    var options = new ArrayList<String>();
    for (String architecture : architectures) {
      options.add("-gencode=arch=%s,code=%s".formatted(virtual(architecture), architecture));
    }
    return Tool.inFolder(
        "gander-nvcc",
        folder -> {
          options.addAll(
              List.of("-Xptxas=-v", "-fatbin", "-o", folder.resolve("out.fatbin").toString()));
          var reports = new ArrayList<>(NvccReport.parse(source, nvcc(folder, source, options)));
          reports.sort((a, b) ->
              Integer.compare(
                  architectures.indexOf(a.architecture()),
                  architectures.indexOf(b.architecture())));
          return reports;
        });
  }

  private static String virtual(String architecture) {
    return architecture.replace("sm_", "compute_");
  }

  /** Runs the compiler on a source and returns what it printed. */
  private String nvcc(Path folder, Source source, List<String> options) throws IOException {
    Path file = Files.writeString(folder.resolve("kernel.cu"), source.text());
    var command = new ArrayList<>(List.of(path));
    command.addAll(CudaCompiler.options());
    command.addAll(options);
    command.add(file.toString());
    Tool.Output output = Tool.run(command);
    if (output.code() != 0) {
      throw new DeviceException(
          "%s cannot compile %s: %s"
              .formatted(version, source.name(), BuildLog.firstError(source, output.text())));
    }
    return output.text();
  }
}
