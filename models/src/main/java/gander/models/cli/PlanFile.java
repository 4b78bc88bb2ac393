// SPDX-License-Identifier: Apache-2.0
package gander.models.cli;

import gander.graph.plan.Plan;
import gander.graph.plan.PlanCsv;
import gander.graph.plan.PlanProblem;
import gander.graph.plan.PlanReport;
import gander.graph.plan.PlanSolver;
import gander.runtime.GanderException;
import gander.runtime.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A planning problem in a file, and how long to search for a plan.
 *
 * @param capacity in bytes; null asks for the smallest plan
 * @param seconds null for as many as there are by default
 */
record PlanFile(Path file, @Nullable Long capacity, @Nullable Integer seconds) {
  private static final int SECONDS = 60;

  PlanFile {
    if (capacity != null && capacity < 0) {
      throw new GanderException("--capacity is %d; it must be at least 0".formatted(capacity));
    }
    if (seconds != null && seconds < 0) {
      throw new GanderException("--seconds is %d; it must be at least 0".formatted(seconds));
    }
  }

  /**
   * Prints how good a plan was found, and writes it.
   *
   * @throws GanderException if the file states no problem, if no plan of the capacity was found, or
   *     if an output cannot be written
   */
  void solve(PlanOutputs outputs, Output output) {
    PlanProblem problem = read();
    outputs.check();
    long begin = System.nanoTime();
    Plan plan =
        capacity == null
            ? PlanSolver.solve(problem, time())
            : PlanSolver.fit(problem, capacity, time());
    long nanos = System.nanoTime() - begin;
    if (capacity != null && plan.peak() > capacity) {
      throw new GanderException(refusal(plan, capacity));
    }
    if (!output.json()) {
      output.line(PlanReport.summary(plan));
      output.line(PlanFigures.found(plan, nanos));
      output.line(
          "peak %d%s, checked pair by pair"
              .formatted(
                  plan.peak(), capacity == null ? "" : ", within the capacity of " + capacity));
    }
    List<Path> written = outputs.write(String.valueOf(file.getFileName()), plan, List.of(), output);
    if (output.json()) {
      var line = new LinkedHashMap<String, Object>();
      line.put("what", "solution");
      line.put("file", file.toString());
      if (capacity != null) {
        line.put("capacity", capacity);
      }
      line.putAll(PlanFigures.of(plan, nanos));
      line.put("files", PlanFigures.names(written));
      output.json(line);
    } else {
      written.forEach(path -> output.line(path.toString()));
    }
  }

  private Duration time() {
    return Duration.ofSeconds(seconds == null ? SECONDS : seconds);
  }

  private String refusal(Plan plan, long asked) {
    if (plan.problem().lowerBound() > asked) {
      return "%s does not fit into %d bytes: %d are live at once"
          .formatted(file, asked, plan.problem().lowerBound());
    }
    return plan.bound() > asked
        ? "%s does not fit into %d bytes, as a search of all plans proves; %d will do"
            .formatted(file, asked, plan.peak())
        : "no plan of %s within %d bytes was found in %d s, nor proved that there is none; %d bytes will do: give more --seconds or --capacity"
            .formatted(file, asked, time().toSeconds(), plan.peak());
  }

  private PlanProblem read() {
    try {
      return PlanCsv.read(Files.readAllLines(file));
    } catch (IllegalArgumentException e) {
      throw new GanderException("%s: %s".formatted(file, e.getMessage()), e);
    } catch (IOException e) {
      throw new GanderException("cannot read %s: %s".formatted(file, Reason.of(e)), e);
    }
  }
}
