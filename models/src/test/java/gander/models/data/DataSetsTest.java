// SPDX-License-Identifier: Apache-2.0
package gander.models.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import gander.models.Refusal;
import gander.models.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DataSetsTest {
  private static final String IMAGES = "train-images-idx3-ubyte";
  private static final String LABELS = "train-labels-idx1-ubyte";

  @TempDir Path folder;

  @Test
  void readsAFolder() throws IOException {
    Files.write(folder.resolve(IMAGES), IdxFiles.file(2, 2, 3));
    Files.write(folder.resolve(LABELS + ".gz"), IdxFiles.gzip(IdxFiles.labels(3, 0)));
    DataSet set = open(Split.TRAIN);
    assertEquals(new ImageShape(2, 3, 1), set.shape());
    assertEquals(2, set.count());
    assertEquals(4, set.classes());
    assertEquals(List.of(), set.classNames());
    assertEquals(folder.getFileName().toString(), set.name());
    assertArrayEquals(new int[] {3, 0}, set.labels());
    for (int i = 0; i < 12; i++) {
      assertEquals(i / 255f, set.images()[i]);
    }
  }

  @Test
  void readsTheSpellingWithADot() throws IOException {
    Files.write(folder.resolve("t10k-images.idx3-ubyte"), IdxFiles.file(1, 2, 2));
    assertEquals(1, open(Split.TEST).count());
  }

  @Test
  void aFolderWithoutLabelsIsUnlabelled() throws IOException {
    Files.write(folder.resolve(IMAGES), IdxFiles.file(2, 2, 3));
    DataSet set = open(Split.TRAIN);
    assertFalse(set.labelled());
    assertEquals(0, set.classes());
  }

  @Test
  void knowsTheClassesOfTheWellKnownSets() throws IOException {
    Path fashion = Files.createDirectory(folder.resolve("fashion-mnist"));
    Files.write(fashion.resolve(IMAGES), IdxFiles.file(2, 2, 3));
    Files.write(fashion.resolve(LABELS), IdxFiles.labels(9, 0));
    DataSet set = DataSets.open(fashion.toString(), Split.TRAIN, Range.UNIT);
    assertEquals("ankle boot", set.classNames().get(9));
    assertEquals(10, set.classes());
  }

  @Test
  void refusesLabelsOfAnotherSet() throws IOException {
    Files.write(folder.resolve(IMAGES), IdxFiles.file(2, 2, 3));
    Files.write(folder.resolve(LABELS), IdxFiles.labels(1, 2, 3));
    Refusal.of(() -> open(Split.TRAIN), LABELS, "3 labels", "2 images", "same set");
  }

  @Test
  void refusesAFolderWithoutTheFiles() throws IOException {
    Refusal.of(
        () -> open(Split.TRAIN), folder, IMAGES, ".gz", "training", "data_batch_1.bin", "PNG");
    Files.write(folder.resolve(IMAGES), IdxFiles.file(2, 2, 3));
    Refusal.of(() -> open(Split.TEST), folder, "t10k-images-idx3-ubyte", "test");
  }

  @Test
  void refusesAnUnknownSource() throws IOException {
    Path file = Files.write(folder.resolve("file"), new byte[3]);
    Refusal.of(
        () -> DataSets.open("no-such-set", Split.TRAIN, Range.UNIT), "'no-such-set'", "strokes");
    Refusal.of(() -> DataSets.open(file.toString(), Split.TRAIN, Range.UNIT), file, "folder");
  }

  @Test
  void aSetIsNamedAfterItsFolder() {
    assertEquals("strokes", DataSets.name("strokes"));
    assertEquals("mnist", DataSets.name("/somewhere/mnist/"));
    assertEquals("somewhere", DataSets.name("/somewhere/mnist/.."));
    assertEquals("data", DataSets.name("/"));
  }

  @Test
  void resamplesAFolderToASize() throws IOException {
    Files.write(folder.resolve(IMAGES), IdxFiles.file(2, 2, 3));
    DataSet set = DataSets.open(folder.toString(), Split.TRAIN, Range.SIGNED, 5);
    assertEquals(new ImageShape(5, 5, 1), set.shape());
    assertEquals(2, set.count());
  }

  @Test
  void strokesNeedNoFiles() {
    DataSet test = DataSets.open("strokes", Split.TEST, Range.SIGNED, 12);
    assertEquals(10_000, test.count());
    assertEquals(new ImageShape(12, 12, 1), test.shape());
    assertEquals(10, test.classes());
    // The test pictures go on where the training pictures end.
    DataSet same = Strokes.make(0, 60_000, 10, 12, Range.SIGNED);
    for (int i = 0; i < same.images().length; i++) {
      assertEquals(same.images()[i], test.images()[i]);
    }
  }

  @ParameterizedTest
  @CsvSource({"mnist, 5, 7, 0.1307, 0.3081", "fashion-mnist, 9, 9, 0.2860, 0.3530"})
  void readsTheRealSets(String name, int trainLabel, int testLabel, double mean, double deviation) {
    String source = SharedData.path("data", name).toString();
    DataSet train = DataSets.open(source, Split.TRAIN, Range.UNIT);
    assertEquals(60_000, train.count());
    assertEquals(new ImageShape(28, 28, 1), train.shape());
    assertEquals(10, train.classes());
    assertEquals(10, train.classNames().size());
    assertEquals(trainLabel, train.labels()[0]);
    double sum = 0;
    double squares = 0;
    for (float value : train.images()) {
      sum += value;
      squares += (double) value * value;
    }
    // The figures everyone normalises with.
    double measured = sum / train.images().length;
    assertEquals(mean, measured, 5e-5);
    assertEquals(deviation, Math.sqrt(squares / train.images().length - measured * measured), 5e-5);
    DataSet test = DataSets.open(source, Split.TEST, Range.UNIT);
    assertEquals(10_000, test.count());
    assertEquals(testLabel, test.labels()[0]);
  }

  @Test
  void readsTheRealCifar10() {
    String source = SharedData.path("data", "cifar10").toString();
    DataSet train = DataSets.open(source, Split.TRAIN, Range.UNIT);
    assertEquals(0, train.count() % 1000);
    assertEquals(new ImageShape(32, 32, 3), train.shape());
    var sums = new double[3];
    for (int i = 0; i < train.images().length; i++) {
      sums[i % 3] += train.images()[i];
    }
    // The figures everyone normalises with, of all 50,000; planes mixed up would be far off.
    double[] means = {0.4914, 0.4822, 0.4465};
    for (int c = 0; c < 3; c++) {
      assertEquals(means[c], sums[c] / (train.count() * 1024.0), 0.004, "channel " + c);
    }
    assertEquals("frog", train.classNames().get(train.labels()[0]));
    assertEquals(
        "cat", train.classNames().get(DataSets.open(source, Split.TEST, Range.UNIT).labels()[0]));
  }

  @Test
  void readsTheRealFaces() {
    String source = SharedData.path("data", "olivetti").toString();
    DataSet faces = DataSets.open(source, Split.TRAIN, Range.UNIT);
    assertEquals(400, faces.count());
    assertEquals(new ImageShape(64, 64, 1), faces.shape());
    assertEquals(40, faces.classes());
    assertEquals("person39", faces.classNames().getLast());
    assertEquals(39, faces.labels()[399]);
    // Resampled while it is read as it would be afterwards.
    DataSet small = DataSets.open(source, Split.TRAIN, Range.UNIT, 32);
    assertArrayEquals(faces.resized(ImageSize.square(32)).images(), small.images());
  }

  private DataSet open(Split split) {
    return DataSets.open(folder.toString(), split, Range.UNIT);
  }
}
