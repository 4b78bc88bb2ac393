// SPDX-License-Identifier: Apache-2.0
package gander.models.cli;

import gander.graph.program.DeviceBackend;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The device of a command that runs programs, which can be watched while they run. */
public final class ProgramOptions extends ArenaOptions {
  @Option(
      names = "--guard-arena",
      description =
          "for debugging: check after every launch that it wrote nothing but its results, and let memory that is dead be NaN; the same bits, slowly")
  private boolean guardArena;

  @Override
  void prepare(DeviceBackend backend) {
    super.prepare(backend);
    if (guardArena) {
      backend.guardArena();
    }
  }

  @Override
  @Nullable String unknownToReference() {
    return guardArena ? "--guard-arena" : super.unknownToReference();
  }
}
