// SPDX-License-Identifier: Apache-2.0
package gander.models.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.models.Refusal;
import gander.models.SharedData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsTest {
  @TempDir Path folder;

  @Test
  void whatIsWrittenIsRead() {
    float[] floats = {1.5f, -0f, Float.NaN, Float.POSITIVE_INFINITY, Float.MIN_VALUE, 7};
    double[] doubles = {Math.PI, Double.MIN_VALUE, -1e300};
    // More than one chunk.
    var large = new float[300_001];
    for (int i = 0; i < large.length; i++) {
      large[i] = i;
    }
    Path file = folder.resolve("x.safetensors");
    new SafetensorsWriter()
        .metadata("step", "500")
        .metadata("text", "quotes \" and ümläute\n")
        .add("g/0/weight", new int[] {2, 3}, floats)
        .add("scalar", new int[] {}, new double[] {42})
        .add("doubles", new int[] {3}, doubles)
        .add("empty", new int[] {0, 5}, new float[0])
        .add("large", new int[] {large.length}, large)
        .write(file);
    try (Safetensors read = Safetensors.open(file)) {
      assertEquals("500", read.metadata().get("step"));
      assertEquals("quotes \" and ümläute\n", read.metadata().get("text"));
      assertArrayEquals(floats, read.floats("g/0/weight"));
      assertArrayEquals(new int[] {2, 3}, read.shape("g/0/weight"));
      assertEquals(ElementType.F32, read.type("g/0/weight"));
      assertEquals(Float.MIN_VALUE, read.doubles("g/0/weight")[4]);
      assertArrayEquals(doubles, read.doubles("doubles"));
      assertEquals((float) Math.PI, read.floats("doubles")[0]);
      assertArrayEquals(new int[0], read.shape("scalar"));
      assertArrayEquals(new double[] {42}, read.doubles("scalar"));
      assertArrayEquals(new float[0], read.floats("empty"));
      assertArrayEquals(large, read.floats("large"));
      read.verify();
    }
  }

  /** Wider types first, then names by their bytes; a header of a multiple of 8 bytes. */
  @Test
  void theBytesAreThoseOfTheFormatsOwnWriter() throws IOException {
    Path file = folder.resolve("x.safetensors");
    new SafetensorsWriter()
        .add("b", new int[] {1}, new float[] {1})
        .add("a", new int[] {1}, new float[] {2})
        .add("\uFF21", new int[] {1}, new float[] {3})
        .add("\uD83D\uDE00", new int[] {1}, new float[] {4})
        .add("z", new int[] {1}, new double[] {5})
        .write(file);
    byte[] bytes = Files.readAllBytes(file);
    var buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int header = (int) buffer.getLong(0);
    assertEquals(0, header % 8);
    assertEquals(8 + header + 24, bytes.length);
    String text = new String(bytes, 8, header, StandardCharsets.UTF_8);
    assertTrue(text.startsWith("{\"__metadata__\":{\"sha256/a\":\""), text);
    assertTrue(
        text.stripTrailing()
            .endsWith(
                "},\"z\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]}"
                    + ",\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[8,12]}"
                    + ",\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[12,16]}"
                    + ",\"\uFF21\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[16,20]}"
                    + ",\"\uD83D\uDE00\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[20,24]}}"),
        text);
    assertEquals(5, buffer.getDouble(8 + header));
    assertEquals(2, buffer.getFloat(8 + header + 8));
  }

  @Test
  void anyFlippedBitOfATensorIsFound() throws IOException {
    Path file = folder.resolve("x.safetensors");
    new SafetensorsWriter()
        .add("first", new int[] {2}, new float[] {1, 2})
        .add("second", new int[] {2}, new float[] {3, 4})
        .write(file);
    byte[] sound = Files.readAllBytes(file);
    for (int bit = 0; bit < 64; bit++) {
      byte[] damaged = sound.clone();
      damaged[sound.length - 8 + bit / 8] ^= (byte) (1 << bit % 8);
      Files.write(file, damaged);
      try (Safetensors read = Safetensors.open(file)) {
        assertArrayEquals(new float[] {1, 2}, read.floats("first"));
        Refusal.of(() -> read.floats("second"), file, "'second'", "damaged");
        Refusal.of(read::verify, file, "'second'", "damaged");
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "BOOL, 1, 00, 0",
    "U8, 1, ff, 255",
    "I8, 1, ff, -1",
    "I16, 2, feff, -2",
    "U16, 2, feff, 65534",
    "F16, 2, 003e, 1.5",
    "F16, 2, 0100, 5.9604644775390625e-8",
    "BF16, 2, c03f, 1.5",
    "I32, 4, feffffff, -2",
    "U32, 4, feffffff, 4294967294",
    "F32, 4, 0000c03f, 1.5",
    "F64, 8, 000000000000f83f, 1.5",
    "I64, 8, feffffffffffffff, -2",
    "U64, 8, feffffffffffffff, 18446744073709551614",
    "U64, 8, 0100000000000000, 1",
    "U64, 8, 0104000000000080, 9223372036854776833"
  })
  void readsEveryPlainType(ElementType type, int bytes, String hex, double value)
      throws IOException {
    Path file =
        SafetensorsFiles.write(
            folder,
            "{\"x\":{\"dtype\":\"%s\",\"shape\":[1],\"data_offsets\":[0,%d]}}"
                .formatted(type, bytes),
            SafetensorsFiles.hex(hex));
    try (Safetensors read = Safetensors.open(file)) {
      assertEquals(value, read.doubles("x")[0]);
      assertEquals((float) value, read.floats("x")[0]);
    }
  }

  @Test
  void refusesTypesItCannotRead() throws IOException {
    Path file =
        SafetensorsFiles.write(
            folder,
            "{\"x\":{\"dtype\":\"F8_E4M3\",\"shape\":[1],\"data_offsets\":[0,1]}}",
            new byte[1]);
    try (Safetensors read = Safetensors.open(file)) {
      Refusal.of(() -> read.doubles("x"), file, "'x'", "F8_E4M3", "F32");
      Refusal.of(() -> read.floats("y"), file, "no tensor 'y'");
    }
  }

  @Test
  void namesAFileThatCannotBeReadOrWritten() {
    Path missing = folder.resolve("missing.safetensors");
    Refusal.of(() -> Safetensors.open(missing), missing, "does not exist");
    Refusal.of(() -> Safetensors.open(folder), folder, "cannot read");
    Path nowhere = folder.resolve("no/folder.safetensors");
    Refusal.of(() -> new SafetensorsWriter().write(nowhere), nowhere, "cannot write");
  }

  @Test
  void theWriterTakesOnlyWhatFits() {
    var writer = new SafetensorsWriter().add("x", new int[] {1}, new float[1]);
    for (Runnable mistake :
        List.<Runnable>of(
            () -> writer.add("x", new int[] {1}, new float[1]),
            () -> writer.add("y", new int[] {2, 2}, new float[3]),
            () -> writer.add("__metadata__", new int[] {1}, new float[1]),
            () -> writer.metadata("sha256/x", "0"))) {
      assertThrows(IllegalArgumentException.class, mistake::run);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"cvae-gan-16", "dcgan-16", "dcgan-wgan-gp", "gan-mlp", "vae"})
  void readsTheTraces(String name) {
    Path file = SharedData.path("traces", name + ".safetensors");
    try (Safetensors trace = Safetensors.open(file)) {
      assertEquals("gander-trace-1", trace.metadata().get("format"));
      long elems = 0;
      for (String tensor : trace.names()) {
        assertEquals(ElementType.F64, trace.type(tensor));
        double[] values = trace.doubles(tensor);
        assertEquals(Arrays.stream(trace.shape(tensor)).reduce(1, (a, b) -> a * b), values.length);
        assertTrue(Arrays.stream(values).allMatch(Double::isFinite), tensor);
        elems += values.length;
      }
      assertTrue(elems > 10_000);
    }
  }
}
