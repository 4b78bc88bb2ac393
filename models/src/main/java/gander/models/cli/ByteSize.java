// SPDX-License-Identifier: Apache-2.0
package gander.models.cli;

import gander.runtime.GanderException;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers of bytes as people write them: 1048576, 512MiB, 1.5 GiB, 800MB. */
final class ByteSize {
  private static final Pattern WORD = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*([A-Za-z]*)");

  private static final Map<String, Long> UNITS =
      Map.of(
          "", 1L,
          "b", 1L,
          "kib", 1L << 10,
          "mib", 1L << 20,
          "gib", 1L << 30,
          "kb", 1_000L,
          "mb", 1_000_000L,
          "gb", 1_000_000_000L);

  private ByteSize() {}

  /**
   * Reads a size.
   *
   * @param option whose value it is, for the message
   * @throws GanderException if it is none, or not between 1 byte and 2^63 - 1
   */
  static long parse(String option, String word) {
    Matcher parts = WORD.matcher(word.strip());
    Long unit = parts.matches() ? UNITS.get(parts.group(2).toLowerCase(Locale.ROOT)) : null;
    if (unit == null) {
      throw new GanderException(
          "%s is '%s'; it must be a size such as 512MiB, 1.5GiB or a number of bytes"
              .formatted(option, word));
    }
    BigDecimal bytes = new BigDecimal(parts.group(1)).multiply(BigDecimal.valueOf(unit));
    if (bytes.compareTo(BigDecimal.ONE) < 0
        || bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
      throw new GanderException(
          "%s is '%s'; it must be between 1 byte and 2^63 - 1".formatted(option, word));
    }
    return bytes.longValue();
  }
}
