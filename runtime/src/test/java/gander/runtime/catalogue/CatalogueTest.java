// SPDX-License-Identifier: Apache-2.0
package gander.runtime.catalogue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.runtime.DeviceClass;
import gander.runtime.DeviceInfo;
import gander.runtime.Dialect;
import gander.runtime.GanderException;
import gander.runtime.MathMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kernels of an op of its own, so that none of those shipped is in the way. */
class CatalogueTest {
  private static final DeviceInfo CPU = device(DeviceClass.CPU);
  private static final DeviceInfo GPU = device(DeviceClass.GPU);

  @TempDir Path folder;

  private static DeviceInfo device(DeviceClass deviceClass) {
    return new DeviceInfo(
        "opencl:0",
        "test",
        "1",
        Dialect.OPENCL,
        deviceClass,
        "none",
        0,
        4,
        8,
        1L << 30,
        1L << 28,
        1 << 15,
        0,
        128,
        MathMode.FP32);
  }

  private static Problem problem(int n) {
    return new Problem("job", Map.of("N", n), Map.of(), List.of(), "", false);
  }

  private Catalogue with(String name, String header) {
    try {
      Path op = Files.createDirectories(folder.resolve("job"));
      Files.writeString(op.resolve(name), header + "KERNEL void job(PARAMS) {}\n");
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return Catalogue.load(List.of(folder));
  }

  private static @Nullable Variant choose(Catalogue catalogue, int n, DeviceInfo device) {
    return catalogue.choose(problem(n), device, TunedTable.empty());
  }

  @Test
  void theKernelForTheClassOfDeviceIsTaken() {
    with("cpu.cl", "//! job: a\n//! device opencl cpu\n//! grid N\n");
    Catalogue catalogue = with("gpu.cl", "//! job: b\n//! device opencl gpu\n//! grid N\n");
    assertEquals("job/cpu.cl", path(choose(catalogue, 3, CPU)));
    assertEquals("job/gpu.cl", path(choose(catalogue, 3, GPU)));
    assertEquals(2, catalogue.runnable(problem(3), CPU).size());
    assertEquals(1, catalogue.candidates(problem(3), CPU).size());
  }

  private static String path(@Nullable Variant variant) {
    return assertNotNullVariant(variant).kernel().path();
  }

  private static Variant assertNotNullVariant(@Nullable Variant variant) {
    assertNotNull(variant);
    return variant;
  }

  @Test
  void theOnePreferredMostIsTakenAmongThoseThatCompute() {
    with("a.cl", "//! job: a\n//! device opencl\n//! grid N\n");
    Catalogue catalogue =
        with(
            "b.cl",
            "//! job: b\n//! device opencl\n//! when N % 4 == 0\n//! prefer N\n//! grid N\n");
    assertEquals("job/b.cl", path(choose(catalogue, 8, CPU)));
    assertEquals("job/a.cl", path(choose(catalogue, 7, CPU)));
  }

  @Test
  void everyDefaultLineThatHoldsCountsAndTheFirstForATunableWins() {
    Catalogue catalogue =
        with(
            "a.cl",
            """
            //! job: a
            //! device opencl
            //! tune A = 1 2 3   B = 1 2 3
            //! default N > 10 ? A = 2
            //! default N > 5 ? A = 3 B = 3
            //! default simd < 16 && units == 4 ? B = 2
            //! grid N
            """);
    assertEquals(Map.of("A", 2, "B", 3), setting(catalogue, 20));
    assertEquals(Map.of("A", 3, "B", 3), setting(catalogue, 8));
    assertEquals(Map.of("A", 1, "B", 2), setting(catalogue, 1));
  }

  private static Map<String, Integer> setting(Catalogue catalogue, int n) {
    return assertNotNullVariant(choose(catalogue, n, CPU)).setting();
  }

  @Test
  void aDefaultThatCannotComputeGivesWayToTheNearestThatCan() {
    Catalogue catalogue =
        with(
            "a.cl",
            """
            //! job: a
            //! device opencl
            //! when A * B < N
            //! tune A = 8 4 2   B = 8 4 2   C = 1 2
            //! default N > 0 ? C = 2
            //! grid N
            """);
    assertEquals(Map.of("A", 8, "B", 8, "C", 2), setting(catalogue, 100));
    assertEquals(Map.of("A", 8, "B", 4, "C", 2), setting(catalogue, 60));
    assertNull(choose(catalogue, 4, CPU));
  }

  @Test
  void allSettingsThatComputeAreListedTheDefaultFirst() {
    Catalogue catalogue =
        with(
            "a.cl",
            "//! job: a\n//! device opencl\n//! when A + B < 5\n//! tune A = 1 2 3   B = 1 3\n//! default N == 2 ? A = 2\n//! grid N\n");
    List<Map<String, Integer>> settings =
        catalogue.candidates(problem(2), CPU).stream().map(Variant::setting).toList();
    assertEquals(Map.of("A", 2, "B", 1), settings.getFirst());
    assertEquals(4, settings.size());
  }

  @Test
  void geometryIsComputedAndHeldWithinItsRange() {
    Catalogue catalogue =
        with("a.cl", "//! job: a\n//! device opencl\n//! grid ceil(N, 4) 2\n//! block 64\n");
    var geometry = assertNotNullVariant(choose(catalogue, 9, CPU)).geometries().getFirst();
    assertEquals(3, geometry.gridX());
    assertEquals(2, geometry.gridY());
    assertEquals(1, geometry.gridZ());
    assertEquals(64, geometry.blockX());
    Catalogue empty = with("b.cl", "//! job: b\n//! device opencl\n//! prefer 1\n//! grid N - 9\n");
    Variant none = assertNotNullVariant(choose(empty, 9, CPU));
    var thrown = assertThrows(GanderException.class, none::geometries);
    assertTrue(String.valueOf(thrown.getMessage()).startsWith("kernel job/b.cl:4: 'N - 9' is 0"));
  }

  @Test
  void anUnknownNameIsAnErrorWithItsLine() {
    Catalogue catalogue =
        with("a.cl", "//! job: a\n//! device opencl\n//! when M > 3\n//! grid N\n");
    var thrown = assertThrows(GanderException.class, () -> choose(catalogue, 3, CPU));
    assertTrue(
        String.valueOf(thrown.getMessage()).startsWith("kernel job/a.cl:3: unknown name 'M'"),
        thrown::getMessage);
  }

  @Test
  void aTunableMayNotHaveTheNameOfADimension() {
    Catalogue catalogue =
        with("a.cl", "//! job: a\n//! device opencl\n//! tune N = 1 2\n//! grid N\n");
    assertThrows(GanderException.class, () -> choose(catalogue, 3, CPU));
  }

  @Test
  void foldersWithoutKernelsAreRefused() {
    assertThrows(GanderException.class, () -> Catalogue.load(List.of(folder)));
    assertThrows(GanderException.class, () -> Catalogue.load(List.of(folder.resolve("none"))));
  }

  @Test
  void theTranslationUnitHasEverythingAKernelMayName() {
    Catalogue catalogue =
        with("a.cl", "//! job: a\n//! device opencl\n//! tune A = 3\n//! grid N\n");
    String text = assertNotNullVariant(choose(catalogue, 9, CPU)).source(catalogue).text();
    for (String line :
        List.of("#define N 9\n", "#define A 3\n", "#define PARAMS \n", "#line 1 \"job/a.cl\"\n")) {
      assertTrue(text.contains(line), line);
    }
    assertTrue(text.contains("#define GANDER_H"), "gander.h is implied");
  }

  @Test
  void aKernelMayTakeTheSourceOfAnother() {
    with("a.cl", "//! job: a\n//! device opencl\n//! grid N\nKERNEL void job() {}\n");
    String like = "//! job: b\n//! like job/a.cl\n//! prefer 1\n#include \"job/%s.cl\"\n";
    Catalogue catalogue = with("b.cl", like.formatted("a"));
    String text = assertNotNullVariant(choose(catalogue, 9, CPU)).source(catalogue).text();
    assertTrue(text.contains("#line 1 \"job/a.cl\"\n"), text);
    assertTrue(text.contains("KERNEL void job() {}"), text);

    Catalogue wrong = with("b.cl", like.formatted("c"));
    Variant variant = assertNotNullVariant(choose(wrong, 9, CPU));
    var thrown = assertThrows(GanderException.class, () -> variant.source(wrong));
    assertEquals(
        "kernel job/b.cl:4: #include \"job/c.cl\" is neither a file of kernels/include nor a kernel",
        thrown.getMessage());
  }
}
