// SPDX-License-Identifier: Apache-2.0
package gander.models.cli;

import gander.graph.plan.Plan;
import gander.graph.plan.PlanReport;
import gander.graph.program.DeviceBackend;
import gander.models.zoo.Lasting;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What is said of a plan, as text and as JSON; bytes are whole numbers there. */
public final class PlanFigures {
  private PlanFigures() {}

  /** The figures of a plan, and of the search for it. */
  public static Map<String, Object> of(Plan plan, long planNanos) {
    var line = new LinkedHashMap<String, Object>();
    line.put("buffers", plan.problem().buffers().size());
    line.put("peak", plan.peak());
    line.put("lowerBound", plan.bound());
    line.put("optimal", plan.optimal());
    line.put("cachingAllocator", PlanReport.cachingAllocator(plan.problem()));
    line.put("withoutReuse", plan.problem().withoutReuse());
    line.put("fullestLaunch", PlanReport.fullestStep(plan.problem()));
    line.put("planMillis", Math.round(planNanos / 1e3) / 1e3);
    return line;
  }

  /** The figures of a step: its plan's, and what it needs beside its arena. */
  public static Map<String, Object> of(DeviceBackend.Analysis analysis, Lasting lasting) {
    var line = new LinkedHashMap<String, Object>();
    line.put("launches", analysis.kernels());
    line.put("again", analysis.again());
    line.put("timeAgain", analysis.timeAgain());
    line.put("parameters", lasting.parameters());
    line.put("optimizerState", lasting.optimizerState());
    line.put("otherState", lasting.otherState());
    line.put("inputs", lasting.inputs());
    line.putAll(of(analysis.plan(), analysis.planNanos()));
    return line;
  }

  static String text(Lasting lasting) {
    return "parameters: %s, optimizer state: %s, other state: %s, inputs: %s"
        .formatted(
            PlanReport.bytes(lasting.parameters()),
            PlanReport.bytes(lasting.optimizerState()),
            PlanReport.bytes(lasting.otherState()),
            PlanReport.bytes(lasting.inputs()));
  }

  /** How the plan was found, and what is known of it. */
  static String found(Plan plan, long planNanos) {
    return String.format(
        Locale.ROOT,
        "planned in %.1f ms, %s",
        planNanos / 1e6,
        plan.optimal() ? "proved to be the least there is" : "not proved to be the least there is");
  }

  /** What runs again so that the arena is no larger; empty if nothing does. */
  static String again(DeviceBackend.Analysis analysis) {
    return analysis.again() == 0
        ? ""
        : String.format(
            Locale.ROOT,
            ", %d of them for the second time, which takes %.0f%% longer by the necessary work",
            analysis.again(),
            100 * analysis.timeAgain());
  }

  static List<String> names(List<Path> files) {
    return files.stream().map(Path::toString).toList();
  }
}
