// SPDX-License-Identifier: Apache-2.0
package gander.models.io;

import gander.graph.plan.Plan;
import gander.graph.plan.PlanProblem;
import gander.graph.plan.PlanReport;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.ImageIO;

/**
 * Draws a memory plan: a rectangle a buffer, from its first to its last step and from its first to
 * its last byte. White is memory that is free at the time.
 */
public final class MemoryMap {
  private static final int WIDTH = 1400;
  private static final int HEIGHT = 800;
  private static final int LEFT = 90;
  private static final int TOP = 50;
  private static final int RIGHT = 20;
  private static final int BOTTOM = 50;

  private final Plan plan;
  private final Graphics2D canvas;
  private final int steps;

  private MemoryMap(Plan plan, Graphics2D canvas) {
    this.plan = plan;
    this.canvas = canvas;
    this.steps =
        plan.problem().buffers().stream().mapToInt(PlanProblem.Buffer::upper).max().orElse(1);
  }

  /**
   * A PNG of 1400 x 800 pixels.
   *
   * @throws gander.runtime.GanderException if there are no fonts
   */
  public static byte[] png(String title, Plan plan) {
    Fonts.require();
    var image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
    Graphics2D canvas = image.createGraphics();
    canvas.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    canvas.setColor(Color.WHITE);
    canvas.fillRect(0, 0, WIDTH, HEIGHT);
    new MemoryMap(plan, canvas).draw(title);
    canvas.dispose();
    var bytes = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "png", bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private void draw(String title) {
    for (PlanProblem.Buffer buffer : plan.problem().buffers()) {
      draw(buffer);
    }
    canvas.setColor(Color.DARK_GRAY);
    canvas.setStroke(new BasicStroke(1));
    canvas.drawRect(LEFT, TOP, WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM);
    canvas.setFont(new Font(Font.SANS_SERIF, Font.BOLD, 16));
    canvas.drawString(title + ": " + PlanReport.summary(plan), LEFT, TOP - 20);
    canvas.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
    for (int tick = 0; tick <= 4; tick++) {
      long bytes = plan.peak() * tick / 4;
      canvas.drawString(PlanReport.bytes(bytes), 8, y(bytes) + 5);
      int step = steps * tick / 4;
      canvas.drawString(
          tick == 4 ? "kernel " + step : Integer.toString(step),
          x(step) - 10 - 40 * (tick / 4),
          HEIGHT - BOTTOM + 20);
    }
  }

  private void draw(PlanProblem.Buffer buffer) {
    long begin = plan.offset(buffer.id());
    int left = x(buffer.lower());
    int top = y(begin + buffer.bytes());
    int width = Math.max(x(buffer.upper()) - left, 1);
    int height = Math.max(y(begin) - top, 1);
    // Neighbouring numbers get far apart hues: the golden ratio's multiples spread evenly.
    canvas.setColor(Color.getHSBColor(buffer.id() * 0.618034f, 0.45f, 0.92f));
    canvas.fillRect(left, top, width, height);
    canvas.setColor(Color.GRAY);
    canvas.drawRect(left, top, width, height);
    canvas.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 11));
    if (height >= 13 && canvas.getFontMetrics().stringWidth(buffer.label()) < width - 6) {
      canvas.setColor(Color.BLACK);
      canvas.drawString(buffer.label(), left + 4, top + height / 2 + 4);
    }
  }

  private int x(int step) {
    return LEFT + (int) ((long) (WIDTH - LEFT - RIGHT) * step / steps);
  }

  private int y(long bytes) {
    long peak = Math.max(plan.peak(), 1);
    return HEIGHT - BOTTOM - (int) ((HEIGHT - TOP - BOTTOM) * bytes / peak);
  }
}
