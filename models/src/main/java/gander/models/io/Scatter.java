// SPDX-License-Identifier: Apache-2.0
package gander.models.io;

import gander.models.data.Mixture;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Ellipse2D;
import java.awt.image.BufferedImage;
import java.util.Locale;
import java.util.Map;

/**
 * Draws points of the plane over a mixture: its own points grey, a circle of three standard
 * deviations round each mode, the points coloured. The section of the plane is the mixture's, so
 * that pictures compare; what lies outside is not seen. Needs no fonts.
 */
public final class Scatter {
  /** Pixels along both axes. */
  static final int SIDE = 600;

  /** Points of a set in a page; more would make it slow to load. */
  private static final int MOST_POINTS = 1000;

  private static final Color GREY = new Color(0xB8B8B8);
  private static final Color LINE = new Color(0x444444);

  private final Mixture mixture;
  private final float[] data;
  private final double reach;

  /**
   * @param data the mixture's own points, {@code [count,2]}
   */
  public Scatter(Mixture mixture, float[] data) {
    this.mixture = mixture;
    this.data = data;
    double farthest = 0;
    for (double[] mean : mixture.means()) {
      farthest = Math.max(farthest, Math.max(Math.abs(mean[0]), Math.abs(mean[1])));
    }
    this.reach = 1.25 * farthest;
  }

  private double x(double x) {
    return SIDE * (x + reach) / (2 * reach);
  }

  private double y(double y) {
    return SIDE * (reach - y) / (2 * reach);
  }

  private double circle() {
    return 3 * mixture.deviation() * SIDE / (2 * reach);
  }

  /**
   * A PNG of 600 x 600 pixels.
   *
   * @param points {@code [count,2]}
   */
  public byte[] png(float[] points) {
    var image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, SIDE, SIDE);
    graphics.setColor(GREY);
    dots(graphics, data, 3);
    graphics.setColor(LINE);
    graphics.setStroke(new BasicStroke(1));
    for (double[] mean : mixture.means()) {
      double r = circle();
      graphics.draw(new Ellipse2D.Double(x(mean[0]) - r, y(mean[1]) - r, 2 * r, 2 * r));
    }
    graphics.setColor(Charts.colour(0, 0x80));
    dots(graphics, points, 4);
    graphics.dispose();
    return Charts.png(image);
  }

  private void dots(Graphics2D graphics, float[] points, double size) {
    for (int i = 0; i < points.length; i += 2) {
      if (Float.isFinite(points[i]) && Float.isFinite(points[i + 1])) {
        double left = x(points[i]) - size / 2;
        double top = y(points[i + 1]) - size / 2;
        graphics.fill(new Ellipse2D.Double(left, top, size, size));
      }
    }
  }

  /**
   * A part of a page that shows one of several sets of points, the last to begin with, with a
   * button for each; it needs no script.
   *
   * @param sets {@code [count,2]} each, by what they are called
   */
  public String html(Map<String, float[]> sets) {
    var style = new StringBuilder();
    var buttons = new StringBuilder();
    var drawings = new StringBuilder();
    int at = 0;
    for (Map.Entry<String, float[]> set : sets.entrySet()) {
      boolean last = ++at == sets.size();
      style.append(
          String.format(
              Locale.ROOT, "#set-%d:checked ~ svg .set-%d { visibility: visible; }%n", at, at));
      buttons.append(
          String.format(
              Locale.ROOT,
              "<input type=\"radio\" name=\"set\" id=\"set-%d\"%s/><label for=\"set-%d\">%s</label>%n",
              at,
              last ? " checked=\"checked\"" : "",
              at,
              set.getKey()));
      drawings.append(
          String.format(
              Locale.ROOT,
              "<path class=\"set set-%d\" stroke=\"#0072b2\" stroke-opacity=\"0.5\" stroke-width=\"4\" d=\"%s\"/>%n",
              at,
              path(set.getValue())));
    }
    var circles = new StringBuilder();
    for (double[] mean : mixture.means()) {
      circles.append(
          String.format(
              Locale.ROOT,
              "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.2f\" fill=\"none\" stroke=\"#444\"/>",
              x(mean[0]),
              y(mean[1]),
              circle()));
    }
    return "<style>.set { visibility: hidden; }\n%s</style>\n<div class=\"scatter\">\n%s"
            .formatted(style, buttons)
        + "<svg viewBox=\"0 0 %d %d\" width=\"%d\" role=\"img\" stroke-linecap=\"round\">\n"
            .formatted(SIDE, SIDE, SIDE)
        + "<path stroke=\"#b8b8b8\" stroke-width=\"3\" d=\"%s\"/>\n%s\n%s</svg>\n</div>\n"
            .formatted(path(data), circles, drawings);
  }

  /** Dots: lines of no length with round ends. */
  private String path(float[] points) {
    var path = new StringBuilder();
    for (int i = 0; i < Math.min(points.length, 2 * MOST_POINTS); i += 2) {
      double x = x(points[i]);
      double y = y(points[i + 1]);
      if (x >= 0 && x <= SIDE && y >= 0 && y <= SIDE) {
        path.append(String.format(Locale.ROOT, "M%.1f %.1fh0", x, y));
      }
    }
    return path.toString();
  }
}
