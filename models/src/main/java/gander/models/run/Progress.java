// SPDX-License-Identifier: Apache-2.0
package gander.models.run;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * The line a person watches while a run trains: step, losses, speed, time left. On a terminal one
 * line is drawn over and over; elsewhere a plain line is printed every few seconds. Asking for a
 * drawing that is not due costs one look at the clock.
 *
 * <p>The launcher says with the system properties {@code gander.terminal} and {@code
 * gander.columns} whether stderr is a terminal and how wide; without them it is taken for a file.
 */
public final class Progress {
  private static final long TERMINAL_NANOS = 200_000_000L;
  private static final long PLAIN_NANOS = 5_000_000_000L;

  /** Speed is a mean that forgets with this time constant. */
  private static final double MEMORY_SECONDS = 5;

  private final PrintStream out;
  private final boolean terminal;
  private final int columns;
  private final LongSupplier clock;
  private final String title;
  private final List<String> names;
  private final long steps;
  private final int imagesPerStep;
  private final long start;
  private long drawn;
  private long drawnStep;
  private double stepsPerSecond;
  private double[] values = {};

  /**
   * Progress on stderr.
   *
   * @param title what is trained, such as the model's name
   * @param names of the numbers, of which terms of losses are not shown
   * @param firstStep steps done before this process, 0 for a new run
   * @param steps in all
   */
  public static Progress start(
      String title, List<String> names, long firstStep, long steps, int imagesPerStep) {
    return new Progress(
        System.err,
        Boolean.getBoolean("gander.terminal"),
        Integer.getInteger("gander.columns", 80),
        System::nanoTime,
        title,
        names,
        firstStep,
        steps,
        imagesPerStep);
  }

  Progress(
      PrintStream out,
      boolean terminal,
      int columns,
      LongSupplier clock,
      String title,
      List<String> names,
      long firstStep,
      long steps,
      int imagesPerStep) {
    this.out = out;
    this.terminal = terminal;
    this.columns = columns;
    this.clock = clock;
    this.title = title;
    this.names = List.copyOf(names);
    this.steps = steps;
    this.imagesPerStep = imagesPerStep;
    this.start = clock.getAsLong();
    this.drawn = start;
    this.drawnStep = firstStep;
  }

  /** The latest numbers, one a name; they are shown from the next drawing on. */
  public void values(double... latest) {
    values = latest;
  }

  /** Says that a step is done. */
  public void step(long step) {
    long now = clock.getAsLong();
    if (now - drawn >= (terminal ? TERMINAL_NANOS : PLAIN_NANOS)) {
      measure(step, now);
      double secondsLeft = (steps - step) / stepsPerSecond;
      draw(step, stepsPerSecond > 0 ? time(secondsLeft) + " left" : "");
    }
  }

  /** Prints a line of its own; the progress is drawn anew below it. */
  public void note(String line) {
    out.print((terminal ? "\r\u001b[K" : "") + line + System.lineSeparator());
    out.flush();
  }

  /** Draws for the last time, with the time this process took. */
  public void finish(long step) {
    long now = clock.getAsLong();
    measure(step, now);
    draw(step, "in " + time((now - start) / 1e9));
    if (terminal) {
      out.println();
    }
  }

  private void measure(long step, long now) {
    double seconds = (now - drawn) / 1e9;
    if (step > drawnStep && seconds > 0) {
      double latest = (step - drawnStep) / seconds;
      double share = stepsPerSecond == 0 ? 1 : 1 - Math.exp(-seconds / MEMORY_SECONDS);
      stepsPerSecond += share * (latest - stepsPerSecond);
    }
    drawn = now;
    drawnStep = step;
  }

  private void draw(long step, String time) {
    var line = new StringBuilder();
    line.append(String.format(Locale.ROOT, "%s  step %,d/%,d", title, step, steps));
    for (int i = 0; i < Math.min(names.size(), values.length); i++) {
      if (!Metrics.isTerm(names.get(i))) {
        line.append(String.format(Locale.ROOT, "  %s %.4g", names.get(i), values[i]));
      }
    }
    if (stepsPerSecond > 0) {
      line.append(String.format(Locale.ROOT, "  %,.0f images/s", stepsPerSecond * imagesPerStep));
    }
    if (!time.isEmpty()) {
      line.append("  ").append(time);
    }
    if (terminal) {
      // A line as wide as the terminal would wrap and could not be drawn over.
      line.setLength(Math.min(line.length(), Math.max(1, columns - 1)));
      out.print("\r\u001b[K" + line);
    } else {
      out.println(line);
    }
    out.flush();
  }

  /** Minutes and seconds, with hours where there are any. */
  static String time(double seconds) {
    long whole = Math.round(seconds);
    return whole < 3600
        ? String.format(Locale.ROOT, "%d:%02d", whole / 60, whole % 60)
        : String.format(Locale.ROOT, "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60);
  }
}
