// SPDX-License-Identifier: Apache-2.0
package gander.tests;

import static gander.tests.NvidiaStubs.CONVOLUTION;
import static gander.tests.NvidiaStubs.assertNothingWrongAndAllFreed;
import static gander.tests.NvidiaStubs.matmul;
import static gander.tests.NvidiaStubs.problem;
import static gander.tests.NvidiaStubs.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.models.cli.Gander;
import gander.runtime.cuda.CudaStub;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How the peer of NVIDIA's libraries starts, fails and answers, on stubs of them. */
class NvidiaPeerTest {
  @TempDir private static Path folder;
  private static NvidiaStubs stubs;

  @BeforeAll
  static void build() throws Exception {
    stubs = NvidiaStubs.build(folder);
  }

  @Test
  void whatALibraryCannotComputeIsToldWithTheReason() throws Exception {
    NvidiaStubs.Session session =
        stubs.session(
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
    "cublasGemmEx:2:15, matmul, 'cublasGemmEx: CUBLAS_STATUS_NOT_SUPPORTED, while a CUDA graph of it'",
    "cuEventRecordWithFlags:2:1, matmul, 'cuda:0: cuEventRecordWithFlags failed with CUDA_ERROR'",
    "cuStreamEndCapture:1:901, matmul, 'cuda:0: cuStreamEndCapture failed with CUDA_ERROR_STUB_901'",
    "cuGraphInstantiate:1:2, matmul, 'cuda:0: cuGraphInstantiateWithFlags failed with CUDA_ERROR'",
    "cuGraphLaunch:1:2, matmul, 'cuda:0: cuGraphLaunch failed with CUDA_ERROR_STUB_2 (2)'",
    "cuMemAlloc:3:2, matmul, 'cuda:0: cuMemAlloc_v2 failed with CUDA_ERROR_STUB_2 (2)'",
    "cuMemAlloc:4:2, conv2d, 'cuda:0: cuMemAlloc_v2 failed with CUDA_ERROR_STUB_2 (2)'",
    "cuEventCreate:3:2, matmul, 'cuda:0: cuEventCreate failed with CUDA_ERROR_STUB_2 (2)'",
  })
  void aFailureIsToldFreesAllAndLeavesThePeerAtWork(String fault, String op, String reason)
      throws Exception {
    String line = problem(op, op.equals("matmul") ? matmul(1, 5, 4, 7, 0, 0) : CONVOLUTION);
    NvidiaStubs.Session session = stubs.session("fp32", Map.of("STUB_FAIL", fault), line, line);
    String unable = session.answer(0).path("unable").asString();
    assertTrue(unable.startsWith(reason), unable);
    assertTrue(session.answer(1).has("how"), session.answer(1)::toString);
    assertNothingWrongAndAllFreed(session);
  }

  @Test
  void oneLibraryIsEnoughForItsOps() throws Exception {
    NvidiaStubs.Session session =
        stubs.session(
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
    String said = stubs.refused(Map.of("CUDA_HOME", "", "STUB_CUBLAS_MAJOR", "11")).output();
    assertTrue(
        said.contains("libcublas.so.13 is cuBLAS 11.1.2; Gander knows the functions of 13 or 12"),
        said);
  }

  @Test
  void whereALibraryDoesNotStartAllIsFreed() throws Exception {
    Map<String, String> fault = Map.of("CUDA_HOME", "", "STUB_FAIL", "cublasCreate:1:1");
    CudaStub.Run run = stubs.refused(fault);
    assertTrue(run.output().startsWith("cublasCreate_v2: CUBLAS_STATUS_OTHER"), run.output());
    assertEquals(NvidiaStubs.ALL_FREED.getLast(), run.log().getLast());
  }

  @Test
  void theCommandSaysInOneSentenceThatThereAreNoLibraries() throws Exception {
    CudaStub.Run run =
        stubs
            .driver()
            .run(
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
