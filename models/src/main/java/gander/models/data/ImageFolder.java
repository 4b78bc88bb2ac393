// SPDX-License-Identifier: Apache-2.0
package gander.models.data;

import gander.runtime.GanderException;
import gander.runtime.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A folder of image files, told by the endings of their names. What lies in a sub-folder, however
 * deep, has that sub-folder as its class; images without sub-folders are one class, named after the
 * folder. Classes are in the order of their names, images in that of class and path. Where there
 * are sub-folders {@code train} and {@code test}, each is such a folder; otherwise all images are
 * for training. Names that begin with a dot are passed over.
 */
final class ImageFolder {
  /** What can be read, as a sentence says it. */
  static final String KINDS = "PNG, JPEG, BMP, PGM or PPM";

  private static final Set<String> READ = Set.of("png", "jpg", "jpeg", "bmp", "pgm", "ppm");

  /** Images too: to pass them over would be to train on less than is there. */
  private static final Set<String> OTHERS =
      Set.of("webp", "avif", "heic", "jxl", "jp2", "gif", "tif", "tiff", "tga", "pbm");

  /** The class of an image that lies in no sub-folder. */
  private static final String NONE = "";

  private final String name;
  private final List<String> classes;
  private final List<Path> files;
  private final int[] labels;

  private ImageFolder(String name, List<String> classes, List<Path> files, int[] labels) {
    this.name = name;
    this.classes = classes;
    this.files = files;
    this.labels = labels;
  }

  /**
   * Finds the images of a split, or null if there are no images at all.
   *
   * @param name of the set
   * @throws GanderException if the split has none, if there are images beside sub-folders of
   *     images, or some of a kind that cannot be read
   */
  static @Nullable ImageFolder list(Path folder, String name, Split split) {
    boolean parts =
        Arrays.stream(Split.values()).allMatch(part -> Files.isDirectory(part(folder, part)));
    Path root = parts ? part(folder, split) : folder;
    Map<String, List<Path>> images = byClass(root);
    var classes = new TreeSet<>(images.keySet());
    if (parts) { // a class has the same label in both
      classes.addAll(
          byClass(part(folder, split == Split.TRAIN ? Split.TEST : Split.TRAIN)).keySet());
    }
    if (images.isEmpty()) {
      return null;
    }
    if (!parts && split == Split.TEST) {
      throw new GanderException(
          "all images of %s are for training: put some into sub-folders train and test to have both"
              .formatted(folder));
    }
    if (classes.size() > 1 && classes.contains(NONE)) {
      throw new GanderException(
          "%s has images beside sub-folders of images, such as '%s': put each into the sub-folder of its class"
              .formatted(folder, classes.last()));
    }
    List<String> names = List.copyOf(classes);
    var files = new ArrayList<Path>();
    var labels = IntStream.builder();
    images.forEach((group, members) -> {
      int label = names.indexOf(group);
      for (Path image : members) {
        files.add(root.resolve(image));
        labels.add(label);
      }
    });
    return new ImageFolder(
        name, classes.contains(NONE) ? List.of(name) : names, files, labels.build().toArray());
  }

  /** The images below a folder, relative to it, in order, by the first sub-folder on their way. */
  private static Map<String, List<Path>> byClass(Path root) {
    var byClass = new TreeMap<String, List<Path>>();
    for (Path image : images(root)) {
      String group = image.getNameCount() == 1 ? NONE : image.getName(0).toString();
      byClass.computeIfAbsent(group, key -> new ArrayList<>()).add(image);
    }
    return byClass;
  }

  private static Path part(Path folder, Split split) {
    return folder.resolve(split.name().toLowerCase(Locale.ROOT));
  }

  /** The images below a folder, relative to it, in order. */
  private static List<Path> images(Path root) {
    var found = new ArrayList<Path>();
    try (Stream<Path> all = Files.walk(root, FileVisitOption.FOLLOW_LINKS)) {
      all.filter(Files::isRegularFile)
          .map(root::relativize)
          .forEach(file -> {
            String ending = ending(file);
            if (isHidden(file)) {
              return;
            }
            if (OTHERS.contains(ending)) {
              throw new GanderException(
                  "%s is an image that Gander cannot read: convert it to PNG, or take it out of the folder"
                      .formatted(root.resolve(file)));
            }
            if (READ.contains(ending)) {
              found.add(file);
            }
          });
    } catch (IOException e) {
      throw unreadable(root, e);
    } catch (UncheckedIOException e) {
      throw unreadable(root, Objects.requireNonNull(e.getCause()));
    }
    found.sort(null);
    return found;
  }

  private static GanderException unreadable(Path folder, IOException e) {
    String reason =
        e instanceof FileSystemLoopException ? "a link below it leads back to it" : Reason.of(e);
    String file = e instanceof FileSystemException at ? at.getFile() : null;
    return new GanderException(
        "cannot read %s: %s".formatted(file == null ? folder : file, reason), e);
  }

  private static boolean isHidden(Path file) {
    for (Path part : file) {
      if (part.toString().startsWith(".")) {
        return true;
      }
    }
    return false;
  }

  private static String ending(Path file) {
    String text = file.toString();
    return text.substring(text.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
  }

  /**
   * Reads all images, on all cores, each cropped round its middle to the form's aspect. Without a
   * size they stay as they are if they all have one size, and become squares of the shortest side
   * if not. Without channels they are grey if there is no colour in any of them.
   *
   * @throws GanderException naming the file, if one cannot be read
   */
  DataSet read(ImageForm form, Reading reading) {
    Integer wanted = form.channels();
    ImageShape shape = shape(form.size(), wanted == null ? 3 : wanted);
    float[] images = shape.array(files.size());
    float[] values = form.range().table();
    var coloured = new AtomicBoolean(wanted != null);
    var done = new AtomicInteger();
    IntStream.range(0, files.size())
        .parallel()
        .forEach(i -> {
          Picture picture = Picture.read(files.get(i));
          if (!coloured.get() && picture.coloured(shape)) {
            coloured.set(true);
          }
          picture.fit(shape, values, images, i * shape.elems());
          reading.read(done.incrementAndGet(), files.size());
        });
    var set = new DataSet(name, form.range(), shape, images, labels, classes);
    return coloured.get() ? set : set.withChannels(1);
  }

  private ImageShape shape(@Nullable ImageSize size, int channels) {
    if (size != null) {
      return new ImageShape(size.height(), size.width(), channels);
    }
    List<ImageShape> shapes = files.parallelStream().map(Picture::shape).toList();
    ImageShape first = shapes.getFirst();
    if (shapes.stream().allMatch(s -> s.height() == first.height() && s.width() == first.width())) {
      return new ImageShape(first.height(), first.width(), channels);
    }
    int shortest =
        shapes.stream().mapToInt(s -> Math.min(s.height(), s.width())).min().orElseThrow();
    return new ImageShape(shortest, shortest, channels);
  }
}
