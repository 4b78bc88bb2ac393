// SPDX-License-Identifier: Apache-2.0
package gander.runtime.catalogue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExpressionTest {
  private static final Map<String, Long> NAMES = Map.of("N", 100L, "BM", 64L, "ZERO", 0L);

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "7, 7",
        "N, 100",
        "2 + 3 * 4, 14",
        "(2 + 3) * 4, 20",
        "10 - 3 - 2, 5",
        "-N + 1, -99",
        "- - 3, 3",
        "17 / 5, 3",
        "17 % 5, 2",
        "N % 4 == 0, 1",
        "N != 100, 0",
        "N < 100 || N >= 100, 1",
        "N > 1 && N <= 99, 0",
        "!(N == 100), 0",
        "!ZERO, 1",
        "N > 50 ? 1 : 2, 1",
        "N > 500 ? 1 : N > 50 ? 2 : 3, 2",
        "\"ceil(N, BM)\", 2",
        "\"min(N, BM) + max(N, BM)\", 164",
        "\"ceil(min(N, 65), 64)\", 2",
        "1 || 1 / ZERO, 1",
        "0 && 1 / ZERO, 0",
      })
  void values(String text, long value) {
    assertEquals(value, Expression.parse(text).value(NAMES));
  }

  @Test
  void namesAreThoseThatOccur() {
    assertEquals(Set.of("N", "BM"), Expression.parse("ceil(N, BM) * min(N, 3)").names());
  }

  @Test
  void aListIsSplitWhereAnExpressionEnds() {
    List<Expression> sizes = Expression.parseList("ceil(N, BM)  N + 1 (N)", 7);
    assertEquals(
        List.of("ceil(N, BM)", "N + 1", "(N)"), sizes.stream().map(Object::toString).toList());
    assertEquals(List.of(2L, 101L, 100L), sizes.stream().map(size -> size.value(NAMES)).toList());
    assertEquals(Set.of("N", "BM"), sizes.getFirst().names());
    assertEquals(Set.of("N"), sizes.get(1).names());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "N +", "(N", "N)", "3 N", "ceil(N)", "log(N, 2)", "3x", "N ? 1", "N = 3"})
  void whatIsNoExpressionIsRefused(String text) {
    var thrown = assertThrows(IllegalArgumentException.class, () -> Expression.parse(text));
    assertTrue(String.valueOf(thrown.getMessage()).length() > 10, thrown::getMessage);
  }

  @Test
  void overflowAndDivisionByZeroAreErrors() {
    assertThrows(ArithmeticException.class, () -> Expression.parse("1 / ZERO").value(NAMES));
    assertThrows(
        ArithmeticException.class, () -> Expression.parse("9223372036854775807 + N").value(NAMES));
  }
}
