// SPDX-License-Identifier: Apache-2.0
package gander.tests;

import static gander.tests.NvidiaStubs.CONVOLUTION;
import static gander.tests.NvidiaStubs.assertNear;
import static gander.tests.NvidiaStubs.assertNothingWrongAndAllFreed;
import static gander.tests.NvidiaStubs.dim;
import static gander.tests.NvidiaStubs.problem;
import static gander.tests.NvidiaStubs.runs;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The convolutions that the peer of NVIDIA's libraries asks cuDNN for. */
class CudnnPeerTest {
  @TempDir private static Path folder;
  private static NvidiaStubs stubs;

  @BeforeAll
  static void build() throws Exception {
    stubs = NvidiaStubs.build(folder);
  }

  /** Where an element lies in a library's layout. */
  private interface Index {
    int of(int outer, int channel, int row, int column);
  }

  private static Index index(boolean channelsLast, int channels, int rows, int columns) {
    return channelsLast
        ? (n, c, h, w) -> ((n * rows + h) * columns + w) * channels + c
        : (n, c, h, w) -> ((n * channels + c) * rows + h) * columns + w;
  }

  /** The op by its definition, on the arrays that are read; what is written is put in its place. */
  private static double[] convolution(
      String op, Map<String, Integer> d, boolean last, List<double[]> numbers) {
    int channels = dim(d, "C") / dim(d, "G");
    Index x = index(last, dim(d, "C"), dim(d, "H"), dim(d, "W"));
    Index w = index(last, channels, dim(d, "R"), dim(d, "S"));
    Index y = index(last, dim(d, "K"), dim(d, "P"), dim(d, "Q"));
    int written = List.of("conv2d_input", "conv2d_filter", "conv2d").indexOf(op);
    var sums = new double[numbers.get(written).length];
    for (int n = 0; n < dim(d, "N"); n++) {
      for (int p = 0; p < dim(d, "P"); p++) {
        for (int q = 0; q < dim(d, "Q"); q++) {
          for (int k = 0; k < dim(d, "K"); k++) {
            int group = k / (dim(d, "K") / dim(d, "G"));
            for (int r = 0; r < dim(d, "R"); r++) {
              for (int s = 0; s < dim(d, "S"); s++) {
                int h = p * dim(d, "SH") - dim(d, "PH") + r * dim(d, "DH");
                int v = q * dim(d, "SW") - dim(d, "PW") + s * dim(d, "DW");
                if (h < 0 || h >= dim(d, "H") || v < 0 || v >= dim(d, "W")) {
                  continue;
                }
                for (int c = 0; c < channels; c++) {
                  int[] at = {
                    x.of(n, group * channels + c, h, v), w.of(k, c, r, s), y.of(n, k, p, q)
                  };
                  double term = 1;
                  for (int i = 0; i < at.length; i++) {
                    term *= i == written ? 1 : numbers.get(i)[at[i]];
                  }
                  sums[at[written]] += term;
                }
              }
            }
          }
        }
      }
    }
    return sums;
  }

  @ParameterizedTest
  @CsvSource({
    "fp32, 0, type=0 math=3, FMA_MATH",
    "fp32, 1, type=0 math=3, FMA_MATH",
    "tf32, 1, type=0 math=1, TENSOR_OP_MATH",
    "bf16, 0, type=9 math=1, TENSOR_OP_MATH"
  })
  void convolutionsAreGanders(String math, int layout, String types, String allowed)
      throws Exception {
    List<String> ops = List.of("conv2d", "conv2d_input", "conv2d_filter");
    List<String> names =
        List.of(
            "cudnnConvolutionForward, %s, IMPLICIT_PRECOMP_GEMM, ",
            "cudnnConvolutionBackwardData, %s, ALGO_1, ",
            "cudnnConvolutionBackwardFilter, %s, ALGO_1, ");
    String[] lines =
        ops.stream()
            .flatMap(op -> Stream.of(problem(op, CONVOLUTION), runs(3)))
            .toArray(String[]::new);
    NvidiaStubs.Session session =
        stubs.session(math, Map.of("STUB_LAYOUT", Integer.toString(layout)), lines);
    assertEquals(ops.size(), session.calls().size());
    for (int i = 0; i < ops.size(); i++) {
      String op = ops.get(i);
      String how = names.get(i).formatted(layout == 1 ? "NHWC" : "NCHW") + allowed;
      assertEquals(how, session.answer(2 * i).path("how").asString());
      assertEquals(20e-6, session.answer(2 * i + 1).path("seconds").asDouble(), 1e-9);
      NvidiaStubs.Call call = session.calls().get(i);
      assertEquals(how.substring(0, how.indexOf(',')) + " " + types, call.title());
      int written = List.of("conv2d_input", "conv2d_filter", "conv2d").indexOf(op);
      assertNear(
          convolution(op, CONVOLUTION, layout == 1, call.numbers()),
          call.numbers().get(written),
          math,
          op);
    }
    assertNothingWrongAndAllFreed(session);
  }

  @Test
  void everyAlgorithmThatIsListedAndMayBeUsedIsTried() throws Exception {
    NvidiaStubs.Session session = stubs.session("tf32", Map.of(), problem("conv2d", CONVOLUTION));
    List<String> refusals =
        session.log().stream().filter(l -> l.startsWith("cudnnConvolutionForward")).toList();
    String refusal = "cudnnConvolutionForward -> 3000"; // 7, in both layouts
    assertEquals(List.of(refusal, refusal), refusals);
    for (String math : List.of("math=0", "math=1")) { // 0 and 1, warm and seven times
      String call = "CALL cudnnConvolutionForward type=0 " + math;
      assertEquals(2 * 8, session.log().stream().filter(l -> l.startsWith(call)).count(), math);
    }
    assertNothingWrongAndAllFreed(session);
  }

  @ParameterizedTest
  @CsvSource({
    "cudnnGetConvolutionForwardAlgorithm:2:3000, NCHW",
    "cudnnCreateFilterDescriptor:1:3000, NHWC",
    "cuMemAlloc:5:2, NHWC", // Its work space.
    "cudnnConvolutionForward:28:3000, NCHW", // The first capture of the fastest of all.
  })
  void whereOneLayoutFailsTheOtherServes(String fault, String layout) throws Exception {
    NvidiaStubs.Session session =
        stubs.session("fp32", Map.of("STUB_FAIL", fault), problem("conv2d", CONVOLUTION), runs(1));
    assertEquals(
        "cudnnConvolutionForward, %s, IMPLICIT_PRECOMP_GEMM, FMA_MATH".formatted(layout),
        session.answer(0).path("how").asString());
    assertNothingWrongAndAllFreed(session);
  }
}
