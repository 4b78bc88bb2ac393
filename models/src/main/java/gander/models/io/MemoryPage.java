// SPDX-License-Identifier: Apache-2.0
package gander.models.io;

import gander.graph.plan.Plan;
import gander.graph.plan.PlanProblem;
import gander.graph.plan.PlanReport;
import gander.graph.program.LaunchMemory;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * A memory plan as a page to look into: {@link MemoryMap}'s rectangles, of which each says what it
 * is, what it was computed from and what reads it. The page holds everything it shows and loads
 * nothing; it is also well-formed XML.
 */
public final class MemoryPage {
  private static final String TEMPLATE = "memory-page.html";
  private static final JsonMapper JSON = JsonMapper.shared();

  private MemoryPage() {}

  /**
   * The page as HTML.
   *
   * @param launches of the program that was planned, in order; none for a problem without a program
   */
  public static String html(String title, Plan plan, List<LaunchMemory> launches) {
    return template().replace("{{title}}", text(title)).replace("{{data}}", data(plan, launches));
  }

  /** The plan as JSON in which no character means anything to HTML or XML. */
  private static String data(Plan plan, List<LaunchMemory> launches) {
    PlanProblem problem = plan.problem();
    List<PlanProblem.Buffer> buffers = problem.buffers();
    // A program's steps are numbered from 0; those of a file from anywhere.
    int first =
        launches.isEmpty()
            ? buffers.stream().mapToInt(PlanProblem.Buffer::lower).min().orElse(0)
            : 0;
    int end = buffers.stream().mapToInt(PlanProblem.Buffer::upper).max().orElse(0);
    var data = new LinkedHashMap<String, Object>();
    data.put("summary", PlanReport.summary(plan));
    data.put("first", first);
    data.put("steps", Math.max(launches.size(), (long) end - first));
    data.put("peak", plan.peak());
    data.put("lowerBound", plan.bound());
    data.put("fullest", PlanReport.fullestStep(problem));
    data.put("buffers", buffers.stream().map(b -> buffer(plan, b)).toList());
    data.put("launches", launches);
    return JSON.writeValueAsString(data)
        .replace("&", "\\u0026")
        .replace("<", "\\u003c")
        .replace(">", "\\u003e");
  }

  private static Map<String, Object> buffer(Plan plan, PlanProblem.Buffer buffer) {
    var data = new LinkedHashMap<String, Object>();
    data.put("id", buffer.id());
    data.put("label", buffer.label());
    data.put("lower", buffer.lower());
    data.put("upper", buffer.upper());
    data.put("bytes", buffer.bytes());
    data.put("rounded", plan.problem().rounded(buffer.bytes()));
    data.put("offset", plan.offset(buffer.id()));
    return data;
  }

  private static String text(String plain) {
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  private static String template() {
    try (InputStream in = MemoryPage.class.getResourceAsStream(TEMPLATE)) {
      if (in == null) {
        throw new IllegalStateException(TEMPLATE + " is not among the resources");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
