// SPDX-License-Identifier: Apache-2.0
package gander.bench.nvidia;

import static gander.runtime.NativeCalls.status;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import gander.runtime.GanderException;
import gander.runtime.MathMode;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Convolutions by cuDNN, in both of its layouts and with every algorithm that it lists for them.
 */
final class Dnn implements Functions {
  /** Algorithms that want a larger work space are left out. */
  private static final long MOST_WORKSPACE_BYTES = 1L << 30;

  /** More than cuDNN has algorithms and kinds of math for one function. */
  private static final int MOST_ALGORITHMS = 64;

  /** {@code CUDNN_CROSS_CORRELATION}: filters are not turned round. */
  private static final int CROSS_CORRELATION = 1;

  /**
   * {@code cudnnMathType_t}, without {@code CUDNN_TENSOR_OP_MATH_ALLOW_CONVERSION}, which may round
   * to half precision.
   */
  private enum MathType {
    DEFAULT_MATH(0),
    TENSOR_OP_MATH(1),
    FMA_MATH(3);

    private final int code;

    MathType(int code) {
      this.code = code;
    }
  }

  /** {@code cudnnTensorFormat_t}; filters are KCRS and KRSC. */
  private enum Layout {
    NCHW(0),
    NHWC(1);

    private final int code;

    Layout(int code) {
      this.code = code;
    }
  }

  /** {@code cudnnConvolution...AlgoPerf_t}, which is the same for all three functions. */
  private static final MemoryLayout RESULT =
      MemoryLayout.structLayout(
          JAVA_INT.withName("algo"),
          JAVA_INT.withName("status"),
          JAVA_FLOAT.withName("time"),
          MemoryLayout.paddingLayout(4),
          JAVA_LONG.withName("memory"),
          JAVA_INT.withName("determinism"),
          JAVA_INT.withName("mathType"),
          MemoryLayout.sequenceLayout(3, JAVA_INT).withName("reserved"),
          MemoryLayout.paddingLayout(4));

  private static final String SET_TENSOR = "cudnnSetTensor4dDescriptor";
  private static final String SET_FILTER = "cudnnSetFilter4dDescriptor";
  private static final String SET_CONVOLUTION = "cudnnSetConvolution2dDescriptor";
  private static final String SET_GROUPS = "cudnnSetConvolutionGroupCount";
  private static final String SET_MATH = "cudnnSetConvolutionMathType";
  private static final String OUTPUT_DIM = "cudnnGetConvolution2dForwardOutputDim";

  /** An algorithm of a pass, and what it needs. */
  private record Algorithm(int number, MathType math, long workspaceBytes) {}

  private final NvidiaLibrary library;
  private final Gpu gpu;
  private final MathMode math;
  private final MemorySegment one;
  private final MemorySegment zero;

  Dnn(Gpu gpu, MathMode math, Owner owner) {
    this.gpu = gpu;
    this.math = math;
    library = new NvidiaLibrary(NvidiaLibrary.Kind.CUDNN, functions(), gpu, owner);
    one = gpu.factor(1);
    zero = gpu.factor(0);
  }

  private static Map<String, FunctionDescriptor> functions() {
    var functions = new HashMap<String, FunctionDescriptor>();
    for (String kind : List.of("Tensor", "Filter", "Convolution")) {
      functions.put(create(kind), status(ADDRESS));
      functions.put(destroy(kind), status(ADDRESS));
    }
    functions.put(SET_TENSOR, withInts(6)); // layout, type, N, C, H, W
    functions.put(SET_FILTER, withInts(6)); // type, layout, K, C, R, S
    functions.put(SET_CONVOLUTION, withInts(8)); // two each of H and W, mode, type of sums
    functions.put(SET_GROUPS, withInts(1));
    functions.put(SET_MATH, withInts(1));
    functions.put(
        OUTPUT_DIM, status(ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS));
    for (ConvolutionPass pass : ConvolutionPass.values()) {
      functions.put(
          pass.search,
          status(ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_INT, ADDRESS, ADDRESS));
      functions.put(
          pass.function,
          status(
              ADDRESS, ADDRESS, // handle, alpha
              ADDRESS, ADDRESS, ADDRESS, ADDRESS, // what is read: descriptors, memory
              ADDRESS, JAVA_INT, ADDRESS, JAVA_LONG, // convolution, algorithm, work space
              ADDRESS, ADDRESS, ADDRESS)); // beta, what is written
    }
    return functions;
  }

  private static String create(String kind) {
    return "cudnnCreate%sDescriptor".formatted(kind);
  }

  private static String destroy(String kind) {
    return "cudnnDestroy%sDescriptor".formatted(kind);
  }

  /** The type of a function that takes a descriptor and some integers. */
  private static FunctionDescriptor withInts(int count) {
    var parameters = new MemoryLayout[count + 1];
    Arrays.fill(parameters, JAVA_INT);
    parameters[0] = ADDRESS;
    return status(parameters);
  }

  @Override
  public String version() {
    return library.version();
  }

  @Override
  public boolean computes(String op) {
    return Stream.of(ConvolutionPass.values()).anyMatch(pass -> pass.op.equals(op));
  }

  @Override
  public List<Way> ways(String op, Dims dims, Owner owner) {
    ConvolutionPass pass =
        Stream.of(ConvolutionPass.values())
            .filter(candidate -> candidate.op.equals(op))
            .findFirst()
            .orElseThrow();
    // All is random: the same numbers serve in either layout, and may be written over.
    List<MemorySegment> memory =
        pass.order(
            gpu.numbers(dims.product("N", "C", "H", "W"), owner),
            gpu.numbers(dims.product("K", "C", "R", "S") / dims.of("G"), owner),
            gpu.numbers(dims.product("N", "K", "P", "Q"), owner));
    var ways = new ArrayList<Way>();
    GanderException reason = null;
    for (Layout layout : Layout.values()) {
      try {
        ways.addAll(ways(pass, dims, layout, memory, owner));
      } catch (GanderException e) {
        reason = reason == null ? e : reason; // The other layout may do.
      }
    }
    if (ways.isEmpty() && reason != null) {
      throw reason;
    }
    return ways;
  }

  private List<Way> ways(
      ConvolutionPass pass, Dims dims, Layout layout, List<MemorySegment> memory, Owner owner) {
    MemorySegment x = tensor(layout, dims, List.of("N", "C", "H", "W"), owner);
    MemorySegment w = filter(layout, dims, owner);
    MemorySegment y = tensor(layout, dims, List.of("N", "K", "P", "Q"), owner);
    MathType usual =
        switch (math) {
          case FP32 -> MathType.FMA_MATH;
          case TF32 -> MathType.DEFAULT_MATH;
          case BF16 -> MathType.TENSOR_OP_MATH;
        };
    MemorySegment convolution = convolution(dims, usual, owner);
    requireShape(dims, convolution, x, w);
    List<MemorySegment> descriptors = pass.order(x, w, y);
    Set<Algorithm> algorithms = algorithms(pass, descriptors, convolution);
    long bytes = algorithms.stream().mapToLong(Algorithm::workspaceBytes).max().orElse(0);
    MemorySegment workspace = bytes == 0 ? MemorySegment.NULL : gpu.allocate(bytes, owner);
    var ways = new ArrayList<Way>();
    for (Algorithm algorithm : algorithms) {
      String how =
          "%s, %s, %s, %s"
              .formatted(
                  pass.function, layout, pass.algorithm(algorithm.number()), algorithm.math());
      Runnable run =
          library.bind(
              pass.function,
              library.handle(),
              one,
              descriptors.get(0),
              memory.get(0),
              descriptors.get(1),
              memory.get(1),
              convolution(dims, algorithm.math(), owner),
              algorithm.number(),
              workspace,
              algorithm.workspaceBytes(),
              zero,
              descriptors.get(2),
              memory.get(2));
      ways.add(new Way(how, run));
    }
    return ways;
  }

  private MemorySegment tensor(Layout layout, Dims dims, List<String> names, Owner owner) {
    MemorySegment tensor = made("Tensor", owner);
    library.call(
        SET_TENSOR,
        tensor,
        layout.code,
        gpu.type().cudnn,
        dims.of(names.get(0)),
        dims.of(names.get(1)),
        dims.of(names.get(2)),
        dims.of(names.get(3)));
    return tensor;
  }

  private MemorySegment filter(Layout layout, Dims dims, Owner owner) {
    MemorySegment filter = made("Filter", owner);
    library.call(
        SET_FILTER,
        filter,
        gpu.type().cudnn,
        layout.code,
        dims.of("K"),
        dims.of("C") / dims.of("G"),
        dims.of("R"),
        dims.of("S"));
    return filter;
  }

  private MemorySegment convolution(Dims dims, MathType allowed, Owner owner) {
    MemorySegment convolution = made("Convolution", owner);
    library.call(
        SET_CONVOLUTION,
        convolution,
        dims.of("PH"),
        dims.of("PW"),
        dims.of("SH"),
        dims.of("SW"),
        dims.of("DH"),
        dims.of("DW"),
        CROSS_CORRELATION,
        NumberType.FLOAT.cudnn);
    library.call(SET_GROUPS, convolution, dims.of("G"));
    library.call(SET_MATH, convolution, allowed.code);
    return convolution;
  }

  private MemorySegment made(String kind, Owner owner) {
    return library.made(create(kind), destroy(kind), owner);
  }

  /** Refuses what cuDNN cannot say: it pads behind an image as much as before it. */
  private void requireShape(
      Dims dims, MemorySegment convolution, MemorySegment x, MemorySegment w) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment shape = arena.allocate(JAVA_INT, 4); // N, K, P, Q
      MemorySegment[] at = new MemorySegment[4];
      Arrays.setAll(at, i -> shape.asSlice((long) i * Integer.BYTES));
      library.call(OUTPUT_DIM, convolution, x, w, at[0], at[1], at[2], at[3]);
      int p = shape.getAtIndex(JAVA_INT, 2);
      int q = shape.getAtIndex(JAVA_INT, 3);
      if (p != dims.of("P") || q != dims.of("Q")) {
        throw new GanderException(
            "cuDNN, which pads all sides alike, makes %dx%d of it, not %dx%d"
                .formatted(p, q, dims.of("P"), dims.of("Q")));
      }
    }
  }

  /** What cuDNN says that it can do, the best by its own estimate first. */
  private Set<Algorithm> algorithms(
      ConvolutionPass pass, List<MemorySegment> descriptors, MemorySegment convolution) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment count = arena.allocate(JAVA_INT);
      MemorySegment results = arena.allocate(RESULT, MOST_ALGORITHMS);
      library.call(
          pass.search,
          library.handle(),
          descriptors.get(0),
          descriptors.get(1),
          convolution,
          descriptors.get(2),
          MOST_ALGORITHMS,
          count,
          results);
      var algorithms = new LinkedHashSet<Algorithm>();
      for (int i = 0; i < count.get(JAVA_INT, 0); i++) {
        MemorySegment result = results.asSlice(i * RESULT.byteSize(), RESULT);
        int number = result.get(JAVA_INT, at("algo"));
        long bytes = result.get(JAVA_LONG, at("memory"));
        if (result.get(JAVA_INT, at("status")) == 0 && bytes <= MOST_WORKSPACE_BYTES) {
          allowed(result.get(JAVA_INT, at("mathType")))
              .ifPresent(type -> algorithms.add(new Algorithm(number, type, bytes)));
        }
      }
      return algorithms;
    }
  }

  /** The math with which to use an algorithm that is listed with some; none if it may not be. */
  private Optional<MathType> allowed(int listed) {
    return math == MathMode.FP32
        ? Optional.of(MathType.FMA_MATH)
        : Stream.of(MathType.values()).filter(type -> type.code == listed).findFirst();
  }

  private static long at(String field) {
    return RESULT.byteOffset(PathElement.groupElement(field));
  }
}
