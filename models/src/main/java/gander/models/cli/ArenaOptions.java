// SPDX-License-Identifier: Apache-2.0
package gander.models.cli;

import gander.graph.program.DeviceBackend;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The device of a command that plans the memory of programs. */
public sealed class ArenaOptions extends DeviceOptions permits ProgramOptions {
  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      description =
          "the most that a program's arena may take, such as 512MiB; variables and inputs come on top ('gander plan' says how much). Kernels run again where that frees memory, and the results are the same bits")
  private @Nullable String memory;

  public ArenaOptions() {}

  @Override
  void prepare(DeviceBackend backend) {
    if (memory != null) {
      backend.plan(backend.planning().within(ByteSize.parse("--memory", memory)));
    }
  }

  @Override
  @Nullable String unknownToReference() {
    return memory == null ? null : "--memory";
  }
}
