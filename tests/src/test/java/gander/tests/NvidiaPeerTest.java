// SPDX-License-Identifier: Apache-2.0
package gander.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gander.bench.nvidia.NvidiaPeer;
import gander.models.cli.Gander;
import gander.runtime.NativeLibrary;
import gander.runtime.cuda.CudaStub;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the peer of NVIDIA's libraries calls, without a GPU: stubs of the driver, of cuBLAS and of
 * cuDNN check the calls, and compute what they are asked for in the host's memory.
 */
class NvidiaPeerTest {
  private static final JsonMapper JSON = JsonMapper.shared();

  /** Sums of a few dozen products, in single precision. */
  private static final double NEAR = 1e-4;

  /** Of results that are stored as BF16. */
  private static final double NEAR_BF16 = 1.0 / 64;

  private static final List<String> ALL_FREED =
      List.of(
          "LEFT cublas=0",
          "LEFT cudnn=0 tensor=0 filter=0 convolution=0",
          "LEFT stream=0 module=0 event=0 graph=0 executable=0 memory=0 pinned=0 context=0");

  private static final Map<String, Integer> CONVOLUTION =
      dims("N=2 H=7 W=6 C=4 K=6 R=3 S=2 P=4 Q=3 SH=2 SW=1 PH=1 PW=0 DH=1 DW=3 G=2".split(" "));

  @TempDir private static Path folder;
  private static CudaStub stub;

  /** Each library lies in one of the places where it is looked for. */
  private static final Map<String, String> LIBRARIES = new HashMap<>();

  @BeforeAll
  static void build() throws Exception {
    stub = CudaStub.build(folder);
    Path environment = folder.resolve("venv");
    Path wheel = environment.resolve("lib/python3.12/site-packages/nvidia/cu13/lib");
    stub.library(NvidiaPeerTest.class, "stub_cublas.c", wheel.resolve("libcublas.so.13"));
    LIBRARIES.put("VIRTUAL_ENV", environment.toString());
    Path toolkit = folder.resolve("toolkit");
    stub.library(NvidiaPeerTest.class, "stub_cudnn.c", toolkit.resolve("lib64/libcudnn.so.9"));
    LIBRARIES.put("CUDA_HOME", toolkit.toString());
    LIBRARIES.put("CUDA_PATH", "");
    for (String name : List.of("libcublas.so.13", "libcublas.so.12", "libcublas.so")) {
      assumeTrue(NativeLibrary.open(List.of(name), "cublasCreate_v2").isEmpty(), "a real " + name);
    }
    for (String name : List.of("libcudnn.so.9", "libcudnn.so.8", "libcudnn.so")) {
      assumeTrue(NativeLibrary.open(List.of(name), "cudnnCreate").isEmpty(), "a real " + name);
    }
  }

  private static Map<String, Integer> dims(String... assignments) {
    var dims = new LinkedHashMap<String, Integer>();
    for (String assignment : assignments) {
      int equals = assignment.indexOf('=');
      dims.put(assignment.substring(0, equals), Integer.valueOf(assignment.substring(equals + 1)));
    }
    return dims;
  }

  private static int of(Map<String, Integer> dims, String name) {
    return Objects.requireNonNull(dims.get(name), name);
  }

  private static Map<String, Integer> matmul(int b, int m, int n, int k, int ta, int tb) {
    return dims("B=" + b, "M=" + m, "N=" + n, "K=" + k, "TA=" + ta, "TB=" + tb);
  }

  private static Map<String, Integer> with(Map<String, Integer> dims, String... assignments) {
    var changed = new LinkedHashMap<>(dims);
    changed.putAll(dims(assignments));
    return changed;
  }

  private static String problem(String op, Map<String, Integer> dims) {
    return JSON.writeValueAsString(Map.of("op", op, "dims", dims));
  }

  private static String runs(int count) {
    return JSON.writeValueAsString(Map.of("runs", count));
  }

  /** What a peer answered, line by line, and the calls that the stubs saw. */
  private record Session(CudaStub.Run run, List<JsonNode> answers) {
    List<String> log() {
      return run.log();
    }

    JsonNode answer(int problem) {
      return answers.get(1 + problem); // The first line is its description.
    }

    /** The last call that computed something before each problem's memory was freed. */
    List<Call> calls() {
      var calls = new ArrayList<Call>();
      Call last = null;
      for (String line : log()) {
        if (line.startsWith("CALL ")) {
          last = Call.of(line);
        } else if (line.startsWith("cuMemFree ") && last != null) {
          calls.add(last);
          last = null;
        }
      }
      return calls;
    }
  }

  /**
   * One call that computed something.
   *
   * @param title function, type and math
   * @param numbers the three arrays after it
   */
  private record Call(String title, List<double[]> numbers) {
    static Call of(String line) {
      String[] parts = line.split("\\|");
      return new Call(
          parts[0].substring("CALL ".length()).strip(),
          Stream.of(parts)
              .skip(1)
              .map(part ->
                  Stream.of(part.strip().split(" ")).mapToDouble(Double::parseDouble).toArray())
              .toList());
    }
  }

  private static Session session(String math, Map<String, String> environment, String... lines)
      throws Exception {
    Map<String, String> all = new HashMap<>(LIBRARIES);
    all.putAll(environment);
    CudaStub.Run run = stub.run(NvidiaPeer.class, all, List.of(lines), "cuda:0", math);
    assertEquals(0, run.code(), run.output());
    List<JsonNode> answers = run.output().lines().map(JSON::readTree).toList();
    assertEquals(1 + lines.length, answers.size(), run.output());
    return new Session(run, answers);
  }

  private static void assertNothingWrongAndAllFreed(Session session) {
    List<String> wrong =
        session.log().stream()
            .filter(line -> line.contains("REFUSED") || line.contains("UNEXPECTED"))
            .toList();
    assertEquals(List.of(), wrong);
    List<String> left = session.log().stream().filter(line -> line.startsWith("LEFT")).toList();
    assertEquals(ALL_FREED.stream().sorted().toList(), left.stream().sorted().toList());
  }

  private static double[] product(Map<String, Integer> d, double[] a, double[] b) {
    int m = of(d, "M");
    int n = of(d, "N");
    int k = of(d, "K");
    var y = new double[of(d, "B") * m * n];
    for (int batch = 0; batch < of(d, "B"); batch++) {
      for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
          for (int l = 0; l < k; l++) {
            int atA = batch * m * k + (of(d, "TA") == 1 ? l * m + i : i * k + l);
            int atB = batch * k * n + (of(d, "TB") == 1 ? j * k + l : l * n + j);
            y[(batch * m + i) * n + j] += a[atA] * b[atB];
          }
        }
      }
    }
    return y;
  }

  private static void assertNear(double[] expected, double[] actual, double near, String what) {
    assertEquals(expected.length, actual.length, what);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], actual[i], near * (1 + Math.abs(expected[i])), what + " at " + i);
    }
  }

  @ParameterizedTest
  @CsvSource({"fp32, type=0 compute=68", "tf32, type=0 compute=77", "bf16, type=14 compute=68"})
  void matrixProductsAreGanders(String math, String types) throws Exception {
    var problems = new ArrayList<Map<String, Integer>>();
    for (int b : new int[] {1, 3}) {
      for (int transposed = 0; transposed < 4; transposed++) {
        problems.add(matmul(b, 5, 4, 7, transposed & 1, transposed >> 1));
      }
    }
    String[] lines =
        problems.stream()
            .flatMap(dims -> Stream.of(problem("matmul", dims), runs(2)))
            .toArray(String[]::new);
    Session session = session(math, Map.of(), lines);
    JsonNode description = session.answers().getFirst();
    assertEquals("cuBLAS 13.1.2, cuDNN 9.1.2", description.path("framework").asString());
    assertEquals("Stub 9000", description.path("device").asString());
    assertEquals(problems.size(), session.calls().size());
    for (int i = 0; i < problems.size(); i++) {
      Map<String, Integer> dims = problems.get(i);
      Call call = session.calls().get(i);
      String function = of(dims, "B") == 1 ? "cublasGemmEx" : "cublasGemmStridedBatchedEx";
      assertEquals(function, session.answer(2 * i).path("how").asString());
      assertEquals(100e-6, session.answer(2 * i + 1).path("seconds").asDouble(), 1e-9);
      assertEquals(function + " " + types, call.title());
      // The first matrix of column-major libraries is Gander's second.
      double[] y = product(dims, call.numbers().get(1), call.numbers().get(0));
      assertNear(y, call.numbers().get(2), math.equals("bf16") ? NEAR_BF16 : NEAR, dims.toString());
    }
    assertNothingWrongAndAllFreed(session);
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
    int channels = of(d, "C") / of(d, "G");
    Index x = index(last, of(d, "C"), of(d, "H"), of(d, "W"));
    Index w = index(last, channels, of(d, "R"), of(d, "S"));
    Index y = index(last, of(d, "K"), of(d, "P"), of(d, "Q"));
    int written = List.of("conv2d_input", "conv2d_filter", "conv2d").indexOf(op);
    var sums = new double[numbers.get(written).length];
    for (int n = 0; n < of(d, "N"); n++) {
      for (int p = 0; p < of(d, "P"); p++) {
        for (int q = 0; q < of(d, "Q"); q++) {
          for (int k = 0; k < of(d, "K"); k++) {
            int group = k / (of(d, "K") / of(d, "G"));
            for (int r = 0; r < of(d, "R"); r++) {
              for (int s = 0; s < of(d, "S"); s++) {
                int h = p * of(d, "SH") - of(d, "PH") + r * of(d, "DH");
                int v = q * of(d, "SW") - of(d, "PW") + s * of(d, "DW");
                if (h < 0 || h >= of(d, "H") || v < 0 || v >= of(d, "W")) {
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
    Session session = session(math, Map.of("STUB_LAYOUT", Integer.toString(layout)), lines);
    assertEquals(ops.size(), session.calls().size());
    for (int i = 0; i < ops.size(); i++) {
      String op = ops.get(i);
      String how = names.get(i).formatted(layout == 1 ? "NHWC" : "NCHW") + allowed;
      assertEquals(how, session.answer(2 * i).path("how").asString());
      assertEquals(20e-6, session.answer(2 * i + 1).path("seconds").asDouble(), 1e-9);
      Call call = session.calls().get(i);
      assertEquals(how.substring(0, how.indexOf(',')) + " " + types, call.title());
      int written = List.of("conv2d_input", "conv2d_filter", "conv2d").indexOf(op);
      assertNear(
          convolution(op, CONVOLUTION, layout == 1, call.numbers()),
          call.numbers().get(written),
          math.equals("bf16") ? NEAR_BF16 : NEAR,
          op);
    }
    assertNothingWrongAndAllFreed(session);
  }

  @Test
  void everyAlgorithmThatIsListedAndMayBeUsedIsTried() throws Exception {
    Session session = session("tf32", Map.of(), problem("conv2d", CONVOLUTION));
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

  @Test
  void whatALibraryCannotComputeIsToldWithTheReason() throws Exception {
    Session session =
        session(
            "fp32",
            Map.of(),
            problem("conv2d", with(CONVOLUTION, "P=5")),
            problem("reduce", Map.of()),
            problem("conv2d", CONVOLUTION));
    assertEquals(
        "cuDNN, which pads all sides alike, makes 4x3 of it, not 5x3",
        session.answer(0).path("unable").asString());
    assertEquals(
        "reduce has no function of its own in cuBLAS and cuDNN",
        session.answer(1).path("unable").asString());
    assertTrue(session.answer(2).has("how"));
    assertNothingWrongAndAllFreed(session);
  }

  @ParameterizedTest
  @CsvSource({
    "cublasGemmEx:1:15, matmul, cublasGemmEx: CUBLAS_STATUS_NOT_SUPPORTED",
    "cuMemAlloc:2:2, matmul, 'cuda:0: cuMemAlloc_v2 failed with CUDA_ERROR_STUB_2 (2)'",
    "cuMemAlloc:3:2, conv2d, 'cuda:0: cuMemAlloc_v2 failed with CUDA_ERROR_STUB_2 (2)'",
    "cuEventCreate:3:2, matmul, 'cuda:0: cuEventCreate failed with CUDA_ERROR_STUB_2 (2)'",
  })
  void aFailureIsToldFreesAllAndLeavesThePeerAtWork(String fault, String op, String reason)
      throws Exception {
    String line = problem(op, op.equals("matmul") ? matmul(1, 5, 4, 7, 0, 0) : CONVOLUTION);
    Session session = session("fp32", Map.of("STUB_FAIL", fault), line, line);
    String unable = session.answer(0).path("unable").asString();
    assertTrue(unable.startsWith(reason), unable);
    assertTrue(session.answer(1).has("how"), session.answer(1)::toString);
    assertNothingWrongAndAllFreed(session);
  }

  @ParameterizedTest
  @CsvSource({
    "cudnnGetConvolutionForwardAlgorithm:2:3000, NCHW",
    "cudnnCreateFilterDescriptor:1:3000, NHWC",
    "cuMemAlloc:4:2, NHWC", // Its work space.
  })
  void whereOneLayoutFailsTheOtherServes(String fault, String layout) throws Exception {
    Session session =
        session("fp32", Map.of("STUB_FAIL", fault), problem("conv2d", CONVOLUTION), runs(1));
    assertEquals(
        "cudnnConvolutionForward, %s, IMPLICIT_PRECOMP_GEMM, FMA_MATH".formatted(layout),
        session.answer(0).path("how").asString());
    assertNothingWrongAndAllFreed(session);
  }

  private static CudaStub.Run refused(Map<String, String> environment) throws Exception {
    Map<String, String> all = new HashMap<>(LIBRARIES);
    all.putAll(environment);
    CudaStub.Run run = stub.run(NvidiaPeer.class, all, "cuda:0", "fp32");
    assertEquals(2, run.code(), run.output());
    assertEquals(1, run.output().lines().count(), run.output());
    return run;
  }

  @Test
  void oneLibraryIsEnoughForItsOps() throws Exception {
    Session session =
        session(
            "fp32",
            Map.of("CUDA_HOME", ""),
            problem("matmul", matmul(1, 5, 4, 7, 0, 0)),
            problem("conv2d", CONVOLUTION));
    assertEquals("cuBLAS 13.1.2", session.answers().getFirst().path("framework").asString());
    assertTrue(session.answer(0).has("how"));
    String reason = session.answer(1).path("unable").asString();
    assertTrue(reason.startsWith("no cuDNN 9 or 8 (libcudnn.so: cannot open"), reason);
  }

  @Test
  void anotherMajorOfALibraryIsNotUsed() throws Exception {
    String said = refused(Map.of("CUDA_HOME", "", "STUB_CUBLAS_MAJOR", "11")).output();
    assertTrue(
        said.contains("libcublas.so.13 is cuBLAS 11.1.2; Gander knows the functions of 13 or 12"),
        said);
  }

  @Test
  void whereALibraryDoesNotStartAllIsFreed() throws Exception {
    Map<String, String> fault = Map.of("CUDA_HOME", "", "STUB_FAIL", "cublasCreate:1:1");
    CudaStub.Run run = refused(fault);
    assertTrue(run.output().startsWith("cublasCreate_v2: CUBLAS_STATUS_OTHER"), run.output());
    assertEquals(ALL_FREED.getLast(), run.log().getLast());
  }

  @Test
  void theCommandSaysInOneSentenceThatThereAreNoLibraries() throws Exception {
    CudaStub.Run run =
        stub.run(
            Gander.class,
            Map.of("VIRTUAL_ENV", "", "CUDA_HOME", "", "CUDA_PATH", ""),
            "bench",
            "kernels",
            "matmul",
            "--device",
            "cuda:0",
            "--peer",
            "nvidia");
    assertEquals(2, run.code(), run.output());
    assertEquals(1, run.output().lines().count(), run.output());
    assertTrue(
        run.output().contains("the peer 'nvidia' did not start: no cuBLAS 13 or 12"), run.output());
  }

  @ParameterizedTest
  @ValueSource(strings = {OpenCl.ID, HostCuda.ID})
  void itIsForCudaDevicesOnly(String device) throws Exception {
    if (device.equals(OpenCl.ID)) {
      OpenCl.info();
    } else {
      HostCuda.info();
    }
    Object[] command = {
      "bench", "kernels", "matmul", "--device", device, "--peer", "nvidia",
    };
    Cli.refused(folder, List.of(device, "--peer nvidia is for CUDA devices"), command);
  }
}
