// SPDX-License-Identifier: Apache-2.0
package gander.models.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.graph.plan.Plan;
import gander.graph.plan.PlanProblem;
import gander.graph.plan.PlanSolver;
import gander.graph.program.LaunchMemory;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class MemoryPageTest {
  private static final String HOSTILE = "</script><b>&amp;<!-- ]]> 'x' \" {{title}}";

  private static Document parsed(String page) throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    byte[] bytes = page.getBytes(StandardCharsets.UTF_8);
    return factory.newDocumentBuilder().parse(new ByteArrayInputStream(bytes));
  }

  private static JsonNode data(Document page) {
    for (int i = 0; i < page.getElementsByTagName("script").getLength(); i++) {
      var script = (Element) page.getElementsByTagName("script").item(i);
      if (script.getAttribute("id").equals("plan")) {
        return JsonMapper.shared().readTree(script.getTextContent());
      }
    }
    throw new AssertionError("the page holds no plan");
  }

  private static Plan plan(String label, int count, int first) {
    var buffers = new ArrayList<PlanProblem.Buffer>();
    for (int id = 0; id < count; id++) {
      buffers.add(
          new PlanProblem.Buffer(id, label + id, first + id, first + id + 2 + id % 3, 100 + id));
    }
    return PlanSolver.solve(new PlanProblem(buffers, 64));
  }

  @Test
  void holdsThePlanAndLoadsNothing() throws Exception {
    Plan plan = plan(HOSTILE, 20, 0);
    var launches = new ArrayList<LaunchMemory>();
    for (int at = 0; at < 20; at++) {
      List<Integer> reads = at == 0 ? List.of() : List.of(at - 1);
      launches.add(
          new LaunchMemory(HOSTILE, "map/x.cl", reads, List.of(at), List.of("x"), List.of("g/w")));
    }
    String html = MemoryPage.html(HOSTILE, plan, launches);
    Document page = parsed(html);
    assertEquals(HOSTILE, page.getElementsByTagName("h1").item(0).getTextContent());
    JsonNode data = data(page);
    assertEquals(plan.peak(), data.path("peak").asLong());
    assertEquals(plan.bound(), data.path("lowerBound").asLong());
    assertEquals(20, data.path("buffers").size());
    for (JsonNode buffer : data.path("buffers")) {
      int id = buffer.path("id").asInt();
      assertEquals(HOSTILE + id, buffer.path("label").asString());
      assertEquals(plan.offset(id), buffer.path("offset").asLong());
      assertEquals(100 + id, buffer.path("bytes").asLong());
      assertEquals(128, buffer.path("rounded").asLong());
    }
    assertEquals("x", data.path("launches").get(3).path("lasting").get(0).asString());
    assertEquals(2, data.path("launches").get(3).path("reads").get(0).asInt());
    String rest = html.replace("http://www.w3.org/2000/svg", "");
    assertFalse(rest.matches("(?s).*(https?:|src=|@import|url\\().*"), "it loads something");
  }

  @Test
  void aProblemOfAFileHasNoLaunches() throws Exception {
    JsonNode data = data(parsed(MemoryPage.html("p.csv", plan("buffer ", 5, 1000), List.of())));
    assertEquals(1000, data.path("first").asInt());
    assertEquals(7, data.path("steps").asInt());
    assertTrue(data.path("launches").isEmpty());
    Plan none = PlanSolver.solve(new PlanProblem(List.of(), 1));
    assertEquals(0, data(parsed(MemoryPage.html("none", none, List.of()))).path("steps").asInt());
  }
}
