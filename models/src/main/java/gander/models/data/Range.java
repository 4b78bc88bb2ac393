// SPDX-License-Identifier: Apache-2.0
package gander.models.data;

/**
 * What the 256 levels of a picture become as numbers: the values a generator's last layer makes.
 */
public enum Range {
  /** Black is 0, white is 1; for sigmoid outputs and Bernoulli likelihoods. */
  UNIT(0f, 255f),
  /** Black is -1, white is 1; for tanh outputs. */
  SIGNED(1f, 127.5f);

  private final float shift;
  private final float scale;

  Range(float shift, float scale) {
    this.shift = shift;
    this.scale = scale;
  }

  /** The value of a level 0..255. */
  public float value(int level) {
    return level / scale - shift;
  }

  /** The level 0..255 nearest to a value; beyond the range the nearest end, and 0 for NaN. */
  public int level(float value) {
    return Math.clamp(Math.round((value + shift) * scale), 0, 255);
  }

  /** A value as one of [0,1], black to white. */
  public float unit(float value) {
    return (value + shift) * scale / 255;
  }

  /** The value of one of [0,1], black to white. */
  public float ofUnit(float unit) {
    return unit * 255 / scale - shift;
  }

  /** {@link #value} of every level, for loops over many pixels. */
  float[] table() {
    var table = new float[256];
    for (int level = 0; level < 256; level++) {
      table[level] = value(level);
    }
    return table;
  }
}
