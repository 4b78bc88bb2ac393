// SPDX-License-Identifier: Apache-2.0
package gander.models.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** Ways between vectors begin and end where they should; the circle keeps the length. */
class PathsTest {
  private static final float[] A = {3, 0, 4};
  private static final float[] B = {0, 5, 0};

  @Test
  void bothBeginAndEndAtTheirVectors() {
    assertArrayEquals(A, Paths.linear(A, B, 0));
    assertArrayEquals(B, Paths.linear(A, B, 1));
    assertArrayEquals(A, Paths.spherical(A, B, 0), 1e-6f);
    assertArrayEquals(B, Paths.spherical(A, B, 1), 1e-6f);
    assertArrayEquals(new float[] {1.5f, 2.5f, 2}, Paths.linear(A, B, 0.5));
  }

  @Test
  void theCircleKeepsTheLength() {
    for (double t = 0; t <= 1; t += 0.125) {
      float[] point = Paths.spherical(A, B, t);
      double square = 0;
      for (float value : point) {
        square += value * value;
      }
      assertEquals(25, square, 1e-4);
    }
  }

  @Test
  void vectorsOfOneDirectionAreJoinedByALine() {
    float[] twice = {6, 0, 8};
    assertArrayEquals(new float[] {4.5f, 0, 6}, Paths.spherical(A, twice, 0.5), 1e-6f);
    float[] opposite = {-3, 0, -4};
    assertArrayEquals(new float[] {1.5f, 0, 2}, Paths.spherical(A, opposite, 0.25), 1e-6f);
    float[] none = {0, 0, 0};
    assertArrayEquals(new float[] {1.5f, 0, 2}, Paths.spherical(A, none, 0.5), 1e-6f);
  }
}
