// SPDX-License-Identifier: Apache-2.0
package gander.models.data;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RangeTest {
  @Test
  void blackAndWhiteAreTheEnds() {
    assertEquals(0f, Range.UNIT.value(0));
    assertEquals(1f, Range.UNIT.value(255));
    assertEquals(-1f, Range.SIGNED.value(0));
    assertEquals(1f, Range.SIGNED.value(255));
  }

  @ParameterizedTest
  @EnumSource
  void everyLevelComesBack(Range range) {
    float[] table = range.table();
    for (int level = 0; level < 256; level++) {
      assertEquals(level, range.level(table[level]));
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatIsOutsideIsCutOff(Range range) {
    assertEquals(0, range.level(-7));
    assertEquals(255, range.level(7));
    assertEquals(0, range.level(Float.NEGATIVE_INFINITY));
    assertEquals(255, range.level(Float.POSITIVE_INFINITY));
    assertEquals(0, range.level(Float.NaN));
  }
}
