// SPDX-License-Identifier: Apache-2.0
package gander.models.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.models.Refusal;
import gander.models.io.Png;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageFolderTest {
  @TempDir Path folder;

  /** A picture of one colour; grey if there is one level. */
  private void write(String name, int height, int width, int... colour) throws IOException {
    var levels = new byte[height * width * colour.length];
    for (int i = 0; i < levels.length; i++) {
      levels[i] = (byte) colour[i % colour.length];
    }
    file(name, Png.encode(levels, height, width, colour.length));
  }

  private void file(String name, byte... content) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.resolveSibling("."));
    Files.write(file, content);
  }

  private DataSet open(@Nullable Integer size, @Nullable Integer channels) {
    var form = new ImageForm(Range.UNIT, size == null ? null : ImageSize.square(size), channels);
    return DataSets.open(folder.toString(), Split.TRAIN, form, Reading.SILENT);
  }

  @Test
  void subFoldersAreClassesInOrder() throws IOException {
    write("b/2.png", 3, 3, 2);
    write("b/10.PNG", 3, 3, 1);
    write("c/deep/er/1.png", 3, 3, 4);
    write("c/9.png", 3, 3, 3);
    write("a/x.png", 3, 3, 0);
    write(".hidden/x.png", 3, 3, 9);
    write("a/.x.png", 3, 3, 9);
    file("README.md", (byte) 'x');
    file("empty/notes.txt");
    DataSet set = open(1, null);
    assertEquals(folder.getFileName().toString(), set.name());
    assertEquals(List.of("a", "b", "c"), set.classNames());
    assertArrayEquals(new int[] {0, 1, 1, 2, 2}, set.labels());
    for (int i = 0; i < 5; i++) {
      assertEquals(Range.UNIT.value(i), set.images()[i]);
    }
  }

  @Test
  void imagesWithoutSubFoldersAreOneClass() throws IOException {
    write("b.png", 2, 3, 7);
    file("a.pgm", "P2 3 2 9 9 9 9 9 9 9".getBytes(StandardCharsets.US_ASCII));
    DataSet set = open(null, null);
    assertEquals(new ImageShape(2, 3, 1), set.shape());
    assertArrayEquals(new int[] {0, 0}, set.labels());
    assertEquals(List.of(set.name()), set.classNames());
    assertEquals(1f, set.images()[0]);
  }

  @Test
  void differentSizesBecomeSquaresOfTheShortestSide() throws IOException {
    write("a.png", 7, 5, 10);
    write("b.png", 4, 9, 20);
    DataSet set = open(null, null);
    assertEquals(new ImageShape(4, 4, 1), set.shape());
    assertEquals(Range.UNIT.value(10), set.images()[0], 1e-7);
    assertEquals(Range.UNIT.value(20), set.images()[31], 1e-7);
    assertEquals(new ImageShape(6, 6, 1), open(6, null).shape());
  }

  @Test
  void colourIfAnyImageHasColour() throws IOException {
    write("a.png", 2, 2, 50);
    write("b.png", 2, 2, 60, 60, 60);
    DataSet grey = open(2, null);
    assertEquals(new ImageShape(2, 2, 1), grey.shape());
    assertEquals(Range.UNIT.value(60), grey.images()[4]);
    write("c.png", 2, 2, 255, 0, 51);
    DataSet colour = open(2, null);
    assertEquals(new ImageShape(2, 2, 3), colour.shape());
    for (int c = 0; c < 3; c++) {
      assertEquals(Range.UNIT.value(50), colour.images()[c]);
      assertEquals(new float[] {1, 0, 0.2f}[c], colour.images()[24 + c]);
    }
  }

  @Test
  void channelsCanBeForced() throws IOException {
    write("a.png", 2, 2, 50);
    assertEquals(new ImageShape(2, 2, 3), open(2, 3).shape());
    write("b.png", 2, 2, 255, 0, 51);
    DataSet grey = open(2, 1);
    assertEquals(new ImageShape(2, 2, 1), grey.shape());
    assertEquals(Range.UNIT.value(50), grey.images()[0]);
    assertEquals(0.299 + 0.2 * 0.114, grey.images()[4], 1e-6);
    Refusal.of(() -> open(2, 2), "'channels' must be 1", "not 2");
  }

  @Test
  void trainAndTestArePartsWithTheSameLabels() throws IOException {
    write("train/cat/1.png", 2, 2, 1);
    write("train/dog/1.png", 2, 2, 2);
    write("test/dog/1.png", 2, 2, 3);
    DataSet train = open(2, null);
    DataSet test = DataSets.open(folder.toString(), Split.TEST, Range.UNIT);
    assertArrayEquals(new int[] {0, 1}, train.labels());
    assertArrayEquals(new int[] {1}, test.labels());
    assertEquals(List.of("cat", "dog"), test.classNames());
  }

  @Test
  void withoutPartsThereIsNoTest() throws IOException {
    write("cat/1.png", 2, 2, 1);
    Refusal.of(
        () -> DataSets.open(folder.toString(), Split.TEST, Range.UNIT), folder, "train and test");
  }

  @Test
  void refusesImagesBesideClasses() throws IOException {
    write("cat/1.png", 2, 2, 1);
    write("preview.png", 2, 2, 1);
    Refusal.of(() -> open(2, null), folder, "beside", "'cat'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"webp", "GIF", "tif"})
  void refusesImagesThatCannotBeRead(String ending) throws IOException {
    write("a.png", 2, 2, 1);
    file("b." + ending, (byte) 1);
    Refusal.of(() -> open(2, null), folder.resolve("b." + ending), "convert it to PNG");
  }

  @Test
  void namesTheImageThatIsDamaged() throws IOException {
    for (int i = 0; i < 20; i++) {
      write("a/%02d.png".formatted(i), 2, 2, 1);
    }
    file("a/07.png");
    for (Integer size : new @Nullable Integer[] {null, 2}) {
      Refusal.of(() -> open(size, null), folder.resolve("a/07.png"), "empty", "take it out");
    }
  }

  @Test
  void refusesALinkToAFolderAboveIt() throws IOException {
    write("a/1.png", 2, 2, 1);
    Path link = Files.createSymbolicLink(folder.resolve("a/again"), folder);
    Refusal.of(() -> open(2, null), link, "leads back");
  }

  @Test
  void linksAreFollowed() throws IOException {
    write("real/a/1.png", 2, 2, 1);
    Path link = Files.createSymbolicLink(folder.resolve("linked"), folder.resolve("real"));
    DataSet set = DataSets.open(link.toString(), Split.TRAIN, Range.UNIT);
    assertEquals(List.of("a"), set.classNames());
  }

  @Test
  void refusesMoreThanMemoryHolds() throws IOException {
    for (int i = 0; i < 3; i++) {
      write(i + ".png", 2, 2, 1);
    }
    Refusal.of(() -> open(20_000, 3), "3 images of 20000x20000x3", "smaller size");
    long heap = Runtime.getRuntime().maxMemory();
    int size = (int) Math.sqrt(heap / 12.0) + 1;
    Refusal.of(() -> open(size, 1), "3 images", "smaller size");
  }

  @Test
  void readingIsTold() throws IOException {
    write("a.png", 2, 2, 1);
    write("b.png", 2, 2, 1);
    var calls = new AtomicInteger();
    var form = ImageForm.own(Range.UNIT);
    DataSets.open(
        folder.toString(),
        Split.TRAIN,
        form,
        (done, all) -> {
          calls.incrementAndGet();
          assertTrue(done >= 1 && done <= 2 && all == 2);
        });
    assertEquals(2, calls.get());
  }
}
