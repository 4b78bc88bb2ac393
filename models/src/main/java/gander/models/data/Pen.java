// SPDX-License-Identifier: Apache-2.0
package gander.models.data;

/**
 * A round pen on a sheet. Glyphs are drawn in a plane where x and y go from -1 to 1, y downwards;
 * the pen bends, slants, turns, scales and moves that plane as its draws say, so that no two glyphs
 * sit alike. Ink is the share of a pixel that lies under the stroke, taken from the distance to the
 * stroke's middle: smooth edges, round ends and round joins.
 */
final class Pen {
  /** Half the glyph plane as a share of the sheet's shorter side: 10 of 28 pixels, as in MNIST. */
  private static final double REACH = 10.0 / 28;

  /** Pieces of a straight line, so that it can bend. */
  private static final int LINE_PIECES = 5;

  private static final int CURVE_PIECES = 8;

  private final int height;
  private final int width;
  private final double[] ink;
  private final double bendX;
  private final double bendY;
  private final double pressX;
  private final double pressY;
  private final double halfWidth;
  // Plane to sheet: pixel = (xx x + xy y + x0, yx x + yy y + y0).
  private final double xx;
  private final double xy;
  private final double yx;
  private final double yy;
  private final double x0;
  private final double y0;
  // The pen's place: in the plane, and in pixels with the half width there.
  private double atX;
  private double atY;
  private double pixelX;
  private double pixelY;
  private double pixelWidth;

  Pen(ImageSize sheet, Draws draws) {
    this.height = sheet.height();
    this.width = sheet.width();
    this.ink = new double[height * width];
    int size = sheet.shorter();
    bendX = draws.between(-0.1, 0.1);
    bendY = draws.between(-0.1, 0.1);
    pressX = draws.between(-0.15, 0.15);
    pressY = draws.between(-0.15, 0.15);
    halfWidth = Math.max(0.6, draws.between(0.04, 0.062) * size);
    double turn = draws.between(-0.12, 0.12);
    double slant = draws.between(-0.15, 0.15);
    double scaleX = draws.between(0.86, 1.02) * REACH * size;
    double scaleY = draws.between(0.9, 1.02) * REACH * size;
    double cos = StrictMath.cos(turn);
    double sin = StrictMath.sin(turn);
    xx = scaleX * cos;
    xy = -scaleX * (sin + slant * cos);
    yx = scaleY * sin;
    yy = scaleY * (cos - slant * sin);
    x0 = width * draws.between(0.47, 0.53);
    y0 = height * draws.between(0.47, 0.53);
  }

  void moveTo(double x, double y) {
    atX = x;
    atY = y;
    // Bends move the middle one way and the rim the other: the glyph keeps its place.
    double bentX = x + bendX * (2 * y * y - 1);
    double bentY = y + bendY * (2 * x * x - 1);
    pixelX = xx * bentX + xy * bentY + x0;
    pixelY = yx * bentX + yy * bentY + y0;
    pixelWidth = halfWidth * (1 + pressX * x + pressY * y);
  }

  void lineTo(double x, double y) {
    double fromX = atX;
    double fromY = atY;
    for (int i = 1; i <= LINE_PIECES; i++) {
      double t = (double) i / LINE_PIECES;
      stroke(fromX + t * (x - fromX), fromY + t * (y - fromY));
    }
  }

  /** A quadratic curve towards a control point, ending at (x, y). */
  void curveTo(double controlX, double controlY, double x, double y) {
    double fromX = atX;
    double fromY = atY;
    for (int i = 1; i <= CURVE_PIECES; i++) {
      double t = (double) i / CURVE_PIECES;
      double s = 1 - t;
      stroke(
          s * s * fromX + 2 * s * t * controlX + t * t * x,
          s * s * fromY + 2 * s * t * controlY + t * t * y);
    }
  }

  /**
   * An arc about the origin whose radii go evenly from the first to the last; angles in radians,
   * clockwise from the x axis. The pen is set down at its beginning.
   */
  void arc(
      double fromAngle, double sweep, double radiusX, double radiusY, double growth, int pieces) {
    for (int i = 0; i <= pieces; i++) {
      double t = (double) i / pieces;
      double angle = fromAngle + t * sweep;
      double grown = 1 + t * (growth - 1);
      double x = radiusX * grown * StrictMath.cos(angle);
      double y = radiusY * grown * StrictMath.sin(angle);
      if (i == 0) {
        moveTo(x, y);
      } else {
        stroke(x, y);
      }
    }
  }

  /** The sheet as levels 0..255, row by row. */
  byte[] levels() {
    var levels = new byte[ink.length];
    for (int i = 0; i < ink.length; i++) {
      levels[i] = (byte) (int) (255 * ink[i] + 0.5);
    }
    return levels;
  }

  /** One straight piece of stroke from the pen's place to (x, y) of the plane. */
  private void stroke(double x, double y) {
    double ax = pixelX;
    double ay = pixelY;
    double aw = pixelWidth;
    moveTo(x, y);
    double dx = pixelX - ax;
    double dy = pixelY - ay;
    double lengthSquared = dx * dx + dy * dy;
    double widest = Math.max(aw, pixelWidth) + 0.5;
    int left = Math.clamp((long) (Math.min(ax, pixelX) - widest), 0, width);
    int right = Math.clamp((long) (Math.max(ax, pixelX) + widest) + 1, 0, width);
    int top = Math.clamp((long) (Math.min(ay, pixelY) - widest), 0, height);
    int bottom = Math.clamp((long) (Math.max(ay, pixelY) + widest) + 1, 0, height);
    for (int row = top; row < bottom; row++) {
      for (int column = left; column < right; column++) {
        double px = column + 0.5 - ax;
        double py = row + 0.5 - ay;
        double along =
            lengthSquared == 0 ? 0 : Math.clamp((px * dx + py * dy) / lengthSquared, 0.0, 1.0);
        double ox = px - along * dx;
        double oy = py - along * dy;
        double half = aw + along * (pixelWidth - aw);
        double away = ox * ox + oy * oy;
        double edge = half + 0.5;
        if (away < edge * edge) {
          double cover = Math.min(1, edge - Math.sqrt(away));
          ink[row * width + column] = Math.max(ink[row * width + column], cover);
        }
      }
    }
  }
}
