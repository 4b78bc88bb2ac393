// SPDX-License-Identifier: Apache-2.0
package gander.runtime;

import static gander.runtime.Tests.message;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativesTest {
  private static final String RESOURCE = "/lib/libJOCL_2_0_6-linux-x86_64.so";

  @TempDir private Path folder;
  private byte[] library = {};

  @BeforeEach
  void read() throws Exception {
    try (InputStream in = NativesTest.class.getResourceAsStream(RESOURCE)) {
      library = Objects.requireNonNull(in).readAllBytes();
    }
  }

  @Test
  void unpacksOnceAndKeepsAWholeFile() throws Exception {
    Path file = Natives.unpack(RESOURCE, folder);
    assertArrayEquals(library, Files.readAllBytes(file));
    var old = FileTime.fromMillis(1_000_000);
    Files.setLastModifiedTime(file, old);
    assertEquals(file, Natives.unpack(RESOURCE, folder));
    assertEquals(old, Files.getLastModifiedTime(file));
    assertAlone(file);
  }

  @Test
  void repairsATruncatedFile() throws Exception {
    Path file = folder.resolve("libJOCL_2_0_6-linux-x86_64.so");
    Files.write(file, Arrays.copyOf(library, 4096));
    Natives.unpack(RESOURCE, folder);
    assertArrayEquals(library, Files.readAllBytes(file));
    assertAlone(file);
  }

  @Test
  void repairsAFileOfTheRightSizeWithAnotherContent() throws Exception {
    Path file = folder.resolve("libJOCL_2_0_6-linux-x86_64.so");
    byte[] other = library.clone();
    other[other.length / 2] ^= 1;
    Files.write(file, other);
    Natives.unpack(RESOURCE, folder);
    assertArrayEquals(library, Files.readAllBytes(file));
  }

  private void assertAlone(Path file) throws Exception {
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(file, files.reduce((a, b) -> folder).orElseThrow(), "no temporary file is left");
    }
  }

  @Test
  void loadsFromThePrivateFolderAndRestoresTheProperty() throws Exception {
    String before = System.getProperty("java.io.tmpdir");
    String[] seen = {""};
    Natives.load(RESOURCE, () -> seen[0] = System.getProperty("java.io.tmpdir"));
    assertEquals(before, System.getProperty("java.io.tmpdir"));
    Path used = Path.of(seen[0]);
    assertEquals(UserCache.folder("natives"), used);
    assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(used)));
    assertTrue(Files.exists(used.resolve("libJOCL_2_0_6-linux-x86_64.so")));
  }

  @Test
  void aSystemWithoutALibraryIsNamed() {
    String message =
        message(GanderException.class, () -> Natives.unpack("/lib/libJOCL-beos.so", folder));
    assertTrue(message.contains("/lib/libJOCL-beos.so is in no jar"), message);
  }

  @Test
  void aFolderThatCannotBeWrittenIsNamed() throws Exception {
    Path file = Files.write(folder.resolve("file"), new byte[1]);
    String message =
        message(GanderException.class, () -> Natives.unpack(RESOURCE, file.resolve("under")));
    assertTrue(message.contains("set GANDER_CACHE to another folder"), message);
  }
}
