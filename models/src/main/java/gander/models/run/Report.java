// SPDX-License-Identifier: Apache-2.0
package gander.models.run;

import gander.models.data.Mixture;
import gander.models.data.ModeCount;
import gander.models.io.AtomicFile;
import gander.models.io.Curve;
import gander.models.io.CurveSvg;
import gander.runtime.GanderException;
import gander.runtime.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A run on one page, {@code report.html}: curves, sheets of samples over time, timings, config, and
 * the memory plan of its step. The page holds everything it shows and loads nothing; it is also
 * well-formed XML.
 */
public final class Report {
  /** Sheets on the page, spread over the run: enough to see it go, few enough to load. */
  private static final int MOST_SHEETS = 9;

  /** Curves of a picture, so that their names fit above it. */
  private static final int MOST_CURVES = 6;

  private final RunDirectory run;
  private final RunConfig config;
  private final StringBuilder html = new StringBuilder();

  private Report(RunDirectory run) {
    this.run = run;
    this.config = run.config();
  }

  /**
   * Writes the page of a run as it is now.
   *
   * @param losses the names of those among the reported numbers
   * @param memoryMap a PNG of the memory plan; null where there is none
   */
  public static void write(RunDirectory run, List<String> losses, byte @Nullable [] memoryMap) {
    AtomicFile.writeText(run.reportFile(), new Report(run).page(losses, memoryMap));
  }

  private String page(List<String> losses, byte @Nullable [] memoryMap) {
    String title = config.model() + " on " + config.data();
    html.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n");
    html.append("<meta name=\"viewport\" content=\"width=device-width\"/>\n");
    html.append("<title>").append(text(title)).append("</title>\n<style>\n");
    html.append("body { font: 15px sans-serif; max-width: 940px; margin: 2em auto; }\n");
    html.append("body { padding: 0 1em; color: #222; background: #fff; }\n");
    html.append("img, svg { max-width: 100%; } svg { font-size: 12px; }\n");
    html.append("td, th { padding: 2px 14px 2px 0; text-align: left; vertical-align: top; }\n");
    html.append(".sheets { display: flex; flex-wrap: wrap; gap: 12px; }\n");
    html.append(".sheets figure { margin: 0; max-width: 300px; }\n");
    html.append("</style>\n</head>\n<body>\n<h1>").append(text(title)).append("</h1>\n");
    List<Curve> curves = Metrics.curves(run);
    state(curves);
    heading("Losses");
    html.append(CurveSvg.of(curves.stream().filter(c -> losses.contains(c.name())).toList()));
    List<Curve> terms = curves.stream().filter(c -> Metrics.isTerm(c.name())).toList();
    if (!terms.isEmpty()) {
      heading("Terms of the losses");
      for (int first = 0; first < terms.size(); first += MOST_CURVES) {
        int end = Math.min(first + MOST_CURVES, terms.size());
        html.append(CurveSvg.of(terms.subList(first, end)));
      }
    }
    List<Curve> others =
        curves.stream()
            .filter(c -> !losses.contains(c.name()) && !Metrics.isTerm(c.name()))
            .filter(c -> !ModeCount.NAMES.contains(c.name()))
            .toList();
    if (!others.isEmpty()) {
      heading("Other numbers");
      html.append(CurveSvg.of(others));
    }
    Mixture mixture = Mixture.of(config.data());
    if (mixture != null) {
      html.append(Points.html(run, mixture, curves));
    }
    samples();
    sessions();
    heading("Config");
    html.append("<pre>").append(text(config.toJson())).append("</pre>\n");
    if (memoryMap != null) {
      heading("Memory of a step");
      image(memoryMap, "offset against time");
    }
    return html.append("</body>\n</html>\n").toString();
  }

  private void state(List<Curve> curves) {
    long step = curves.isEmpty() ? 0 : (long) curves.getFirst().steps()[last(curves.getFirst())];
    var line = new StringBuilder();
    line.append(String.format(Locale.ROOT, "Step %,d of %,d", step, config.steps()));
    for (Curve curve : curves) {
      line.append(
          String.format(Locale.ROOT, ", %s %.4g", curve.name(), curve.values()[last(curve)]));
    }
    html.append("<p>").append(text(line.append('.').toString())).append("</p>\n");
  }

  private static int last(Curve curve) {
    return curve.values().length - 1;
  }

  private void samples() {
    List<RunDirectory.Saved> all = run.samples();
    if (all.isEmpty()) {
      return;
    }
    heading("Samples");
    html.append("<div class=\"sheets\">\n");
    for (RunDirectory.Saved sheet : spread(all, MOST_SHEETS)) {
      html.append("<figure>");
      image(bytes(sheet.file()), "samples after step " + sheet.step());
      html.append(String.format(Locale.ROOT, "<figcaption>step %,d</figcaption>", sheet.step()));
      html.append("</figure>\n");
    }
    html.append("</div>\n");
  }

  /** Evenly spread over all of them, the first and the last among them. */
  static List<RunDirectory.Saved> spread(List<RunDirectory.Saved> all, int most) {
    if (all.size() <= most) {
      return all;
    }
    var chosen = new ArrayList<RunDirectory.Saved>();
    for (int i = 0; i < most; i++) {
      chosen.add(all.get((int) Math.round(i * (all.size() - 1.0) / (most - 1))));
    }
    return chosen;
  }

  private void sessions() {
    List<Session> sessions = Session.of(run);
    if (sessions.isEmpty()) {
      return;
    }
    heading("Time");
    html.append("<table>\n<tr><th>began</th><th>steps</th><th>took</th><th>a step</th>");
    html.append("<th>device</th></tr>\n");
    for (Session session : sessions) {
      html.append(
          String.format(
              Locale.ROOT,
              "<tr><td>%s</td><td>%,d to %,d</td><td>%s</td><td>%.4g ms</td><td>%s</td></tr>%n",
              text(session.began()),
              session.firstStep(),
              session.lastStep(),
              Progress.time(session.seconds()),
              session.stepMillis(),
              text(session.device())));
    }
    html.append("</table>\n");
  }

  private void heading(String words) {
    html.append("<h2>").append(words).append("</h2>\n");
  }

  private void image(byte[] png, String words) {
    html.append("<img alt=\"").append(words).append("\" src=\"data:image/png;base64,");
    html.append(Base64.getEncoder().encodeToString(png)).append("\"/>");
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new GanderException("cannot read %s: %s".formatted(file, Reason.of(e)), e);
    }
  }

  private static String text(String plain) {
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
