// SPDX-License-Identifier: Apache-2.0
package gander.graph.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.graph.Graph;
import gander.graph.pass.Expand;
import gander.graph.pass.Simplify;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What has to be true of every op there is, whoever adds it. */
class OpRulesTest {
  /** They compute nothing, or what their parts compute. */
  private static final Set<Class<?>> WITHOUT_SAMPLES =
      Set.of(Input.class, Read.class, Parameter.class, Constant.class, Iota.class, Fusion.class);

  /** Ways to read, and maps, for which code is generated. */
  private static final Set<Class<?>> WITHOUT_KERNELS =
      Set.of(
          Input.class,
          Read.class,
          Parameter.class,
          Constant.class,
          Iota.class,
          Pointwise.class,
          Broadcast.class,
          Reshape.class);

  static List<Class<?>> ops() {
    return leaves(Op.class).toList();
  }

  private static Stream<Class<?>> leaves(Class<?> type) {
    return type.isSealed()
        ? Stream.of(Objects.requireNonNull(type.getPermittedSubclasses()))
            .flatMap(OpRulesTest::leaves)
        : Stream.of(type);
  }

  private static List<Sample> samples(Class<?> op) {
    return Samples.all().stream().filter(sample -> op.isInstance(sample.op())).toList();
  }

  @ParameterizedTest
  @MethodSource("ops")
  void isARecordWithSamples(Class<?> op) {
    assertTrue(op.isRecord(), () -> op + " is no record");
    assertEquals(WITHOUT_SAMPLES.contains(op), samples(op).isEmpty(), () -> "samples of " + op);
  }

  @ParameterizedTest
  @MethodSource("ops")
  void referenceAgreesWithTheShapeRule(Class<?> op) {
    for (Sample sample : samples(op)) {
      List<Shape> shapes = sample.op().shapes(sample.shapes());
      List<Values> outputs = sample.op().reference(sample.values(1));
      assertFalse(shapes.isEmpty());
      assertEquals(shapes, outputs.stream().map(Values::shape).toList(), sample::toString);
    }
  }

  @ParameterizedTest
  @MethodSource("ops")
  void hasAGradientOrAReason(Class<?> op) {
    for (Sample sample : samples(op)) {
      Node node = node(sample);
      List<@Nullable Tensor> seeds = new ArrayList<>();
      node.shapes().forEach(shape -> seeds.add(Ops.constant(1, shape)));
      List<@Nullable Tensor> gradients = sample.op().gradient(node, seeds);
      assertEquals(node.inputs().size(), gradients.size(), sample::toString);
      String reason = sample.op().nonDifferentiable();
      if (reason != null) {
        assertFalse(reason.isBlank(), sample::toString);
        assertTrue(gradients.stream().allMatch(g -> g == null), sample::toString);
        continue;
      }
      for (int k = 0; k < gradients.size(); k++) {
        Tensor gradient = gradients.get(k);
        if (gradient != null) {
          assertEquals(node.input(k).shape(), gradient.shape(), sample::toString);
        }
      }
      // Nothing comes of nothing.
      assertTrue(
          sample.op().gradient(node, Collections.nCopies(node.outputs(), null)).stream()
              .allMatch(g -> g == null),
          sample::toString);
    }
    boolean passesOn =
        samples(op).stream()
            .anyMatch(
                sample -> sample.op().nonDifferentiable() != null || !isConstantEverywhere(sample));
    assertTrue(passesOn || WITHOUT_SAMPLES.contains(op), () -> op + " has no gradient");
  }

  private static boolean isConstantEverywhere(Sample sample) {
    Node node = node(sample);
    List<@Nullable Tensor> seeds = new ArrayList<>();
    node.shapes().forEach(shape -> seeds.add(Ops.constant(1, shape)));
    return sample.op().gradient(node, seeds).stream().allMatch(g -> g == null);
  }

  @ParameterizedTest
  @MethodSource("ops")
  void costIsWithinReason(Class<?> op) {
    for (Sample sample : samples(op)) {
      List<Shape> outputs = sample.op().shapes(sample.shapes());
      Cost cost = sample.op().cost(sample.shapes(), outputs);
      long all =
          Stream.concat(sample.shapes().stream(), outputs.stream()).mapToLong(Shape::bytes).sum();
      assertTrue(cost.bytes() >= 0 && cost.bytes() <= all, () -> sample + " " + cost);
      assertTrue(cost.flops() >= 0, () -> sample + " " + cost);
      boolean computes =
          sample.op() instanceof Composite
              || sample.op() instanceof MatMul
              || sample.op() instanceof Reduce;
      if (computes) {
        assertTrue(cost.flops() >= outputs.getFirst().size(), () -> sample + " " + cost);
      }
    }
  }

  @Test
  void everyOpIsNamedByTheTableOfKernels() {
    KernelTable table = KernelTable.read();
    // Folders of no op's own: generated bodies, and what a device can do at most.
    var served = new TreeSet<>(Set.of("map", "peak"));
    for (Sample sample : Samples.all()) {
      for (Node node : expanded(sample).nodes()) {
        Contract contract = node.op().contract(node.inputShapes(), node.shapes());
        if (WITHOUT_KERNELS.contains(node.op().getClass())) {
          continue;
        }
        assertNotNull(contract, () -> "no kernel folder serves " + node + " of " + sample);
        assertEquals(node.op().name(), contract.op());
        sizesAgree(node, contract);
        table.check(contract);
        served.add(contract.op());
      }
    }
    assertEquals(new TreeSet<>(table.ops()), served);
  }

  /** As the compiler has it, composites with a contract kept whole. */
  private static Graph expanded(Sample sample) {
    Node node = node(sample);
    var outputs = new LinkedHashMap<String, Tensor>();
    node.allOutputs().forEach(tensor -> outputs.put("y" + outputs.size(), tensor));
    return Simplify.apply(
        Expand.apply(
            Graph.of(outputs), g -> n -> n.op().contract(n.inputShapes(), n.shapes()) != null));
  }

  private static void sizesAgree(Node node, Contract contract) {
    assertEquals(
        node.inputShapes().stream().map(Shape::size).toList(),
        contract.inputs().stream().map(operand -> operand.shape().size()).toList(),
        node::toString);
    assertEquals(
        node.shapes().stream().map(Shape::size).toList(),
        contract.outputs().stream().map(operand -> operand.shape().size()).toList(),
        node::toString);
  }

  private static Node node(Sample sample) {
    return new Node(sample.op(), Parameter.list(sample.shapes()));
  }
}
