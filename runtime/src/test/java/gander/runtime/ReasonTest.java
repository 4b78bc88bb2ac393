// SPDX-License-Identifier: Apache-2.0
package gander.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** What the system and the JSON reader report becomes words that fit into a sentence. */
class ReasonTest {
  private record Table(String device, Map<String, List<Integer>> problems) {}

  private static String reason(IOException e) {
    return Reason.of(e);
  }

  @Test
  void filesThatFail(@TempDir Path folder) throws IOException {
    Path none = folder.resolve("none");
    IOException missing = assertThrows(IOException.class, () -> Files.readString(none));
    assertEquals("no such file or folder", reason(missing));
    IOException there = assertThrows(IOException.class, () -> Files.createDirectory(folder));
    assertEquals("a file of that name is there", reason(there));
    IOException isFolder = assertThrows(IOException.class, () -> Files.readString(folder));
    assertEquals("Is a directory", reason(isFolder));
    assertEquals("it is not UTF-8 text", reason(new MalformedInputException(1)));
    assertEquals("Not a directory", reason(new FileSystemException("x", null, "Not a directory")));
    assertEquals("the disk is full", reason(new IOException("the disk is full")));
    assertEquals("IOException", reason(new IOException()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "{                               | Unexpected end-of-input: expected close marker for Object",
        "{'problems': 3}                 | what it holds is not what should be there, at 'problems'",
        "{'problems': {'a': [1, 'x']}}   | what it holds is not what should be there, at 'problems/a/1'"
      })
  void jsonThatIsDamaged(String text, String reason) {
    JsonMapper json = JsonMapper.shared();
    JacksonException e =
        assertThrows(
            JacksonException.class, () -> json.readValue(text.replace('\'', '"'), Table.class));
    assertEquals(reason, Reason.of(e));
  }
}
