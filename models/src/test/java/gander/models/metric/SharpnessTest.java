// SPDX-License-Identifier: Apache-2.0
package gander.models.metric;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gander.models.data.ImageShape;
import org.junit.jupiter.api.Test;

class SharpnessTest {
  @Test
  void slopesAreNotSharpAndACheckerboardIs() {
    var shape = new ImageShape(4, 6, 1);
    float[] slope = new float[shape.elems()];
    float[] board = new float[shape.elems()];
    for (int i = 0; i < slope.length; i++) {
      slope[i] = (i / 6 * 3 + i % 6) / 16f;
      board[i] = (i / 6 + i % 6) % 2;
    }
    assertEquals(0, Sharpness.mean(slope, shape), 1e-6);
    // Every neighbour differs by 255: plus and minus 4 * 255, as many of each.
    assertEquals(Math.pow(4 * 255, 2), Sharpness.mean(board, shape), 1e-3);
  }

  @Test
  void itIsTheMeanOverPicturesOfTheVarianceOverPixels() {
    var shape = new ImageShape(3, 4, 1);
    float[] images = new float[2 * shape.elems()]; // the second is black
    images[5] = 1; // in the first row that has neighbours, its left pixel
    // Laplacians at the two inner pixels: -4 and 1, in units of 255; their variance is 2.5^2.
    assertEquals(Math.pow(2.5 * 255, 2) / 2, Sharpness.mean(images, shape), 1e-3);
  }

  @Test
  void coloursCountByLuma() {
    var grey = new ImageShape(3, 4, 1);
    var colour = new ImageShape(3, 4, 3);
    float[] bright = new float[grey.elems()];
    float[] green = new float[colour.elems()];
    bright[5] = 0.587f;
    green[3 * 5 + 1] = 1;
    assertEquals(Sharpness.mean(bright, grey), Sharpness.mean(green, colour), 1e-2);
  }
}
