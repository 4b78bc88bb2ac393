// SPDX-License-Identifier: Apache-2.0
package gander.models.io;

import java.awt.Color;
import java.util.List;
import java.util.Locale;

/**
 * Draws curves over steps as an SVG element to be put into a page: each as measured, faint, and
 * smoothed, bold, as {@link LossPlot} does; needs no fonts.
 */
public final class CurveSvg {
  private static final int WIDTH = 900;
  private static final int HEIGHT = 320;
  private static final int LEFT = 70;
  private static final int TOP = 30;
  private static final int RIGHT = 15;
  private static final int BOTTOM = 30;
  private static final int TICKS = 4;

  /** Points of a line; more could not be told apart. */
  private static final int MOST_POINTS = 600;

  private static final double SMOOTHING = 1.0 / 30;

  private final StringBuilder svg = new StringBuilder();
  private final double low;
  private final double high;
  private final double last;

  /** The id of the area that lines stay in, one a page. */
  private final String plot;

  private CurveSvg(List<Curve> curves) {
    double least = Double.POSITIVE_INFINITY;
    double most = Double.NEGATIVE_INFINITY;
    double end = 1;
    for (Curve curve : curves) {
      double[] sorted = curve.sortedValues();
      // A few wild values do not set the scale.
      least = Math.min(least, sorted[(int) (0.02 * (sorted.length - 1))]);
      most = Math.max(most, sorted[(int) Math.ceil(0.98 * (sorted.length - 1))]);
      end = Math.max(end, curve.steps()[curve.steps().length - 1]);
    }
    double margin = most > least ? 0.05 * (most - least) : 0.5;
    this.low = least - margin;
    this.high = most + margin;
    this.last = end;
    this.plot = "plot-" + curves.getFirst().name();
  }

  /** An {@code svg} element; empty text if no curve has a finite value. */
  public static String of(List<Curve> curves) {
    List<Curve> drawable = curves.stream().filter(c -> c.sortedValues().length > 0).toList();
    return drawable.isEmpty() ? "" : new CurveSvg(drawable).draw(drawable);
  }

  private String draw(List<Curve> curves) {
    add("<svg viewBox=\"0 0 %d %d\" role=\"img\">", WIDTH, HEIGHT);
    add(
        "<clipPath id=\"%s\"><rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/></clipPath>",
        plot, LEFT, TOP, WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM);
    for (int tick = 0; tick <= TICKS; tick++) {
      double value = low + (high - low) * tick / TICKS;
      double step = last * tick / TICKS;
      add(
          "<path d=\"M%d %.1fH%d\" stroke=\"#ddd\"/><text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%.3g</text>",
          LEFT, y(value), WIDTH - RIGHT, LEFT - 6, y(value) + 4, value);
      add(
          "<text x=\"%.1f\" y=\"%d\" text-anchor=\"%s\">%,d</text>",
          x(step), HEIGHT - 8, tick == TICKS ? "end" : "middle", Math.round(step));
    }
    for (int i = 0; i < curves.size(); i++) {
      line(curves.get(i).thinned(MOST_POINTS), i, "stroke-opacity=\"0.3\"");
    }
    for (int i = 0; i < curves.size(); i++) {
      Curve smooth = curves.get(i).smoothed(SMOOTHING).smoothed(SMOOTHING);
      line(smooth.thinned(MOST_POINTS), i, "stroke-width=\"2.5\"");
      add(
          "<text x=\"%d\" y=\"18\" fill=\"%s\" font-weight=\"bold\">%s</text>",
          LEFT + 130 * i, colour(i), curves.get(i).name());
    }
    return svg.append("</svg>\n").toString();
  }

  /** A curve as one path, broken where a value is not finite. */
  private void line(Curve curve, int series, String style) {
    var path = new StringBuilder();
    boolean pen = false;
    for (int i = 0; i < curve.values().length; i++) {
      double value = curve.values()[i];
      if (Double.isFinite(value)) {
        // Far outside is as good as infinitely far, and short to write.
        double y = Math.clamp(y(value), -HEIGHT, 2 * HEIGHT);
        path.append(
            String.format(Locale.ROOT, "%s%.1f %.1f", pen ? "L" : "M", x(curve.steps()[i]), y));
        pen = true;
      } else {
        pen = false;
      }
    }
    add(
        "<path clip-path=\"url(#%s)\" fill=\"none\" stroke=\"%s\" stroke-linecap=\"round\" %s d=\"%sh0\"/>",
        plot, colour(series), style, path);
  }

  private static String colour(int series) {
    Color colour = Charts.colour(series, 0xFF);
    return String.format(Locale.ROOT, "#%06x", colour.getRGB() & 0xFFFFFF);
  }

  private double x(double step) {
    return LEFT + (WIDTH - LEFT - RIGHT) * step / last;
  }

  private double y(double value) {
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (value - low) / (high - low);
  }

  private void add(String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
