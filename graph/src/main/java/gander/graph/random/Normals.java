// SPDX-License-Identifier: Apache-2.0
package gander.graph.random;

/**
 * Uniform and normal numbers from random words: {@code kernels/include/normal.h} in Java, line by
 * line and in single precision. Only {@code + - * fma} and integer operations, each exact or
 * correctly rounded everywhere, so these are the very bits that kernels compute.
 */
public final class Normals {
  private static final float LN2_HI = 0.6931472f;
  private static final float LN2_LO = -1.9046542e-9f;

  /** 1.5 * 2^23: adding it rounds to an integer, kept in the low bits. */
  private static final float ROUND = 12582912.0f;

  private Normals() {}

  /** A number in (0, 1] from a word u: u 2^-32 + 2^-33, u rounded to a float first. */
  public static float uniform(int word) {
    return Math.fma((float) Integer.toUnsignedLong(word), 2.3283064e-10f, 1.1641532e-10f);
  }

  /**
   * Two independent standard normals (Box and Muller): the first word gives the angle v pi with -1
   * <= v <= 1, the second the radius sqrt(-2 ln u). Neither is beyond 6.77.
   */
  public static float[] normalPair(int angle, int radius) {
    float r = root(-2.0f * log(uniform(radius)));

    // v = q / 2 + t with |t| <= 1/4, exactly; sine and cosine of t pi, then the quadrant
    float v = Math.fma((float) angle, 4.656613e-10f, 2.3283064e-10f);
    float rounded = v + v + ROUND;
    int q = Float.floatToRawIntBits(rounded);
    float t = Math.fma(rounded - ROUND, -0.5f, v);
    float t2 = t * t;
    float s = -0.5892775f;
    s = Math.fma(s, t2, 2.5497947f);
    s = Math.fma(s, t2, -5.167709f);
    s = Math.fma(s, t2, -8.742278e-8f);
    s = Math.fma(t, 3.1415927f, t * s);
    float c = 0.22898193f;
    c = Math.fma(c, t2, -1.3347579f);
    c = Math.fma(c, t2, 4.0586967f);
    c = Math.fma(c, t2, -4.934802f);
    c = Math.fma(c, t2, 1.0f);
    float sine = (q & 1) != 0 ? c : s;
    float cosine = (q & 1) != 0 ? s : c;
    return new float[] {
      flip(sine, (q & 2) << 30) * r, flip(cosine, ((q + 1) & 2) << 30) * r,
    };
  }

  /** The natural logarithm of a normal number u = 2^e (1 + f) with -1/3 <= f < 1/3. */
  private static float log(float u) {
    int part = (Float.floatToRawIntBits(u) - 0x3f2aaaab) & -0x800000;
    float e = (float) (part >> 23);
    float f = Float.intBitsToFloat(Float.floatToRawIntBits(u) - part) - 1.0f;
    float p = -0.12879376f;
    p = Math.fma(p, f, 0.13985652f);
    p = Math.fma(p, f, -0.1218743f);
    p = Math.fma(p, f, 0.14005537f);
    p = Math.fma(p, f, -0.16680223f);
    p = Math.fma(p, f, 0.20010436f);
    p = Math.fma(p, f, -0.24999805f);
    p = Math.fma(p, f, 0.33333215f);
    p = Math.fma(p, f, -0.5f);
    float z = Math.fma(f * f, p, e * LN2_LO) + f;
    return Math.fma(e, LN2_HI, z);
  }

  /** The square root of 0 or of a normal number, by Newton steps towards 1 / sqrt(x). */
  private static float root(float x) {
    float y = Float.intBitsToFloat(0x5f3759df - (Float.floatToRawIntBits(x) >> 1));
    float h = 0.5f * x;
    for (int step = 0; step < 3; step++) {
      y = y * Math.fma(-(h * y), y, 1.5f);
    }
    float root = x * y;
    root = Math.fma(Math.fma(-root, root, x), 0.5f * y, root);
    return x > 0.0f ? root : 0.0f;
  }

  private static float flip(float x, int sign) {
    return Float.intBitsToFloat(Float.floatToRawIntBits(x) ^ sign);
  }
}
