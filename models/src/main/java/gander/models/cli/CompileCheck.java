// SPDX-License-Identifier: Apache-2.0
package gander.models.cli;

import gander.graph.workload.Workloads;
import gander.runtime.DeviceInfo;
import gander.runtime.Dialect;
import gander.runtime.GanderException;
import gander.runtime.Geometry;
import gander.runtime.MathMode;
import gander.runtime.Source;
import gander.runtime.catalogue.Catalogue;
import gander.runtime.catalogue.KernelFile;
import gander.runtime.catalogue.Problem;
import gander.runtime.catalogue.Variant;
import gander.runtime.check.Workload;
import gander.runtime.cuda.Card;
import gander.runtime.cuda.Multiprocessor;
import gander.runtime.cuda.Multiprocessor.Occupancy;
import gander.runtime.cuda.Nvcc;
import gander.runtime.cuda.NvccReport;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Compiles CUDA kernels for architectures whose devices need not be there. */
final class CompileCheck {
  /** The architectures that Gander means to serve. */
  private static final List<String> SERVED =
      List.of("sm_75", "sm_80", "sm_86", "sm_89", "sm_90", "sm_100", "sm_120");

  private static final long CACHE_BYTES = 50L << 20;

  private static final int MULTIPROCESSORS = 100;

  private final Catalogue catalogue;
  private final Output output;
  private final Nvcc nvcc;
  private final List<String> architectures;

  /**
   * Which variants of a kernel are compiled.
   *
   * @param setting the only one; null for those of the problems
   * @param settings of each problem, its default first
   * @param problem what a problem's title must hold; null for all
   * @param seed of the problems
   */
  record Scope(
      @Nullable Map<String, Integer> setting, int settings, @Nullable String problem, long seed) {}

  /**
   * @param wanted architectures; all that are served if empty
   */
  CompileCheck(Catalogue catalogue, Output output, List<String> wanted) {
    this.catalogue = catalogue;
    this.output = output;
    nvcc =
        Nvcc.find()
            .orElseThrow(() ->
                new GanderException(
                    "--compile-only needs nvcc: put the CUDA toolkit's bin folder on the PATH, or set CUDA_HOME"));
    for (String architecture : wanted) {
      if (!nvcc.architectures().contains(architecture)) {
        throw new GanderException(
            "%s does not know '%s'; it knows %s"
                .formatted(nvcc.version(), architecture, String.join(", ", nvcc.architectures())));
      }
    }
    architectures =
        wanted.isEmpty() ? SERVED.stream().filter(nvcc.architectures()::contains).toList() : wanted;
  }

  /**
   * Compiles each kernel under each setting that its problems lead to, for the largest problem that
   * does. An architecture has defaults of its own; those that get the same text are compiled
   * together.
   */
  int run(Collection<KernelFile> kernels, Scope scope) {
    var table =
        new Table(
            "kernel",
            "setting",
            "arch",
            "function",
            ">registers",
            ">spilled",
            ">stack",
            ">shared",
            ">occupancy",
            "bound by");
    var failures = new ArrayList<String>();
    int compiled = 0;
    for (KernelFile kernel : kernels) {
      for (Unit unit : units(kernel, scope)) {
        output.progress("compiling " + unit.variant);
        compiled++;
        try {
          nvcc.report(unit.source, unit.architectures)
              .forEach(report -> tell(table, unit.variant, report));
        } catch (GanderException e) {
          failures.add(String.valueOf(e.getMessage()));
        }
      }
    }
    if (compiled == 0) {
      throw new GanderException(
          "nothing to compile: no selected kernel is of CUDA, runs on %s and computes a problem%s"
              .formatted(
                  String.join(" or ", architectures),
                  scope.problem == null ? "" : " whose title holds '%s'".formatted(scope.problem)));
    }
    if (!output.json()) {
      table.print(output);
    }
    failures.forEach(output.json() ? output::note : output::line);
    return failures.isEmpty() ? 0 : 1;
  }

  /** One text, and the architectures that get it. */
  private record Unit(Variant variant, Source source, List<String> architectures) {}

  private Collection<Unit> units(KernelFile kernel, Scope scope) {
    var units = new LinkedHashMap<String, Unit>();
    for (String architecture : architectures) {
      DeviceInfo device = device(architecture).with(kernel.math());
      if (kernel.dialect() == Dialect.CUDA && kernel.runsOn(device)) {
        for (Variant variant : variants(kernel, device, scope)) {
          Source source = variant.source(catalogue);
          units
              .computeIfAbsent(source.text(), text -> new Unit(variant, source, new ArrayList<>()))
              .architectures
              .add(architecture);
        }
      }
    }
    return units.values();
  }

  private static Collection<Variant> variants(KernelFile kernel, DeviceInfo device, Scope scope) {
    var largest = new LinkedHashMap<Map<String, Integer>, Variant>();
    for (Workload workload : new Workloads(device, scope.seed).all(kernel.op())) {
      if (scope.problem == null || workload.title().contains(scope.problem)) {
        for (Map<String, Integer> setting : settings(kernel, workload.problem(), device, scope)) {
          largest.merge(
              setting,
              new Variant(kernel, workload.problem(), setting, device),
              (a, b) -> size(b) > size(a) ? b : a);
        }
      }
    }
    return largest.values();
  }

  private static List<Map<String, Integer>> settings(
      KernelFile kernel, Problem problem, DeviceInfo device, Scope scope) {
    if (scope.setting != null) {
      return kernel.computes(problem, device, scope.setting) ? List.of(scope.setting) : List.of();
    }
    if (scope.settings == 1) {
      Map<String, Integer> first = kernel.firstSetting(problem, device);
      return first == null ? List.of() : List.of(first);
    }
    List<Map<String, Integer>> all = kernel.settings(problem, device);
    return all.subList(0, Math.min(scope.settings, all.size()));
  }

  private static long size(Variant variant) {
    return variant.problem().dims().values().stream()
        .mapToLong(Integer::longValue)
        .reduce(1, (a, b) -> a * Math.max(1, b));
  }

  /** What kernels may know of a device when all that is given is its architecture. */
  private static DeviceInfo device(String architecture) {
    return Card.device(
        architecture, capability(architecture), MULTIPROCESSORS, CACHE_BYTES, MathMode.FP32);
  }

  private static int capability(String architecture) {
    return Integer.parseInt(architecture.replaceAll("\\D", ""));
  }

  private void tell(Table table, Variant variant, NvccReport report) {
    Occupancy occupancy = occupancy(variant, report);
    if (output.json()) {
      var line = new LinkedHashMap<String, Object>();
      line.put("kernel", variant.kernel().path());
      line.put("problem", variant.problem().key());
      line.put("setting", variant.setting());
      line.put("compiler", nvcc.version());
      line.put("report", report);
      line.put("occupancy", occupancy);
      output.json(line);
    } else {
      table.row(
          variant.kernel().path(),
          variant.settingText().strip(),
          report.architecture(),
          report.function(),
          report.registers(),
          report.spillStoreBytes() + report.spillLoadBytes(),
          report.stackBytes(),
          report.sharedBytes(),
          "%.0f%%".formatted(100 * occupancy.share()),
          occupancy.bound());
    }
  }

  private static Occupancy occupancy(Variant variant, NvccReport report) {
    List<String> functions =
        variant.kernel().passes().stream().map(KernelFile.Pass::function).toList();
    Geometry launch = variant.geometries().get(functions.indexOf(report.function()));
    return Multiprocessor.of(capability(report.architecture()))
        .occupancy(
            launch.blockX() * launch.blockY() * launch.blockZ(),
            report.registers(),
            report.sharedBytes() + launch.sharedBytes());
  }
}
