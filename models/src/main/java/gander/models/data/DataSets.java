// SPDX-License-Identifier: Apache-2.0
package gander.models.data;

import gander.runtime.GanderException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Opens a data set by its source: the word {@code strokes} for the pictures that Gander draws
 * itself, {@code grid25} or {@code ring8} for points of a {@link Mixture}, or a folder. What a
 * folder is follows from what is in it, in this order: files named as {@link IdxFolder MNIST's},
 * files named as {@link Cifar10 CIFAR-10's}, an {@link ImageFolder image folder}.
 */
public final class DataSets {
  /** The source that needs no files. */
  public static final String STROKES = "strokes";

  private static final int STROKES_TRAIN = 60_000;
  private static final int STROKES_TEST = 10_000;
  private static final long STROKES_SEED = 0;

  private DataSets() {}

  /** The set at its own size. */
  public static DataSet open(String source, Split split, Range range) {
    return open(source, split, ImageForm.own(range), Reading.SILENT);
  }

  /** The set with pictures of {@code side x side}. */
  public static DataSet open(String source, Split split, Range range, int side) {
    return open(source, split, new ImageForm(range, ImageSize.square(side), null), Reading.SILENT);
  }

  /**
   * The set with pictures of a form: strokes are drawn at the form's size, others cropped round
   * their middle to its aspect and resampled.
   *
   * @throws GanderException if the source is points and the form gives a size or channels; if it
   *     does not exist, is empty or damaged, its labels do not belong to its pictures, or the
   *     pictures do not fit into memory
   */
  public static DataSet open(String source, Split split, ImageForm form, Reading reading) {
    Mixture mixture = Mixture.of(source);
    if (mixture != null) {
      if (form.size() != null || form.channels() != null) {
        throw new GanderException(
            "data set '%s' is points of the plane, which have neither size nor channels: leave them out"
                .formatted(source));
      }
      return mixture.draw(split);
    }
    DataSet set =
        source.equals(STROKES)
            ? strokes(split, form)
            : folder(Path.of(source), name(source), split, form, reading);
    if (form.size() != null) {
      set = set.resized(form.size());
    }
    return form.channels() == null ? set : set.withChannels(form.channels());
  }

  /** A short name for the set of a source: its folder's own name. */
  public static String name(String source) {
    Path last = Path.of(source).toAbsolutePath().normalize().getFileName();
    return last == null ? "data" : last.toString();
  }

  /** A source as it is found again from any working directory. */
  public static String place(String source) {
    return source.equals(STROKES) || Mixture.of(source) != null
        ? source
        : Path.of(source).toAbsolutePath().normalize().toString();
  }

  private static DataSet strokes(Split split, ImageForm form) {
    ImageSize size = form.size() == null ? ImageSize.square(Strokes.SIZE) : form.size();
    return switch (split) {
      case TRAIN -> Strokes.make(STROKES_SEED, 0, STROKES_TRAIN, size, form.range());
      case TEST -> Strokes.make(STROKES_SEED, STROKES_TRAIN, STROKES_TEST, size, form.range());
    };
  }

  private static DataSet folder(
      Path folder, String name, Split split, ImageForm form, Reading reading) {
    if (!Files.isDirectory(folder)) {
      throw new GanderException(
          "there is no data set '%s': give a folder with the files of MNIST, Fashion-MNIST or CIFAR-10, or with images, or one of '%s', 'grid25' and 'ring8', which need no files"
              .formatted(folder, STROKES));
    }
    if (IdxFolder.is(folder)) {
      return IdxFolder.read(folder, name, split, form.range());
    }
    if (Cifar10.is(folder)) {
      return Cifar10.read(folder, name, split, form.range());
    }
    ImageFolder images = ImageFolder.list(folder, name, split);
    if (images == null) {
      throw new GanderException(
          "%s holds no %s images that Gander knows: neither IDX files as MNIST's (%s, plain or .gz), nor CIFAR-10's binary files (%s), nor a tree of %s files"
              .formatted(
                  folder, split.word(), IdxFolder.images(split), Cifar10.FIRST, ImageFolder.KINDS));
    }
    return images.read(form, reading);
  }
}
