// SPDX-License-Identifier: Apache-2.0
package gander.tests;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A data set whose files are cut off, damaged, empty, of another kind or not of one set stops
 * {@code data} and {@code train} with one sentence that names the file, and no run begins.
 */
class BadDataTest {
  private static final byte[] IMAGES = IdxFiles.file(6, 4, 4);

  @TempDir Path folder;

  /** Reads a data set with that file in the place of a good one. */
  private void refused(String name, byte[] content, String... named) throws IOException {
    Path data = IdxFiles.folder(folder.resolve("data"), 6, 4);
    Files.write(data.resolve(name), content);
    refused(data, named);
  }

  private void refused(Path data, String... named) throws IOException {
    List<String> parts = Arrays.asList(named);
    Cli.refused(folder, parts, "data", data, "--out", folder.resolve("sheet.png"));
    Cli.refused(
        folder,
        parts,
        "train",
        "gan-mlp",
        "--device",
        "reference",
        "--data",
        data,
        "--out",
        folder.resolve("run"));
  }

  @Test
  void imagesThatAreCutOff() throws IOException {
    int header = 16;
    refused(IdxFiles.IMAGES, Arrays.copyOf(IMAGES, 3), IdxFiles.IMAGES, "not an IDX file");
    refused(IdxFiles.IMAGES, Arrays.copyOf(IMAGES, header - 1), IdxFiles.IMAGES, "ends within");
    refused(
        IdxFiles.IMAGES,
        Arrays.copyOf(IMAGES, IMAGES.length - 1),
        IdxFiles.IMAGES,
        "ends after 95 of the 96 elements",
        "fetch the file again");
    refused(IdxFiles.IMAGES, new byte[0], IdxFiles.IMAGES, "not an IDX file");
  }

  @Test
  void imagesOfAnotherKind() throws IOException {
    byte[] floats = IMAGES.clone();
    floats[2] = 0x0d;
    refused(IdxFiles.IMAGES, floats, IdxFiles.IMAGES, "32-bit floats", "unsigned bytes");
    refused(IdxFiles.IMAGES, IdxFiles.file(6, 16), IdxFiles.IMAGES, "2 dimensions", "3 are needed");
    refused(IdxFiles.IMAGES, IdxFiles.file(0, 4, 4), IdxFiles.IMAGES, "is empty");
    refused(IdxFiles.IMAGES, "<html>".getBytes(StandardCharsets.UTF_8), "not an IDX file");
  }

  @Test
  void gzipThatIsDamaged() throws IOException {
    byte[] gzip = IdxFiles.gzip(IMAGES);
    byte[] flipped = gzip.clone();
    int checksum = gzip.length - 8;
    flipped[checksum] ^= 1;
    for (byte[] damaged : new byte[][] {flipped, Arrays.copyOf(gzip, gzip.length / 2)}) {
      // Told by its content, whatever its name.
      refused(IdxFiles.IMAGES, damaged, IdxFiles.IMAGES, "damaged or cut-off gzip", "fetch");
    }
  }

  @Test
  void labelsOfAnotherSet() throws IOException {
    refused(IdxFiles.LABELS, IdxFiles.labels(5), IdxFiles.LABELS, "5 labels", "6 images");
    refused(IdxFiles.LABELS, IMAGES, IdxFiles.LABELS, "3 dimensions where 1 are needed");
    refused(IdxFiles.LABELS, new byte[0], IdxFiles.LABELS, "not an IDX file");
  }

  @Test
  void damagedCifar10() throws IOException {
    Path data = Files.createDirectory(folder.resolve("cifar10"));
    var records = new byte[2 * 3073];
    Files.write(data.resolve("data_batch_2.bin"), Arrays.copyOf(records, 6145));
    refused(data, "data_batch_2.bin", "6145 bytes", "fetch the file again");
    records[3073] = 10;
    Files.write(data.resolve("data_batch_2.bin"), records);
    refused(data, "data_batch_2.bin", "record 1", "label 10");
  }

  @Test
  void damagedImages() throws IOException {
    Path data = folder.resolve("images");
    Files.createDirectories(data.resolve("a"));
    Files.writeString(data.resolve("a/1.pgm"), "P2 1 1 255 7");
    Files.write(data.resolve("a/2.png"), new byte[0]);
    refused(data, "2.png", "it is empty");
    Files.writeString(data.resolve("a/2.png"), "<html>");
    refused(data, "2.png", "none of PNG");
    Files.delete(data.resolve("a/2.png"));
    Files.writeString(data.resolve("1.pgm"), "P2 1 1 255 7");
    refused(data, data.toString(), "beside sub-folders");
  }

  @Test
  void foldersWithoutData() throws IOException {
    Path empty = Files.createDirectory(folder.resolve("empty"));
    refused(empty, empty.toString(), IdxFiles.IMAGES, ".gz");
    Path file = Files.writeString(folder.resolve("file"), "x");
    refused(file, file.toString(), "give a folder");
    // A folder in the place of the file.
    Files.createDirectory(empty.resolve(IdxFiles.IMAGES));
    refused(empty, IdxFiles.IMAGES, "cannot read");
  }
}
