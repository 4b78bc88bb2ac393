// SPDX-License-Identifier: Apache-2.0
package gander.models.cli;

import gander.graph.Backend;
import gander.models.train.Replay;
import gander.runtime.GanderException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Compares a device with a run that another framework recorded. */
@Command(
    name = "replay",
    mixinStandardHelpOptions = true,
    description =
        "Runs a trace, the recorded run of another framework, and compares losses and weights step by step.",
    footer =
        "Exit code 0 if everything is within the tolerance, 1 if not. Weights count on the reference; a 32-bit device moves weights whose gradient is near zero by up to twice the learning rate, so there only losses count.")
public final class ReplayCommand implements CliCommand {
  @Parameters(index = "0", paramLabel = "TRACE", description = "a safetensors file")
  private Path trace = Path.of("");

  @Mixin private ProgramOptions device = new ProgramOptions();

  @Option(
      names = "--rtol",
      paramLabel = "R",
      description = "relative tolerance (1e-8 on the reference, 1e-3 elsewhere)")
  private @Nullable Double tolerance;

  @Option(names = "--weights", description = "list the difference of every weight")
  private boolean listWeights;

  @Override
  public Integer call() {
    if (tolerance != null && !(tolerance >= 0)) {
      throw new GanderException("--rtol is %s; it must be 0 or greater".formatted(tolerance));
    }
    try (Backend backend = device.open()) {
      boolean exact = backend.device().equals("reference");
      double allowed = tolerance != null ? tolerance : exact ? 1e-8 : 1e-3;
      Replay.Result result = Replay.run(trace, backend, allowed, exact);
      System.out.printf(
          "%s: %d steps on %s%n", trace.getFileName(), result.steps(), backend.device());
      for (Replay.Difference loss : result.losses()) {
        System.out.printf("  loss %-8s %.3g%n", loss.name(), loss.relative());
      }
      System.out.printf("  weights       %.3g%n", Replay.Result.largest(result.weights()));
      if (listWeights) {
        for (Replay.Difference weight : result.weights()) {
          System.out.printf("    %-16s %.3g%n", weight.name(), weight.relative());
        }
      }
      if (result.firstBeyond() != null) {
        System.out.printf("beyond %.3g: %s%n", allowed, result.firstBeyond());
        return 1;
      }
      System.out.printf("within %.3g%n", allowed);
      return 0;
    }
  }
}
