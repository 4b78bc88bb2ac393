// SPDX-License-Identifier: Apache-2.0
package gander.tests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.graph.Graph;
import gander.graph.op.Ops;
import gander.graph.op.Shape;
import gander.graph.op.Tensor;
import gander.graph.program.DeviceBackend;
import gander.graph.program.DeviceProgram;
import gander.runtime.CodeImage;
import gander.runtime.Device;
import gander.runtime.Devices;
import gander.runtime.catalogue.Catalogue;
import gander.runtime.catalogue.TunedTable;
import gander.runtime.jit.Jit;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is kept in the user's cache may be damaged by whatever fills a disk: compiled kernels are
 * then built again and right, a tuning table is named with what to do, and so is a cache that
 * cannot be written.
 */
class BadCacheTest {
  /** What an entry begins with, before the hash of its code. */
  private static final int MAGIC_BYTES = 8;

  @TempDir Path folder;

  @BeforeEach
  void needsADevice() {
    OpenCl.info();
  }

  /** What a program gave, and how many of its kernels were compiled rather than found. */
  private record Result(double[] y, int compiled) {}

  /** A matrix product with a softplus, and its sum over the rows: two kernels at least. */
  private Result run(Path jit) {
    Tensor a = Ops.input("a", Shape.of(5, 7));
    Tensor y = Ops.softplus(Ops.matmul(a, Ops.input("b", Shape.of(7, 20))));
    Device device = Devices.open(OpenCl.ID);
    try (var backend =
            new DeviceBackend(device, Catalogue.load(), TunedTable.empty(), new Jit(device, jit));
        DeviceProgram program =
            backend.compile(Graph.of(Map.of("y", y, "sum", Ops.maxOver(y, 0))))) {
      for (String input : List.of("a", "b")) {
        var values = new double[input.equals("a") ? 35 : 140];
        Arrays.setAll(values, i -> i % 11 / 8.0 - 0.5);
        program.write(input, values);
      }
      program.run();
      return new Result(program.read("sum"), backend.compiledKernels());
    }
  }

  private static List<Path> entries(Path jit) {
    try (Stream<Path> files = Files.list(jit)) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void isBuiltAgain(UnaryOperator<byte[]> damage) throws IOException {
    Path jit = folder.resolve("jit");
    Result first = run(jit);
    List<Path> entries = entries(jit);
    assertTrue(entries.size() >= 2, entries::toString);
    for (Path entry : entries) {
      Files.write(entry, damage.apply(Files.readAllBytes(entry)));
    }
    Result again = run(jit);
    assertArrayEquals(first.y, again.y);
    assertEquals(entries.size(), again.compiled);
    assertEquals(entries, entries(jit), "no others, and nothing half-written");
    assertEquals(0, run(jit).compiled, "what was built again is found");
  }

  @Test
  void anEntryThatIsEmptyIsBuiltAgain() throws IOException {
    isBuiltAgain(entry -> new byte[0]);
  }

  @Test
  void anEntryThatIsCutOffIsBuiltAgain() throws IOException {
    isBuiltAgain(entry -> Arrays.copyOf(entry, entry.length / 2));
  }

  @Test
  void anEntryWithAFlippedBitIsBuiltAgain() throws IOException {
    isBuiltAgain(entry -> {
      byte[] flipped = entry.clone();
      flipped[entry.length - 5] ^= 4;
      return flipped;
    });
  }

  /** As after an update of the driver that changed its binaries but not its version. */
  @Test
  void anEntryThatTheDriverRefusesIsBuiltAgain() throws IOException {
    byte[] code =
        CodeImage.of(CodeImage.Form.BINARY, "no driver's binary".getBytes(StandardCharsets.UTF_8));
    isBuiltAgain(entry -> {
      var sound = new ByteArrayOutputStream();
      sound.write(entry, 0, MAGIC_BYTES);
      sound.writeBytes(sha256(code));
      sound.writeBytes(code);
      return sound.toByteArray();
    });
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aTuningTableThatIsDamaged() throws IOException {
    Path cache = folder.resolve("cache");
    Path table = cache.resolve("tuned").resolve(OpenCl.info().tuningKey() + ".json");
    Files.createDirectories(table.getParent());
    Caches.in(cache, () -> Cli.done("devices")); // which puts its libraries there
    for (String damaged :
        List.of(
            "",
            "null",
            "[]",
            "{\"device\": \"x\", \"problems\": {\"matmul",
            "{\"device\": \"x\"}",
            "{\"device\": \"x\", \"problems\": {\"a\": null}}",
            "{\"device\": \"x\", \"problems\": {\"a\": {\"kernel\": \"k\"}}}",
            "{\"device\": \"x\", \"problems\": {\"a\": 5}}")) {
      Files.writeString(table, damaged);
      tableRefused(cache, table);
    }
    Files.write(table, new byte[] {'{', (byte) 0xff, '}'});
    tableRefused(cache, table);
  }

  private void tableRefused(Path cache, Path table) throws IOException {
    List<Object> named = List.of(table, "delete it and tune again");
    Caches.in(
        cache,
        () -> {
          refused(named, "plan gan-mlp --out " + folder.resolve("plan.png"));
          refused(named, "tune reduce");
          Path data = IdxFiles.folder(folder.resolve("data"), 4, 4);
          refused(
              named,
              "train gan-mlp --size 4 --data %s --out %s".formatted(data, folder.resolve("run")));
        });
  }

  @Test
  void aCacheThatCannotBeWritten() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "x");
    Caches.in(
        file.resolve("cache"),
        () -> {
          List<Object> named =
              List.of(file, "Not a directory", "set GANDER_CACHE to a folder of your own");
          refused(named, "plan gan-mlp --out " + folder.resolve("plan.png"));
        });
  }

  private void refused(List<?> named, String command) throws IOException {
    Cli.refused(folder, named, (Object[]) (command + " --device " + OpenCl.ID).split(" "));
  }
}
