// SPDX-License-Identifier: Apache-2.0
package gander.models.data;

/** Grey from colour and colour from grey. */
final class Channels {
  // The luma of ITU-R BT.601, which JPEG and most image libraries take for grey.
  private static final double RED = 0.299;
  private static final double GREEN = 0.587;
  private static final double BLUE = 0.114;

  private Channels() {}

  /** Whether pictures of so many channels can be converted. */
  static boolean known(int channels) {
    return channels == 1 || channels == 3;
  }

  /**
   * Converts pixels from 1 or 3 channels to 1 or 3: grey is luma, colour made of grey has three
   * equal channels. Pixels that stay as they are are copied.
   */
  static void convert(float[] in, int inAt, int from, float[] out, int outAt, int to, int pixels) {
    if (from == to) {
      System.arraycopy(in, inAt, out, outAt, pixels * from);
    } else if (to == 1) {
      for (int p = 0; p < pixels; p++) {
        int rgb = inAt + 3 * p;
        out[outAt + p] = (float) (RED * in[rgb] + GREEN * in[rgb + 1] + BLUE * in[rgb + 2]);
      }
    } else {
      for (int i = 0; i < 3 * pixels; i++) {
        out[outAt + i] = in[inAt + i / 3];
      }
    }
  }
}
