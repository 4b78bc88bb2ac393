// SPDX-License-Identifier: Apache-2.0
package gander.graph.program;

import static gander.graph.op.Ops.add;
import static gander.graph.op.Ops.input;
import static gander.graph.op.Ops.mul;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.graph.Assignment;
import gander.graph.Graph;
import gander.graph.RandomGraphs;
import gander.graph.codegen.KernelCode;
import gander.graph.op.Composite;
import gander.graph.op.Fusion;
import gander.graph.op.MatMul;
import gander.graph.op.Node;
import gander.graph.op.Ops;
import gander.graph.op.Reduce;
import gander.graph.op.Shape;
import gander.graph.op.Tensor;
import gander.graph.op.Variable;
import gander.graph.pass.Expand;
import gander.graph.pass.Fuse;
import gander.graph.pass.Simplify;
import gander.runtime.DeviceClass;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ScheduleTest {
  private final Variable a = new Variable("a", Shape.of(4, 4));
  private final Variable b = new Variable("b", Shape.of(4, 4));
  private final Tensor x = input("x", Shape.of(4, 4));

  private static Schedule schedule(Graph graph) {
    Graph simple =
        Simplify.apply(Expand.apply(graph, g -> node -> !(node.op() instanceof Composite)));
    Graph fused =
        Fuse.apply(simple, node -> node.op() instanceof MatMul || node.op() instanceof Reduce);
    return Schedule.of(Memories.withOwnRoots(fused), ScheduleTest::code);
  }

  private static KernelCode.Written code(Node node) {
    return KernelCode.of((Fusion) node.op(), StubKernels.device(DeviceClass.CPU));
  }

  private static Schedule assigning(Assignment... assignments) {
    return schedule(new Graph(Map.of(), List.of(assignments)));
  }

  /** Every kernel after what it needs, and every reader of an old value before its writer. */
  private static void check(Schedule schedule, Object what) {
    for (Ordering ordering : Ordering.values()) {
      check(schedule, ordering, ordering + " of " + what);
    }
  }

  private static void check(Schedule schedule, Ordering ordering, String what) {
    Set<Node> done = new HashSet<>();
    Set<Variable> written = new HashSet<>();
    for (Node node : ordering.of(schedule)) {
      for (Tensor input : node.inputs()) {
        Tensor base = Memories.base(input);
        assertTrue(
            Memories.isLasting(base) || done.contains(base.producer()),
            () -> node + " runs before what it needs in " + what);
      }
      for (Variable variable : written) {
        assertTrue(
            !Memories.reads(node, variable),
            () -> node + " reads " + variable + " after it was written in " + what);
      }
      node.allOutputs().stream()
          .filter(schedule.bound()::containsKey)
          .forEach(output -> written.add(schedule.bound().get(output)));
      done.add(node);
    }
    Map<Variable, Tensor> assigned = Memories.assigned(schedule.graph());
    assertEquals(assigned.keySet(), written, () -> "not every variable is written in " + what);
    assigned.forEach((variable, value) ->
        assertEquals(variable, schedule.bound().get(Memories.base(value)), () -> "" + what));
  }

  @Test
  void ofRandomGraphsWaitsForWhatIsNeeded() {
    for (long seed = 0; seed < 150; seed++) {
      RandomGraphs.Case random = RandomGraphs.of(seed, 5 + (int) (seed % 20));
      check(schedule(random.graph()), random);
    }
  }

  @Test
  void updatesInPlace() {
    Schedule schedule = assigning(new Assignment(a, add(mul(a.read(), 0.5), x)));
    check(schedule, "an update");
    assertEquals(1, schedule.before().size(), "no copy");
  }

  @Test
  void exchangesThroughOneCopy() {
    Schedule schedule =
        assigning(new Assignment(a, add(b.read(), 1)), new Assignment(b, Ops.tanh(a.read())));
    check(schedule, "an exchange");
    assertEquals(3, schedule.before().size(), "two values and a copy");
  }

  @Test
  void exchangesUnchangedValues() {
    Schedule schedule = assigning(new Assignment(a, b.read()), new Assignment(b, a.read()));
    check(schedule, "an exchange");
    assertEquals(3, schedule.before().size());
  }

  @Test
  void copiesAVariableThatIsReadElsewhereThanWritten() {
    Schedule schedule = assigning(new Assignment(a, Ops.matmul(a.read(), x)));
    check(schedule, "a product");
    assertEquals(2, schedule.before().size(), "the product beside, then a copy");
    schedule = assigning(new Assignment(a, Ops.sub(a.read(), Ops.sum(a.read(), 0))));
    check(schedule, "a centred variable");
    assertEquals(2, schedule.before().size(), "the sum is there before the update");
  }

  @Test
  void readsAllOldValuesBeforeAnyIsReplaced() {
    Schedule schedule =
        schedule(
            new Graph(
                Map.of("product", Ops.matmul(a.read(), a.read())),
                List.of(new Assignment(a, add(a.read(), 1)))));
    check(schedule, "a read beside an update");
    assertEquals(2, schedule.before().size());
    assertEquals(a, schedule.bound().get(Ordering.LEAST_GROWTH.of(schedule).getLast().output(0)));
  }

  @Test
  void writesOneValueToTwoVariables() {
    Tensor value = Ops.exp(x);
    Schedule schedule = assigning(new Assignment(a, value), new Assignment(b, value));
    check(schedule, "one value for two");
    assertEquals(2, schedule.before().size());
  }

  @Test
  void copiesInputsAndVariablesThatAreOutputs() {
    var outputs = new LinkedHashMap<String, Tensor>();
    outputs.put("x", x);
    outputs.put("a", a.read());
    Schedule schedule = schedule(new Graph(outputs, List.of(new Assignment(a, add(a.read(), 1)))));
    check(schedule, "memory passed on");
    assertEquals(3, schedule.before().size());
  }

  @Test
  void givesAnOutputThatIsAssignedMemoryOfItsOwn() {
    Tensor value = add(a.read(), 1);
    Schedule schedule = schedule(new Graph(Map.of("y", value), List.of(new Assignment(a, value))));
    check(schedule, "an output that is assigned");
    Tensor output = schedule.graph().roots().getFirst();
    assertTrue(!schedule.bound().containsKey(Memories.base(output)));
  }

  @Test
  void runsFirstWhatFreesMemory() {
    Tensor wide = Ops.broadcast(Ops.reshape(x, Shape.of(1, 16)), Shape.of(64, 16));
    Tensor first = Ops.sum(Ops.matmul(wide, false, wide, true), 0);
    Tensor second = Ops.sum(Ops.matmul(Ops.neg(wide), false, wide, true), 0);
    Schedule schedule = schedule(Graph.of(Map.of("y", first, "z", second)));
    check(schedule, "two products");
    List<String> names =
        Ordering.LEAST_GROWTH.of(schedule).stream().map(node -> node.op().name()).toList();
    assertTrue(names.indexOf("reduce") < names.lastIndexOf("matmul"), names::toString);
  }
}
