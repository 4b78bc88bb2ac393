// SPDX-License-Identifier: Apache-2.0
package gander.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.models.cli.Said;
import gander.models.io.Safetensors;
import gander.models.io.SafetensorsWriter;
import gander.models.zoo.Zoo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

/**
 * Every trace of a model there is, recorded by another framework, is followed: by the reference to
 * the last digits, losses and weights alike, by an OpenCL device and by CUDA kernels on the
 * processor in their losses; and a trace that was changed in one number is told from it, with the
 * first step that shows it.
 */
class TracesTest {
  @TempDir Path folder;

  @TestFactory
  Stream<DynamicTest> theReferenceFollowsToTheLastDigits() throws IOException {
    return traces().stream()
        .map(trace ->
            DynamicTest.dynamicTest(
                trace.getFileName().toString(), () -> follow(trace, "reference", "1e-9")));
  }

  @TestFactory
  Stream<DynamicTest> aDeviceFollowsTheLosses() throws IOException {
    OpenCl.info();
    return traces().stream()
        .map(trace ->
            DynamicTest.dynamicTest(
                trace.getFileName().toString(), () -> follow(trace, OpenCl.ID, "1e-3")));
  }

  @TestFactory
  Stream<DynamicTest> cudaKernelsOnTheProcessorFollowTheLosses() throws IOException {
    HostCuda.info();
    return traces().stream()
        .map(trace ->
            DynamicTest.dynamicTest(
                trace.getFileName().toString(), () -> follow(trace, HostCuda.ID, "1e-3")));
  }

  private static void follow(Path trace, String device, String tolerance) {
    Said said = Said.by("replay", trace, "--device", device, "--rtol", tolerance);
    assertEquals(0, said.code(), () -> said.out() + said.err());
  }

  /** The traces whose model is known. */
  private static List<Path> traces() throws IOException {
    try (Stream<Path> files = Files.list(Shared.path("traces"))) {
      List<Path> known =
          files
              .filter(file -> file.toString().endsWith(".safetensors"))
              .filter(file -> Zoo.MODELS.contains(model(file)))
              .sorted()
              .toList();
      Assumptions.assumeFalse(known.isEmpty(), "no trace in ../shared/traces is of a known model");
      return known;
    }
  }

  private static String model(Path trace) {
    try (Safetensors tensors = Safetensors.open(trace)) {
      String config = tensors.metadata().getOrDefault("config", "{}");
      return JsonMapper.shared().readTree(config).path("model").asString();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "step/0003/loss/g, loss g of step 3",
    "final/g/1/bias,   weight g/1/bias after the last step",
    "init/d/1/weight,  loss d of step 0",
    "step/0002/z_d,    loss d of step 2",
    "step/0004/x,      loss d of step 4"
  })
  void oneNumberThatIsNotAsRecordedIsNamed(String tensor, String first) {
    Path changed = changed(Shared.path("traces", "gan-mlp.safetensors"), tensor);
    Said said = Said.by("replay", changed, "--device", "reference");
    assertEquals(1, said.code(), () -> said.out() + said.err());
    assertTrue(said.out().contains(": " + first + " is off by "), said::out);
  }

  @Test
  void aDeviceThatIsOffByMoreThanSinglePrecisionIsTold() {
    OpenCl.info();
    Path changed = changed(Shared.path("traces", "gan-mlp.safetensors"), "step/0001/loss/d");
    Said said = Said.by("replay", changed, "--device", OpenCl.ID);
    assertEquals(1, said.code(), () -> said.out() + said.err());
    assertTrue(said.out().contains(": loss d of step 1 is off by "), said::out);
  }

  /** A copy of a trace in which the first number of one tensor is another. */
  private Path changed(Path trace, String tensor) {
    Path copy = folder.resolve("changed.safetensors");
    try (Safetensors tensors = Safetensors.open(trace)) {
      var writer = new SafetensorsWriter();
      tensors.metadata().forEach(writer::metadata);
      for (String name : tensors.names()) {
        double[] values = tensors.doubles(name);
        if (name.equals(tensor)) {
          values[0] += 0.01;
        }
        writer.add(name, tensors.shape(name), values);
      }
      writer.write(copy);
    }
    return copy;
  }
}
