// SPDX-License-Identifier: Apache-2.0
package gander.runtime.catalogue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TunedTableTest {
  private static final DeviceInfo CPU =
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
  private static final Problem PROBLEM =
      new Problem("job", Map.of("N", 8), Map.of(), List.of(), "", false);

  @TempDir Path folder;
  private Path kernel;
  private Path tables;

  @BeforeEach
  void writeKernel() throws IOException {
    kernel = Files.createDirectories(folder.resolve("kernels/job")).resolve("a.cl");
    tables = folder.resolve("tuned");
    Files.writeString(
        kernel, "//! job: a\n//! device opencl\n//! tune A = 1 2 3\n//! grid N\nPARAMS\n");
  }

  private Catalogue catalogue() {
    return Catalogue.load(List.of(folder.resolve("kernels")));
  }

  private TunedTable load() {
    return TunedTable.load("test", catalogue(), tables);
  }

  private void tune(int value) {
    Catalogue catalogue = catalogue();
    Variant winner =
        catalogue.candidates(PROBLEM, CPU).stream()
            .filter(variant -> variant.setting().equals(Map.of("A", value)))
            .findFirst()
            .orElseThrow();
    TunedTable table = load();
    table.put(winner, false, 12.5);
    table.save();
  }

  private Map<String, Integer> chosen() {
    Variant variant = catalogue().choose(PROBLEM, CPU, load());
    assertNotNull(variant);
    return variant.setting();
  }

  @Test
  void aWinnerIsRememberedAndChosen() {
    assertEquals(Map.of("A", 1), chosen());
    tune(3);
    assertEquals(Map.of("A", 3), chosen());
    assertEquals(
        List.of(), load().find(new Problem("job", Map.of("N", 9), Map.of(), List.of(), "", false)));
    assertEquals(
        List.of(), load().find(new Problem("job", Map.of("N", 8), Map.of(), List.of(), "", true)));
  }

  /** Saves a winner where tables are shipped from: beside the kernels. */
  private void ship(int value) {
    Path own = tables;
    tables = folder.resolve("kernels/tuned");
    tune(value);
    tables = own;
  }

  @Test
  void whatWasTunedHereCountsBeforeWhatIsShippedBeforeTheHeader() throws IOException {
    ship(2);
    assertEquals(Map.of("A", 2), chosen());
    tune(3);
    assertEquals(Map.of("A", 3), chosen());
    Files.delete(tables.resolve("test.json"));
    assertEquals(Map.of("A", 2), chosen());
    Files.delete(folder.resolve("kernels/tuned/test.json"));
    assertEquals(Map.of("A", 1), chosen());
  }

  @Test
  void whatIsShippedCountsWhereWhatWasTunedHereIsOutOfDate() throws IOException {
    tune(3);
    Files.writeString(kernel, Files.readString(kernel) + "// changed\n");
    tables = folder.resolve("moved");
    ship(2);
    tables = folder.resolve("tuned");
    assertEquals(Map.of("A", 2), chosen());
  }

  @Test
  void whatIsShippedIsNotCopiedIntoTheUsersTable() throws IOException {
    ship(2);
    load().save();
    assertFalse(Files.readString(tables.resolve("test.json")).contains("job/a.cl"));
  }

  @Test
  void aWinnerCountsOnlyWhileItsKernelIsWhatWasTimed() throws IOException {
    tune(3);
    Files.writeString(kernel, Files.readString(kernel) + "// changed\n");
    assertEquals(Map.of("A", 1), chosen());
  }

  @Test
  void aWinnerWhoseSettingIsNoLongerOfferedIsPassedOver() throws IOException {
    tune(3);
    Files.writeString(kernel, Files.readString(kernel).replace("1 2 3", "1 2"));
    assertEquals(Map.of("A", 1), chosen());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[]",
        "{\"device\": \"test\"}",
        "{\"device\": \"test\", \"problems\": {\"job N=8\": null}}",
        "{\"device\": \"test\", \"problems\": {\"job N=8\": {\"kernel\": \"job/a.cl\"}}}"
      })
  void aDamagedTableIsNamed(String text) throws IOException {
    Files.createDirectories(tables);
    Files.writeString(tables.resolve("test.json"), text);
    var thrown = assertThrows(GanderException.class, this::load);
    String message = String.valueOf(thrown.getMessage());
    assertTrue(message.contains("test.json") && message.contains("delete it"), message);
  }
}
