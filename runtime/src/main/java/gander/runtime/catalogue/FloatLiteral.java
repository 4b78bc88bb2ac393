// SPDX-License-Identifier: Apache-2.0
package gander.runtime.catalogue;

/** Numbers as float literals of both dialects. */
public final class FloatLiteral {
  private FloatLiteral() {}

  /** The literal of the nearest single-precision number. */
  public static String of(double value) {
    float single = (float) value;
    if (Float.isNaN(single)) {
      return "G_NAN";
    }
    if (Float.isInfinite(single)) {
      return single > 0 ? "G_INF" : "(-G_INF)";
    }
    return single < 0 || (single == 0 && 1 / single < 0) ? "(" + single + "f)" : single + "f";
  }
}
