// SPDX-License-Identifier: Apache-2.0
package gander.models.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.models.Refusal;
import gander.runtime.GanderException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each rule of the format, broken. */
class SafetensorsRejectTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7})
  void aFileTooShortForALength(int bytes) throws IOException {
    Path file = Files.write(folder.resolve("short.safetensors"), new byte[bytes]);
    Refusal.of(() -> Safetensors.open(file), file, "it has " + bytes + " bytes");
  }

  @ParameterizedTest
  @ValueSource(longs = {100_000_001, Long.MAX_VALUE, -1})
  void aHeaderBeyondTheLimit(long length) throws IOException {
    lengthIs(length, 64, Long.toUnsignedString(length), "limit of 100000000");
  }

  @Test
  void aHeaderLongerThanTheFile() throws IOException {
    lengthIs(57, 64, "57 bytes", "64", "cut off");
  }

  @Test
  void aHeaderThatIsNotUtf8() throws IOException {
    byte[] header = "{\"?\":1}".getBytes(StandardCharsets.UTF_8);
    header[2] = (byte) 0xff;
    Path file = SafetensorsFiles.write(folder, header, new byte[0]);
    Refusal.of(() -> Safetensors.open(file), file, "UTF-8");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{",
        "{\"x\"}",
        "{\"x\":}",
        "{}}",
        "{} {}",
        "{\"x\":NaN}",
        "{x:1}",
        "{'x':1}",
        "{} x"
      })
  void aHeaderThatIsNotJson(String header) throws IOException {
    rejects(header, 0, "not valid JSON");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " {}", "[]", "1", "\uFEFF{}"})
  void aHeaderThatDoesNotBeginWithABrace(String header) throws IOException {
    rejects(header, 0, "does not begin with '{'");
  }

  @Test
  void nestingWithoutEnd() throws IOException {
    rejects("{\"x\":" + "[".repeat(100_000), 0, "not valid JSON");
  }

  @Test
  void duplicateKeys() throws IOException {
    String entry = "{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}";
    rejects("{\"x\":" + entry + ",\"x\":" + entry + "}", 1, "uplicate");
    rejects("{\"__metadata__\":{},\"__metadata__\":{}}", 0, "uplicate");
    rejects("{\"__metadata__\":{\"a\":\"1\",\"a\":\"2\"}}", 0, "uplicate");
    rejects(entry(",\"dtype\":\"U8\"", "U8", "[1]", "[0,1]"), 1, "uplicate");
    // The same key under another spelling.
    rejects("{\"x\":" + entry + ",\"\\u0078\":" + entry + "}", 1, "uplicate");
  }

  @Test
  void tensorsThatDoNotBeginAtTheStart() throws IOException {
    rejects(entry("", "U8", "[1]", "[1,2]"), 2, "'x' begins at byte 1 where 0 was due");
  }

  @Test
  void gapsAndOverlaps() throws IOException {
    String gap =
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]},\"b\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[3,5]}}";
    rejects(gap, 5, "'b' begins at byte 3 where 2 was due");
    rejects(gap.replace("[3,5]", "[1,3]"), 3, "'b' begins at byte 1 where 2 was due");
    rejects(gap.replace("[3,5]", "[0,2]"), 2, "begins at byte 0 where 2 was due");
  }

  @Test
  void anEndBeforeTheBeginning() throws IOException {
    rejects(entry("", "U8", "[1]", "[1,0]"), 1, "'x' ends at byte 0, before it begins at 1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[4294967296,4294967296]",
        "[9223372036854775807]",
        "[4611686018427387904,2,0]",
        "[288230376151711744]"
      })
  void sizesThatOverflow(String shape) throws IOException {
    rejects(entry("", "F64", shape, "[0,8]"), 8, "'x'", "overflows");
  }

  @Test
  void partsOfBytes() throws IOException {
    rejects(entry("", "F4", "[3]", "[0,2]"), 2, "'x'", "F4", "whole number of bytes");
    rejects(entry("", "F6_E2M3", "[1]", "[0,1]"), 1, "'x'", "F6_E2M3", "whole number of bytes");
  }

  @Test
  void bytesThatAreNotThoseOfTheShape() throws IOException {
    rejects(entry("", "F32", "[2]", "[0,4]"), 4, "'x' has 4 bytes", "needs 8");
    rejects(entry("", "F32", "[]", "[0,8]"), 8, "'x' has 8 bytes", "needs 4");
    rejects(entry("", "F32", "[0]", "[0,4]"), 4, "'x' has 4 bytes", "needs 0");
  }

  @Test
  void bytesBeforeTheEndOfTheFileThatNoTensorOwns() throws IOException {
    rejects(entry("", "U8", "[1]", "[0,1]"), 2, "tensors have 1 bytes but 2 follow");
    rejects(entry("", "U8", "[2]", "[0,2]"), 1, "tensors have 2 bytes but 1 follow");
    rejects("{}", 1, "tensors have 0 bytes but 1 follow");
  }

  @Test
  void unknownOrMissingTypes() throws IOException {
    rejects(entry("", "F128", "[1]", "[0,16]"), 16, "'x'", "unknown dtype 'F128'");
    rejects(entry("", "f32", "[1]", "[0,4]"), 4, "'x'", "unknown dtype 'f32'");
    rejects("{\"x\":{\"shape\":[1],\"data_offsets\":[0,1]}}", 1, "'x' has no dtype");
    rejects("{\"x\":{\"dtype\":3,\"shape\":[1],\"data_offsets\":[0,1]}}", 1, "'x' has no dtype");
    rejects("{\"x\":7}", 0, "'x' has no dtype");
  }

  @Test
  void shapesAndOffsetsThatAreNoLists() throws IOException {
    rejects("{\"x\":{\"dtype\":\"U8\",\"data_offsets\":[0,1]}}", 1, "'x' has no shape");
    rejects("{\"x\":{\"dtype\":\"U8\",\"shape\":[1]}}", 1, "'x' has no data_offsets");
    rejects(entry("", "U8", "1", "[0,1]"), 1, "'x' has no shape");
    rejects(entry("", "U8", "[1]", "[0]"), 1, "'x'", "not two numbers");
    rejects(entry("", "U8", "[1]", "[0,1,1]"), 1, "'x'", "not two numbers");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"-1", "1.0", "1e0", "\"1\"", "null", "true", "9223372036854775808", "[1]"})
  void sizesThatAreNone(String size) throws IOException {
    rejects(entry("", "U8", "[" + size + "]", "[0,1]"), 1, "'x'", "shape holds");
    rejects(entry("", "U8", "[1]", "[0," + size + "]"), 1, "'x'", "data_offsets holds");
  }

  @Test
  void metadataThatIsNotText() throws IOException {
    rejects("{\"__metadata__\":[]}", 0, "__metadata__ is not an object");
    rejects("{\"__metadata__\":{\"a\":1}}", 0, "'a' is not a string");
    rejects("{\"__metadata__\":{\"a\":{\"b\":\"c\"}}}", 0, "'a' is not a string");
  }

  @Test
  void whatIsLegalIsRead() throws IOException {
    for (String header :
        new String[] {
          "{}",
          "{}      ",
          "{\"__metadata__\":{}}",
          entry("", "F32", "[0]", "[0,0]"),
          entry("", "F4", "[2,0]", "[0,0]")
        }) {
      Safetensors.open(SafetensorsFiles.write(folder, header, new byte[0])).close();
    }
    // Any order in the header, an empty tensor between others.
    String shuffled =
        "{\"b\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[1,3]},\"e\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[1,1]},\"a\":{\"dtype\":\"U8\",\"shape\":[],\"data_offsets\":[0,1]}}";
    try (Safetensors read =
        Safetensors.open(SafetensorsFiles.write(folder, shuffled, new byte[] {1, 2, 3}))) {
      assertEquals("[a, e, b]", read.names().toString());
      assertEquals(3, read.doubles("b")[1]);
    }
  }

  /** Damage anywhere gives a refusal or a file that is sound, never another exception. */
  @Test
  void randomDamageIsRefusedInPlainWords() throws IOException {
    Path file = folder.resolve("sound.safetensors");
    new SafetensorsWriter()
        .metadata("step", "1")
        .add("a/b", new int[] {2, 2}, new float[] {1, 2, 3, 4})
        .add("c", new int[] {}, new double[] {5})
        .write(file);
    byte[] sound = Files.readAllBytes(file);
    var random = new Random(7);
    int refused = 0;
    for (int i = 0; i < 500; i++) {
      byte[] damaged =
          random.nextInt(4) == 0
              ? Arrays.copyOf(sound, random.nextInt(sound.length))
              : sound.clone();
      for (int flips = random.nextInt(4); flips > 0 && damaged.length > 0; flips--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      }
      Files.write(file, damaged);
      try (Safetensors read = Safetensors.open(file)) {
        read.names().forEach(read::doubles);
      } catch (GanderException e) {
        refused++;
      }
    }
    assertTrue(refused > 330, "refused " + refused);
  }

  private void lengthIs(long length, int fileBytes, String... named) throws IOException {
    byte[] bytes = new byte[fileBytes];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
    Path file = Files.write(folder.resolve("length.safetensors"), bytes);
    Refusal.of(() -> Safetensors.open(file), (Object[]) named);
    Refusal.of(() -> Safetensors.open(file), file);
  }

  private void rejects(String header, int dataBytes, String... named) throws IOException {
    Path file = SafetensorsFiles.write(folder, header, new byte[dataBytes]);
    Refusal.of(() -> Safetensors.open(file), (Object[]) named);
    Refusal.of(() -> Safetensors.open(file), file);
  }

  private static String entry(String more, String type, String shape, String offsets) {
    return "{\"x\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":%s%s}}"
        .formatted(type, shape, offsets, more);
  }
}
