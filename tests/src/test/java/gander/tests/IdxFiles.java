// SPDX-License-Identifier: Apache-2.0
package gander.tests;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;

/** Small data sets in the files that MNIST comes in. */
final class IdxFiles {
  static final String IMAGES = "train-images-idx3-ubyte";
  static final String LABELS = "train-labels-idx1-ubyte";

  private IdxFiles() {}

  /** Makes a folder with so many labelled images, plain. */
  static Path folder(Path folder, int images, int size) throws IOException {
    Files.createDirectories(folder);
    Files.write(folder.resolve(IMAGES), file(images, size, size));
    Files.write(folder.resolve(LABELS), labels(images));
    return folder;
  }

  /** A file of bytes that go up in steps of 7, with those dimensions. */
  static byte[] file(int... dims) {
    int elems = 1;
    for (int dim : dims) {
      elems *= dim;
    }
    var file = ByteBuffer.allocate(4 + 4 * dims.length + elems).putInt(0x0800 | dims.length);
    for (int dim : dims) {
      file.putInt(dim);
    }
    for (int i = 0; i < elems; i++) {
      file.put((byte) (7 * i));
    }
    return file.array();
  }

  /** A file of so many labels, each below 10. */
  static byte[] labels(int count) {
    byte[] file = file(count);
    for (int i = 0; i < count; i++) {
      file[8 + i] = (byte) (i % 10);
    }
    return file;
  }

  static byte[] gzip(byte[] bytes) throws IOException {
    var out = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }
}
