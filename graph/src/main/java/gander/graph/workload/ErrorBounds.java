// SPDX-License-Identifier: Apache-2.0
package gander.graph.workload;

import gander.graph.op.BatchNormStatistics;
import gander.graph.op.Broadcast;
import gander.graph.op.Composite;
import gander.graph.op.Concat;
import gander.graph.op.Constant;
import gander.graph.op.Convolution;
import gander.graph.op.ConvolutionStatistics;
import gander.graph.op.Fusion;
import gander.graph.op.Gather;
import gander.graph.op.Input;
import gander.graph.op.Iota;
import gander.graph.op.MatMul;
import gander.graph.op.Node;
import gander.graph.op.Op;
import gander.graph.op.Pad;
import gander.graph.op.Parameter;
import gander.graph.op.Pointwise;
import gander.graph.op.Random;
import gander.graph.op.Read;
import gander.graph.op.Reduce;
import gander.graph.op.Reshape;
import gander.graph.op.Rewrite;
import gander.graph.op.Slice;
import gander.graph.op.StopGradient;
import gander.graph.op.Tensor;
import gander.graph.op.Transpose;
import gander.graph.op.Values;
import gander.runtime.MathMode;
import gander.runtime.catalogue.Arithmetic;
import gander.runtime.check.Workload;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * How far a correct single-precision computation of some tensors can be from the reference: running
 * error analysis, first to last operation, each adding its own rounding to what its operands bring.
 *
 * <p>A sum of k terms, or of k products, is within {@code gamma_k * sum |terms|} in whatever order
 * it is made, {@code gamma_k = k u / (1 - k u)}, {@code u = 2^-24}; with whole numbers that never
 * pass 2^24 it is exact, which shows a lost or doubled term that the bound would hide. Kernels of
 * convolutions that sum more than their own terms say so ({@link WinogradSizes}). Pointwise
 * functions round as {@link Rounding} says. What only moves numbers, and random draws, is exact.
 *
 * <p>Kernels for tensor cores round the operands of products first, which changes none that are
 * numbers of that format. Tensor cores align a few products with the sum so far and cut off what is
 * below 24 bits (Fasi, Higham, Mikaitis and Pranesh, "Numerical behavior of NVIDIA tensor cores",
 * 2021): up to {@code 2u} for each product and once more for the sum, which {@code gamma_4k}
 * covers.
 */
public final class ErrorBounds {
  /** Whole numbers up to here are floats. */
  private static final double EXACT = 0x1p24;

  /**
   * A hand-written kernel of a composite may order the arithmetic otherwise than its expansion,
   * means of parts included, which are not exact where sums are.
   */
  private static final double COMPOSITE = 2;

  /** What cutting off costs against rounding, with the sum that each few products are added to. */
  private static final int CUT_OFF = 4;

  private final Map<Tensor, Bounded> bounds;
  private final boolean inComposite;
  private final Arithmetic arithmetic;

  private ErrorBounds(Map<Tensor, Bounded> given, boolean inComposite, Arithmetic arithmetic) {
    bounds = new HashMap<>(given);
    this.inComposite = inComposite;
    this.arithmetic = arithmetic;
  }

  /**
   * What some tensors are, and how far a device's may be from that.
   *
   * @param given the values, exact, of the tensors where the computation begins
   */
  public static List<Workload.Expected> expected(List<Tensor> wanted, Map<Tensor, Values> given) {
    return expected(wanted, given, Arithmetic.PLAIN);
  }

  /** The same where sums of products are made so. */
  public static List<Workload.Expected> expected(
      List<Tensor> wanted, Map<Tensor, Values> given, Arithmetic arithmetic) {
    var exact = new HashMap<Tensor, Bounded>();
    given.forEach((tensor, values) -> exact.put(tensor, Bounded.exact(values)));
    return of(wanted, exact, false, arithmetic).stream()
        .map(bounded -> new Workload.Expected(bounded.values(), bounded.errors()))
        .toList();
  }

  /**
   * @param given values for the tensors where the computation begins
   */
  static List<Bounded> of(List<Tensor> wanted, Map<Tensor, Bounded> given) {
    return of(wanted, given, false, Arithmetic.PLAIN);
  }

  private static List<Bounded> of(
      List<Tensor> wanted, Map<Tensor, Bounded> given, boolean inComposite, Arithmetic arithmetic) {
    var analysis = new ErrorBounds(given, inComposite, arithmetic);
    for (Node node : Rewrite.nodes(wanted, given.keySet())) {
      List<Bounded> inputs =
          node.inputs().stream().map(t -> Objects.requireNonNull(analysis.bounds.get(t))).toList();
      List<Bounded> outputs = analysis.outputs(node, inputs);
      for (int i = 0; i < outputs.size(); i++) {
        analysis.bounds.put(node.output(i), outputs.get(i));
      }
    }
    return wanted.stream().map(t -> Objects.requireNonNull(analysis.bounds.get(t))).toList();
  }

  private List<Bounded> outputs(Node node, List<Bounded> inputs) {
    return switch (node.op()) {
      case Pointwise map -> List.of(PointwiseBounds.of(map.expression(), inputs));
      case Constant constant ->
          List.of(PointwiseBounds.constant(constant.value(), constant.shape()));
      case Reduce reduce -> List.of(reduce(node, reduce, inputs.getFirst()));
      case MatMul product ->
          List.of(product(node, inputs, node.inputShapes().getFirst().dim(product.depthAxis())));
      case Convolution conv ->
          List.of(product(node, inputs, conv.extents(node.inputShapes()).terms(conv)));
      case ConvolutionStatistics both -> withStatistics(node, both.convolution(), inputs);
      case Gather gather -> List.of(gather(node, inputs));
      case Iota iota -> exact(node, inputs);
      case Random random -> exact(node, inputs);
      case Broadcast broadcast -> moved(node, inputs);
      case Reshape reshape -> moved(node, inputs);
      case Transpose transpose -> moved(node, inputs);
      case Slice slice -> moved(node, inputs);
      case Pad pad -> moved(node, inputs);
      case Concat concat -> moved(node, inputs);
      case StopGradient stop -> moved(node, inputs);
      case Composite composite -> composite(composite, inputs);
      case Input input -> throw unbound(node);
      case Read read -> throw unbound(node);
      case Parameter parameter -> throw unbound(node);
    };
  }

  private static IllegalStateException unbound(Node node) {
    return new IllegalStateException(node + " has no value");
  }

  private static List<Values> reference(Node node, List<Bounded> inputs) {
    return node.op().reference(inputs.stream().map(Bounded::asValues).toList());
  }

  private static List<Bounded> exact(Node node, List<Bounded> inputs) {
    return reference(node, inputs).stream().map(Bounded::exact).toList();
  }

  /** Errors go where the numbers go. */
  private static List<Bounded> moved(Node node, List<Bounded> inputs) {
    Values values = reference(node, inputs).getFirst();
    Values errors =
        node.op().reference(inputs.stream().map(Bounded::errorsAsValues).toList()).getFirst();
    return List.of(new Bounded(values.shape(), values.data(), errors.data()));
  }

  private static Bounded gather(Node node, List<Bounded> inputs) {
    Bounded index = inputs.get(1);
    Values values = reference(node, inputs).getFirst();
    double[] errors =
        node.op()
            .reference(List.of(inputs.get(0).errorsAsValues(), index.asValues()))
            .getFirst()
            .data();
    for (int i = 0; i < errors.length; i++) {
      // A row of NaN, asked for by an index outside the table, is exact.
      errors[i] = Double.isNaN(errors[i]) ? 0 : errors[i];
    }
    if (!index.isExact()) {
      Arrays.fill(errors, Double.POSITIVE_INFINITY);
    }
    return new Bounded(values.shape(), values.data(), errors);
  }

  private Bounded reduce(Node node, Reduce reduce, Bounded x) {
    Values values = reference(node, List.of(x)).getFirst();
    if (reduce.kind() == Reduce.Kind.MAX) {
      double[] errors = reduce.reference(List.of(x.errorsAsValues())).getFirst().data();
      return new Bounded(values.shape(), values.data(), errors);
    }
    double[] sizes = reduce.reference(List.of(x.magnitudes())).getFirst().data();
    double[] inherited = reduce.reference(List.of(x.errorsAsValues())).getFirst().data();
    int terms = x.shape().size() / values.shape().size();
    return sum(values, sizes, inherited, terms, x.isWhole() ? EXACT : 0);
  }

  /**
   * An op that is linear in each of two operands.
   *
   * @param terms products in a sum, at most
   */
  private Bounded product(Node node, List<Bounded> inputs, int terms) {
    Op product = node.op();
    Bounded a = inputs.get(0).rounded(arithmetic.math());
    Bounded b = inputs.get(1).rounded(arithmetic.math());
    int roundings = arithmetic.math() == MathMode.FP32 ? terms : CUT_OFF * terms;
    double exact = a.isWhole() && b.isWhole() ? EXACT : 0;
    Values values = reference(node, inputs).getFirst();
    double[] sizes;
    if (product instanceof Convolution conv && arithmetic.tile() > 1) {
      var filtering = new WinogradSizes(conv, conv.extents(node.inputShapes()), arithmetic.tile());
      sizes = filtering.of(a.magnitudes(), b.magnitudes());
      roundings = filtering.roundings();
      exact *= filtering.exactPart();
    } else {
      sizes = product.reference(List.of(a.magnitudes(), b.magnitudes())).getFirst().data();
    }
    var inherited = new double[sizes.length];
    if (!a.isExact() || !b.isExact()) {
      // |a db| + |da b| + |da db| = (|a| + da) db + da |b|
      double[] right =
          product.reference(List.of(a.magnitudes(), b.errorsAsValues())).getFirst().data();
      double[] left = product.reference(List.of(a.errorsAsValues(), absolute(b))).getFirst().data();
      Arrays.setAll(inherited, i -> right[i] + left[i]);
    }
    return sum(values, sizes, inherited, roundings, exact);
  }

  /** The convolution's own bounds, though a composite: its kernels make it as they do alone. */
  private List<Bounded> withStatistics(Node node, Convolution conv, List<Bounded> inputs) {
    Bounded result =
        product(
            Node.of(conv, node.inputs().get(0), node.inputs().get(1)).producer(),
            inputs,
            conv.extents(node.inputShapes()).terms(conv));
    List<Bounded> bounds = new ArrayList<>(composite(new BatchNormStatistics(), List.of(result)));
    bounds.addFirst(result);
    return bounds;
  }

  private static Values absolute(Bounded x) {
    return new Values(x.shape(), Arrays.stream(x.values()).map(Math::abs).toArray());
  }

  /**
   * @param sizes what each sum adds, in magnitude
   * @param wholeUpTo sums of such sizes are exact
   */
  private Bounded sum(
      Values values, double[] sizes, double[] inherited, int terms, double wholeUpTo) {
    var errors = new double[sizes.length];
    for (int i = 0; i < errors.length; i++) {
      boolean exact = !inComposite && sizes[i] <= wholeUpTo;
      double rounding = Rounding.gamma(terms) * sizes[i] + (exact ? 0 : Float.MIN_NORMAL);
      errors[i] = Rounding.total(values.data()[i], inherited[i] + (exact ? 0 : rounding), 0);
    }
    return new Bounded(values.shape(), values.data(), errors);
  }

  private List<Bounded> composite(Composite composite, List<Bounded> inputs) {
    List<Tensor> parameters = new ArrayList<>();
    var given = new HashMap<Tensor, Bounded>();
    for (Bounded input : inputs) {
      Tensor parameter = Node.of(new Parameter(parameters.size(), input.shape()));
      parameters.add(parameter);
      given.put(parameter, input);
    }
    boolean own = inComposite || !(composite instanceof Fusion);
    List<Bounded> outputs = of(composite.expand(parameters), given, own, arithmetic);
    return composite instanceof Fusion
        ? outputs
        : outputs.stream().map(ErrorBounds::widened).toList();
  }

  private static Bounded widened(Bounded output) {
    double[] errors = Arrays.stream(output.errors()).map(error -> COMPOSITE * error).toArray();
    return new Bounded(output.shape(), output.values(), errors);
  }
}
