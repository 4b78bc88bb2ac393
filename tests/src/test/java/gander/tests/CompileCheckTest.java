// SPDX-License-Identifier: Apache-2.0
package gander.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gander.models.cli.Said;
import gander.runtime.cuda.Nvcc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What {@code gander check --compile-only} compiles, and says of it. Runs where nvcc is. */
class CompileCheckTest {
  private static final String KERNEL =
      """
      //! reduce: a line of threads, of another length on Hopper
      //! device  cuda
      //! tune    BLOCK = 64 128
      //! default sm == 90 ? BLOCK = 128
      //! grid    O
      //! block   BLOCK
      //! shared  192 * BLOCK
      KERNEL void reduce(PARAMS) {
        LOCAL float some[BLOCK];
        some[ITEM_X] = x[ITEM_X];
        BARRIER();
        y[GROUP_X] = some[BLOCK - 1 - ITEM_X];
      }
      """;

  @TempDir private Path folder;

  @BeforeEach
  void write() throws Exception {
    assumeTrue(Nvcc.find().isPresent(), "no nvcc on the PATH");
    Files.createDirectory(folder.resolve("reduce"));
    Files.writeString(folder.resolve("reduce/line.cu"), KERNEL);
  }

  private Said check(String... words) {
    return Said.by(
        Stream.concat(
                Stream.of("check", "--compile-only", "--kernel", "reduce/line.cu", "--kernels"),
                Stream.concat(Stream.of(folder.toString()), Stream.of(words)))
            .toArray());
  }

  private static List<String> blocks(Said said) {
    assertEquals(0, said.code(), said::err);
    return said.out()
        .lines()
        .map(JsonMapper.shared()::readTree)
        .map(line -> line.at("/report/architecture").asString() + " " + line.at("/setting/BLOCK"))
        .toList();
  }

  @Test
  void eachArchitectureHasItsOwnDefault() {
    assertEquals(
        List.of("sm_80 64", "sm_120 64", "sm_90 128"),
        blocks(check("--arch", "sm_80,sm_90,sm_120", "--json")));
  }

  @Test
  void aSettingIsTheOnlyOne() {
    assertEquals(
        List.of("sm_80 128", "sm_90 128"),
        blocks(check("--arch", "sm_80,sm_90", "--setting", "BLOCK=128", "--json")));
    assertEquals(
        List.of("sm_90 128", "sm_90 64"),
        blocks(check("--arch", "sm_90", "--settings", "all", "--json")));
  }

  @Test
  void itSaysHowFullAMultiprocessorGets() {
    JsonNode line =
        JsonMapper.shared()
            .readTree(check("--arch", "sm_90", "--json").out().lines().findFirst().orElseThrow());
    assertEquals(128 * 4, line.at("/report/sharedBytes").asInt());
    assertEquals(0, line.at("/report/spillStoreBytes").asInt(-1));
    // Of 228 KiB each block has 512 + 24576 bytes, and the driver 1024 more.
    assertEquals(8, line.at("/occupancy/blocks").asInt());
    assertEquals(8 * 4 / 64.0, line.at("/occupancy/share").asDouble());
    assertEquals("shared memory", line.at("/occupancy/bound").asString());
    Said table = check("--arch", "sm_120", "--setting", "BLOCK=64");
    // Of 100 KiB 256 + 12288 + 1024 bytes: 7 blocks of two warps, of 48.
    assertTrue(table.out().contains("29%  shared memory"), table::out);
  }

  @Test
  void nothingToCompileIsAnError() {
    Said said = check("--problem", "no such title");
    assertEquals(2, said.code());
    assertTrue(
        said.err().contains("nothing to compile: ") && said.err().contains("'no such title'"),
        said::err);
  }
}
