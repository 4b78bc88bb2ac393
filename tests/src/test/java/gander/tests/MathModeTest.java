// SPDX-License-Identifier: Apache-2.0
package gander.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.graph.workload.Workloads;
import gander.models.run.RunConfig;
import gander.runtime.DeviceClass;
import gander.runtime.DeviceInfo;
import gander.runtime.Dialect;
import gander.runtime.MathMode;
import gander.runtime.catalogue.Arithmetic;
import gander.runtime.catalogue.Catalogue;
import gander.runtime.catalogue.KernelFile;
import gander.runtime.catalogue.Problem;
import gander.runtime.catalogue.TunedTable;
import gander.runtime.catalogue.Variant;
import gander.runtime.check.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Kernels that round the operands of products run where {@code --math} allows it, else nowhere. */
class MathModeTest {
  private static final long SEED = 11;
  private static final Catalogue CATALOGUE = Catalogue.load();

  @TempDir Path folder;

  private static DeviceInfo cuda(int capability, MathMode math) {
    return new DeviceInfo(
            "cuda:0",
            "stub",
            "1",
            Dialect.CUDA,
            DeviceClass.GPU,
            "sm_" + capability,
            capability,
            100,
            1,
            1L << 30,
            1L << 30,
            99 << 10,
            1 << 25,
            256,
            MathMode.FP32)
        .with(math);
  }

  private static Variant choose(Problem problem, DeviceInfo device) {
    Variant chosen = CATALOGUE.choose(problem, device, TunedTable.empty());
    assertNotNull(chosen, problem::toString);
    return chosen;
  }

  @ParameterizedTest
  @ValueSource(strings = {"matmul", "conv2d", "conv2d_input", "conv2d_filter"})
  void kernelsThatRoundAreChosenWhereTheyMayAndNowhereElse(String op) {
    for (int capability : new int[] {75, 80, 90, 120}) {
      for (MathMode math : MathMode.values()) {
        DeviceInfo device = cuda(capability, math);
        var chosen = new TreeSet<MathMode>();
        for (Workload workload : new Workloads(device, SEED).problems(op)) {
          chosen.add(choose(workload.problem(), device).kernel().math());
          for (Variant each : CATALOGUE.runnable(workload.problem(), device)) {
            MathMode its = each.kernel().math();
            assertTrue(its == MathMode.FP32 || its == math, () -> each + " on " + device);
          }
        }
        // The lists hold problems that are too small for tensor cores, too.
        var expected = new TreeSet<>(List.of(MathMode.FP32));
        expected.add(capability < 80 ? MathMode.FP32 : math);
        assertEquals(expected, chosen, device::toString);
      }
    }
  }

  @Test
  void tablesOfTunedKernelsAreApart() {
    var keys =
        Arrays.stream(MathMode.values())
            .map(math -> cuda(90, math).tuningKey())
            .collect(Collectors.toSet());
    assertEquals(MathMode.values().length, keys.size(), keys::toString);
    assertEquals("cuda-sm-90-stub-100", cuda(90, MathMode.FP32).tuningKey());
  }

  /** Of the product of one pair of numbers, whose error is that of its operands alone. */
  @ParameterizedTest
  @EnumSource(names = {"TF32", "BF16"})
  void tolerancesAllowForRoundedOperandsAndNoMore(MathMode math) {
    DeviceInfo device = cuda(90, math);
    int seen = 0;
    for (Workload workload : new Workloads(device, SEED).all("matmul")) {
      Map<String, Integer> dims = workload.problem().dims();
      boolean whole = workload.title().endsWith(" whole");
      boolean single =
          !workload.problem().fused()
              && dims.entrySet().containsAll(Map.of("K", 1, "B", 1).entrySet());
      if (!whole && !single) {
        continue;
      }
      seen++;
      Workload.Data plain = workload.data();
      Workload.Data rounded = workload.data(new Arithmetic(math, 1));
      double[] before = plain.outputs().getFirst().tolerances();
      double[] after = rounded.outputs().getFirst().tolerances();
      if (whole) {
        // Small whole numbers are numbers of each format: no term may be lost.
        assertTrue(Arrays.equals(before, after), workload::title);
        continue;
      }
      double[] values = rounded.outputs().getFirst().values();
      float[] a = rounded.inputs().get(0);
      float[] b = rounded.inputs().get(1);
      int beyond = 0;
      for (int i = 0; i < values.length; i++) {
        float product = round(a[i / b.length], math) * round(b[i % b.length], math);
        double error = Math.abs(product - values[i]);
        assertTrue(error <= after[i], workload::title);
        double most = 2.01 * Math.scalb(1.0, -math.bits) * Math.abs(values[i]);
        assertTrue(after[i] <= most + 0x1p-100, workload::title);
        beyond += error > before[i] ? 1 : 0;
      }
      assertNotEquals(0, beyond, workload::title);
    }
    assertTrue(seen > 2, "too few problems: " + seen);
  }

  /** To the nearest number of so many bits; what lies in the middle does not occur. */
  private static float round(float x, MathMode math) {
    double unit = Math.scalb(1.0, Math.getExponent(x) - math.bits + 1);
    return (float) (Math.rint(x / unit) * unit);
  }

  @Test
  void aModeThatDoesNotExistOrThatADeviceLacksIsRefused() throws IOException {
    Object[] train = {"train", "gan-mlp", "--device", "reference", "--out", folder.resolve("run")};
    Cli.refused(folder, List.of("'fp16'", "fp32, tf32, bf16"), with(train, "fp16"));
    for (String math : List.of("tf32", "bf16")) {
      List<String> named = List.of("reference", "--math " + math, "--math fp32", "sm_80");
      Cli.refused(folder, named, with(train, math));
    }
  }

  @Test
  void openClDevicesRefuseInEveryCommand() throws IOException {
    List<String> named = List.of(OpenCl.info().id(), "--math tf32", "--math fp32");
    for (String command :
        List.of("check matmul", "tune matmul", "plan gan-mlp", "bench kernels matmul")) {
      Object[] words = (command + " --device " + OpenCl.ID).split(" ");
      Cli.refused(folder, named, with(words, "tf32"));
    }
  }

  private static Object[] with(Object[] words, String math) {
    Object[] more = Arrays.copyOf(words, words.length + 2);
    more[words.length] = "--math";
    more[words.length + 1] = math;
    return more;
  }

  @Test
  void aRunGoesOnWithItsOwnMathUnlessAnotherIsNamed() throws IOException {
    Path data = IdxFiles.folder(folder.resolve("data"), 8, 4);
    Path run = folder.resolve("run");
    String command =
        "train gan-mlp --device reference --batch 2 --size 4 --zdim 3 --set samples=4 --steps 2 --data %s --out %s"
            .formatted(data, run);
    Cli.done((Object[]) command.split(" "));
    Path config = run.resolve("config.json");
    RunConfig asked = RunConfig.read(config);
    Files.writeString(config, asked.with("math", "bf16").with("steps", "3").toJson());
    Cli.refused(folder, List.of("reference", "--math bf16"), "resume", run);
    Cli.done("resume", run, "--math", "fp32");
    Files.writeString(config, asked.toJson().replaceFirst("\\{", "{ \"math\" : \"fp8\","));
    Cli.refused(folder, List.of("'fp8'", "fp32, tf32, bf16"), "resume", run);
  }

  @Test
  void theListOfKernelsNamesTheMathThatEachNeeds() {
    String said = Cli.done("kernels", "matmul").out();
    for (KernelFile kernel : CATALOGUE.kernels("matmul")) {
      String line = said.lines().filter(l -> l.startsWith(kernel.path())).findFirst().orElse("");
      assertTrue(line.startsWith(kernel.path()), said);
      assertEquals(kernel.math() != MathMode.FP32, line.contains("--math"), line);
    }
    assertTrue(said.contains("--math tf32") && said.contains("--math bf16"), said);
  }
}
