// SPDX-License-Identifier: Apache-2.0
package gander.models.cli;

import gander.models.data.DataSet;
import gander.runtime.GanderException;
import java.util.Arrays;
import java.util.List;

/**
 * Pictures chosen from a data set.
 *
 * @param images {@code [count, ...image]}
 * @param labels the class of each; 0 where there are none
 */
record Pictures(float[] images, int[] labels) {
  /**
   * @param indices of pictures in the set
   * @throws GanderException if the set has no such picture
   */
  static Pictures of(DataSet data, List<Integer> indices) {
    int pixels = data.shape().elems();
    var images = new float[indices.size() * pixels];
    var labels = new int[indices.size()];
    for (int i = 0; i < labels.length; i++) {
      int index = indices.get(i);
      if (index < 0 || index >= data.count()) {
        throw new GanderException(
            "there is no picture %d: data set '%s' has %d for testing, from 0 on"
                .formatted(index, data.name(), data.count()));
      }
      System.arraycopy(data.images(), index * pixels, images, i * pixels, pixels);
      labels[i] = data.labelled() ? data.labels()[index] : 0;
    }
    return new Pictures(images, labels);
  }

  /** One of them. */
  float[] image(int index) {
    return part(images, index, images.length / labels.length);
  }

  /** The values {@code [index * length, (index + 1) * length)}. */
  static float[] part(float[] all, int index, int length) {
    return Arrays.copyOfRange(all, index * length, (index + 1) * length);
  }

  /** Arrays one behind the other. */
  static float[] joined(List<float[]> parts) {
    int length = parts.stream().mapToInt(part -> part.length).sum();
    var joined = new float[length];
    int at = 0;
    for (float[] part : parts) {
      System.arraycopy(part, 0, joined, at, part.length);
      at += part.length;
    }
    return joined;
  }
}
