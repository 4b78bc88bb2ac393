// SPDX-License-Identifier: Apache-2.0
package gander.models.train;

/** Ways between latent vectors. */
public final class Paths {
  /**
   * Below this angle, in radians, the circle is as good as straight, and its formula divides by 0.
   */
  private static final double STRAIGHT = 1e-4;

  private Paths() {}

  /**
   * A point of the straight line from a to b, {@code (1 - t) a + t b}.
   *
   * @param t from 0 to 1
   */
  public static float[] linear(float[] a, float[] b, double t) {
    return mixed(a, b, 1 - t, t);
  }

  /**
   * A point of the great circle (Shoemake 1985, White 2016): {@code (sin((1-t) w) a + sin(t w) b) /
   * sin w}, w the angle between a and b. Between samples of a normal prior it keeps their length,
   * which the straight line does not.
   *
   * @param t from 0 to 1
   */
  public static float[] spherical(float[] a, float[] b, double t) {
    double cosine = dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
    double angle = Math.acos(Math.clamp(cosine, -1, 1));
    if (!(angle > STRAIGHT) || Math.PI - angle < STRAIGHT) {
      return linear(a, b, t);
    }
    double sine = Math.sin(angle);
    return mixed(a, b, Math.sin((1 - t) * angle) / sine, Math.sin(t * angle) / sine);
  }

  private static float[] mixed(float[] a, float[] b, double ofA, double ofB) {
    var point = new float[a.length];
    for (int i = 0; i < point.length; i++) {
      point[i] = (float) (ofA * a[i] + ofB * b[i]);
    }
    return point;
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }
}
