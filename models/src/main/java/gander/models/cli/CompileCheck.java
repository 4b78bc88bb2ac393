// SPDX-License-Identifier: Apache-2.0
package gander.models.cli;

import gander.graph.workload.Workloads;
import gander.runtime.DeviceInfo;
import gander.runtime.Dialect;
import gander.runtime.GanderException;
import gander.runtime.MathMode;
import gander.runtime.catalogue.Catalogue;
import gander.runtime.catalogue.KernelFile;
import gander.runtime.catalogue.Variant;
import gander.runtime.check.Workload;
import gander.runtime.cuda.Card;
import gander.runtime.cuda.Nvcc;
import gander.runtime.cuda.NvccReport;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
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
  private final int settings;
  private final Nvcc nvcc;
  private final List<String> architectures;

  /**
   * @param settings of each kernel to compile
   * @param wanted architectures; all that are served if empty
   */
  CompileCheck(Catalogue catalogue, Output output, int settings, List<String> wanted) {
    this.catalogue = catalogue;
    this.output = output;
    this.settings = settings;
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

  /** Compiles each kernel for the largest of its problems, or those whose title holds a text. */
  int run(Collection<KernelFile> kernels, @Nullable String problem, long seed) {
    var table =
        new Table(
            "kernel", "setting", "arch", "function", ">registers", ">spilled", ">stack", ">shared");
    var failures = new ArrayList<String>();
    for (KernelFile kernel : kernels) {
      List<String> fitting =
          architectures.stream().filter(sm -> kernel.runsOn(device(sm))).toList();
      if (kernel.dialect() != Dialect.CUDA || fitting.isEmpty()) {
        continue;
      }
      for (Variant variant :
          variants(kernel, device(fitting.getFirst()).with(kernel.math()), problem, seed)) {
        output.progress("compiling " + variant);
        try {
          nvcc.report(variant.source(catalogue), fitting)
              .forEach(report -> tell(table, variant, report));
        } catch (GanderException e) {
          failures.add(String.valueOf(e.getMessage()));
        }
      }
    }
    if (!output.json()) {
      table.print(output);
    }
    failures.forEach(output.json() ? output::note : output::line);
    return failures.isEmpty() ? 0 : 1;
  }

  private List<Variant> variants(
      KernelFile kernel, DeviceInfo device, @Nullable String problem, long seed) {
    List<Variant> all =
        new Workloads(device, seed)
            .all(kernel.op()).stream()
                .map(workload -> posed(kernel, device, workload, problem))
                .filter(variants -> !variants.isEmpty())
                .max(
                    Comparator.comparingLong((List<Variant> variants) -> size(variants.getFirst())))
                .orElse(List.of());
    return all.subList(0, Math.min(settings, all.size()));
  }

  private static List<Variant> posed(
      KernelFile kernel, DeviceInfo device, Workload workload, @Nullable String problem) {
    boolean wanted = problem == null || workload.title().contains(problem);
    return wanted ? Catalogue.variants(kernel, workload.problem(), device) : List.of();
  }

  private static long size(Variant variant) {
    return variant.problem().dims().values().stream()
        .mapToLong(Integer::longValue)
        .reduce(1, (a, b) -> a * Math.max(1, b));
  }

  /** What kernels may know of a device when all that is given is its architecture. */
  private static DeviceInfo device(String architecture) {
    int capability = Integer.parseInt(architecture.replaceAll("\\D", ""));
    return Card.device(architecture, capability, MULTIPROCESSORS, CACHE_BYTES, MathMode.FP32);
  }

  private void tell(Table table, Variant variant, NvccReport report) {
    int spilled = report.spillStoreBytes() + report.spillLoadBytes();
    if (output.json()) {
      var line = new LinkedHashMap<String, Object>();
      line.put("kernel", variant.kernel().path());
      line.put("problem", variant.problem().key());
      line.put("setting", variant.setting());
      line.put("compiler", nvcc.version());
      line.put("report", report);
      output.json(line);
    } else {
      table.row(
          variant.kernel().path(),
          variant.settingText().strip(),
          report.architecture(),
          report.function(),
          report.registers(),
          spilled,
          report.stackBytes(),
          report.sharedBytes());
    }
  }
}
