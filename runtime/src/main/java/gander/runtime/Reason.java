// SPDX-License-Identifier: Apache-2.0
package gander.runtime;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DatabindException;

/**
 * Why a file could not be read or written, in the words of a {@link GanderException}'s sentence: no
 * class of Java's, no file that the sentence names itself.
 */
public final class Reason {
  private Reason() {}

  /** Why an operation on files failed. */
  public static String of(IOException e) {
    return switch (e) {
      case NoSuchFileException missing -> "no such file or folder";
      case AccessDeniedException denied -> "permission denied";
      case FileAlreadyExistsException there -> "a file of that name is there";
      case CharacterCodingException coding -> "it is not UTF-8 text";
      case FileSystemException other when other.getReason() != null -> other.getReason();
      default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    };
  }

  /** What is wrong with a text that should be JSON of some form. */
  public static String of(JacksonException e) {
    if (e instanceof DatabindException) {
      String place =
          e.getPath().stream()
              .map(step ->
                  step.getPropertyName() == null
                      ? String.valueOf(step.getIndex())
                      : step.getPropertyName())
              .collect(Collectors.joining("/"));
      return "what it holds is not what should be there, at '%s'".formatted(place);
    }
    return e.getOriginalMessage().replaceAll(" \\(start marker at \\[.*?]\\)", "");
  }
}
