// SPDX-License-Identifier: Apache-2.0
package gander.models.run;

import gander.models.data.Mixture;
import gander.models.data.ModeCount;
import gander.models.data.Split;
import gander.models.io.Curve;
import gander.models.io.CurveSvg;
import gander.models.io.Scatter;
import gander.runtime.GanderException;
import gander.runtime.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;

/** The part of a report that a run on points has: where they are, and the modes they find. */
final class Points {
  /** Sets of points to choose from. */
  private static final int MOST_SETS = 25;

  /** Points of the data behind them. */
  private static final int DATA = 1000;

  private Points() {}

  static String html(RunDirectory run, Mixture mixture, List<Curve> curves) {
    var sets = new LinkedHashMap<String, float[]>();
    for (RunDirectory.Saved saved : Report.spread(run.points(), MOST_SETS)) {
      sets.put("step %d".formatted(saved.step()), read(saved.file()));
    }
    if (sets.isEmpty()) {
      return "";
    }
    float[] data = Arrays.copyOf(mixture.draw(Split.TRAIN).images(), 2 * DATA);
    List<Curve> modes = curves.stream().filter(c -> c.name().equals("modes")).toList();
    List<Curve> shares =
        curves.stream()
            .filter(c -> ModeCount.NAMES.contains(c.name()) && !modes.contains(c))
            .toList();
    return "<h2>Points</h2>\n"
        + new Scatter(mixture, data).html(sets)
        + "<h2>Modes found, of %d</h2>\n".formatted(mixture.means().length)
        + CurveSvg.of(modes)
        + "<h2>Share of high quality, reverse KL</h2>\n"
        + CurveSvg.of(shares);
  }

  private static float[] read(Path file) {
    try {
      String[] numbers = Files.readString(file).strip().split("[,\n]");
      var points = new float[numbers.length];
      for (int i = 0; i < points.length; i++) {
        points[i] = Float.parseFloat(numbers[i]);
      }
      return points;
    } catch (IOException e) {
      throw new GanderException("cannot read %s: %s".formatted(file, Reason.of(e)), e);
    } catch (NumberFormatException e) {
      throw new GanderException(
          "%s does not hold points: remove it, or restore it".formatted(file), e);
    }
  }
}
