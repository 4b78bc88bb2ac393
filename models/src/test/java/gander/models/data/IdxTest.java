// SPDX-License-Identifier: Apache-2.0
package gander.models.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import gander.models.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IdxTest {
  @TempDir Path folder;

  @Test
  void readsPlainAndGzipByContent() throws IOException {
    byte[] plain = IdxFiles.file(2, 3, 4);
    for (byte[] content : new byte[][] {plain, IdxFiles.gzip(plain)}) {
      // The name says the opposite on purpose.
      Idx idx = Idx.read(write(content), 3);
      assertEquals(2, idx.dim(0));
      assertEquals(3, idx.dim(1));
      assertEquals(4, idx.dim(2));
      assertArrayEquals(Arrays.copyOfRange(plain, 16, plain.length), idx.values());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3})
  void refusesAFileTooShortForItsMagic(int bytes) throws IOException {
    refuses(Arrays.copyOf(IdxFiles.file(2, 2, 2), bytes), "not an IDX file");
  }

  @Test
  void refusesAnotherMagic() throws IOException {
    byte[] content = IdxFiles.file(2, 2, 2);
    content[1] = 1;
    refuses(content, "not an IDX file");
  }

  @ParameterizedTest
  @CsvSource({
    "9, signed bytes",
    "11, 16-bit integers",
    "12, 32-bit integers",
    "13, 32-bit floats",
    "14, 64-bit floats",
    "66, unknown type 0x42"
  })
  void refusesOtherElementTypes(byte type, String name) throws IOException {
    byte[] content = IdxFiles.file(2, 2, 2);
    content[2] = type;
    refuses(content, name, "unsigned bytes");
  }

  @Test
  void refusesAnotherRank() throws IOException {
    refuses(IdxFiles.file(8), "has 1 dimensions where 3 are needed");
    byte[] content = IdxFiles.file(2, 2, 2);
    content[3] = (byte) 200;
    refuses(content, "has 200 dimensions");
  }

  @Test
  void refusesAHeaderThatIsCutOff() throws IOException {
    refuses(Arrays.copyOf(IdxFiles.file(2, 2, 2), 15), "ends within its header");
  }

  @Test
  void refusesEmptyDimensions() throws IOException {
    refuses(IdxFiles.file(0, 28, 28), "empty", "dimension 0");
    refuses(IdxFiles.file(5, 28, 0), "empty", "dimension 2");
  }

  @Test
  void refusesDimensionsThatOverflow() throws IOException {
    refuses(IdxFiles.header(65536, 65536, 65536), "more than 2^31 elements");
    // 2^32 as a product of ints is 0.
    refuses(IdxFiles.header(-1, -1, -1), "more than 2^31 elements");
    refuses(IdxFiles.header(1 << 16, 1 << 15, 1), "more than 2^31 elements");
  }

  @Test
  void aLyingHeaderCostsNoMemory() throws IOException {
    refuses(IdxFiles.header(2_000_000_000, 1, 1), "ends after 0 of the 2000000000 elements");
  }

  @Test
  void refusesTooFewOrTooManyElements() throws IOException {
    byte[] content = IdxFiles.file(2, 2, 2);
    for (boolean gzip : new boolean[] {false, true}) {
      byte[] shorter = Arrays.copyOf(content, content.length - 1);
      byte[] longer = Arrays.copyOf(content, content.length + 1);
      refuses(gzip ? IdxFiles.gzip(shorter) : shorter, "ends after 7 of the 8 elements");
      refuses(gzip ? IdxFiles.gzip(longer) : longer, "goes on after the 8 elements");
    }
  }

  @Test
  void refusesGzipCutOffAnywhere() throws IOException {
    byte[] content = IdxFiles.gzip(IdxFiles.file(3, 5, 7));
    for (int length = 2; length < content.length; length++) {
      refuses(Arrays.copyOf(content, length), "gzip");
    }
  }

  @Test
  void refusesGzipWithAFlippedBit() throws IOException {
    byte[] content = IdxFiles.gzip(IdxFiles.file(3, 5, 7));
    // The checksum is the first of the last eight bytes.
    content[content.length - 8] ^= 1;
    refuses(content, "gzip");
  }

  @Test
  void namesAFileThatCannotBeRead() {
    Path missing = folder.resolve("missing");
    Refusal.of(() -> Idx.read(missing, 3), "cannot read", missing);
    Refusal.of(() -> Idx.read(folder, 3), "cannot read", folder);
  }

  private void refuses(byte[] content, String... named) throws IOException {
    Path file = write(content);
    Refusal.of(() -> Idx.read(file, 3), (Object[]) named);
    Refusal.of(() -> Idx.read(file, 3), file);
  }

  private Path write(byte[] content) throws IOException {
    boolean gzip = content.length > 0 && content[0] == 0x1f;
    return Files.write(folder.resolve(gzip ? "plain-idx3-ubyte" : "file.gz"), content);
  }
}
