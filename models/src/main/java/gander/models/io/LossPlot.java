// SPDX-License-Identifier: Apache-2.0
package gander.models.io;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Draws how numbers went over the steps of a run: each as measured, faint, and smoothed, bold. A
 * few wild values, such as a loss has in its first steps, do not set the scale; values that are not
 * finite leave a gap.
 */
public final class LossPlot {
  static final int WIDTH = 1200;
  static final int HEIGHT = 700;

  /** Points of a faint line; more could not be told apart. */
  private static final int MOST_POINTS = 1200;

  /** The smoothed line is a mean over this share of the points, taken twice. */
  private static final double SMOOTHING = 1.0 / 30;

  /** Okabe and Ito's colours, which colour-blind readers can tell apart, darkest contrast first. */
  private static final int[] COLOURS = {
    0x0072B2, 0xD55E00, 0x009E73, 0xCC79A7, 0xE69F00, 0x56B4E9, 0x444444
  };

  private LossPlot() {}

  /** A PNG of 1200 x 700 pixels; empty axes if no curve has a finite value. */
  public static byte[] png(String title, List<Curve> curves) {
    XYChart chart =
        new XYChartBuilder().width(WIDTH).height(HEIGHT).title(title).xAxisTitle("step").build();
    style(chart);
    var shown = new ArrayList<double[]>();
    var drawable = curves.stream().filter(curve -> curve.sortedValues().length > 0).toList();
    // All faint lines first: no bold one is covered.
    for (int i = 0; i < drawable.size(); i++) {
      Curve raw = drawable.get(i).thinned(MOST_POINTS);
      XYSeries line = chart.addSeries(raw.name() + " (raw)", raw.steps(), raw.values());
      line.setShowInLegend(false);
      draw(line, new Color(COLOURS[i % COLOURS.length] | 0x40000000, true), 1f);
      shown.add(percentiles(drawable.get(i)));
    }
    for (int i = 0; i < drawable.size(); i++) {
      Curve smooth = drawable.get(i).smoothed(SMOOTHING).smoothed(SMOOTHING).thinned(MOST_POINTS);
      draw(
          chart.addSeries(smooth.name(), smooth.steps(), smooth.values()),
          new Color(COLOURS[i % COLOURS.length]),
          2.5f);
      shown.add(percentiles(smooth));
    }
    scale(chart, drawable, shown);
    return render(chart);
  }

  private static byte[] render(XYChart chart) {
    var image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    chart.paint(graphics, WIDTH, HEIGHT);
    graphics.dispose();
    int[] pixels = image.getRGB(0, 0, WIDTH, HEIGHT, null, 0, WIDTH);
    var levels = new byte[3 * pixels.length];
    for (int i = 0; i < pixels.length; i++) {
      levels[3 * i] = (byte) (pixels[i] >> 16);
      levels[3 * i + 1] = (byte) (pixels[i] >> 8);
      levels[3 * i + 2] = (byte) pixels[i];
    }
    return Png.encode(levels, HEIGHT, WIDTH, 3);
  }

  private static void style(XYChart chart) {
    var font = new Font(Font.SANS_SERIF, Font.PLAIN, 15);
    var grey = new Color(0xDDDDDD);
    chart
        .getStyler()
        .setPlotGridLinesColor(grey)
        .setAxisTitleFont(font)
        .setAxisTickLabelsFont(font)
        .setChartTitleFont(font.deriveFont(Font.BOLD, 18f))
        .setLegendFont(font)
        .setLegendPosition(LegendPosition.InsideNE)
        .setLegendBorderColor(grey)
        .setLegendBackgroundColor(new Color(255, 255, 255, 220))
        .setChartBackgroundColor(Color.WHITE)
        .setPlotBorderVisible(false);
  }

  private static void draw(XYSeries series, Color colour, float width) {
    // A line of one point would not be seen.
    series.setMarker(series.getXData().length == 1 ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE);
    series.setMarkerColor(colour);
    series.setLineColor(colour);
    series.setLineStyle(new BasicStroke(width, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
  }

  /** Where the middle 96 % of the finite values lie. */
  private static double[] percentiles(Curve curve) {
    double[] sorted = curve.sortedValues();
    int last = sorted.length - 1;
    return new double[] {sorted[(int) (0.02 * last)], sorted[(int) Math.ceil(0.98 * last)]};
  }

  private static void scale(XYChart chart, List<Curve> curves, List<double[]> shown) {
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (double[] values : shown) {
      for (double value : values) {
        if (Double.isFinite(value)) {
          low = Math.min(low, value);
          high = Math.max(high, value);
        }
      }
    }
    if (low > high) {
      low = 0;
      high = 1;
    }
    double margin = high > low ? 0.05 * (high - low) : 0.5;
    chart.getStyler().setYAxisMin(low - margin).setYAxisMax(high + margin);
    chart
        .getStyler()
        .setXAxisMin(0.0)
        .setXAxisMax(
            curves.stream().mapToDouble(c -> c.steps()[c.steps().length - 1]).max().orElse(1));
  }
}
