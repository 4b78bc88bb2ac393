// SPDX-License-Identifier: Apache-2.0
package gander.bench;

import gander.models.cli.CliCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What the benchmarks are under. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = "Measures kernels, whole training steps and their memory.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {KernelBenchCommand.class, StepBenchCommand.class, PlanBenchCommand.class})
public final class BenchCommand implements CliCommand {
  @Spec private CommandSpec spec = CommandSpec.create();

  /** Without a command, says which there are. */
  @Override
  public Integer call() {
    spec.commandLine().usage(System.out);
    return 0;
  }
}
