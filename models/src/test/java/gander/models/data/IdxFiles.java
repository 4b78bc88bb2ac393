// SPDX-License-Identifier: Apache-2.0
package gander.models.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.GZIPOutputStream;

/** Makes IDX files for tests. */
final class IdxFiles {
  private IdxFiles() {}

  /** A file of unsigned bytes 0, 1, 2 ... with those dimensions. */
  static byte[] file(int... dims) {
    int elems = 1;
    for (int dim : dims) {
      elems *= dim;
    }
    var file = ByteBuffer.allocate(4 + 4 * dims.length + elems);
    file.put(header(dims));
    for (int i = 0; i < elems; i++) {
      file.put((byte) i);
    }
    return file.array();
  }

  static byte[] header(int... dims) {
    var header = ByteBuffer.allocate(4 + 4 * dims.length).putInt(0x0800 | dims.length);
    for (int dim : dims) {
      header.putInt(dim);
    }
    return header.array();
  }

  static byte[] labels(int... labels) {
    byte[] file = file(labels.length);
    for (int i = 0; i < labels.length; i++) {
      file[8 + i] = (byte) labels[i];
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
