// SPDX-License-Identifier: Apache-2.0
package gander.runtime;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads what a kernel compiler printed. */
public final class BuildLog {
  /**
   * The ways in which compilers spell an error with its place: Clang (Oclgrind and most OpenCL
   * drivers), PoCL, and NVIDIA's compilers.
   */
  private static final List<Pattern> SPELLINGS =
      List.of(
          Pattern.compile(
              "^(?<file>[^\\s].*?):(?<line>\\d+):(?:\\d+:)? (?:fatal )?error: (?<what>.*)$"),
          Pattern.compile("^(?:fatal )?error: (?<file>.+?):(?<line>\\d+):(?:\\d+:)? (?<what>.*)$"),
          Pattern.compile(
              "^(?<file>[^\\s].*?)\\((?<line>\\d+)\\): (?:catastrophic )?error(?: #[\\w-]+)?: (?<what>.*)$"));

  /** Errors of later stages, such as ptxas, have no place. */
  private static final Pattern PLACELESS = Pattern.compile("^(?:ptxas|nvlink).*?error *: (.*)$");

  private static final Pattern LINE_DIRECTIVE =
      Pattern.compile("^\\s*#\\s*(?:line\\s+)?(\\d+)(?:\\s+\"([^\"]*)\")?.*$");

  private static final int LONGEST = 2000;

  private BuildLog() {}

  /**
   * The first error as {@code matmul/tiles.cl:12: error: ...}, with the number of further errors;
   * the whole log, shortened, if it holds no error that can be recognised.
   */
  public static String firstError(Source source, String log) {
    var errors = new ArrayList<String>();
    for (String line : log.lines().toList()) {
      String error = error(source, line);
      if (error != null) {
        errors.add(error);
      }
    }
    if (errors.isEmpty()) {
      String all = log.strip();
      return all.length() <= LONGEST ? all : all.substring(0, LONGEST) + " ...";
    }
    String others =
        switch (errors.size()) {
          case 1 -> "";
          case 2 -> " (and 1 more error)";
          default -> " (and %d more errors)".formatted(errors.size() - 1);
        };
    return errors.getFirst() + others;
  }

  private static @Nullable String error(Source source, String line) {
    for (Pattern spelling : SPELLINGS) {
      Matcher matcher = spelling.matcher(line);
      if (matcher.matches()) {
        String place =
            place(source, matcher.group("file"), Integer.parseInt(matcher.group("line")));
        return "%s: error: %s".formatted(place, matcher.group("what"));
      }
    }
    Matcher placeless = PLACELESS.matcher(line);
    return placeless.matches()
        ? "%s: error: %s".formatted(source.name(), placeless.group(1))
        : null;
  }

  /**
   * A file that no {@code #line} directive names is the compiler's own name for the text as a
   * whole: Oclgrind ignores the directives, so its line number is looked up among them here.
   */
  private static String place(Source source, String file, int line) {
    Set<String> named = new LinkedHashSet<>();
    String current = source.name();
    int currentLine = 0;
    String place = source.name() + ":" + line;
    int number = 0;
    for (String text : source.text().lines().toList()) {
      number++;
      currentLine++;
      Matcher directive = LINE_DIRECTIVE.matcher(text);
      if (directive.matches()) {
        currentLine = Integer.parseInt(directive.group(1)) - 1;
        if (directive.group(2) != null) {
          current = directive.group(2);
          named.add(current);
        }
      } else if (number == line) {
        place = current + ":" + currentLine;
      }
    }
    return named.contains(file) ? file + ":" + line : place;
  }
}
