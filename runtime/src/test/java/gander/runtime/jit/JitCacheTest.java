// SPDX-License-Identifier: Apache-2.0
package gander.runtime.jit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gander.runtime.GanderException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JitCacheTest {
  private static final byte[] CODE = {1, 2, 3, 4, 5};

  @TempDir Path folder;

  @Test
  void whatWasWrittenIsRead() {
    var cache = new JitCache(folder.resolve("jit"));
    assertNull(cache.read("key"));
    cache.write("key", CODE);
    assertArrayEquals(CODE, cache.read("key"));
    cache.write("key", new byte[0]);
    assertArrayEquals(new byte[0], cache.read("key"));
  }

  @Test
  void everyDamageIsFound() throws IOException {
    var cache = new JitCache(folder);
    cache.write("key", CODE);
    Path file = folder.resolve("key");
    byte[] whole = Files.readAllBytes(file);
    for (int at = 0; at < whole.length; at++) {
      byte[] damaged = whole.clone();
      damaged[at] ^= 1;
      Files.write(file, damaged);
      assertNull(cache.read("key"), "bit flipped at " + at);
      Files.write(file, Arrays.copyOf(whole, at));
      assertNull(cache.read("key"), "cut at " + at);
    }
  }

  @Test
  void aFolderThatCannotBeWrittenIsNamed() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    var thrown =
        assertThrows(
            GanderException.class, () -> new JitCache(file.resolve("below")).write("key", CODE));
    assertEquals(true, String.valueOf(thrown.getMessage()).contains("GANDER_CACHE"));
  }
}
