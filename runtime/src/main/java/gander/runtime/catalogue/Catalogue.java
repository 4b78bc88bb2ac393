// SPDX-License-Identifier: Apache-2.0
package gander.runtime.catalogue;

import gander.runtime.DeviceInfo;
import gander.runtime.GanderException;
import gander.runtime.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Every kernel there is: those shipped with Gander, then those of the folders given with {@code
 * --kernels}, which replace a shipped file of the same path. Immutable once loaded.
 */
public final class Catalogue {
  private static final String ROOT = "gander-kernels/";
  private static final Set<String> DEVICE_NAMES =
      Set.of("units", "simd", "local", "sm", "tf32", "bf16");

  private final Map<String, KernelFile> kernels = new LinkedHashMap<>();
  private final Map<String, String> includes = new LinkedHashMap<>();
  private final Map<String, String> tuned = new LinkedHashMap<>();

  private Catalogue() {}

  /** The shipped kernels. */
  public static Catalogue load() {
    return load(List.of());
  }

  /**
   * The shipped kernels and those of some folders, laid out as {@code <op>/<file>}. Of one thread
   * at a time: the jar they are in can be open as a file system only once.
   *
   * @throws GanderException if a folder does not exist or holds no kernel, or a header is wrong
   */
  public static synchronized Catalogue load(List<Path> folders) {
    var catalogue = new Catalogue();
    URL marker = Catalogue.class.getClassLoader().getResource(ROOT + "README.md");
    if (marker == null) {
      throw new IllegalStateException("the kernels are not on the class path");
    }
    try {
      URI uri = marker.toURI();
      if (uri.getScheme().equals("jar")) {
        try (FileSystem jar = FileSystems.newFileSystem(uri, Map.of())) {
          catalogue.add(jar.getPath(ROOT), false);
        }
      } else {
        catalogue.add(Path.of(uri).resolveSibling(""), false);
      }
      for (Path folder : folders) {
        if (!Files.isDirectory(folder)) {
          throw new GanderException(
              "kernel folder %s does not exist; --kernels takes a folder with one folder an op"
                  .formatted(folder));
        }
        if (catalogue.add(folder, true) == 0) {
          throw new GanderException(
              "kernel folder %s holds no kernel; kernels lie in a folder named after their op, such as %s"
                  .formatted(folder, folder.resolve("matmul").resolve("mine.cl")));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
    return catalogue;
  }

  /** Takes what a folder holds and says how many files that is. */
  private int add(Path root, boolean external) throws IOException {
    int taken = 0;
    for (Path folder : children(root)) {
      if (Files.isDirectory(folder)) {
        String name = folder.getFileName().toString().replace("/", "");
        for (Path file : children(folder)) {
          taken += take(name, file, external) ? 1 : 0;
        }
      }
    }
    return taken;
  }

  private boolean take(String folder, Path file, boolean external) {
    String name = file.getFileName().toString();
    String path = folder + "/" + name;
    if (folder.equals("include") && name.endsWith(".h")) {
      includes.put(name, read(file));
    } else if (folder.equals("tuned") && name.endsWith(".json")) {
      tuned.put(name.replace(".json", ""), read(file));
    } else if (name.endsWith(".cl") || name.endsWith(".cu")) {
      kernels.put(path, HeaderParser.parse(path, read(file), external, this::text));
    } else {
      return false;
    }
    return true;
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new GanderException("%s cannot be read: %s".formatted(file, Reason.of(e)), e);
    }
  }

  private static List<Path> children(Path folder) throws IOException {
    try (Stream<Path> children = Files.list(folder)) {
      return children.sorted().toList();
    }
  }

  public List<KernelFile> kernels() {
    return List.copyOf(kernels.values());
  }

  public List<KernelFile> kernels(String op) {
    return kernels.values().stream().filter(kernel -> kernel.op().equals(op)).toList();
  }

  public @Nullable KernelFile kernel(String path) {
    return kernels.get(path);
  }

  /** The ops that have kernels. */
  public Set<String> ops() {
    var ops = new TreeSet<String>();
    kernels.values().forEach(kernel -> ops.add(kernel.op()));
    return ops;
  }

  /** The text of a kernel; null if there is none of that path. */
  @Nullable String text(String path) {
    KernelFile kernel = kernels.get(path);
    return kernel == null ? null : kernel.text();
  }

  /** The text of a header of {@code kernels/include}; null if there is none of that name. */
  @Nullable String include(String name) {
    return includes.get(name);
  }

  /** The shipped tuning table of a device as JSON; null if the project has not measured it. */
  public @Nullable String tunedTable(String tuningKey) {
    return tuned.get(tuningKey);
  }

  /**
   * Every variant written for this device's class that computes a problem; of each kernel its
   * default setting first.
   */
  public List<Variant> candidates(Problem problem, DeviceInfo device) {
    return variants(
        problem, device, kernels(problem.op()).stream().filter(k -> k.writtenFor(device)).toList());
  }

  /** The same of every kernel that could run, whatever class of device it is written for. */
  public List<Variant> runnable(Problem problem, DeviceInfo device) {
    return variants(
        problem, device, kernels(problem.op()).stream().filter(k -> k.runsOn(device)).toList());
  }

  private static List<Variant> variants(
      Problem problem, DeviceInfo device, List<KernelFile> kernels) {
    var variants = new ArrayList<Variant>();
    kernels.forEach(kernel -> variants.addAll(variants(kernel, problem, device)));
    return variants;
  }

  /**
   * Every setting of one kernel that computes a problem, its default first.
   *
   * @throws GanderException if its header uses a name that does not exist, with file and line
   */
  public static List<Variant> variants(KernelFile kernel, Problem problem, DeviceInfo device) {
    checkNames(kernel, problem);
    return kernel.settings(problem, device).stream()
        .map(setting -> new Variant(kernel, problem, setting, device))
        .toList();
  }

  /**
   * The variant to use: the one that this user's table has, else the one that the shipped table
   * has, each only if its kernel has not changed since; else the default setting of the kernel that
   * prefers itself most.
   *
   * @return null if no kernel computes the problem on this device
   */
  public @Nullable Variant choose(Problem problem, DeviceInfo device, TunedTable table) {
    for (TunedTable.Entry entry : table.find(problem)) {
      KernelFile kernel = kernels.get(entry.kernel());
      if (kernel != null
          && kernel.op().equals(problem.op())
          && kernel.writtenFor(device)
          && entry.names(kernel)
          && kernel.computes(problem, device, entry.setting())) {
        return new Variant(kernel, problem, kernel.inOrder(entry.setting()), device);
      }
    }
    var untuned = new ArrayList<Variant>();
    for (KernelFile kernel : kernels(problem.op())) {
      if (!kernel.writtenFor(device)) {
        continue;
      }
      checkNames(kernel, problem);
      Map<String, Integer> setting = kernel.firstSetting(problem, device);
      if (setting != null) {
        untuned.add(new Variant(kernel, problem, setting, device));
      }
    }
    // Stable: of equals, external kernels first, then by name.
    return untuned.stream()
        .min(
            Comparator.comparingLong(
                    (Variant v) -> -v.kernel().preference(problem, device, v.setting()))
                .thenComparing(v -> !v.kernel().external()))
        .orElse(null);
  }

  private static void checkNames(KernelFile kernel, Problem problem) {
    for (String tunable : kernel.tunables().keySet()) {
      if (problem.dims().containsKey(tunable) || DEVICE_NAMES.contains(tunable)) {
        throw new GanderException(
            "kernel %s: tunable '%s' has the name of a dimension of %s or of a device's property"
                .formatted(kernel.path(), tunable, kernel.op()));
      }
    }
    var known = new TreeSet<>(problem.dims().keySet());
    known.addAll(kernel.tunables().keySet());
    known.addAll(DEVICE_NAMES);
    for (Expression expression : kernel.expressions()) {
      for (String name : expression.names()) {
        if (!known.contains(name)) {
          throw new GanderException(
              "kernel %s:%d: unknown name '%s' in '%s' (there are %s)"
                  .formatted(
                      kernel.path(), expression.line(), name, expression, String.join(" ", known)));
        }
      }
    }
  }
}
