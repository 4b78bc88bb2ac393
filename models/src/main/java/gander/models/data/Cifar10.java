// SPDX-License-Identifier: Apache-2.0
package gander.models.data;

import gander.runtime.GanderException;
import gander.runtime.Reason;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A folder of CIFAR-10's binary version (Krizhevsky 2009), whole or some of its files: {@code
 * data_batch_1.bin} to {@code data_batch_5.bin} for training, {@code test_batch.bin} for the test.
 * A file is records of one byte, the label 0 to 9, and 3072 bytes, the red, the green and the blue
 * plane of 32x32 pixels, row by row. How many records a file has is up to the file.
 */
final class Cifar10 {
  static final String FIRST = "data_batch_1.bin";

  private static final ImageShape SHAPE = new ImageShape(32, 32, 3);
  private static final int PIXELS = SHAPE.height() * SHAPE.width();
  private static final int RECORD_BYTES = 1 + SHAPE.elems();
  private static final List<String> CLASSES =
      List.of(
          "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck");

  private Cifar10() {}

  /** Whether a folder holds any of the files. */
  static boolean is(Path folder) {
    return Arrays.stream(Split.values()).anyMatch(split -> !files(folder, split).isEmpty());
  }

  /**
   * @param name of the set
   * @throws GanderException if the split has no file, or one is damaged
   */
  static DataSet read(Path folder, String name, Split split, Range range) {
    List<Path> files = files(folder, split);
    if (files.isEmpty()) {
      throw new GanderException(
          "%s holds no %s images of CIFAR-10: %s there"
              .formatted(
                  folder,
                  split.word(),
                  split == Split.TRAIN
                      ? "none of data_batch_1.bin to data_batch_5.bin is"
                      : "test_batch.bin is not"));
    }
    int[] records = files.stream().mapToInt(Cifar10::records).toArray();
    int count = IntStream.of(records).sum();
    float[] images = SHAPE.array(count);
    var labels = new int[count];
    int at = 0;
    for (int i = 0; i < records.length; i++) {
      read(files.get(i), records[i], range.table(), images, labels, at);
      at += records[i];
    }
    return new DataSet(name, range, SHAPE, images, labels, CLASSES);
  }

  private static List<Path> files(Path folder, Split split) {
    List<String> names =
        switch (split) {
          case TRAIN ->
              IntStream.rangeClosed(1, 5).mapToObj("data_batch_%d.bin"::formatted).toList();
          case TEST -> List.of("test_batch.bin");
        };
    return names.stream().map(folder::resolve).filter(Files::exists).toList();
  }

  private static int records(Path file) {
    long bytes;
    try {
      bytes = Files.size(file);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
    // Five files of at most 2^28 records have fewer than 2^31.
    if (bytes == 0 || bytes % RECORD_BYTES != 0 || bytes / RECORD_BYTES > 1 << 28) {
      throw new GanderException(
          "%s has %d bytes, but a file of CIFAR-10 is records of %d bytes; fetch the file again"
              .formatted(file, bytes, RECORD_BYTES));
    }
    return (int) (bytes / RECORD_BYTES);
  }

  private static void read(
      Path file, int records, float[] values, float[] images, int[] labels, int at) {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
      var record = new byte[RECORD_BYTES];
      for (int n = 0; n < records; n++) {
        if (in.readNBytes(record, 0, RECORD_BYTES) < RECORD_BYTES) {
          throw new GanderException("%s has become shorter while it was read".formatted(file));
        }
        int label = record[0] & 0xff;
        if (label >= CLASSES.size()) {
          throw new GanderException(
              "record %d of %s has label %d, but the labels of CIFAR-10 are 0 to 9; fetch the file again"
                  .formatted(n, file, label));
        }
        labels[at + n] = label;
        int image = (at + n) * SHAPE.elems();
        for (int p = 0; p < PIXELS; p++) {
          for (int c = 0; c < 3; c++) {
            images[image + 3 * p + c] = values[record[1 + c * PIXELS + p] & 0xff];
          }
        }
      }
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static GanderException unreadable(Path file, IOException e) {
    return new GanderException("cannot read %s: %s".formatted(file, Reason.of(e)), e);
  }
}
