// SPDX-License-Identifier: Apache-2.0
package gander.runtime;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * How far matrix products may round their operands. Storage and sums are single precision in each.
 */
public enum MathMode {
  /** Not at all. */
  FP32(24),
  /** To the nearest number of TF32. */
  TF32(11),
  /** To the nearest number of BF16. */
  BF16(8);

  /** Significant bits of an operand, the leading one included. */
  public final int bits;

  MathMode(int bits) {
    this.bits = bits;
  }

  /** How the command line, {@code config.json} and kernel headers name it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The mode of that word.
   *
   * @throws GanderException if there is none
   */
  public static MathMode of(String word) {
    for (MathMode mode : values()) {
      if (mode.word().equals(word)) {
        return mode;
      }
    }
    throw new GanderException(
        "unknown math '%s': there are %s"
            .formatted(
                word,
                Arrays.stream(values()).map(MathMode::word).collect(Collectors.joining(", "))));
  }
}
