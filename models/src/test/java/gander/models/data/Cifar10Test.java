// SPDX-License-Identifier: Apache-2.0
package gander.models.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import gander.models.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Cifar10Test {
  private static final int RECORD_BYTES = 3073;

  @TempDir Path folder;

  /** Records with those labels, the planes of which hold what {@link #level} says. */
  private void write(String name, int... labels) throws IOException {
    Files.write(folder.resolve(name), records(labels));
  }

  private static byte[] records(int... labels) {
    var file = new byte[RECORD_BYTES * labels.length];
    for (int n = 0; n < labels.length; n++) {
      file[n * RECORD_BYTES] = (byte) labels[n];
      for (int c = 0; c < 3; c++) {
        for (int p = 0; p < 1024; p++) {
          file[n * RECORD_BYTES + 1 + c * 1024 + p] = (byte) level(labels[n], p, c);
        }
      }
    }
    return file;
  }

  private static int level(int label, int pixel, int channel) {
    return (17 * label + 3 * pixel + 85 * channel) & 0xff;
  }

  private DataSet open(Split split) {
    return DataSets.open(folder.toString(), split, Range.SIGNED);
  }

  @Test
  void planesBecomeChannels() throws IOException {
    write("data_batch_1.bin", 3, 9);
    write("data_batch_4.bin", 0);
    write("test_batch.bin", 5);
    DataSet train = open(Split.TRAIN);
    assertEquals(new ImageShape(32, 32, 3), train.shape());
    assertArrayEquals(new int[] {3, 9, 0}, train.labels());
    assertEquals(10, train.classes());
    assertEquals("cat", train.classNames().get(3));
    for (int i = 0; i < 3 * 3072; i++) {
      int level = level(train.labels()[i / 3072], i % 3072 / 3, i % 3);
      assertEquals(Range.SIGNED.value(level), train.images()[i], "value " + i);
    }
    assertArrayEquals(new int[] {5}, open(Split.TEST).labels());
  }

  @Test
  void anySubsetWillDoButNotNone() throws IOException {
    write("test_batch.bin", 5);
    Refusal.of(() -> open(Split.TRAIN), folder, "training", "data_batch_1.bin");
    Files.delete(folder.resolve("test_batch.bin"));
    write("data_batch_5.bin", 1);
    assertEquals(1, open(Split.TRAIN).count());
    Refusal.of(() -> open(Split.TEST), folder, "test_batch.bin");
  }

  @Test
  void becomesGreyAndSmallerOnRequest() throws IOException {
    write("data_batch_2.bin", 1, 2);
    var form = new ImageForm(Range.UNIT, ImageSize.square(8), 1);
    DataSet set = DataSets.open(folder.toString(), Split.TRAIN, form, Reading.SILENT);
    assertEquals(new ImageShape(8, 8, 1), set.shape());
    assertEquals(2, set.count());
  }

  @Test
  void refusesFilesThatAreNotWholeRecords() throws IOException {
    Path file = folder.resolve("data_batch_1.bin");
    byte[] whole = records(1, 2);
    for (int bytes : new int[] {0, 1, RECORD_BYTES - 1, RECORD_BYTES + 1, 2 * RECORD_BYTES - 1}) {
      Files.write(file, Arrays.copyOf(whole, bytes));
      Refusal.of(() -> open(Split.TRAIN), file, bytes + " bytes", "3073", "fetch");
    }
  }

  @Test
  void refusesLabelsBeyondTheClasses() throws IOException {
    for (int label : new int[] {10, 255}) {
      write("data_batch_1.bin", 9, label);
      Refusal.of(
          () -> open(Split.TRAIN), "record 1", "data_batch_1.bin", "label " + label, "0 to 9");
    }
  }

  @Test
  void namesAFileThatCannotBeRead() throws IOException {
    Path file = Files.createDirectory(folder.resolve("data_batch_3.bin"));
    Refusal.of(() -> open(Split.TRAIN), file);
  }
}
