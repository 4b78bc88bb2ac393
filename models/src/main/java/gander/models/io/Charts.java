// SPDX-License-Identifier: Apache-2.0
package gander.models.io;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.style.Styler.LegendPosition;

/** The look that all charts share, and their pixels. */
final class Charts {
  /** Okabe and Ito's colours, which colour-blind readers can tell apart, darkest contrast first. */
  private static final int[] COLOURS = {
    0x0072B2, 0xD55E00, 0x009E73, 0xCC79A7, 0xE69F00, 0x56B4E9, 0x444444
  };

  private Charts() {}

  /**
   * The colour of a chart's series; they come again after seven.
   *
   * @param alpha 255 for opaque
   */
  static Color colour(int series, int alpha) {
    return new Color(COLOURS[series % COLOURS.length] | alpha << 24, true);
  }

  static void style(XYChart chart) {
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

  /**
   * @throws gander.runtime.GanderException if there are no fonts
   */
  static byte[] png(XYChart chart, int width, int height) {
    Fonts.require();
    var image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    chart.paint(graphics, width, height);
    graphics.dispose();
    return png(image);
  }

  /** A drawing as a file. */
  static byte[] png(BufferedImage image) {
    int width = image.getWidth();
    int height = image.getHeight();
    int[] pixels = image.getRGB(0, 0, width, height, null, 0, width);
    var levels = new byte[3 * pixels.length];
    for (int i = 0; i < pixels.length; i++) {
      levels[3 * i] = (byte) (pixels[i] >> 16);
      levels[3 * i + 1] = (byte) (pixels[i] >> 8);
      levels[3 * i + 2] = (byte) pixels[i];
    }
    return Png.encode(levels, height, width, 3);
  }
}
