// SPDX-License-Identifier: Apache-2.0
package gander.runtime.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The host side of CUDA devices without a GPU: what is called, in which order, with what. */
class CudaStubTest {
  private static final String ALL_FREED =
      "LEFT stream=0 module=0 event=0 graph=0 executable=0 memory=0 pinned=0 context=0";

  @TempDir private static Path folder;
  private static CudaStub stub;

  @BeforeAll
  static void build() throws Exception {
    stub = CudaStub.build(folder);
  }

  @Test
  void aLifeFromProbeToCloseCallsTheDriverInOrder() throws Exception {
    CudaStub.Run run = stub.run(CudaStubMain.class, Map.of(), "life");
    assertEquals(0, run.code(), run.output());
    assertTrue(run.output().endsWith("closed"), run.output());
    assertTrue(run.output().contains("id=cuda:0, name=Stub 9000, driver=CUDA 13.0"), run.output());
    assertTrue(run.output().contains("architecture=sm_90, capability=90"), run.output());
    assertNothingWrong(run.log());
    assertEquals(ALL_FREED, run.log().getLast());

    List<String> calls =
        run.log().stream().map(line -> line.substring(0, line.indexOf(' '))).toList();
    int begin = calls.indexOf("cuGraphCreate");
    assertEquals(
        List.of(
            "cuGraphAddKernelNode add behind 0 -> 0",
            "cuGraphAddKernelNode add behind 1 -> 0",
            "cuGraphAddKernelNode add behind 0 -> 0",
            "cuGraphInstantiate -> 0",
            "cuGraphDestroy -> 0",
            "cuGraphUpload -> 0"),
        run.log().subList(begin + 1, begin + 7));
    int attribute = calls.indexOf("cuFuncSetAttribute");
    assertTrue(attribute >= 0 && attribute < begin, "shared memory is asked for before the graph");
    assertEquals("cuFuncSetAttribute 8 232432 -> 0", run.log().get(attribute));

    List<String> runs = run.log().stream().filter(line -> line.startsWith("RUN")).toList();
    String first =
        "RUN add 2x1x1 of 64x1x1 + 0: memory[2048]+0 memory[2048]+512 memory[2048]+1024 7 ";
    String second =
        "RUN add 1x1x1 of 32x4x1 + 100000: memory[2048]+1024 memory[2048]+512 memory[2048]+0 7 ";
    String third =
        "RUN add 1x1x1 of 128x1x1 + 0: memory[2048]+512 memory[2048]+512 memory[2048]+1536 7 ";
    assertEquals(
        List.of(third, first, second, third, first, second, first, second, third),
        runs,
        "twice in any order that the memory allows, once in theirs to be timed");
    assertEquals(3, calls.stream().filter("cuGraphLaunch"::equals).count());
    assertEquals(2, calls.stream().filter("cuStreamCreate"::equals).count(), "work and copies");
    assertEquals(
        calls.stream().filter("cuEventCreate"::equals).count(),
        calls.stream().filter("cuEventDestroy"::equals).count());
  }

  @Test
  void whatALaunchMayNotDoIsRefusedAndLeavesNothingBehind() throws Exception {
    CudaStub.Run run = run(Map.of(), "limits");
    assertEquals(0, run.code(), run.output());
    List<String> refused = run.output().lines().filter(line -> line.startsWith("refused")).toList();
    assertEquals(6, refused.size(), run.output());
    assertContains(refused.get(0), "cuModuleGetFunction failed with CUDA_ERROR_NOT_FOUND (500)");
    assertContains(refused.get(0), "function missing of add");
    assertContains(refused.get(1), "2 arguments): the kernel has 4 parameters");
    assertContains(refused.get(2), "at most 232432 bytes of dynamic shared memory");
    assertContains(refused.get(3), "at most 1024 threads on cuda:0");
    assertContains(refused.get(4), "cuGraphAddKernelNode failed with CUDA_ERROR_INVALID_VALUE (1)");
    assertContains(refused.get(4), "1x1x1 groups of 0x1x1");
    assertContains(refused.get(5), "cuMemAlloc failed with CUDA_ERROR_OUT_OF_MEMORY (2)");
    assertContains(refused.get(5), "1099511627776 bytes, with 1048576 of 67108864 free");
    assertEquals(ALL_FREED, run.log().getLast());
  }

  @Test
  void afterAnErrorThatSticksTheDeviceIsDead() throws Exception {
    CudaStub.Run run = run(Map.of("STUB_FAIL", "cuStreamSynchronize:2:700"), "death");
    assertEquals(0, run.code(), run.output());
    List<String> refused = run.output().lines().filter(line -> line.startsWith("refused")).toList();
    assertContains(
        refused.getFirst(),
        "cuda:0: cuStreamSynchronize failed with CUDA_ERROR_ILLEGAL_ADDRESS (700) for all work queued so far. A kernel that ran before");
    assertEquals(4, refused.size(), run.output());
    for (String later : refused.subList(1, 4)) {
      assertContains(
          later,
          "cuda:0 is dead since cuStreamSynchronize failed with CUDA_ERROR_ILLEGAL_ADDRESS (700)");
    }
    assertTrue(run.output().endsWith("closed"), run.output());
    int death = run.log().indexOf("cuStreamSynchronize -> 700");
    assertEquals(
        List.of("cuStreamDestroy -> 700", "cuDevicePrimaryCtxRelease 0 -> 0"),
        run.log().subList(death + 1, run.log().size() - 1),
        "nothing but the end is asked of a dead device");
  }

  @Test
  void aFailureOfAnyCallIsReportedAndNothingLeaks() throws Exception {
    var runs = new LinkedHashMap<String, CompletableFuture<CudaStub.Run>>();
    for (String call :
        List.of(
            "cuStreamCreate:1:2",
            "cuFuncSetAttribute:1:1",
            "cuGraphCreate:1:2",
            "cuGraphAddKernelNode:2:701",
            "cuGraphAddEventRecordNode:2:1",
            "cuGraphInstantiate:1:2",
            "cuGraphUpload:1:2",
            "cuGraphLaunch:2:1",
            "cuEventCreate:6:2")) {
      runs.put(
          call,
          CompletableFuture.supplyAsync(() -> {
            try {
              return run(Map.of("STUB_FAIL", call), "life");
            } catch (IOException | InterruptedException e) {
              throw new IllegalStateException(e);
            }
          }));
    }
    for (var each : runs.entrySet()) {
      String call = each.getKey();
      CudaStub.Run run = each.getValue().get();
      assertEquals(1, run.code(), call + ": " + run.output());
      assertContains(
          run.output(), "DeviceException: cuda:0: " + call.substring(0, call.indexOf(':')));
      assertContains(run.output(), "(%s)".formatted(call.substring(call.lastIndexOf(':') + 1)));
      assertEquals(ALL_FREED, run.log().getLast(), call);
    }
  }

  @Test
  void whatIsForgottenIsReportedAndFreed() throws Exception {
    CudaStub.Run run = run(Map.of(), "leak");
    assertEquals(0, run.code(), run.output());
    assertContains(run.output(), "cuda:0 is closed with 1 objects still open");
    assertContains(run.output(), "memory of 1000 bytes");
    assertEquals(ALL_FREED, run.log().getLast());
  }

  @Test
  void aDriverThatRefusesIsAFindingWithItsFix() throws Exception {
    CudaStub.Run run = run(Map.of("STUB_FAIL", "cuInit:1:100"), "life");
    assertEquals(0, run.code(), run.output());
    assertContains(run.output(), "devices []");
    assertContains(run.output(), "what=cuInit, detail=CUDA_ERROR_NO_DEVICE (100), fix=check with");
  }

  /** Without a compiler, to be quick. */
  private static CudaStub.Run run(Map<String, String> environment, String scene)
      throws IOException, InterruptedException {
    var all = new HashMap<>(environment);
    all.put("PATH", folder.toString());
    all.put("GANDER_NVRTC", "");
    return stub.run(CudaStubMain.class, all, scene);
  }

  private static void assertNothingWrong(List<String> log) {
    for (String line : log) {
      assertFalse(line.contains("UNEXPECTED") || line.contains("REFUSED"), line);
    }
  }

  private static void assertContains(String text, String part) {
    assertTrue(text.contains(part), text + "\n lacks \n" + part);
  }
}
