// SPDX-License-Identifier: Apache-2.0
package gander.runtime.catalogue;

import gander.runtime.DeviceClass;
import gander.runtime.Dialect;
import gander.runtime.GanderException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the {@code //!} lines of one kernel file; every error names the file and the line. */
final class HeaderParser {
  private static final Pattern TITLE = Pattern.compile("([a-z][a-z0-9_]*):\\s*(\\S.*)");
  private static final Pattern SETTING =
      Pattern.compile("([A-Za-z_][A-Za-z0-9_]*)\\s*=\\s*((?:\\d+\\s*)+)");
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  private static final Expression ONE = Expression.parse("1");
  private static final Expression NONE = Expression.parse("0");

  private final String path;
  private final String text;
  private final Function<String, @Nullable String> texts;

  /** The file and line being read: this kernel's, or those of one it is like. */
  private String file;

  private int line;

  private @Nullable Dialect dialect;
  private @Nullable DeviceClass deviceClass;
  private @Nullable Expression capability;
  private final Map<String, String> names = new LinkedHashMap<>();
  private final List<Expression> when = new ArrayList<>();
  private final Map<String, List<Integer>> tunables = new LinkedHashMap<>();
  private final List<KernelFile.Default> defaults = new ArrayList<>();
  private @Nullable Expression winograd;
  private @Nullable Expression prefer;
  private final List<KernelFile.Scratch> scratch = new ArrayList<>();
  private final List<KernelFile.Pass> passes = new ArrayList<>();

  // The pass being read; its line is 0 while none was begun by a `pass` line.
  private String function;
  private int passLine;
  private @Nullable List<Expression> grid;
  private @Nullable List<Expression> block;
  private @Nullable Expression shared;

  private HeaderParser(String path, String text, Function<String, @Nullable String> texts) {
    this.path = path;
    this.text = text;
    this.texts = texts;
    file = path;
    this.function = path.substring(0, path.indexOf('/'));
  }

  /**
   * @param path {@code <op>/<file>}
   * @param texts the kernel of a path, which a header may be like; null if there is none
   * @throws GanderException naming file and line, if the header is missing or wrong
   */
  static KernelFile parse(
      String path, String text, boolean external, Function<String, @Nullable String> texts) {
    return new HeaderParser(path, text, texts).read(external);
  }

  private KernelFile read(boolean external) {
    String op = path.substring(0, path.indexOf('/'));
    String idea = "";
    int end = 0;
    for (String raw : text.split("\n", -1)) {
      line++;
      if (!raw.startsWith("//!")) {
        boolean inside = raw.isBlank() || (line == 1 && raw.startsWith("// SPDX"));
        end = end == 0 && !inside ? line : end;
        continue;
      }
      if (end != 0) {
        throw wrong("a header line after line %d, which is none".formatted(end));
      }
      String content = raw.substring(3).strip();
      if (idea.isEmpty()) {
        idea = title(op, content);
      } else if (!content.isEmpty()) {
        entry(content);
      }
    }
    line = Math.max(end, 1);
    if (idea.isEmpty()) {
      line = 1;
      throw wrong("no header: a kernel begins with '//! %s: what it does'".formatted(op));
    }
    if (dialect == null) {
      throw wrong("the header has no 'device' line, such as '//! device opencl cpu'");
    }
    if (!path.endsWith(dialect.extension)) {
      throw wrong("a kernel for %s ends in %s".formatted(dialect.word, dialect.extension));
    }
    endPass();
    return new KernelFile(
        path,
        op,
        idea,
        text,
        external,
        dialect,
        deviceClass,
        capability,
        when,
        winograd,
        tunables,
        defaults,
        prefer,
        passes,
        scratch);
  }

  private String title(String op, String content) {
    Matcher matcher = TITLE.matcher(content);
    if (!matcher.matches()) {
      throw wrong("the header begins with '//! %s: what it does'".formatted(op));
    }
    if (!matcher.group(1).equals(op)) {
      throw wrong(
          "the header says op '%s' but the file is in folder '%s'".formatted(matcher.group(1), op));
    }
    return matcher.group(2);
  }

  private void entry(String content) {
    String[] words = content.split("\\s+", 2);
    try {
      entry(words[0], words.length > 1 ? words[1].strip() : "");
    } catch (IllegalArgumentException e) {
      throw wrong(e.getMessage() == null ? "cannot be read" : e.getMessage());
    }
  }

  private void entry(String word, String rest) {
    switch (word) {
      case "like" -> like(rest);
      case "let" -> let(rest);
      case "device" -> device(rest);
      case "when" -> when.add(expression(rest));
      case "tune" -> settings(rest, true).forEach(this::tunable);
      case "default" -> defaultSetting(rest);
      case "winograd" -> {
        once(word, winograd);
        winograd = expression(rest);
      }
      case "prefer" -> {
        once(word, prefer);
        prefer = expression(rest);
      }
      case "pass" -> pass(rest);
      case "grid" -> {
        once(word, grid);
        grid = sizes(rest);
      }
      case "block" -> {
        once(word, block);
        block = sizes(rest);
      }
      case "shared" -> {
        once(word, shared);
        shared = expression(rest);
      }
      case "scratch" -> scratch(rest);
      case "note" -> {}
      default ->
          throw new IllegalArgumentException(
              "unknown entry '%s' (there are like, device, let, when, tune, default, winograd, prefer, pass, grid, block, shared, scratch, note)"
                  .formatted(word));
    }
  }

  /** Takes the entries of another kernel's header. */
  private void like(String other) {
    String theirs = file.equals(path) ? texts.apply(other) : null;
    if (theirs == null) {
      throw new IllegalArgumentException(
          file.equals(path)
              ? "like '%s', which is no kernel".formatted(other)
              : "a kernel cannot be like one that is itself like '%s'".formatted(other));
    }
    int own = line;
    file = other;
    function = other.substring(0, other.indexOf('/'));
    line = 0;
    boolean title = true;
    for (String raw : theirs.split("\n", -1)) {
      line++;
      String content = raw.startsWith("//!") ? raw.substring(3).strip() : "";
      if (!content.isEmpty() && !title) {
        entry(content);
      }
      title &= content.isEmpty();
    }
    file = path;
    line = own;
  }

  private static void once(String word, @Nullable Object before) {
    if (before != null) {
      throw new IllegalArgumentException("a second '%s' line".formatted(word));
    }
  }

  private Expression expression(String text) {
    return Expression.parse(inline(text), line);
  }

  /** A name for an expression, which stands for it in the lines below. */
  private void let(String rest) {
    String[] words = rest.split("\\s+", 2);
    if (words.length < 2) {
      throw new IllegalArgumentException("let needs a name and an expression");
    }
    requireName(words[0]);
    expression(words[1]);
    if (names.put(words[0], "(" + inline(words[1]) + ")") != null) {
      throw new IllegalArgumentException("'%s' is named twice".formatted(words[0]));
    }
  }

  private String inline(String text) {
    return NAME.matcher(text)
        .replaceAll(
            name -> Matcher.quoteReplacement(names.getOrDefault(name.group(), name.group())));
  }

  private void scratch(String rest) {
    String[] words = rest.split("\\s+", 2);
    if (words.length < 2) {
      throw new IllegalArgumentException("scratch needs a name and a number of bytes");
    }
    requireName(words[0]);
    if (scratch.stream().anyMatch(buffer -> buffer.name().equals(words[0]))) {
      throw new IllegalArgumentException("scratch '%s' is named twice".formatted(words[0]));
    }
    scratch.add(new KernelFile.Scratch(words[0], expression(words[1])));
  }

  private static void requireName(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("'%s' is not a name".formatted(name));
    }
  }

  private void device(String rest) {
    once("device", dialect);
    String[] words = rest.split("\\s+", 2);
    String condition = words.length > 1 ? words[1] : "";
    switch (words[0]) {
      case "opencl" -> {
        dialect = Dialect.OPENCL;
        deviceClass =
            switch (condition) {
              case "" -> null;
              case "cpu" -> DeviceClass.CPU;
              case "gpu" -> DeviceClass.GPU;
              default ->
                  throw new IllegalArgumentException(
                      "'%s' is not a class of OpenCL device (there are cpu and gpu)"
                          .formatted(condition));
            };
      }
      case "cuda" -> {
        dialect = Dialect.CUDA;
        capability = condition.isEmpty() ? null : expression(condition);
        if (capability != null && !capability.names().equals(Set.of("sm"))) {
          throw new IllegalArgumentException(
              "'%s' is not a condition on sm, such as sm>=80".formatted(condition));
        }
      }
      default ->
          throw new IllegalArgumentException(
              "unknown dialect '%s' (there are opencl and cuda)".formatted(words[0]));
    }
  }

  private Map<String, List<Integer>> settings(String rest, boolean several) {
    var found = new LinkedHashMap<String, List<Integer>>();
    Matcher matcher = SETTING.matcher(rest);
    int end = 0;
    while (matcher.find() && rest.substring(end, matcher.start()).isBlank()) {
      var values = new ArrayList<Integer>();
      for (String value : matcher.group(2).strip().split("\\s+")) {
        values.add(number(value));
      }
      found.put(matcher.group(1), values);
      end = matcher.end();
    }
    if (found.isEmpty() || end < rest.length()) {
      throw new IllegalArgumentException(
          "'%s' is not a list such as 'BM = %s'".formatted(rest, several ? "64 128" : "64"));
    }
    return found;
  }

  private static int number(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("%s is above %d".formatted(text, Integer.MAX_VALUE), e);
    }
  }

  private void tunable(String name, List<Integer> values) {
    if (tunables.put(name, values) != null) {
      throw new IllegalArgumentException("tunable '%s' is named twice".formatted(name));
    }
    if (values.stream().distinct().count() < values.size()) {
      throw new IllegalArgumentException("a value of '%s' is given twice".formatted(name));
    }
  }

  private void defaultSetting(String rest) {
    int mark = rest.lastIndexOf('?');
    if (mark < 0) {
      throw new IllegalArgumentException("a default reads 'CONDITION ? NAME = VALUE'");
    }
    var setting = new LinkedHashMap<String, Integer>();
    settings(rest.substring(mark + 1).strip(), false)
        .forEach((name, values) -> {
          List<Integer> allowed = tunables.get(name);
          if (allowed == null || values.size() != 1 || !allowed.contains(values.getFirst())) {
            throw new IllegalArgumentException(
                "default %s = %s is not one of the values to tune %s"
                    .formatted(name, values, allowed == null ? "(none)" : allowed));
          }
          setting.put(name, values.getFirst());
        });
    defaults.add(new KernelFile.Default(expression(rest.substring(0, mark)), setting));
  }

  private List<Expression> sizes(String rest) {
    List<Expression> sizes = Expression.parseList(inline(rest), line);
    if (sizes.isEmpty() || sizes.size() > 3) {
      throw new IllegalArgumentException("'%s' is not one to three sizes".formatted(rest));
    }
    return sizes;
  }

  private void pass(String name) {
    requireName(name);
    boolean first = passLine == 0 && grid == null && block == null && shared == null;
    if (!first) {
      endPass();
    }
    function = name;
    passLine = line;
  }

  private void endPass() {
    if (grid == null) {
      line = passLine == 0 ? line : passLine;
      throw wrong("pass '%s' has no 'grid' line".formatted(function));
    }
    passes.add(
        new KernelFile.Pass(
            function, grid, block == null ? List.of(ONE) : block, shared == null ? NONE : shared));
    grid = null;
    block = null;
    shared = null;
  }

  private GanderException wrong(String reason) {
    return new GanderException("kernel %s:%d: %s".formatted(file, line, reason));
  }
}
