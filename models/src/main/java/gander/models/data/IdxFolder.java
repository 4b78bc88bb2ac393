// SPDX-License-Identifier: Apache-2.0
package gander.models.data;

import gander.runtime.GanderException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A folder that holds IDX files under the names MNIST and Fashion-MNIST gave them, each plain or
 * gzip: {@code train-images-idx3-ubyte}, {@code train-labels-idx1-ubyte}, {@code
 * t10k-images-idx3-ubyte}, {@code t10k-labels-idx1-ubyte}. A folder without a labels file is an
 * unlabelled set.
 */
final class IdxFolder {
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

  private IdxFolder() {}

  /** Whether a folder holds images of either split. */
  static boolean is(Path folder) {
    return find(folder, images(Split.TRAIN)) != null || find(folder, images(Split.TEST)) != null;
  }

  /**
   * @param name of the set
   * @throws GanderException if a file is missing or damaged, or labels and images do not fit
   */
  static DataSet read(Path folder, String name, Split split, Range range) {
    Path imageFile = find(folder, images(split));
    if (imageFile == null) {
      throw new GanderException(
          "%s holds no %s images: neither %s nor %s.gz is there"
              .formatted(folder, split.word(), images(split), images(split)));
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
    float[] scaled = shape.array(images.dim(0));
    float[] values = range.table();
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = values[images.values()[i] & 0xff];
    }
    return new DataSet(name, range, shape, scaled, labels, classNames(name, labels));
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

  /** The name of a split's images, without {@code .gz}. */
  static String images(Split split) {
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
