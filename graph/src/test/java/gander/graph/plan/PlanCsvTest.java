// SPDX-License-Identifier: Apache-2.0
package gander.graph.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.graph.plan.PlanProblem.Buffer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PlanCsvTest {
  private static final PlanProblem PROBLEM =
      new PlanProblem(
          List.of(new Buffer(3, "a", 0, 2, 100), new Buffer(7, "b", 1, 5, 5_000_000_000L)), 16);

  @Test
  void writesWhatItReads() {
    String text = PlanCsv.write(PROBLEM);
    assertEquals("id,lower,upper,size\n3,0,2,112\n7,1,5,5000000000\n", text);
    assertEquals(text, PlanCsv.write(PlanCsv.read(text.lines().toList())));
  }

  @Test
  void writesOffsets() {
    var plan = new Plan(PROBLEM, Map.of(3, 0L, 7, 112L), 5_000_000_112L);
    assertEquals(
        "id,lower,upper,size,offset\n3,0,2,112,0\n7,1,5,5000000000,112\n", PlanCsv.write(plan));
    assertEquals(2, PlanCsv.read(PlanCsv.write(plan).lines().toList()).buffers().size());
  }

  @Test
  void findsColumnsByName() {
    PlanProblem problem =
        PlanCsv.read(List.of("size, upper,note,lower,id", "64,9,x,4,1", "", "1,2,y,0,0"));
    assertEquals(new Buffer(1, "buffer 1", 4, 9, 64), problem.buffers().getFirst());
    assertEquals(2, problem.buffers().size());
  }

  @Test
  void namesTheLineThatIsNone() {
    refused("it is empty", List.of());
    refused("its first line must name the columns", List.of("0,1,2,3"));
    refused("line 3: size is ''; it must be", List.of("id,lower,upper,size", "0,1,2,3", "1,2,3"));
    refused("line 2: size is 'many'; it must be", List.of("id,lower,upper,size", "0,1,2,many"));
    refused("line 2: lower is 2 and upper 2;", List.of("id,lower,upper,size", "0,2,2,3"));
    refused("line 2: lower is 3 and upper 2;", List.of("id,lower,upper,size", "0,3,2,3"));
    refused("line 2: size is '-3'; it must be", List.of("id,lower,upper,size", "0,1,2,-3"));
    refused("line 2: upper is '2147483648'", List.of("id,lower,upper,size", "0,1,2147483648,3"));
    refused("line 2: size is '9e9'", List.of("id,lower,upper,size", "0,1,2,9e9"));
    refused("line 3 has the id 0", List.of("id,lower,upper,size", "0,1,2,3", "0,1,2,3"));
  }

  @Test
  void refusesSizesWhoseSumIsNoLong() {
    String half = Long.toString(1L << 59);
    String header = "id,lower,upper,size";
    List<String> most = List.of(header, "0,1,2," + half, "1,1,2," + half);
    assertEquals(1L << 60, PlanCsv.read(most).lowerBound());
    refused("line 4: the sizes up to here", List.of(header, most.get(1), most.get(2), "2,5,6,1"));
    refused("line 2: size is '9223372036854775808'", List.of(header, "0,1,2,9223372036854775808"));
  }

  private static void refused(String named, List<String> lines) {
    String message =
        String.valueOf(
            assertThrows(IllegalArgumentException.class, () -> PlanCsv.read(lines)).getMessage());
    assertTrue(message.startsWith(named), message);
  }
}
