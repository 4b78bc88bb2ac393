// SPDX-License-Identifier: Apache-2.0
package gander.models.data;

/** Numbers in the single precision of devices. */
public final class Floats {
  private Floats() {}

  public static float[] of(double[] values) {
    var floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  /** Whole numbers, exact up to 2^24. */
  public static float[] of(int[] values) {
    var floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = values[i];
    }
    return floats;
  }
}
