// SPDX-License-Identifier: Apache-2.0
package gander.models.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gander.models.Refusal;
import gander.models.io.Curve;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsTest {
  private static final List<String> NAMES = List.of("d", "g");

  @TempDir Path folder;
  private RunDirectory run;

  @BeforeEach
  void make() {
    run = RunDirectory.create(folder.resolve("run"), RunConfig.of("dcgan", "strokes", "reference"));
  }

  @Test
  void aRecordIsThereAsSoonAsItIsLogged() throws IOException {
    try (Metrics metrics = Metrics.open(run, NAMES, List.of(), 0)) {
      assertEquals("step,d,g\n", csv());
      assertEquals(List.of(), metrics.log(10, 0.5, 1e-7));
      assertEquals("{\"step\":10,\"d\":0.5,\"g\":1.0E-7}\n", json());
      assertEquals("step,d,g\n10,0.5,1.0E-7\n", csv());
    }
  }

  @Test
  void whatIsNotFiniteIsFlagged() throws IOException {
    try (Metrics metrics = Metrics.open(run, NAMES, List.of(), 0)) {
      assertEquals(List.of("g"), metrics.log(1, 0.5, Double.NaN));
      assertEquals(NAMES, metrics.log(2, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY));
    }
    assertEquals(
        """
        {"step":1,"d":0.5,"g":null,"nonFinite":{"g":"NaN"}}
        {"step":2,"d":null,"g":null,"nonFinite":{"d":"Infinity","g":"-Infinity"}}
        """,
        json());
    assertEquals("step,d,g\n1,0.5,NaN\n2,Infinity,-Infinity\n", csv());
    String before = csv();
    Metrics.open(run, NAMES, List.of(), 2).close();
    assertEquals(before, csv());
  }

  @Test
  void aResumedRunDoublesNothing() throws IOException {
    log(0, 10, 20, 30, 40);
    String whole = json();
    // Killed after step 40, resumed from the checkpoint of step 20.
    log(20, 30, 40, 50);
    assertEquals(whole + "{\"step\":50,\"d\":50.0,\"g\":-50.0}\n", json());
    assertEquals(
        "step,d,g\n10,10.0,-10.0\n20,20.0,-20.0\n30,30.0,-30.0\n40,40.0,-40.0\n50,50.0,-50.0\n",
        csv());
  }

  @Test
  void aResumeFromTheBeginningKeepsNothing() throws IOException {
    log(0, 10, 20);
    log(0, 5);
    assertEquals("{\"step\":5,\"d\":5.0,\"g\":-5.0}\n", json());
    assertEquals("step,d,g\n5,5.0,-5.0\n", csv());
  }

  @Test
  void aLineThatWasCutOffIsDroppedAndTheCsvMended() throws IOException {
    log(0, 10, 20);
    Files.writeString(run.metricsFile(), "{\"step\":30,\"d\":3", StandardOpenOption.APPEND);
    Files.writeString(run.metricsCsvFile(), "30,3", StandardOpenOption.APPEND);
    assertEquals(2, Metrics.curves(run).getFirst().steps().length);
    log(30, 40);
    assertEquals("step,d,g\n10,10.0,-10.0\n20,20.0,-20.0\n40,40.0,-40.0\n", csv());
    Files.delete(run.metricsCsvFile());
    Metrics.open(run, NAMES, List.of(), 20).close();
    assertEquals("step,d,g\n10,10.0,-10.0\n20,20.0,-20.0\n", csv());
  }

  @Test
  void curvesComeBack() {
    assertEquals(List.of(), Metrics.curves(run));
    try (Metrics metrics = Metrics.open(run, NAMES, List.of(), 0)) {
      metrics.log(1, 0.25, 3);
      metrics.log(5, 0.5, Double.POSITIVE_INFINITY);
      List<Curve> curves = Metrics.curves(run);
      assertEquals(NAMES, curves.stream().map(Curve::name).toList());
      assertArrayEquals(new double[] {1, 5}, curves.getFirst().steps());
      assertArrayEquals(new double[] {0.25, 0.5}, curves.getFirst().values());
      assertArrayEquals(new double[] {3, Double.NaN}, curves.getLast().values());
    }
  }

  @Test
  void aDamagedLineIsNamed() throws IOException {
    for (String damage :
        List.of("nonsense", "{\"d\":1}", "[]", "{\"step\":1.5}", "{\"step\":1,\"d\":\"x\"}", "")) {
      Files.writeString(
          run.metricsFile(),
          "{\"step\":1,\"d\":1,\"g\":1}\n" + damage + "\n{\"step\":3,\"d\":1,\"g\":1}\n");
      Refusal.of(() -> Metrics.open(run, NAMES, List.of(), 9), run.metricsFile(), "line 2");
      Refusal.of(() -> Metrics.curves(run), run.metricsFile(), "line 2");
    }
  }

  @Test
  void someNumbersAreMeasuredLessOften() throws IOException {
    List<String> rare = List.of("modes", "kl");
    try (Metrics metrics = Metrics.open(run, NAMES, rare, 0)) {
      metrics.log(1, 0.5, 2);
      assertEquals(List.of("kl"), metrics.log(2, 0.25, 3, 8, Double.POSITIVE_INFINITY));
      metrics.log(3, 0.5, 2);
      assertThrows(IllegalArgumentException.class, () -> metrics.log(4, 1, 2, 3));
    }
    String csv = "step,d,g,modes,kl\n1,0.5,2.0,,\n2,0.25,3.0,8.0,Infinity\n3,0.5,2.0,,\n";
    assertEquals(csv, csv());
    String json = json();
    assertEquals("{\"step\":1,\"d\":0.5,\"g\":2.0}", json.lines().findFirst().orElseThrow());
    Metrics.open(run, NAMES, rare, 3).close();
    assertEquals(csv, csv());
    assertEquals(json, json());
    List<Curve> curves = Metrics.curves(run);
    assertEquals(List.of("d", "g", "modes", "kl"), curves.stream().map(Curve::name).toList());
    assertArrayEquals(new double[] {1, 2, 3}, curves.getFirst().steps());
    assertArrayEquals(new double[] {2}, curves.get(2).steps());
    assertArrayEquals(new double[] {8}, curves.get(2).values());
    Refusal.of(() -> Metrics.open(run, NAMES, List.of("modes"), 3), run.metricsFile(), "kl");
  }

  @Test
  void otherNumbersAreRefusedOnResume() {
    log(0, 10);
    Refusal.of(
        () -> Metrics.open(run, List.of("d", "g", "kl"), List.of(), 10),
        run.metricsFile(),
        "[d, g, kl]");
    // Nothing is kept: there is nothing to contradict.
    Metrics.open(run, List.of("d", "g", "kl"), List.of(), 0).close();
  }

  @Test
  void mistakesAreFaults() {
    for (String name : List.of("step", "nonFinite", "a,b", "", "a\nb", "a b")) {
      assertThrows(
          IllegalArgumentException.class, () -> Metrics.open(run, List.of(name), List.of(), 0));
    }
    try (Metrics metrics = Metrics.open(run, NAMES, List.of(), 0)) {
      metrics.log(10, 1, 2);
      assertThrows(IllegalArgumentException.class, () -> metrics.log(10, 1, 2));
      assertThrows(IllegalArgumentException.class, () -> metrics.log(11, 1));
    }
  }

  private void log(long afterStep, long... steps) {
    try (Metrics metrics = Metrics.open(run, NAMES, List.of(), afterStep)) {
      for (long step : steps) {
        metrics.log(step, (double) step, (double) -step);
      }
    }
  }

  private String json() throws IOException {
    return Files.readString(run.metricsFile());
  }

  private String csv() throws IOException {
    return Files.readString(run.metricsCsvFile());
  }
}
