// SPDX-License-Identifier: Apache-2.0
package gander.models.io;

import java.awt.BasicStroke;
import java.awt.Color;
import java.util.ArrayList;
import java.util.List;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
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

  private LossPlot() {}

  /** A PNG of 1200 x 700 pixels; empty axes if no curve has a finite value. */
  public static byte[] png(String title, List<Curve> curves) {
    XYChart chart =
        new XYChartBuilder().width(WIDTH).height(HEIGHT).title(title).xAxisTitle("step").build();
    Charts.style(chart);
    var shown = new ArrayList<double[]>();
    var drawable = curves.stream().filter(curve -> curve.sortedValues().length > 0).toList();
    // All faint lines first: no bold one is covered.
    for (int i = 0; i < drawable.size(); i++) {
      Curve raw = drawable.get(i).thinned(MOST_POINTS);
      XYSeries line = chart.addSeries(raw.name() + " (raw)", raw.steps(), raw.values());
      line.setShowInLegend(false);
      draw(line, Charts.colour(i, 0x40), 1f);
      shown.add(percentiles(drawable.get(i)));
    }
    for (int i = 0; i < drawable.size(); i++) {
      Curve smooth = drawable.get(i).smoothed(SMOOTHING).smoothed(SMOOTHING).thinned(MOST_POINTS);
      draw(
          chart.addSeries(smooth.name(), smooth.steps(), smooth.values()),
          Charts.colour(i, 0xFF),
          2.5f);
      shown.add(percentiles(smooth));
    }
    scale(chart, drawable, shown);
    return Charts.png(chart, WIDTH, HEIGHT);
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
