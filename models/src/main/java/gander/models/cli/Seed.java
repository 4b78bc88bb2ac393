// SPDX-License-Identifier: Apache-2.0
package gander.models.cli;

import picocli.CommandLine.Option;

/** The option that all random numbers of a command come from. */
public final class Seed {
  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "1",
      description = "of every random number (default 1)")
  private long seed;

  public long value() {
    return seed;
  }
}
