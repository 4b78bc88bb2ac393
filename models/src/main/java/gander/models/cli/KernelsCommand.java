// SPDX-License-Identifier: Apache-2.0
package gander.models.cli;

import gander.graph.workload.Workloads;
import gander.runtime.MathMode;
import gander.runtime.catalogue.KernelFile;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Lists the kernels, with what their headers say. */
@Command(
    name = "kernels",
    mixinStandardHelpOptions = true,
    description = "Lists the kernels of all ops or of one, with what their headers say.")
public final class KernelsCommand implements CliCommand {
  @Mixin private Output output = new Output();
  @Mixin private DeviceOptions device = new DeviceOptions();

  @Parameters(arity = "0..1", paramLabel = "OP", description = "an op; all of them if left out")
  private @Nullable String op;

  @Override
  public Integer call() {
    if (op != null) {
      Selection.requireOp(op, Workloads.ops());
    }
    List<KernelFile> kernels =
        device.catalogue().kernels().stream()
            .filter(kernel -> op == null || kernel.op().equals(op))
            .toList();
    if (output.json()) {
      kernels.forEach(this::json);
      return 0;
    }
    var table = new Table("kernel", "device", "idea", "tunables");
    for (KernelFile kernel : kernels) {
      table.row(
          kernel.path() + (kernel.external() ? " *" : ""),
          place(kernel),
          kernel.idea(),
          kernel.tunables().entrySet().stream()
              .map(tunable -> tunable.getKey() + "=" + values(tunable.getValue()))
              .collect(Collectors.joining(" ")));
    }
    table.print(output);
    if (kernels.stream().anyMatch(KernelFile::external)) {
      output.line("* from a folder given with --kernels");
    }
    return 0;
  }

  private static String values(List<Integer> values) {
    return values.stream().map(Object::toString).collect(Collectors.joining(","));
  }

  private static String place(KernelFile kernel) {
    String word = kernel.dialect().word;
    if (kernel.deviceClass() != null) {
      return word + " " + kernel.deviceClass().name().toLowerCase(Locale.ROOT);
    }
    String place = kernel.capability() == null ? word : word + " " + kernel.capability();
    return kernel.math() == MathMode.FP32 ? place : place + ", --math " + kernel.math().word();
  }

  private void json(KernelFile kernel) {
    var line = new LinkedHashMap<String, Object>();
    line.put("kernel", kernel.path());
    line.put("op", kernel.op());
    line.put("device", place(kernel));
    line.put("math", kernel.math().word());
    line.put("idea", kernel.idea());
    line.put("tunables", kernel.tunables());
    line.put("fusible", kernel.fusible());
    line.put("external", kernel.external());
    output.json(line);
  }
}
