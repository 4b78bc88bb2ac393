// SPDX-License-Identifier: Apache-2.0
package gander.tests;

import static gander.tests.NvidiaStubs.assertNear;
import static gander.tests.NvidiaStubs.assertNothingWrongAndAllFreed;
import static gander.tests.NvidiaStubs.dim;
import static gander.tests.NvidiaStubs.matmul;
import static gander.tests.NvidiaStubs.problem;
import static gander.tests.NvidiaStubs.runs;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** The matrix products that the peer of NVIDIA's libraries asks cuBLAS for. */
class CublasPeerTest {
  @TempDir private static Path folder;
  private static NvidiaStubs stubs;

  @BeforeAll
  static void build() throws Exception {
    stubs = NvidiaStubs.build(folder);
  }

  private static double[] product(Map<String, Integer> d, double[] a, double[] b) {
    int m = dim(d, "M");
    int n = dim(d, "N");
    int k = dim(d, "K");
    var y = new double[dim(d, "B") * m * n];
    for (int batch = 0; batch < dim(d, "B"); batch++) {
      for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
          for (int l = 0; l < k; l++) {
            int atA = batch * m * k + (dim(d, "TA") == 1 ? l * m + i : i * k + l);
            int atB = batch * k * n + (dim(d, "TB") == 1 ? j * k + l : l * n + j);
            y[(batch * m + i) * n + j] += a[atA] * b[atB];
          }
        }
      }
    }
    return y;
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
    NvidiaStubs.Session session = stubs.session(math, Map.of(), lines);
    JsonNode description = session.answers().getFirst();
    assertEquals("cuBLAS 13.1.2, cuDNN 9.1.2", description.path("framework").asString());
    assertEquals("Stub 9000", description.path("device").asString());
    assertEquals(problems.size(), session.calls().size());
    for (int i = 0; i < problems.size(); i++) {
      Map<String, Integer> dims = problems.get(i);
      NvidiaStubs.Call call = session.calls().get(i);
      String function = dim(dims, "B") == 1 ? "cublasGemmEx" : "cublasGemmStridedBatchedEx";
      assertEquals(function, session.answer(2 * i).path("how").asString());
      assertEquals(100e-6, session.answer(2 * i + 1).path("seconds").asDouble(), 1e-9);
      assertEquals(function + " " + types, call.title());
      // The first matrix of column-major libraries is Gander's second.
      double[] y = product(dims, call.numbers().get(1), call.numbers().get(0));
      assertNear(y, call.numbers().get(2), math, dims.toString());
    }
    assertNothingWrongAndAllFreed(session);
  }
}
