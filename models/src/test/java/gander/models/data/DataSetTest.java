// SPDX-License-Identifier: Apache-2.0
package gander.models.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gander.models.Refusal;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class DataSetTest {
  private static final ImageShape SHAPE = new ImageShape(1, 2, 1);

  @Test
  void gathersInAnyOrder() {
    DataSet set = set(new float[] {0, 1, 2, 3, 4, 5}, 7, 8, 9);
    var images = new float[4];
    var labels = new int[2];
    int[] order = {1, 2, 0};
    set.gatherImages(order, 1, 2, images);
    set.gatherLabels(order, 1, 2, labels);
    assertArrayEquals(new float[] {4, 5, 0, 1}, images);
    assertArrayEquals(new int[] {9, 7}, labels);
  }

  @Test
  void partsMustFit() {
    assertThrows(IllegalArgumentException.class, () -> set(new float[] {}));
    assertThrows(IllegalArgumentException.class, () -> set(new float[] {1, 2, 3}, 0));
    assertThrows(IllegalArgumentException.class, () -> set(new float[] {1, 2}, 0, 0));
    assertThrows(IllegalArgumentException.class, () -> set(new float[] {1, 2}, -1));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            new DataSet(
                "x", Range.UNIT, SHAPE, new float[2], new int[] {2}, List.of("zero", "one")));
  }

  @Test
  void anUnlabelledSetHasNoLabelsToGather() {
    var set = new DataSet("x", Range.UNIT, SHAPE, new float[2], null, List.of());
    Refusal.of(set::labels, "'x'", "no labels");
    Refusal.of(() -> set.gatherLabels(new int[1], 0, 1, new int[1]), "'x'", "no labels");
  }

  @Test
  void resizingToItsOwnSizeChangesNothing() {
    var square =
        new DataSet("x", Range.UNIT, new ImageShape(2, 2, 1), new float[4], null, List.of());
    assertSame(square, square.resized(ImageSize.square(2)));
  }

  @Test
  void shrinkingByAWholeFactorKeepsTheMean() {
    var images = new float[2 * 8 * 8 * 3];
    var draws = new Draws(1, 3, 0);
    for (int i = 0; i < images.length; i++) {
      images[i] = (float) draws.between(-1, 1);
    }
    var set = new DataSet("x", Range.SIGNED, new ImageShape(8, 8, 3), images, null, List.of());
    DataSet constant =
        new DataSet("x", Range.SIGNED, set.shape(), filled(images.length), null, List.of());
    for (float value : constant.resized(ImageSize.square(3)).images()) {
      assertEquals(0.25f, value, 1e-7);
    }
    assertEquals(new ImageShape(4, 4, 3), set.resized(ImageSize.square(4)).shape());
  }

  @Test
  void growingInterpolatesBetweenPixelCentres() {
    var set =
        new DataSet("x", Range.UNIT, new ImageShape(1, 2, 1), new float[] {0, 1}, null, List.of());
    // Twice as wide: target centres lie at source -0.25, 0.25, 0.75, 1.25, the ends repeat.
    float[] row = {0, 0.25f, 0.75f, 1};
    float[] grown = set.resized(new ImageSize(2, 4)).images();
    for (int i = 0; i < 8; i++) {
      assertEquals(row[i % 4], grown[i], 1e-6);
    }
  }

  @Test
  void shrinkingWeighsEverySourcePixel() {
    // Reach 2 round the centres 1 and 3 of four pixels: weights 3, 3, 1 of 7, then 1, 3, 3.
    var set =
        new DataSet(
            "x",
            Range.UNIT,
            new ImageShape(2, 4, 1),
            new float[] {0, 0, 0, 1, 0, 0, 0, 1},
            null,
            List.of());
    float[] shrunk = set.resized(new ImageSize(1, 2)).images();
    assertEquals(0, shrunk[0], 1e-6);
    assertEquals(3f / 7, shrunk[1], 1e-6);
  }

  @Test
  void anotherAspectIsCroppedRoundTheMiddle() {
    // Two pictures of 2x4, a value a column: the middle two columns remain, then the upper row.
    float[] images = {0, 1, 2, 3, 0, 1, 2, 3, 4, 5, 6, 7, 4, 5, 6, 7};
    var set = new DataSet("x", Range.UNIT, new ImageShape(2, 4, 1), images, null, List.of());
    DataSet square = set.resized(ImageSize.square(2));
    assertEquals(new ImageShape(2, 2, 1), square.shape());
    assertArrayEquals(new float[] {1, 2, 1, 2, 5, 6, 5, 6}, square.images());
    assertArrayEquals(
        new float[] {0, 1, 2, 3, 4, 5, 6, 7}, set.resized(new ImageSize(1, 4)).images());
  }

  @Test
  void greyIsLumaAndColourOfGreyIsEven() {
    var grey =
        new DataSet(
            "x", Range.UNIT, new ImageShape(1, 2, 1), new float[] {0.1f, 1}, null, List.of());
    DataSet colour = grey.withChannels(3);
    assertEquals(new ImageShape(1, 2, 3), colour.shape());
    assertArrayEquals(new float[] {0.1f, 0.1f, 0.1f, 1, 1, 1}, colour.images());
    assertArrayEquals(grey.images(), colour.withChannels(1).images());
    assertSame(grey, grey.withChannels(1));
    var primaries =
        new DataSet(
            "x",
            Range.UNIT,
            new ImageShape(1, 1, 3),
            new float[] {1, 0, 0, 0, 1, 0, 0, 0, 1},
            null,
            List.of());
    assertArrayEquals(
        new float[] {0.299f, 0.587f, 0.114f}, primaries.withChannels(1).images(), 1e-7f);
    assertThrows(IllegalArgumentException.class, () -> grey.withChannels(2));
  }

  private static float[] filled(int elems) {
    var values = new float[elems];
    Arrays.fill(values, 0.25f);
    return values;
  }

  private static DataSet set(float[] images, int... labels) {
    return new DataSet("x", Range.UNIT, SHAPE, images, labels, List.of());
  }
}
