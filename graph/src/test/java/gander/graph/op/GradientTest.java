// SPDX-License-Identifier: Apache-2.0
package gander.graph.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GradientTest {
  /** Elements of an input that second derivatives are checked at. */
  private static final int SECOND = 12;

  // Every op on its own

  static List<Sample> samples() {
    return Samples.all().stream()
        .filter(sample -> sample.isSmall() && sample.op().nonDifferentiable() == null)
        .toList();
  }

  @ParameterizedTest
  @MethodSource("samples")
  void ofEveryOpAgreesWithDifferences(Sample sample) {
    List<Tensor> inputs = inputs(sample.shapes());
    var node = new Node(sample.op(), inputs);
    var differences =
        new Differences(
            sample.toString(),
            inputs,
            sample.values(3),
            differentiable(sample),
            (at, input, element) -> Kinks.within(sample.op(), at, input, element));
    firstAndSecond(differences, node.allOutputs());
    differences.checkMeaningful();
  }

  /** All inputs but indices, which are whole numbers. */
  private static List<Integer> differentiable(Sample sample) {
    int count = sample.op() instanceof Gather ? 1 : sample.inputs().size();
    return IntStream.range(0, count).boxed().toList();
  }

  /** Fails unless the first and second derivatives of some tensors are what differences say. */
  static void firstAndSecond(Differences differences, List<Tensor> outputs) {
    List<Tensor> first = differences.gradients(outputs, 11);
    differences.check(outputs, first, 11, 1000);
    List<Tensor> second = differences.gradients(first, 23);
    differences.check(first, second, 23, SECOND);
  }

  static List<Tensor> inputs(List<Shape> shapes) {
    return IntStream.range(0, shapes.size())
        .mapToObj(k -> Node.of(new Input("x" + k, shapes.get(k))))
        .toList();
  }

  // Hard inputs, and ops together

  /** A function of tensors with the numbers to try it on. */
  record Formula(String name, Function<List<Tensor>, Tensor> function, List<Values> at) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Values values(int[] shape, double... data) {
    return new Values(Shape.of(shape), data);
  }

  private static Values random(long seed, int... shape) {
    Shape of = Shape.of(shape);
    return new Values(of, Differences.numbers(of.size(), seed));
  }

  private static Formula of(String name, UnaryOperator<Tensor> function, Values at) {
    return new Formula(name, x -> function.apply(x.getFirst()), List.of(at));
  }

  static Stream<Formula> formulas() {
    Values line = values(new int[] {6}, -3, -0.7, -1e-3, 1e-3, 0.4, 5);
    Values far = values(new int[] {5}, -1e4, -40, 30, 700, 1e4);
    Values powers = values(new int[] {5}, -2, -0.5, 0, 0.5, 2);
    Values logits = values(new int[] {3, 4}, 1e3, 1, -1e3, 999, 0, 0, 0, 0, -1e4, -1e4, 2, 3);
    Values constantRows = values(new int[] {3, 2}, 7, 7, 0, 0, -1, -1);
    return Stream.of(
        of("leakyRelu 0.2", x -> Ops.leakyRelu(x, 0.2), line),
        of("leakyRelu 0", x -> Ops.leakyRelu(x, 0), line),
        of("leakyRelu 1", x -> Ops.leakyRelu(x, 1), line),
        of("clip", x -> Ops.clip(x, -0.5, 1), line),
        of("square of far", Ops::square, far),
        of("tanh of far", Ops::tanh, far),
        of("sigmoid of far", Ops::sigmoid, far),
        of("softplus of far", Ops::softplus, far),
        of("logSigmoid of far", Ops::logSigmoid, far),
        of("exp of far", Ops::exp, far),
        of("pow 0", x -> Ops.pow(x, 0), powers),
        of("pow 1", x -> Ops.pow(x, 1), powers),
        of("pow 2", x -> Ops.pow(x, 2), powers),
        of("pow 3", x -> Ops.pow(x, 3), powers),
        of("pow -2", x -> Ops.pow(x, -2), values(new int[] {3}, -2, 0.3, 2)),
        of("pow 1/2", x -> Ops.pow(x, 0.5), values(new int[] {3}, 0.1, 1, 9)),
        of("sqrt near 0", Ops::sqrt, values(new int[] {2}, 0.01, 0.1)),
        of("x x", x -> Ops.mul(x, x), line),
        of("x - x", x -> Ops.sub(x, x), line),
        of("x x'", x -> Ops.matmul(x, false, x, true), random(1, 3, 4)),
        of("x and x", x -> Ops.concat(0, x, x, x), random(2, 2, 3)),
        of("sum over an axis of one", x -> Ops.square(Ops.sum(x, 1)), random(3, 3, 1, 2)),
        of("max over an axis of one", x -> Ops.square(Ops.maxOver(x, 1)), random(4, 3, 1, 2)),
        of("max over two axes", x -> Ops.square(Ops.maxOver(x, 0, 2)), random(4, 3, 2, 4)),
        of("mean of all", x -> Ops.square(Ops.mean(x)), random(5, 3, 2)),
        of("logSumExp of far", x -> Ops.logSumExp(x, 1), logits),
        of("logSumExp over one", x -> Ops.logSumExp(x, 1), random(6, 3, 1)),
        of("one part", x -> Ops.square(Ops.part(x, 1)), random(7, 3, 2)),
        of("norms", x -> Ops.sqrt(Ops.add(Ops.squaredNorms(x), 1e-3)), random(8, 3, 2, 2)),
        of("gathered twice", GradientTest::gathered, random(9, 3, 2)),
        of("x to itself and scalar", GradientTest::broadcasts, random(10, 2, 3)),
        of("layer norm of constants", GradientTest::layerNorm, constantRows),
        of("batch norm of one row", GradientTest::batchNorm, random(11, 1, 3)),
        of("batch norm of equal rows", GradientTest::batchNorm, values(new int[] {3, 1}, 2, 2, 2)),
        of("mean and variance of batch norm", GradientTest::statistics, random(12, 4, 2)),
        of("transposed, padded, sliced", GradientTest::moved, random(13, 2, 3, 4)),
        of("select", x -> Ops.select(Ops.step(x), Ops.square(x), Ops.sin(x)), line),
        of("adam's own step", GradientTest::adam, random(14, 4)),
        new Formula(
            "cross-entropy of far logits",
            x -> Ops.softmaxCrossEntropy(x.get(0), x.get(1)),
            List.of(logits, random(15, 3, 4))),
        new Formula(
            "broadcast both ways",
            x -> Ops.div(x.get(0), Ops.add(Ops.square(x.get(1)), 0.5)),
            List.of(random(16, 3, 1), random(17, 2, 1, 4))));
  }

  private static Tensor gathered(Tensor x) {
    Tensor index = Ops.floor(Ops.mul(Ops.iota(5), 0.6));
    return Ops.square(Ops.gather(x, index));
  }

  private static Tensor broadcasts(Tensor x) {
    return Ops.mul(Ops.add(x, Ops.total(x)), Ops.broadcast(Ops.sum(x, 0), Shape.of(2, 2, 3)));
  }

  private static Tensor layerNorm(Tensor x) {
    Tensor gamma = Ops.add(Ops.iota(2), 1);
    return Node.of(new LayerNorm(0.1), x, gamma, Ops.iota(2));
  }

  private static Tensor batchNorm(Tensor x) {
    Shape channels = Shape.of(x.shape().dim(-1));
    Tensor gamma = Ops.constant(1.5, channels);
    return new Node(new BatchNorm(0.1), List.of(x, gamma, gamma)).output(0);
  }

  /** All three outputs, so that the gradient cannot take the short way. */
  private static Tensor statistics(Tensor x) {
    Tensor gamma = Ops.constant(1.5, Shape.of(2));
    var node = new Node(new BatchNorm(0.1), List.of(x, gamma, gamma));
    return Ops.add(node.output(0), Ops.mul(node.output(1), node.output(2)));
  }

  private static Tensor moved(Tensor x) {
    Tensor swapped = Ops.transpose(x, 2, 0, 1);
    Tensor wide = Ops.pad(Ops.slice(swapped, 0, 1, 3), 2, 1, 2);
    return Ops.square(Ops.reshape(wide, Shape.of(4, 9)));
  }

  private static Tensor adam(Tensor x) {
    Tensor half = Ops.constant(0.5, x.shape());
    var node =
        new Node(
            new Adam(0, 0.9, 1e-3),
            List.of(x, Ops.square(x), half, half, Ops.scalar(2), Ops.scalar(0.1)));
    return Ops.add(node.output(0), Ops.mul(node.output(1), node.output(2)));
  }

  @ParameterizedTest
  @MethodSource("formulas")
  void ofHardInputsAgreesWithDifferences(Formula formula) {
    List<Tensor> inputs = inputs(formula.at.stream().map(Values::shape).toList());
    Tensor y = formula.function.apply(inputs);
    var all = IntStream.range(0, inputs.size()).boxed().toList();
    var differences =
        new Differences(formula.name, inputs, formula.at, all, Differences.Excluded.NONE);
    firstAndSecond(differences, List.of(y));
    differences.checkMeaningful();
  }

  @Test
  void ofThirdOrderOfATanhNetAgreesWithDifferences() {
    List<Values> at = List.of(random(1, 3, 4), random(2, 4, 5), random(3, 5), random(4, 5, 2));
    List<Tensor> inputs = inputs(at.stream().map(Values::shape).toList());
    Tensor hidden = Ops.tanh(Ops.add(Ops.matmul(inputs.get(0), inputs.get(1)), inputs.get(2)));
    Tensor y = Ops.tanh(Ops.matmul(hidden, inputs.get(3)));
    var differences =
        new Differences("a net", inputs, at, List.of(0, 1, 2, 3), Differences.Excluded.NONE);
    List<Tensor> order = List.of(y);
    for (int k = 1; k <= 3; k++) {
      List<Tensor> next = differences.gradients(order, 100L * k);
      differences.check(order, next, 100L * k, 1000);
      order = next;
    }
    assertEquals(3 * (12 + 20 + 5 + 10), differences.compared());
  }

  // Conventions

  /** What an op answers where it has no derivative, as its documentation says. */
  @Test
  void atKinksIsTheDocumentedConvention() {
    assertEquals(0, slope(Ops::relu, 0), "relu");
    assertEquals(0.25, slope(x -> Ops.leakyRelu(x, 0.25), 0), "leakyRelu");
    assertEquals(0, slope(Ops::abs, 0), "abs");
    assertEquals(0, slope(Ops::sign, 0), "sign");
    assertEquals(0, slope(Ops::step, 0), "step");
    assertEquals(0, slope(Ops::floor, 1), "floor");
    assertEquals(0.5, slope(x -> Ops.max(x, 3), 3), "max");
    assertEquals(0.5, slope(x -> Ops.min(x, 3), 3), "min");
    assertEquals(0.5, slope(x -> Ops.clip(x, -1, 1), 1), "clip");
  }

  private static double slope(UnaryOperator<Tensor> function, double at) {
    Tensor x = Ops.input("x", Shape.SCALAR);
    Tensor slope = Gradients.of(function.apply(x), x);
    return Evaluation.of(List.of(slope), Map.of(x, Values.scalar(at))).getFirst().value();
  }

  @Test
  void ofAMaximumIsSharedAmongTies() {
    Tensor x = Ops.input("x", Shape.of(2, 3));
    Tensor gradient = Gradients.of(Ops.total(Ops.maxOver(x, 1)), x);
    double[] at = {5, 5, 5, 2, 7, 7};
    double[] shares =
        Evaluation.of(List.of(gradient), Map.of(x, new Values(x.shape(), at))).getFirst().data();
    assertArrayEquals(new double[] {1 / 3.0, 1 / 3.0, 1 / 3.0, 0, 0.5, 0.5}, shares, 1e-15);
  }

  // Which gradients there are

  @Test
  void stopsWhereItIsToldTo() {
    Tensor x = Ops.input("x", Shape.of(3));
    Tensor stopped = Ops.stopGradient(Ops.square(x));
    Tensor loss = Ops.total(Ops.mul(stopped, x));
    Values at = random(1, 3);
    List<Tensor> gradients = Gradients.of(loss, List.of(x, stopped));
    List<Values> values = Evaluation.of(gradients, Map.of(x, at));
    assertArrayEquals(
        Arrays.stream(at.data()).map(v -> v * v).toArray(), values.get(0).data(), 1e-15);
    assertArrayEquals(at.data(), values.get(1).data(), 1e-15);
  }

  @Test
  void isZeroWithoutDependence() {
    Tensor x = Ops.input("x", Shape.of(3));
    Tensor y = Ops.input("y", Shape.of(2));
    Tensor gradient = Gradients.of(Ops.total(x), y);
    assertEquals(new Constant(0, Shape.of(2)), gradient.op());
  }

  @Test
  void ofTheLossItselfIsOne() {
    Tensor loss = Ops.total(Ops.input("x", Shape.of(3)));
    assertEquals(new Constant(1, Shape.SCALAR), Gradients.of(loss, loss).op());
  }

  @Test
  void takesEveryPathThoughOneVariableDependsOnAnother() {
    Tensor x = Ops.input("x", Shape.of(2));
    Tensor h = Ops.square(x);
    Tensor loss = Ops.total(Ops.mul(h, x));
    Values at = values(new int[] {2}, 3, -2);
    var together = new ArrayList<>(Gradients.of(loss, List.of(h, x)));
    together.addAll(Gradients.of(loss, List.of(x, h)));
    List<Values> values = Evaluation.of(together, Map.of(x, at));
    assertArrayEquals(new double[] {3, -2}, values.get(0).data());
    assertArrayEquals(new double[] {27, 12}, values.get(1).data());
    assertArrayEquals(values.get(1).data(), values.get(2).data());
    assertArrayEquals(values.get(0).data(), values.get(3).data());
  }

  @Test
  void findsAVariableHoweverOftenItIsRead() {
    var variable = new Variable("v", Shape.of(2));
    Tensor loss = Ops.total(Ops.mul(variable.read(), variable.read()));
    Tensor gradient = Gradients.of(loss, variable.read());
    Values at = values(new int[] {2}, 3, -2);
    double[] value =
        Evaluation.of(List.of(gradient), Map.of(variable.read(), at)).getFirst().data();
    assertArrayEquals(new double[] {6, -4}, value);
  }

  @Test
  void refusesALossThatIsNoNumber() {
    Tensor x = Ops.input("x", Shape.of(2));
    String message =
        String.valueOf(assertThrows(ShapeException.class, () -> Gradients.of(x, x)).getMessage());
    assertTrue(message.contains("not one number"), message);
  }
}
