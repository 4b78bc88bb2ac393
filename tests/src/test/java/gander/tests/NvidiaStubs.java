// SPDX-License-Identifier: Apache-2.0
package gander.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gander.bench.nvidia.NvidiaPeer;
import gander.runtime.NativeLibrary;
import gander.runtime.cuda.CudaStub;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A GPU that is not there: stubs of the driver, of cuBLAS and of cuDNN check the calls of the peer
 * of NVIDIA's libraries, and compute what they are asked for in the host's memory.
 *
 * @param places of the libraries, as an environment
 */
record NvidiaStubs(CudaStub driver, Map<String, String> places) {
  private static final JsonMapper JSON = JsonMapper.shared();

  /** Sums of a few dozen products, in single precision. */
  private static final double NEAR = 1e-4;

  /** Of results that are stored as BF16. */
  private static final double NEAR_BF16 = 1.0 / 64;

  static final List<String> ALL_FREED =
      List.of(
          "LEFT cublas=0",
          "LEFT cudnn=0 tensor=0 filter=0 convolution=0",
          "LEFT stream=0 module=0 event=0 graph=0 executable=0 memory=0 pinned=0 context=0");

  static final Map<String, Integer> CONVOLUTION =
      dims("N=2 H=7 W=6 C=4 K=6 R=3 S=2 P=4 Q=3 SH=2 SW=1 PH=1 PW=0 DH=1 DW=3 G=2".split(" "));

  /**
   * Builds them, each library into one of the places where it is looked for; skips the test where
   * there is no compiler, or a library of NVIDIA's own.
   */
  static NvidiaStubs build(Path folder) throws IOException, InterruptedException {
    CudaStub driver = CudaStub.build(folder);
    driver.header(NvidiaStubs.class, "stub_library.h");
    Path environment = folder.resolve("venv");
    Path wheel = environment.resolve("lib/python3.12/site-packages/nvidia/cu13/lib");
    driver.library(NvidiaStubs.class, "stub_cublas.c", wheel.resolve("libcublas.so.13"));
    Path toolkit = folder.resolve("toolkit");
    driver.library(NvidiaStubs.class, "stub_cudnn.c", toolkit.resolve("lib64/libcudnn.so.9"));
    for (String name : List.of("libcublas.so.13", "libcublas.so.12", "libcublas.so")) {
      assumeTrue(NativeLibrary.open(List.of(name), "cublasCreate_v2").isEmpty(), "a real " + name);
    }
    for (String name : List.of("libcudnn.so.9", "libcudnn.so.8", "libcudnn.so")) {
      assumeTrue(NativeLibrary.open(List.of(name), "cudnnCreate").isEmpty(), "a real " + name);
    }
    Map<String, String> places =
        Map.of(
            "VIRTUAL_ENV",
            environment.toString(),
            "CUDA_HOME",
            toolkit.toString(),
            "CUDA_PATH",
            "");
    return new NvidiaStubs(driver, places);
  }

  /** Runs the peer with the libraries' places, and more of an environment, which may hide some. */
  private CudaStub.Run run(String math, Map<String, String> environment, List<String> lines)
      throws IOException, InterruptedException {
    Map<String, String> all = new HashMap<>(places);
    all.putAll(environment);
    return driver.run(NvidiaPeer.class, all, lines, "cuda:0", math);
  }

  /** A peer that must answer every line. */
  Session session(String math, Map<String, String> environment, String... lines)
      throws IOException, InterruptedException {
    CudaStub.Run run = run(math, environment, List.of(lines));
    assertEquals(0, run.code(), run.output());
    List<JsonNode> answers = run.output().lines().map(JSON::readTree).toList();
    assertEquals(1 + lines.length, answers.size(), run.output());
    return new Session(run, answers);
  }

  /** A peer that must end with one sentence. */
  CudaStub.Run refused(Map<String, String> environment) throws IOException, InterruptedException {
    CudaStub.Run run = run("fp32", environment, List.of());
    assertEquals(2, run.code(), run.output());
    assertEquals(1, run.output().lines().count(), run.output());
    return run;
  }

  /** What a peer answered, line by line, and the calls that the stubs saw. */
  record Session(CudaStub.Run run, List<JsonNode> answers) {
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
  record Call(String title, List<double[]> numbers) {
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

  static void assertNothingWrongAndAllFreed(Session session) {
    List<String> wrong =
        session.log().stream()
            .filter(line -> line.contains("REFUSED") || line.contains("UNEXPECTED"))
            .toList();
    assertEquals(List.of(), wrong);
    List<String> left = session.log().stream().filter(line -> line.startsWith("LEFT")).toList();
    assertEquals(ALL_FREED.stream().sorted().toList(), left.stream().sorted().toList());
  }

  static Map<String, Integer> dims(String... assignments) {
    var dims = new LinkedHashMap<String, Integer>();
    for (String assignment : assignments) {
      int equals = assignment.indexOf('=');
      dims.put(assignment.substring(0, equals), Integer.valueOf(assignment.substring(equals + 1)));
    }
    return dims;
  }

  static int dim(Map<String, Integer> dims, String name) {
    return Objects.requireNonNull(dims.get(name), name);
  }

  static Map<String, Integer> matmul(int b, int m, int n, int k, int ta, int tb) {
    return dims("B=" + b, "M=" + m, "N=" + n, "K=" + k, "TA=" + ta, "TB=" + tb);
  }

  static Map<String, Integer> with(Map<String, Integer> dims, String... assignments) {
    var changed = new LinkedHashMap<>(dims);
    changed.putAll(dims(assignments));
    return changed;
  }

  static String problem(String op, Map<String, Integer> dims) {
    return JSON.writeValueAsString(Map.of("op", op, "dims", dims));
  }

  static String runs(int count) {
    return JSON.writeValueAsString(Map.of("runs", count));
  }

  /** Whether results are what they should be, to the precision of what they are stored as. */
  static void assertNear(double[] expected, double[] actual, String math, String what) {
    double near = math.equals("bf16") ? NEAR_BF16 : NEAR;
    assertEquals(expected.length, actual.length, what);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], actual[i], near * (1 + Math.abs(expected[i])), what + " at " + i);
    }
  }
}
