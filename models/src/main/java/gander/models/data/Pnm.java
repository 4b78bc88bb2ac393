// SPDX-License-Identifier: Apache-2.0
package gander.models.data;

import java.io.IOException;

/**
 * The first image of a PGM or PPM file: {@code P2} and {@code P3} as text, {@code P5} and {@code
 * P6} binary; then width, height and the largest sample as text, in which {@code #} begins a
 * comment; then the samples, of two bytes each if the largest is above 255.
 */
final class Pnm {
  private static final int MOST = 65_535;

  private final byte[] file;
  private final boolean text;
  private final int most;
  private final int height;
  private final int width;
  private final int channels;
  private int at = 2;

  /** Reads the header. */
  private Pnm(byte[] file) throws IOException {
    this.file = file;
    this.text = file[1] == '2' || file[1] == '3';
    this.channels = file[1] == '2' || file[1] == '5' ? 1 : 3;
    this.width = number();
    this.height = number();
    this.most = number();
    if (width == 0 || height == 0 || most == 0 || most > MOST) {
      throw new IOException(
          "its header gives %dx%d pixels and %d as the largest sample"
              .formatted(width, height, most));
    }
    Picture.requireSize(width, height);
  }

  static boolean is(byte[] file) {
    return file.length > 2 && file[0] == 'P' && "2356".indexOf(file[1]) >= 0;
  }

  /** The extents that the header gives. */
  static ImageShape shape(byte[] file) throws IOException {
    var header = new Pnm(file);
    return new ImageShape(header.height, header.width, header.channels);
  }

  /**
   * @throws IOException saying why, if the file is damaged
   */
  static Picture read(byte[] file) throws IOException {
    return new Pnm(file).samples();
  }

  private Picture samples() throws IOException {
    var shape = new ImageShape(height, width, channels);
    int bytes = most > 255 ? 2 : 1;
    if (!text) {
      at++; // the one white space behind the header
    }
    // Text has at least a digit and a space for a sample but the last.
    long least = text ? 2L * shape.elems() - 1 : (long) bytes * shape.elems();
    if (file.length - at < least) {
      throw new IOException("it is cut off");
    }
    var levels = new byte[shape.elems()];
    for (int i = 0; i < levels.length; i++) {
      int sample = text ? number() : binary(bytes);
      if (sample > most) {
        throw new IOException("it has a sample %d above %d".formatted(sample, most));
      }
      levels[i] = Picture.level(sample, most);
    }
    return new Picture(shape, levels);
  }

  private int binary(int bytes) {
    int sample = file[at++] & 0xff;
    return bytes == 1 ? sample : sample << 8 | (file[at++] & 0xff);
  }

  /** The next whole number of the text. */
  private int number() throws IOException {
    while (at < file.length && (isSpace(file[at]) || file[at] == '#')) {
      if (file[at] == '#') {
        while (at < file.length && file[at] != '\n' && file[at] != '\r') {
          at++;
        }
      } else {
        at++;
      }
    }
    if (at == file.length) {
      throw new IOException("it is cut off");
    }
    int first = at;
    long value = 0;
    while (at < file.length && file[at] >= '0' && file[at] <= '9' && value <= Integer.MAX_VALUE) {
      value = 10 * value + file[at++] - '0';
    }
    if (at == first || value > Integer.MAX_VALUE) {
      throw new IOException("there is no number where one should be, at byte " + first);
    }
    return (int) value;
  }

  private static boolean isSpace(byte character) {
    return character == ' ' || (character >= '\t' && character <= '\r');
  }
}
