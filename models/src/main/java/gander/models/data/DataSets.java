// SPDX-License-Identifier: Apache-2.0
package gander.models.data;

import gander.runtime.GanderException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Opens a data set by its source: the word {@code strokes} for the set that Gander draws itself, or
 * a folder that holds IDX files under the names MNIST and Fashion-MNIST gave them, each plain or
 * gzip: {@code train-images-idx3-ubyte}, {@code train-labels-idx1-ubyte}, {@code
 * t10k-images-idx3-ubyte}, {@code t10k-labels-idx1-ubyte}. A folder without a labels file is an
 * unlabelled set.
 */
public final class DataSets {
  /** The source that needs no files. */
  public static final String STROKES = "strokes";

  private static final int STROKES_TRAIN = 60_000;
  private static final int STROKES_TEST = 10_000;
  private static final long STROKES_SEED = 0;

  private static final List<String> DIGITS =
      List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
  private static final List<String> GARMENTS =
      List.of(
          "t-shirt",
          "trouser",
          "pullover",
          "dress",
          "coat",
          "sandal",
          "shirt",
          "sneaker",
          "bag",
          "ankle boot");

  private DataSets() {}

  /** The set at its own size. */
  public static DataSet open(String source, Split split, Range range) {
    return source.equals(STROKES)
        ? strokes(split, Strokes.SIZE, range)
        : folder(source, split, range);
  }

  /**
   * The set with pictures of {@code size x size}: strokes are drawn at that size, others resampled.
   *
   * @throws GanderException if the source does not exist, is empty or damaged, or its labels do not
   *     belong to its pictures
   */
  public static DataSet open(String source, Split split, Range range, int size) {
    return source.equals(STROKES)
        ? strokes(split, size, range)
        : folder(source, split, range).resized(size);
  }

  /** A short name for the set of a source: its folder's own name. */
  public static String name(String source) {
    Path last = Path.of(source).toAbsolutePath().normalize().getFileName();
    return last == null ? "data" : last.toString();
  }

  /** A source as it is found again from any working directory. */
  public static String place(String source) {
    return source.equals(STROKES)
        ? source
        : Path.of(source).toAbsolutePath().normalize().toString();
  }

  private static DataSet strokes(Split split, int size, Range range) {
    return switch (split) {
      case TRAIN -> Strokes.make(STROKES_SEED, 0, STROKES_TRAIN, size, range);
      case TEST -> Strokes.make(STROKES_SEED, STROKES_TRAIN, STROKES_TEST, size, range);
    };
  }

  private static DataSet folder(String source, Split split, Range range) {
    Path folder = Path.of(source);
    if (!Files.isDirectory(folder)) {
      throw new GanderException(
          "there is no data set '%s': give a folder with IDX files such as %s.gz, or '%s' for the set that needs no files"
              .formatted(source, images(split), STROKES));
    }
    Path imageFile = find(folder, images(split));
    if (imageFile == null) {
      throw new GanderException(
          "%s holds no %s images: neither %s nor %s.gz is there"
              .formatted(
                  folder,
                  split == Split.TRAIN ? "training" : "test",
                  images(split),
                  images(split)));
    }
    Idx images = Idx.read(imageFile, 3);
    var shape = new ImageShape(images.dim(1), images.dim(2), 1);
    int[] labels = null;
    Path labelFile = find(folder, labels(split));
    if (labelFile != null) {
      Idx read = Idx.read(labelFile, 1);
      if (read.dim(0) != images.dim(0)) {
        throw new GanderException(
            "%s has %d labels but %s has %d images: the two files must come from the same set"
                .formatted(labelFile, read.dim(0), imageFile.getFileName(), images.dim(0)));
      }
      labels = new int[read.dim(0)];
      for (int i = 0; i < labels.length; i++) {
        labels[i] = read.values()[i] & 0xff;
      }
    }
    String name = name(source);
    return new DataSet(
        name, range, shape, scale(images.values(), range), labels, classNames(name, labels));
  }

  private static float[] scale(byte[] levels, Range range) {
    float[] table = range.table();
    var values = new float[levels.length];
    for (int i = 0; i < levels.length; i++) {
      values[i] = table[levels[i] & 0xff];
    }
    return values;
  }

  /**
   * The file of that name, plain or gzip, also under the spelling with a dot that some tools use.
   */
  private static @Nullable Path find(Path folder, String name) {
    for (String spelling : List.of(name, name.replace("-idx", ".idx"))) {
      for (String ending : List.of("", ".gz")) {
        Path file = folder.resolve(spelling + ending);
        if (Files.exists(file)) {
          return file;
        }
      }
    }
    return null;
  }

  private static String images(Split split) {
    return prefix(split) + "-images-idx3-ubyte";
  }

  private static String labels(Split split) {
    return prefix(split) + "-labels-idx1-ubyte";
  }

  private static String prefix(Split split) {
    return switch (split) {
      case TRAIN -> "train";
      case TEST -> "t10k";
    };
  }

  /** IDX files do not name their classes; the two well-known sets are told by their folder. */
  private static List<String> classNames(String folder, int @Nullable [] labels) {
    if (labels == null || Arrays.stream(labels).max().orElse(0) >= DIGITS.size()) {
      return List.of();
    }
    return switch (folder) {
      case "mnist" -> DIGITS;
      case "fashion-mnist" -> GARMENTS;
      default -> List.of();
    };
  }
}
