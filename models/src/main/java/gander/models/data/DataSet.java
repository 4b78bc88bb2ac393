// SPDX-License-Identifier: Apache-2.0
package gander.models.data;

import gander.runtime.GanderException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Pictures of one size, with a class each if they are labelled, all in memory. Immutable by
 * agreement: the arrays are handed out as they are, because a copy of a data set is too large to
 * make in passing.
 */
public final class DataSet {
  private final String name;
  private final Range range;
  private final ImageShape shape;
  private final float[] images; // [count,H,W,C]
  private final int @Nullable [] labels; // [count]
  private final int count;
  private final int classes;
  private final List<String> classNames;

  /**
   * @param classNames one name a class, or empty if they are not known: then there are as many
   *     classes as the largest label says
   * @throws IllegalArgumentException if the parts do not fit together
   */
  public DataSet(
      String name,
      Range range,
      ImageShape shape,
      float[] images,
      int @Nullable [] labels,
      List<String> classNames) {
    this.name = name;
    this.range = range;
    this.shape = shape;
    this.images = images;
    this.labels = labels;
    this.count = images.length / shape.elems();
    this.classNames = List.copyOf(classNames);
    if (count == 0 || images.length != (long) count * shape.elems()) {
      throw new IllegalArgumentException(images.length + " values for images of " + shape);
    }
    int largest = -1;
    if (labels != null) {
      if (labels.length != count) {
        throw new IllegalArgumentException(labels.length + " labels for " + count + " images");
      }
      for (int label : labels) {
        if (label < 0) {
          throw new IllegalArgumentException("label " + label);
        }
        largest = Math.max(largest, label);
      }
    }
    this.classes = classNames.isEmpty() ? largest + 1 : classNames.size();
    if (largest >= classes) {
      throw new IllegalArgumentException("label " + largest + " of " + classes + " classes");
    }
  }

  /** A short name for run directories and messages, such as {@code fashion-mnist}. */
  public String name() {
    return name;
  }

  public Range range() {
    return range;
  }

  public ImageShape shape() {
    return shape;
  }

  /** How many pictures there are; never 0. */
  public int count() {
    return count;
  }

  /** All pictures, one after the other: {@code [count,H,W,C]}. */
  public float[] images() {
    return images;
  }

  /** Whether each picture has a class. */
  public boolean labelled() {
    return labels != null;
  }

  /**
   * The class of each picture.
   *
   * @throws GanderException if the set is not labelled
   */
  public int[] labels() {
    if (labels == null) {
      throw new GanderException(
          "data set '%s' has no labels: use a model without classes, or a labelled set"
              .formatted(name));
    }
    return labels;
  }

  /** How many classes there are; 0 if the set is not labelled. */
  public int classes() {
    return classes;
  }

  /** The classes' names, or an empty list if they are not known. */
  public List<String> classNames() {
    return classNames;
  }

  /** Copies the pictures {@code order[from .. from+n)} into {@code [n,H,W,C]}. */
  public void gatherImages(int[] order, int from, int n, float[] into) {
    int elems = shape.elems();
    for (int i = 0; i < n; i++) {
      System.arraycopy(images, order[from + i] * elems, into, i * elems, elems);
    }
  }

  /** Copies the labels of {@code order[from .. from+n)}. */
  public void gatherLabels(int[] order, int from, int n, int[] into) {
    int[] all = labels();
    for (int i = 0; i < n; i++) {
      into[i] = all[order[from + i]];
    }
  }

  /**
   * The same pictures at a size: cropped round their middle to its aspect, and resampled without
   * aliasing.
   */
  public DataSet resized(ImageSize size) {
    if (shape.height() == size.height() && shape.width() == size.width()) {
      return this;
    }
    var target = new ImageShape(size.height(), size.width(), shape.channels());
    Crop crop = Crop.of(shape, target);
    float[] resampled = Resample.images(images, count, shape, crop, target);
    return new DataSet(name, range, target, resampled, labels, classNames);
  }

  /**
   * The same pictures in grey or in colour: grey is luma, colour made of grey has three equal
   * channels.
   *
   * @throws IllegalArgumentException if either has neither 1 nor 3 channels
   */
  public DataSet withChannels(int channels) {
    if (shape.channels() == channels) {
      return this;
    }
    if (!Channels.known(channels) || !Channels.known(shape.channels())) {
      throw new IllegalArgumentException(channels + " channels of images of " + shape);
    }
    var target = new ImageShape(shape.height(), shape.width(), channels);
    float[] converted = target.array(count);
    int pixels = shape.height() * shape.width();
    for (int i = 0; i < count; i++) {
      Channels.convert(
          images,
          i * shape.elems(),
          shape.channels(),
          converted,
          i * target.elems(),
          channels,
          pixels);
    }
    return new DataSet(name, range, target, converted, labels, classNames);
  }
}
