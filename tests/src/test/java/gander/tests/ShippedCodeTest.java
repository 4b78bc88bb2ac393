// SPDX-License-Identifier: Apache-2.0
package gander.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.bench.bundle.CompiledModels;
import gander.models.cli.Gander;
import gander.models.run.RunConfig;
import gander.runtime.CodeImage;
import gander.runtime.MathMode;
import gander.runtime.cuda.Card;
import gander.runtime.cuda.CudaStub;
import gander.runtime.jit.ShippedCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Machines with a driver, which is a stub here, and no compiler: a model trains there if its code
 * came along.
 */
class ShippedCodeTest {
  private static final String MODEL = "gan-mlp:batch=16:size=8";

  @TempDir Path folder;
  private CudaStub stub;
  private Path code;

  @BeforeEach
  void shipCode() throws Exception {
    stub = CudaStub.build(folder, "-DBEFORE_12_4"); // It takes launches as they come.
    code = folder.resolve("code");
    RunConfig config = CompiledModels.config(MODEL);
    var shipped = new ShippedCode(code);
    for (var source : CompiledModels.sources(Card.H100, config)) {
      byte[] image = CodeImage.of(CodeImage.Form.BINARY, new byte[64]);
      shipped.write(Card.H100.info(MathMode.FP32), source, image);
    }
  }

  private CudaStub.Run train(String... words) throws Exception {
    Path out = folder.resolve("run" + System.nanoTime());
    Map<String, String> environment =
        Map.of(
            "PATH",
            folder.toString(),
            "GANDER_NVRTC",
            "",
            "STUB_PARAMETERS",
            "",
            "GANDER_CACHE",
            folder.resolve("cache").toString(),
            "JAVA_TOOL_OPTIONS",
            "-Dgander.code=" + code);
    String line = "train gan-mlp --device cuda --steps 2 --out " + out;
    return stub.run(Gander.class, environment, (line + " " + String.join(" ", words)).split(" "));
  }

  @Test
  void aModelTrainsWithTheCodeThatCameAlong() throws Exception {
    CudaStub.Run run = train("--batch", "16", "--size", "8");
    assertEquals(0, run.code(), run.output());
    assertTrue(run.output().contains(" used, 0 of them compiled now"), run.output());
    assertTrue(run.log().stream().anyMatch(call -> call.startsWith("cuGraphLaunch")));
    assertTrue(
        run.log().getLast().endsWith("memory=0 pinned=0 context=0"), () -> run.log().getLast());
  }

  @Test
  void anotherModelSaysThatItsCodeIsMissing() throws Exception {
    CudaStub.Run run = train("--batch", "24", "--size", "8");
    assertEquals(2, run.code(), run.output());
    assertTrue(run.output().contains("cuda:0 has no compiler, and no code of "), run.output());
  }

  @Test
  void whatIsDamagedIsNotUsed() throws Exception {
    try (var files = Files.list(code)) {
      for (Path file : files.toList()) {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 1] ^= 1;
        Files.write(file, bytes);
      }
    }
    CudaStub.Run run = train("--batch", "16", "--size", "8");
    assertEquals(2, run.code(), run.output());
    assertTrue(run.output().contains("no code of "), run.output());
  }

  @Test
  void whatCannotBeShippedIsRefused() throws Exception {
    for (String words : new String[] {"nosuch", "gan-mlp:batch", "gan-mlp:nosuch=1"}) {
      Cli.refused(
          folder, List.of(), "bundle", "--out", folder.resolve("b.tar.gz"), "--code", words);
    }
    Cli.refused(
        folder,
        List.of("nosuch", "h100"),
        "bundle",
        "--out",
        folder.resolve("b.tar.gz"),
        "--code",
        "gan-mlp",
        "--card",
        "nosuch");
  }
}
