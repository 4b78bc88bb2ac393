// SPDX-License-Identifier: Apache-2.0
package gander.models.io;

import gander.models.data.ImageShape;
import gander.models.data.Range;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** Writes PNG pictures of 8-bit grey or RGB; needs no window system and no fonts. */
public final class Png {
  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  private static final byte GREY = 0;
  private static final byte RGB = 2;

  private Png() {}

  /**
   * One of several pictures as the bytes of a PNG file.
   *
   * @param images {@code [count,H,W,C]}
   * @param range of their values; those beyond it are cut off
   */
  public static byte[] encode(float[] images, int index, ImageShape shape, Range range) {
    var levels = new byte[shape.elems()];
    for (int i = 0; i < levels.length; i++) {
      levels[i] = (byte) range.level(images[index * levels.length + i]);
    }
    return encode(levels, shape.height(), shape.width(), shape.channels());
  }

  /**
   * A picture as the bytes of a PNG file.
   *
   * @param levels {@code [height,width,channels]}, row by row from the top
   * @param channels 1 for grey, 3 for red, green, blue
   */
  public static byte[] encode(byte[] levels, int height, int width, int channels) {
    if (channels != 1 && channels != 3) {
      throw new IllegalArgumentException(channels + " channels");
    }
    if (height < 1 || width < 1 || levels.length != (long) height * width * channels) {
      throw new IllegalArgumentException(
          "%d levels for %dx%dx%d".formatted(levels.length, height, width, channels));
    }
    var out = new ByteArrayOutputStream();
    out.writeBytes(SIGNATURE);
    var header = ByteBuffer.allocate(13).putInt(width).putInt(height);
    header.put((byte) 8).put(channels == 1 ? GREY : RGB);
    chunk(out, "IHDR", header.array());
    chunk(out, "IDAT", deflate(rows(levels, height, width * channels)));
    chunk(out, "IEND", new byte[0]);
    return out.toByteArray();
  }

  /** Each row begins with the number of its filter: 0, none. */
  private static byte[] rows(byte[] levels, int height, int rowBytes) {
    var rows = new byte[height * (rowBytes + 1)];
    for (int y = 0; y < height; y++) {
      System.arraycopy(levels, y * rowBytes, rows, y * (rowBytes + 1) + 1, rowBytes);
    }
    return rows;
  }

  private static byte[] deflate(byte[] bytes) {
    try (var deflater = new Deflater()) {
      deflater.setInput(bytes);
      deflater.finish();
      var out = new ByteArrayOutputStream();
      var buffer = new byte[1 << 14];
      while (!deflater.finished()) {
        out.write(buffer, 0, deflater.deflate(buffer));
      }
      return out.toByteArray();
    }
  }

  private static void chunk(ByteArrayOutputStream out, String type, byte[] data) {
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    var crc = new CRC32();
    crc.update(name);
    crc.update(data);
    var chunk = ByteBuffer.allocate(12 + data.length);
    chunk.putInt(data.length).put(name).put(data).putInt((int) crc.getValue());
    out.writeBytes(chunk.array());
  }
}
