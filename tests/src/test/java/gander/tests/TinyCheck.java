// SPDX-License-Identifier: Apache-2.0
package gander.tests;

import gander.graph.workload.Workloads;
import gander.runtime.Device;
import gander.runtime.DeviceInfo;
import gander.runtime.Devices;
import gander.runtime.UserCache;
import gander.runtime.catalogue.Catalogue;
import gander.runtime.catalogue.KernelFile;
import gander.runtime.check.Case;
import gander.runtime.check.KernelCheck;
import gander.runtime.check.KernelRun;
import gander.runtime.check.Pairs;
import gander.runtime.check.Verdict;
import gander.runtime.check.Workload;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The process that Oclgrind watches. Of each kernel's tiny problems, or else its smallest, it takes
 * a few at equal distances, runs the kernel on these, or on one of these, and prints a line a case
 * with whatever Oclgrind's log has grown by. Its arguments are the log, how many problems to take,
 * the number of the one to run, {@code all} or {@code blocks}, and the kernels.
 */
final class TinyCheck {
  /** How the line of a case begins, and the last line of all. */
  static final String RIGHT = "right ";

  static final String WRONG = "WRONG ";
  static final String END = "end";

  static final String ALL = "all";

  /** In place of a number: channels in the shortest blocks, of which the last is still shorter. */
  static final String BLOCKS = "blocks";

  private static final String TWO_CHANNELS_OVER = "C=34 K=34";
  private static final Set<String> BLOCK_TUNABLES = Set.of("DB", "CB");
  private static final long SEED = 1;

  private final Path log;
  private int logged;

  private TinyCheck(Path log) {
    this.log = log;
  }

  public static void main(String[] arguments) {
    var check = new TinyCheck(Path.of(arguments[0]));
    int problems = Integer.parseInt(arguments[1]);
    try (Device device = Devices.open(OpenCl.ID)) {
      for (String path : List.of(arguments).subList(3, arguments.length)) {
        check.kernel(device, path, problems, arguments[2]);
      }
    }
    System.out.println(END);
  }

  private void kernel(Device device, String path, int problems, String number) {
    DeviceInfo info = device.info();
    Catalogue catalogue = Catalogue.load();
    KernelFile kernel = Objects.requireNonNull(catalogue.kernel(path));
    var source = new Workloads(info, SEED);
    if (number.equals(BLOCKS)) {
      Workload blocks =
          source.all(kernel.op()).stream()
              .filter(w -> w.title().contains(TWO_CHANNELS_OVER))
              .findFirst()
              .orElseThrow();
      run(device, catalogue, kernel, shortest(kernel, blocks, info), List.of(blocks));
      return;
    }
    List<Workload> able = able(kernel, info, source.tiny(kernel.op()));
    if (able.isEmpty()) {
      able =
          able(kernel, info, source.all(kernel.op())).stream()
              .min(Comparator.comparingLong(TinyCheck::size))
              .stream()
              .toList();
    }
    int count = Math.min(problems, able.size());
    var chosen = new ArrayList<Workload>();
    for (int i = 0; i < count; i++) {
      if (number.equals(ALL) || number.equals(Integer.toString(i))) {
        chosen.add(able.get(i * able.size() / count));
      }
    }
    run(device, catalogue, kernel, null, chosen);
  }

  /** The setting of a kernel with the shortest blocks of channels. */
  private static Map<String, Integer> shortest(
      KernelFile kernel, Workload workload, DeviceInfo info) {
    return kernel.settings(workload.problem(), info).stream()
        .min(
            Comparator.comparingInt(setting ->
                setting.entrySet().stream()
                    .filter(entry -> BLOCK_TUNABLES.contains(entry.getKey()))
                    .mapToInt(Map.Entry::getValue)
                    .sum()))
        .orElseThrow();
  }

  private void run(
      Device device,
      Catalogue catalogue,
      KernelFile kernel,
      @Nullable Map<String, Integer> setting,
      List<Workload> workloads) {
    var scope = new KernelCheck.Scope(setting, 1, SEED, Duration.ZERO, 1, false);
    var run = new KernelRun(device, catalogue, UserCache.folder("jit"), false);
    Pairs pairs = Pairs.all(List.of(kernel), workloads);
    new KernelCheck(device.info(), catalogue, scope).runHere(device, run, pairs, this::decided);
  }

  private static List<Workload> able(KernelFile kernel, DeviceInfo info, List<Workload> all) {
    return all.stream().filter(w -> !kernel.settings(w.problem(), info).isEmpty()).toList();
  }

  private static long size(Workload workload) {
    return workload.problem().dims().values().stream()
        .mapToLong(Integer::longValue)
        .reduce(1, (a, b) -> a * Math.max(1, b));
  }

  private void decided(Case one, Verdict verdict) {
    String grown = grown();
    String said = verdict instanceof Verdict.Right ? grown : verdict.sentence() + " " + grown;
    System.out.println(said.isEmpty() ? RIGHT + one : WRONG + one + ": " + said);
  }

  /** What Oclgrind has written since the last case, on one line. */
  private String grown() {
    try {
      String text = Files.exists(log) ? Files.readString(log) : "";
      String grown = text.substring(logged);
      logged = text.length();
      return grown.strip().replaceAll("\\s+", " ");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
