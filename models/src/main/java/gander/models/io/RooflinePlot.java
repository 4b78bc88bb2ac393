// SPDX-License-Identifier: Apache-2.0
package gander.models.io;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Rectangle;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.knowm.xchart.AnnotationText;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Draws how near measured work came to what a device can do (Williams, Waterman and Patterson
 * 2009): both axes logarithmic, operations for each byte to the right, operations a second upward.
 * The roof is the lesser of the peak of arithmetic and the traffic that the memory allows. A label
 * that would cover another is left out.
 */
public final class RooflinePlot {
  static final int WIDTH = 1200;
  static final int HEIGHT = 800;

  /** About where the chart's axes are, to see which labels would meet. */
  private static final Rectangle PLOT = new Rectangle(90, 45, WIDTH - 110, HEIGHT - 125);

  private static final int LABEL_HEIGHT = 16;
  private static final double LABEL_CHARACTER = 6.6;

  /**
   * One measurement.
   *
   * @param group what it has a colour with
   * @param flopsPerByte above 0
   * @param flopsPerSecond above 0
   */
  public record Dot(String group, String label, double flopsPerByte, double flopsPerSecond) {}

  private final double left;
  private final double right;
  private final double bottom;
  private final double top;
  private final List<Rectangle> taken = new ArrayList<>();

  private RooflinePlot(double peakFlops, double peakBytes, List<Dot> dots) {
    double ridge = peakFlops / peakBytes;
    left = decade(dots.stream().mapToDouble(Dot::flopsPerByte).reduce(ridge / 10, Math::min), -1);
    right = decade(dots.stream().mapToDouble(Dot::flopsPerByte).reduce(ridge * 10, Math::max), 1);
    bottom =
        decade(dots.stream().mapToDouble(d -> d.flopsPerSecond / 1e9).reduce(1, Math::min), -1);
    top =
        decade(
            dots.stream()
                .mapToDouble(d -> d.flopsPerSecond / 1e9)
                .reduce(peakFlops / 1e9, Math::max),
            1);
  }

  /** The power of ten below (-1) or above (1). */
  private static double decade(double value, int side) {
    double exponent = Math.log10(value);
    return Math.pow(10, side < 0 ? Math.floor(exponent) : Math.ceil(exponent));
  }

  /**
   * A PNG of 1200 x 800 pixels.
   *
   * @param peakFlops operations a second at most
   * @param peakBytes bytes a second at most
   */
  public static byte[] png(String title, double peakFlops, double peakBytes, List<Dot> dots) {
    return Charts.png(
        new RooflinePlot(peakFlops, peakBytes, dots).chart(title, peakFlops, peakBytes, dots),
        WIDTH,
        HEIGHT);
  }

  private XYChart chart(String title, double peakFlops, double peakBytes, List<Dot> dots) {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(title)
            .xAxisTitle("operations a byte")
            .yAxisTitle("GFLOP/s")
            .build();
    Charts.style(chart);
    chart
        .getStyler()
        .setXAxisLogarithmic(true)
        .setYAxisLogarithmic(true)
        .setXAxisMin(left)
        .setXAxisMax(right)
        .setYAxisMin(bottom)
        .setYAxisMax(top)
        .setLegendPosition(LegendPosition.InsideSE);
    chart
        .getStyler()
        .setAnnotationTextFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12))
        .setAnnotationTextFontColor(Color.DARK_GRAY);
    roof(chart, peakFlops, peakBytes);
    Map<String, List<Dot>> groups = new LinkedHashMap<>();
    dots.forEach(dot -> groups.computeIfAbsent(dot.group(), name -> new ArrayList<>()).add(dot));
    dots.forEach(dot -> taken.add(box(dot, -6, -6, 12)));
    int colour = 0;
    for (Map.Entry<String, List<Dot>> group : groups.entrySet()) {
      XYSeries series =
          chart.addSeries(
              group.getKey(),
              group.getValue().stream().mapToDouble(Dot::flopsPerByte).toArray(),
              group.getValue().stream().mapToDouble(d -> d.flopsPerSecond() / 1e9).toArray());
      series.setXYSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Scatter);
      series.setMarker(SeriesMarkers.CIRCLE);
      series.setMarkerColor(Charts.colour(colour++, 0xFF));
    }
    dots.forEach(dot -> label(chart, dot));
    return chart;
  }

  private void roof(XYChart chart, double peakFlops, double peakBytes) {
    double ridge = peakFlops / peakBytes;
    double start = Math.max(left, bottom * 1e9 / peakBytes);
    XYSeries roof =
        chart.addSeries(
            "%.0f GFLOP/s, %.1f GB/s".formatted(peakFlops / 1e9, peakBytes / 1e9),
            new double[] {start, ridge, right},
            new double[] {start * peakBytes / 1e9, peakFlops / 1e9, peakFlops / 1e9});
    roof.setMarker(SeriesMarkers.NONE);
    roof.setLineColor(Color.BLACK);
    roof.setLineStyle(new BasicStroke(2f));
  }

  /** Writes a dot's label above it, or below where there is no room, or not at all. */
  private void label(XYChart chart, Dot dot) {
    int width = (int) (LABEL_CHARACTER * dot.label().length());
    for (int side : new int[] {-1, 1}) {
      Rectangle box = box(dot, -width / 2, side < 0 ? -8 - LABEL_HEIGHT : 8, width);
      if (PLOT.contains(box) && taken.stream().noneMatch(box::intersects)) {
        taken.add(box);
        double pixels = box.getCenterY() - y(dot);
        double flops =
            dot.flopsPerSecond() / 1e9 * Math.pow(top / bottom, -pixels / PLOT.getHeight());
        chart.addAnnotation(new AnnotationText(dot.label(), dot.flopsPerByte(), flops, false));
        return;
      }
    }
  }

  private Rectangle box(Dot dot, int right, int down, int width) {
    double x =
        PLOT.getX()
            + PLOT.getWidth() * Math.log(dot.flopsPerByte() / left) / Math.log(this.right / left);
    return new Rectangle(
        (int) x + right, (int) y(dot) + down, width, width == 12 ? 12 : LABEL_HEIGHT);
  }

  private double y(Dot dot) {
    double share = Math.log(dot.flopsPerSecond() / 1e9 / bottom) / Math.log(top / bottom);
    return PLOT.getMaxY() - PLOT.getHeight() * share;
  }
}
