// SPDX-License-Identifier: Apache-2.0
package gander.models.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.models.Refusal;
import gander.runtime.GanderException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
  private static final Path FILE = Path.of("/disk/file");
  private static final byte[] OLD = "the old content".getBytes(StandardCharsets.UTF_8);
  private static final byte[] NEW =
      "what the file holds from now on".getBytes(StandardCharsets.UTF_8);

  @TempDir Path folder;

  @Test
  void writesAndReplaces() throws IOException {
    Path file = folder.resolve("a.txt");
    AtomicFile.writeText(file, "första");
    assertEquals("första", Files.readString(file));
    AtomicFile.writeBytes(file, NEW);
    assertArrayEquals(NEW, Files.readAllBytes(file));
    assertEquals(List.of(file), files());
  }

  @Test
  void aBodyThatFailsLeavesTheOldFileAlone() throws IOException {
    Path file = folder.resolve("a.txt");
    AtomicFile.writeBytes(file, OLD);
    Refusal.of(
        () ->
            AtomicFile.write(
                file,
                channel -> {
                  AtomicFile.writeFully(channel, ByteBuffer.wrap(NEW));
                  throw new IOException("no space left");
                }),
        file,
        "no space left");
    assertThrows(
        IllegalStateException.class,
        () ->
            AtomicFile.write(
                file,
                channel -> {
                  throw new IllegalStateException("a fault");
                }));
    assertArrayEquals(OLD, Files.readAllBytes(file));
    assertEquals(List.of(file), files());
  }

  @Test
  void namesAPlaceThatCannotBeWritten() throws IOException {
    Path file = folder.resolve("no/such/folder/a.txt");
    Refusal.of(() -> AtomicFile.writeText(file, "x"), file, "folder");
    Path directory = folder.resolve("directory");
    Files.createDirectories(directory.resolve("inner"));
    Refusal.of(() -> AtomicFile.writeText(directory, "x"), directory);
    assertEquals(List.of(directory), files());
    Refusal.of(() -> AtomicFile.writeText(Path.of("/"), "x"), "/");
  }

  @Test
  void powerLostAtAnyMomentLeavesTheOldOrTheNewFile() {
    int whole = operationsOfAWrite();
    assertTrue(whole > 8, "the test must interrupt every kind of operation");
    for (int at = 0; at < whole; at++) {
      var disk = new CrashingDisk(at, true);
      disk.put(FILE, OLD);
      assertThrows(GanderException.class, () -> write(disk));
      for (CrashingDisk.Unsynced fate : CrashingDisk.Unsynced.values()) {
        byte[] found = disk.afterCrash(FILE, fate);
        assertTrue(
            Arrays.equals(OLD, found) || Arrays.equals(NEW, found),
            "power lost at operation %d, unsynced writes %s".formatted(at, fate));
      }
    }
  }

  @Test
  void aWriteThatReturnedIsPermanent() {
    var disk = new CrashingDisk(Integer.MAX_VALUE, true);
    disk.put(FILE, OLD);
    write(disk);
    for (CrashingDisk.Unsynced fate : CrashingDisk.Unsynced.values()) {
      assertArrayEquals(NEW, disk.afterCrash(FILE, fate));
    }
  }

  @Test
  void anOperationThatFailsOnceLeavesNoLitter() {
    int whole = operationsOfAWrite();
    for (int at = 0; at < whole; at++) {
      var disk = new CrashingDisk(at, false);
      disk.put(FILE, OLD);
      assertThrows(GanderException.class, () -> write(disk));
      boolean last = at == whole - 1; // the directory's sync, after the rename
      assertArrayEquals(last ? NEW : OLD, disk.afterCrash(FILE, CrashingDisk.Unsynced.KEPT));
      assertEquals(1, disk.files(), "operation " + at);
    }
  }

  private static int operationsOfAWrite() {
    var disk = new CrashingDisk(Integer.MAX_VALUE, true);
    disk.put(FILE, OLD);
    write(disk);
    return disk.operations();
  }

  private static void write(CrashingDisk disk) {
    AtomicFile.write(disk, FILE, channel -> AtomicFile.writeFully(channel, ByteBuffer.wrap(NEW)));
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }
}
