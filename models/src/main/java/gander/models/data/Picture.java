// SPDX-License-Identifier: Apache-2.0
package gander.models.data;

import gander.runtime.GanderException;
import gander.runtime.Reason;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.concurrent.atomic.AtomicReference;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.jspecify.annotations.Nullable;

/**
 * An image file as levels, grey or RGB. The levels are those in the file: no colour profile, gamma
 * or orientation tag is applied. Samples of more than 8 bits are rounded to 8; what is transparent
 * is seen on white.
 *
 * @param shape with 1 or 3 channels
 * @param levels {@code [H,W,C]}, 0 to 255
 */
record Picture(ImageShape shape, byte[] levels) {
  /** More pixels than any image of a data set has; a damaged header may claim them. */
  private static final int MOST_PIXELS = 1 << 26;

  private static final int WHITE = 255;

  /** What a decoder does with a file's bytes. */
  private interface Decoding<T> {
    T from(byte[] file) throws IOException;
  }

  /** What is done with an image whose header has been read. */
  private interface Use<T> {
    T of(ImageReader reader) throws IOException;
  }

  /**
   * @throws GanderException naming the file, if it is not a whole image of a kind that is known
   */
  static Picture read(Path file) {
    return decode(file, bytes -> Pnm.is(bytes) ? Pnm.read(bytes) : open(bytes, Picture::whole));
  }

  /**
   * The extents of an image, which is not decoded; the channels mean nothing.
   *
   * @throws GanderException as {@link #read} does
   */
  static ImageShape shape(Path file) {
    return decode(
        file,
        bytes ->
            Pnm.is(bytes)
                ? Pnm.shape(bytes)
                : open(bytes, in -> new ImageShape(in.getHeight(0), in.getWidth(0), 1)));
  }

  private static <T> T decode(Path file, Decoding<T> decoding) {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (IOException e) {
      throw new GanderException("cannot read %s: %s".formatted(file, Reason.of(e)), e);
    }
    try {
      if (bytes.length == 0) {
        throw new IOException("it is empty");
      }
      return decoding.from(bytes);
    } catch (EOFException e) {
      throw bad(file, "it is cut off", e);
    } catch (IOException e) {
      throw bad(file, Reason.of(e).strip().replaceAll("\\s+", " "), e);
    } catch (RuntimeException e) { // decoders throw all kinds at damaged files
      throw bad(file, "it is damaged", e);
    }
  }

  private static GanderException bad(Path file, String reason, Exception e) {
    return new GanderException(
        "%s is not a whole image: %s; fetch the file again or take it out of the folder"
            .formatted(file, reason),
        e);
  }

  private static <T> T open(byte[] file, Use<T> use) throws IOException {
    try (var in = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
      if (!readers.hasNext()) {
        throw new IOException("what it holds is none of " + ImageFolder.KINDS);
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(in, true, true);
        requireSize(reader.getWidth(0), reader.getHeight(0));
        return use.of(reader);
      } finally {
        reader.dispose();
      }
    }
  }

  /**
   * @throws IOException if no image is so large
   */
  static void requireSize(int width, int height) throws IOException {
    if ((long) width * height > MOST_PIXELS) {
      throw new IOException(
          "%dx%d pixels are more than the %d that are read".formatted(width, height, MOST_PIXELS));
    }
  }

  private static Picture whole(ImageReader reader) throws IOException {
    // The decoder of JPEG fills up what is missing and only warns.
    var damage = new AtomicReference<@Nullable String>();
    reader.addIIOReadWarningListener((source, warning) -> {
      if (warning.startsWith("Truncated") || warning.startsWith("Corrupt")) {
        damage.compareAndSet(null, warning);
      }
    });
    BufferedImage image = reader.read(0);
    String found = damage.get();
    if (found != null) {
      throw new IOException(found);
    }
    return of(image);
  }

  /** BufferedImage.getRGB would convert grey levels to another gamma: takes the samples. */
  private static Picture of(BufferedImage image) throws IOException {
    ColorModel model = image.getColorModel();
    Raster raster = image.getRaster();
    if (model instanceof IndexColorModel palette) {
      return indexed(palette, raster);
    }
    int colours = model.getNumColorComponents();
    int type = model.getColorSpace().getType();
    if (type != ColorSpace.TYPE_GRAY && type != ColorSpace.TYPE_RGB) {
      throw new IOException("its colours are neither grey nor RGB");
    }
    var shape = new ImageShape(raster.getHeight(), raster.getWidth(), colours);
    var levels = new byte[shape.elems()];
    int bands = raster.getNumBands();
    var row = new int[shape.width() * bands];
    int at = 0;
    for (int y = 0; y < shape.height(); y++) {
      raster.getPixels(raster.getMinX(), raster.getMinY() + y, shape.width(), 1, row);
      for (int x = 0; x < shape.width(); x++) {
        for (int c = 0; c < colours; c++) {
          byte level = level(row[x * bands + c], most(model, c));
          levels[at++] =
              model.hasAlpha()
                  ? onWhite(level, level(row[x * bands + colours], most(model, colours)))
                  : level;
        }
      }
    }
    return new Picture(shape, levels);
  }

  private static Picture indexed(IndexColorModel palette, Raster raster) {
    var shape = new ImageShape(raster.getHeight(), raster.getWidth(), 3);
    var levels = new byte[shape.elems()];
    var row = new int[shape.width()];
    int at = 0;
    for (int y = 0; y < shape.height(); y++) {
      raster.getPixels(raster.getMinX(), raster.getMinY() + y, shape.width(), 1, row);
      for (int index : row) {
        byte alpha = (byte) palette.getAlpha(index);
        levels[at++] = onWhite((byte) palette.getRed(index), alpha);
        levels[at++] = onWhite((byte) palette.getGreen(index), alpha);
        levels[at++] = onWhite((byte) palette.getBlue(index), alpha);
      }
    }
    return new Picture(shape, levels);
  }

  private static int most(ColorModel model, int component) {
    return (1 << model.getComponentSize(component)) - 1;
  }

  /** The level of a sample 0..most, rounded. */
  static byte level(int sample, int most) {
    return (byte) ((255L * sample + most / 2) / most);
  }

  private static byte onWhite(byte level, byte alpha) {
    int opaque = alpha & 0xff;
    return level((level & 0xff) * opaque + WHITE * (255 - opaque), 255 * 255);
  }

  /** Whether red, green and blue differ anywhere in what {@link #fit} takes. */
  boolean coloured(ImageShape target) {
    if (shape.channels() == 1) {
      return false;
    }
    Crop crop = Crop.of(shape, target);
    for (int y = 0; y < crop.height(); y++) {
      int at = 3 * ((crop.top() + y) * shape.width() + crop.left());
      for (int end = at + 3 * crop.width(); at < end; at += 3) {
        if (levels[at] != levels[at + 1] || levels[at] != levels[at + 2]) {
          return true;
        }
      }
    }
    return false;
  }

  /**
   * Crops to a target's aspect, converts to its channels, resamples to its size and writes the
   * values at a place.
   *
   * @param values of the 256 levels
   */
  void fit(ImageShape target, float[] values, float[] out, int outAt) {
    Crop crop = Crop.of(shape, target);
    int c = shape.channels();
    var row = new float[crop.width() * c];
    Resample.Rows rows =
        (y, into) -> {
          int at = c * ((crop.top() + y) * shape.width() + crop.left());
          for (int i = 0; i < row.length; i++) {
            row[i] = values[levels[at + i] & 0xff];
          }
          Channels.convert(row, 0, c, into, 0, target.channels(), crop.width());
        };
    var from = new ImageShape(crop.height(), crop.width(), target.channels());
    Resample.image(rows, from, out, outAt, target);
  }
}
