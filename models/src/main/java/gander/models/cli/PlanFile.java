// SPDX-License-Identifier: Apache-2.0
package gander.models.cli;

import gander.graph.plan.Plan;
import gander.graph.plan.PlanCsv;
import gander.graph.plan.PlanProblem;
import gander.graph.plan.PlanReport;
import gander.graph.plan.PlanSolver;
import gander.models.io.AtomicFile;
import gander.runtime.GanderException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A planning problem in a file, and how long to search for a plan.
 *
 * @param capacity in bytes; null asks for the smallest plan
 */
record PlanFile(Path file, @Nullable Long capacity, Duration time) {

  /**
   * Prints how good a plan was found, and writes it.
   *
   * @param csv where to; null for nowhere
   * @throws GanderException if the file states no problem, or if no plan of the capacity was found
   */
  void solve(@Nullable Path csv) {
    PlanProblem problem = read();
    long begin = System.nanoTime();
    Plan plan =
        capacity == null
            ? PlanSolver.solve(problem, time)
            : PlanSolver.fit(problem, capacity, time);
    double seconds = (System.nanoTime() - begin) / 1e9;
    if (capacity != null && plan.peak() > capacity) {
      throw new GanderException(refusal(plan, capacity));
    }
    System.out.printf(Locale.ROOT, "%s in %.2f s%n", PlanReport.summary(plan), seconds);
    System.out.printf(
        "peak %d, %s, checked pair by pair%n",
        plan.peak(),
        capacity == null
            ? plan.optimal() ? "the least there is" : "not proved to be the least there is"
            : "within the capacity of " + capacity);
    if (csv != null) {
      AtomicFile.writeBytes(csv, PlanCsv.write(plan).getBytes(StandardCharsets.UTF_8));
      System.out.println(csv);
    }
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
            .formatted(file, asked, time.toSeconds(), plan.peak());
  }

  private PlanProblem read() {
    try {
      return PlanCsv.read(Files.readAllLines(file));
    } catch (IllegalArgumentException e) {
      throw new GanderException("%s: %s".formatted(file, e.getMessage()), e);
    } catch (IOException e) {
      throw new GanderException("%s cannot be read: %s".formatted(file, e), e);
    }
  }
}
