// SPDX-License-Identifier: Apache-2.0
package gander.graph.codegen;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.graph.Graph;
import gander.graph.op.Adam;
import gander.graph.op.Evaluation;
import gander.graph.op.Fusion;
import gander.graph.op.MatMul;
import gander.graph.op.Node;
import gander.graph.op.Ops;
import gander.graph.op.Reduce;
import gander.graph.op.Shape;
import gander.graph.op.Tensor;
import gander.graph.op.Values;
import gander.graph.pass.Fuse;
import gander.graph.pass.Simplify;
import gander.runtime.DeviceClass;
import gander.runtime.DeviceInfo;
import gander.runtime.Dialect;
import gander.runtime.MathMode;
import gander.runtime.catalogue.Problem;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CodegenTest {
  private static final DeviceInfo CPU = device(DeviceClass.CPU);
  private static final DeviceInfo GPU = device(DeviceClass.GPU);

  private static DeviceInfo device(DeviceClass deviceClass) {
    return new DeviceInfo(
        "opencl:0",
        "none",
        "1",
        Dialect.OPENCL,
        deviceClass,
        "none",
        0,
        2,
        16,
        1L << 30,
        1L << 28,
        1 << 15,
        0,
        128,
        MathMode.FP32);
  }

  // Addresses

  /** For spaces that group axes in every way, and coefficients that are linear or not. */
  @Test
  void addressesAreRightAtEveryPointAndLane() {
    var random = new SplittableRandom(1);
    for (int round = 0; round < 400; round++) {
      int[] axes = random.ints(random.nextInt(5), 2, 5).toArray();
      int[] starts = IntStream.range(0, axes.length).filter(k -> random.nextInt(3) == 0).toArray();
      Shape indexed = grouped(axes, starts, random);
      var space = new Space(indexed, Shape.of(axes));
      int[] coefficients = coefficients(axes, random);
      int offset = random.nextInt(3) * 7;
      int lane = random.nextInt(3);
      String text = space.address(coefficients, offset, lane);
      checkAddress(indexed, axes, coefficients, offset, lane, text);
    }
  }

  /** Runs of axes as dimensions; sometimes one of extent 1 between them. */
  private static Shape grouped(int[] axes, int[] starts, SplittableRandom random) {
    var dims = new ArrayList<Integer>();
    int product = 1;
    for (int axis = 0; axis < axes.length; axis++) {
      if (axis > 0 && Arrays.binarySearch(starts, axis) >= 0) {
        dims.add(product);
        product = 1;
        if (random.nextInt(4) == 0) {
          dims.add(1);
        }
      }
      product *= axes[axis];
    }
    dims.add(product);
    return Shape.of(dims.stream().mapToInt(d -> d).toArray());
  }

  private static int[] coefficients(int[] axes, SplittableRandom random) {
    int[] strides = Shape.of(axes).strides();
    return IntStream.range(0, axes.length)
        .map(k -> random.nextInt(3) == 0 ? random.nextInt(4) : strides[k])
        .toArray();
  }

  private static void checkAddress(
      Shape indexed, int[] axes, int[] coefficients, int offset, int lane, String text) {
    String parameters =
        String.join(", ", IntStream.range(0, indexed.rank()).mapToObj(k -> "i" + k).toList());
    var code = GeneratedCode.parse("#define AT(" + parameters + ") " + text + "\n");
    int[] strides = indexed.strides();
    int[] axisStrides = Shape.of(axes).strides();
    for (int point = 0; point < indexed.size(); point++) {
      int at = point;
      List<Object> indices = new ArrayList<>();
      for (int k = 0; k < indexed.rank(); k++) {
        indices.add((long) (at / strides[k] % indexed.dim(k)));
      }
      // A lane moves along the innermost dimension; beyond its end no kernel looks.
      int moved = point + lane;
      int inner =
          IntStream.range(0, indexed.rank()).filter(k -> indexed.dim(k) > 1).max().orElse(0);
      boolean inside =
          axes.length == 0 ? lane == 0 : (Long) indices.get(inner) + lane < indexed.dim(inner);
      if (!inside) {
        continue;
      }
      int expected = offset;
      for (int axis = 0; axis < axes.length; axis++) {
        expected += moved / axisStrides[axis] % axes[axis] * coefficients[axis];
      }
      assertEquals((long) expected, code.call("AT", indices, Map.of()), text + " at " + indices);
    }
  }

  @Test
  void aSpaceMustGroupTheAxes() {
    assertThrows(IllegalArgumentException.class, () -> new Space(Shape.of(6, 4), Shape.of(4, 6)));
  }

  // Ways to read

  /** Chains of broadcasts, slices, reshapes and counts, read by a map. */
  @Test
  void waysToReadLeadToTheRightElements() {
    var random = new SplittableRandom(2);
    for (int round = 0; round < 300; round++) {
      Tensor x = Ops.input("x", Shape.of(random.ints(random.nextInt(4), 1, 5).toArray()));
      Tensor seen = x;
      for (int step = random.nextInt(1, 6); step > 0; step--) {
        seen = wayToRead(seen, random);
      }
      Tensor other = wayToRead(Ops.iota(random.nextInt(1, 6)), random);
      Tensor y = Ops.mul(seen, Ops.add(Ops.total(other), 1));
      checkFusions(y, round % 2 == 0 ? CPU : GPU);
    }
  }

  private static Tensor wayToRead(Tensor x, SplittableRandom random) {
    int[] dims = x.shape().dims();
    return switch (random.nextInt(3)) {
      case 0 -> {
        int[] grown = Arrays.stream(dims).map(d -> d == 1 ? random.nextInt(1, 4) : d).toArray();
        int[] front = random.ints(dims.length < 4 ? random.nextInt(2) : 0, 1, 4).toArray();
        yield Ops.broadcast(
            x, Shape.of(IntStream.concat(Arrays.stream(front), Arrays.stream(grown)).toArray()));
      }
      case 1 -> {
        if (dims.length == 0) {
          yield x;
        }
        int axis = random.nextInt(dims.length);
        int size = random.nextInt(1, dims[axis] + 1);
        yield Ops.slice(x, axis, random.nextInt(dims[axis] - size + 1), size);
      }
      default -> {
        var proper = new ArrayList<Integer>();
        Arrays.stream(dims).filter(d -> d != 1).forEach(proper::add);
        if (proper.size() < 4 && random.nextBoolean()) {
          proper.add(random.nextInt(proper.size() + 1), 1);
        }
        yield Ops.reshape(x, Shape.of(proper.stream().mapToInt(d -> d).toArray()));
      }
    };
  }

  // Whole fusions

  @Test
  void hooksOfCoresLoadAndStoreTheRightElements() {
    Tensor a = Ops.input("a", Shape.of(2, 3, 20));
    Tensor b = Ops.input("b", Shape.of(2, 20, 17));
    Tensor bias = Ops.input("bias", Shape.of(17));
    Tensor product = Ops.matmul(Ops.tanh(a), Ops.mul(b, Ops.slice(bias, 0, 1, 1)));
    checkFusions(Ops.add(product, bias), CPU);
    checkFusions(Ops.add(Ops.matmul(b, true, a, true), Ops.reshape(bias, Shape.of(17, 1))), CPU);
    Tensor x = Ops.input("x", Shape.of(3, 4, 1, 5));
    checkFusions(Ops.mul(Ops.sum(Ops.exp(x), 1), Ops.sum(x, 0, 1)), CPU);
    checkFusions(Ops.sqrt(Ops.maxOver(Ops.square(x), 1, 2, 3)), GPU);
    Tensor wide = Ops.input("wide", Shape.of(2, 40));
    checkFusions(Ops.sum(Ops.mul(wide, Ops.slice(Ops.iota(41), 0, 1, 40)), 0), CPU);
  }

  /** Computes a tensor by the interpreter, fusion by fusion, and by its definition. */
  private static void checkFusions(Tensor tensor, DeviceInfo device) {
    Graph graph = Graph.of(Map.of("y", tensor));
    Graph fused =
        Fuse.apply(
            Simplify.apply(graph),
            node -> node.op() instanceof MatMul || node.op() instanceof Reduce);
    Map<Tensor, Values> known = new HashMap<>();
    var random = new SplittableRandom(3);
    for (Tensor input : fused.inputs().values()) {
      double[] data = random.doubles(input.shape().size()).map(v -> (float) v).toArray();
      known.put(input, new Values(input.shape(), data));
    }
    Map<Tensor, Values> declared = new HashMap<>();
    graph
        .inputs()
        .forEach((name, t) -> {
          Tensor same = fused.inputs().get(name);
          declared.put(t, same == null ? Values.zeros(t.shape()) : get(known, same));
        });
    for (Node node : fused.nodes()) {
      if (node.op() instanceof Fusion fusion) {
        run(fusion, node, known, device);
      } else if (!node.inputs().isEmpty()) {
        known.put(node.output(0), new Values(node.shape(0), get(known, node.input(0)).data()));
      }
    }
    double[] expected = Evaluation.of(List.of(tensor), declared).getFirst().data();
    double[] actual = get(known, fused.roots().getFirst()).data();
    assertArrayEquals(expected, actual, 1e-5, () -> fused.nodes().toString());
  }

  private static Values get(Map<Tensor, Values> known, Tensor tensor) {
    return Objects.requireNonNull(known.get(tensor));
  }

  private static void run(Fusion fusion, Node node, Map<Tensor, Values> known, DeviceInfo device) {
    var inputs = new ArrayList<Buffer>();
    for (Tensor input : node.inputs()) {
      double[] data = get(known, input).data();
      inputs.add(new Buffer(data, 0, data.length));
    }
    var outputs = new ArrayList<Buffer>();
    for (Tensor output : node.allOutputs()) {
      Values values = Values.zeros(output.shape());
      known.put(output, values);
      outputs.add(new Buffer(values.data(), 0, values.data().length));
    }
    Simulator.run(fusion, KernelCode.of(fusion, device), inputs, outputs);
  }

  // The text

  private static Fusion fusion(Tensor... outputs) {
    var named = new LinkedHashMap<String, Tensor>();
    for (Tensor output : outputs) {
      named.put("y" + named.size(), output);
    }
    Graph fused =
        Fuse.apply(
            Simplify.apply(Graph.of(named)),
            node -> node.op() instanceof MatMul || node.op() instanceof Reduce);
    List<Node> fusions =
        fused.nodes().stream().filter(node -> node.op() instanceof Fusion).toList();
    assertEquals(1, fusions.size());
    return (Fusion) fusions.getFirst().op();
  }

  private final Tensor x = Ops.input("x", Shape.of(4, 6));
  private final Tensor w = Ops.input("w", Shape.of(6, 3));
  private final Tensor bias = Ops.input("bias", Shape.of(3));

  @Test
  void anEpilogueReadsAsWritten() {
    Fusion fusion = fusion(Ops.leakyRelu(Ops.add(Ops.matmul(x, w), bias), 0.25));
    Problem problem = KernelCode.of(fusion, GPU).problem();
    assertEquals(
        """
        #define PLAIN_A 1
        #define PROLOGUE_A(i0, i1, i2) a[(i1) * 6 + (i2)]
        #define PLAIN_B 1
        #define PROLOGUE_B(i0, i1, i2) b[(i1) * 3 + (i2)]
        #define PLAIN_EPILOGUE 0
        DEVICE void epilogue_1(int i0, int i1, int i2, float value, GLOBAL const float* p2, GLOBAL float* r0) {
          const float t0 = p2[i2];
          const float t1 = g_add_1(value, t0);
          const float t2 = g_lrelu_1(t1, 0.25f);
          r0[i1 * 3 + i2] = t2;
        }
        #define EPILOGUE(i0, i1, i2, value) epilogue_1(i0, i1, i2, value, p2, r0)
        """,
        problem.generated());
    assertTrue(problem.fused());
    assertEquals(
        List.of("a", "b", "p2", "r0"),
        problem.parameters().stream().map(Problem.Parameter::name).toList());
    assertEquals("matmul B=1 M=4 N=3 K=6 TA=0 TB=0", problem.key());
  }

  @Test
  void aPlainCoreIsNotFused() {
    Fusion fusion = fusion(Ops.matmul(x, w));
    Problem problem = KernelCode.of(fusion, CPU).problem();
    assertFalse(problem.fused());
    assertTrue(problem.generated().contains("#define PLAIN_EPILOGUE 1"));
    assertTrue(
        problem
            .generated()
            .contains("#define EPILOGUE16(i0, i1, i2, value) vstore16((value), 0, y + "));
  }

  @Test
  void vectorsLoadNeighboursRepeatedAndScatteredElements() {
    Tensor rows = Ops.input("rows", Shape.of(20, 1));
    Tensor wide = Ops.input("wide", Shape.of(20, 32));
    String text = KernelCode.of(fusion(Ops.mul(Ops.add(wide, rows), 2)), CPU).problem().generated();
    assertTrue(text.contains("vload16(0, p0 + i0 * 32 + i1)"), text);
    assertTrue(text.contains("(float16)(p1[i0])"), text);
    Tensor apart =
        Ops.reshape(Ops.slice(Ops.input("a", Shape.of(2, 16, 3)), 2, 1, 1), Shape.of(2, 16));
    text = KernelCode.of(fusion(Ops.exp(apart)), CPU).problem().generated();
    assertTrue(text.contains("(float16)(p0[i1 * 3 + 1], p0[(i1 + 1) * 3 + 1]"), text);
    text = KernelCode.of(fusion(Ops.exp(wide)), GPU).problem().generated();
    assertFalse(text.contains("16("), text);
  }

  @Test
  void mapsOverWholeTensorsAreOneRow() {
    Problem problem = KernelCode.of(fusion(Ops.exp(x)), CPU).problem();
    assertEquals(Map.of("ROWS", 1, "COLS", 24), problem.dims());
    Tensor row = Ops.input("row", Shape.of(6));
    problem = KernelCode.of(fusion(Ops.add(x, row)), CPU).problem();
    assertEquals(Map.of("ROWS", 4, "COLS", 6), problem.dims());
  }

  @Test
  void aValueUsedTwiceIsComputedOnce() {
    Tensor t = Ops.tanh(x);
    String text = KernelCode.of(fusion(Ops.mul(t, Ops.add(t, t)), t), GPU).problem().generated();
    assertEquals(2, text.split("g_tanh_1", -1).length, text);
    assertEquals(2, text.split("p0\\[", -1).length, text);
  }

  // Memory that results may take

  private static Set<Integer> inPlace(Fusion fusion) {
    return KernelCode.of(fusion, CPU).inPlace();
  }

  @Test
  void resultsMayTakeWhatIsReadElementForElementOnly() {
    Tensor other = Ops.input("other", Shape.of(4, 6));
    assertEquals(Set.of(0, 1), inPlace(fusion(Ops.add(x, other))));
    assertEquals(Set.of(0), inPlace(fusion(Ops.add(x, Ops.input("row", Shape.of(6))))));
    Tensor square = Ops.input("square", Shape.of(4, 4));
    Tensor diagonal = Ops.broadcast(Ops.slice(square, 0, 1, 1), Shape.of(4, 4));
    assertEquals(Set.of(), inPlace(fusion(Ops.add(square, diagonal))));
  }

  @Test
  void resultsMayNotTakeOperandsOrWhatAPrologueReads() {
    Tensor square = Ops.input("square", Shape.of(6, 6));
    Tensor residual = Ops.input("residual", Shape.of(4, 6));
    assertEquals(Set.of(2), inPlace(fusion(Ops.add(Ops.matmul(x, square), residual))));
    Tensor both = Ops.add(Ops.matmul(Ops.exp(residual), square), residual);
    assertEquals(Set.of(), inPlace(fusion(both)));
  }

  @Test
  void resultsOfAnUpdateMayTakeWhatItUpdates() {
    List<Shape> shapes =
        List.of(Shape.of(5), Shape.of(5), Shape.of(5), Shape.of(5), Shape.SCALAR, Shape.SCALAR);
    assertEquals(Set.of(0, 2, 3), inPlace(Fusion.of(new Adam(0.5, 0.9, 1e-8), shapes)));
  }
}
