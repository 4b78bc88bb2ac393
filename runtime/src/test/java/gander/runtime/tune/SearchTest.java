// SPDX-License-Identifier: Apache-2.0
package gander.runtime.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.runtime.DeviceClass;
import gander.runtime.DeviceInfo;
import gander.runtime.Dialect;
import gander.runtime.MathMode;
import gander.runtime.catalogue.Catalogue;
import gander.runtime.catalogue.Problem;
import gander.runtime.catalogue.Variant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SearchTest {
  private static final int MANY = 1000;

  @TempDir Path folder;
  private List<Variant> all = List.of();

  @BeforeEach
  void makeVariants() throws IOException {
    var cpu =
        new DeviceInfo(
            "opencl:0",
            "test",
            "1",
            Dialect.OPENCL,
            DeviceClass.CPU,
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
    Path kernel = Files.createDirectories(folder.resolve("job")).resolve("a.cl");
    String values = "0 1 2 3 4 5 6 7 8 9";
    Files.writeString(
        kernel,
        "//! job: a\n//! device opencl\n//! tune A = %s  B = %s  C = %s\n//! grid N\nPARAMS\n"
            .formatted(values, values, values));
    var problem = new Problem("job", Map.of("N", 8), Map.of(), List.of(), "", false);
    all = Catalogue.load(List.of(folder)).candidates(problem, cpu);
    assertEquals(MANY, all.size());
  }

  private static int value(Variant variant, String tunable) {
    return variant.setting().getOrDefault(tunable, 0);
  }

  private static int sum(Variant variant) {
    return value(variant, "A") + value(variant, "B") + value(variant, "C");
  }

  /** What is tried where the best is the one with the least cost, in order. */
  private static List<Variant> tried(Search search, ToIntFunction<Variant> cost) {
    var tried = new ArrayList<Variant>();
    @Nullable Variant best = null;
    for (Variant next = search.next(best); next != null; next = search.next(best)) {
      tried.add(next);
      best = tried.stream().min(Comparator.comparingInt(cost)).orElse(null);
    }
    assertEquals(tried.size(), search.tried());
    assertEquals(tried.size(), new HashSet<>(tried).size());
    return tried;
  }

  @Test
  void itEndsWhereNothingGetsBetter() {
    // The default is the best: patience runs out once among random ones, once among steps.
    List<Variant> tried = tried(new Search(all, MANY, 10, 1), SearchTest::sum);
    assertEquals(all.getFirst(), tried.getFirst());
    assertEquals(21, tried.size());
    long steps =
        tried.subList(11, 21).stream()
            .filter(v -> List.of("A", "B", "C").stream().filter(t -> value(v, t) > 0).count() == 1)
            .count();
    assertEquals(10, steps);
  }

  @Test
  void itGoesOnWhileItGetsBetter() {
    // Each step gets nearer to all nines; patience is for a whole neighbourhood of 27.
    List<Variant> tried = tried(new Search(all, MANY, 27, 1), variant -> -sum(variant));
    assertTrue(tried.stream().anyMatch(variant -> sum(variant) == 27), "tried " + tried.size());
    assertTrue(tried.size() < MANY / 2, "tried " + tried.size());
  }

  @Test
  void allAreTriedWithPatienceAndNoMoreThanMay() {
    assertEquals(MANY, tried(new Search(all, MANY, MANY, 1), SearchTest::sum).size());
    assertEquals(7, tried(new Search(all, 7, MANY, 1), SearchTest::sum).size());
  }

  @Test
  void theSameSeedGivesTheSameOrder() {
    List<Variant> first = tried(new Search(all, 50, 30, 5), SearchTest::sum);
    assertEquals(first, tried(new Search(all, 50, 30, 5), SearchTest::sum));
  }
}
