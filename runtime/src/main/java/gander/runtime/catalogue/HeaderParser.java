// SPDX-License-Identifier: Apache-2.0
package gander.runtime.catalogue;

import gander.runtime.DeviceClass;
import gander.runtime.Dialect;
import gander.runtime.GanderException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the {@code //!} lines of one kernel file; every error names the file and the line. */
final class HeaderParser {
  private static final Pattern TITLE = Pattern.compile("([a-z][a-z0-9_]*):\\s*(\\S.*)");
  private static final Pattern SETTING =
      Pattern.compile("([A-Za-z_][A-Za-z0-9_]*)\\s*=\\s*((?:\\d+\\s*)+)");
  private static final Expression ONE = Expression.parse("1");
  private static final Expression NONE = Expression.parse("0");

  private final String path;
  private final String text;
  private int line;

  private @Nullable Dialect dialect;
  private @Nullable DeviceClass deviceClass;
  private @Nullable Expression capability;
  private final List<Expression> when = new ArrayList<>();
  private final Map<String, List<Integer>> tunables = new LinkedHashMap<>();
  private final List<KernelFile.Default> defaults = new ArrayList<>();
  private @Nullable Expression prefer;
  private final List<KernelFile.Scratch> scratch = new ArrayList<>();
  private final List<KernelFile.Pass> passes = new ArrayList<>();

  // The pass being read.
  private String function;
  private @Nullable List<Expression> grid;
  private List<Expression> block = List.of(ONE);
  private Expression shared = NONE;

  private HeaderParser(String path, String text) {
    this.path = path;
    this.text = text;
    this.function = path.substring(0, path.indexOf('/'));
  }

  /**
   * @param path {@code <op>/<file>}
   * @throws GanderException naming file and line, if the header is missing or wrong
   */
  static KernelFile parse(String path, String text, boolean external) {
    return new HeaderParser(path, text).read(external);
  }

  private KernelFile read(boolean external) {
    String op = path.substring(0, path.indexOf('/'));
    String idea = "";
    for (String raw : text.split("\n", -1)) {
      line++;
      if (!raw.startsWith("//!")) {
        if (raw.isBlank() || (line == 1 && raw.startsWith("// SPDX"))) {
          continue;
        }
        break;
      }
      String content = raw.substring(3).strip();
      if (idea.isEmpty()) {
        idea = title(op, content);
      } else if (!content.isEmpty()) {
        String[] words = content.split("\\s+", 2);
        try {
          entry(words[0], words.length > 1 ? words[1].strip() : "");
        } catch (IllegalArgumentException e) {
          throw wrong(e.getMessage() == null ? "cannot be read" : e.getMessage());
        }
      }
    }
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

  private void entry(String word, String rest) {
    switch (word) {
      case "device" -> device(rest);
      case "when" -> when.add(Expression.parse(rest));
      case "tune" -> settings(rest, true).forEach(this::tunable);
      case "default" -> defaultSetting(rest);
      case "prefer" -> prefer = Expression.parse(rest);
      case "pass" -> pass(rest);
      case "grid" -> grid = sizes(rest);
      case "block" -> block = sizes(rest);
      case "shared" -> shared = Expression.parse(rest);
      case "scratch" -> {
        String[] words = rest.split("\\s+", 2);
        if (words.length < 2) {
          throw new IllegalArgumentException("scratch needs a name and a number of bytes");
        }
        scratch.add(new KernelFile.Scratch(words[0], Expression.parse(words[1])));
      }
      case "note" -> {}
      default ->
          throw new IllegalArgumentException(
              "unknown entry '%s' (there are device, when, tune, default, prefer, pass, grid, block, shared, scratch, note)"
                  .formatted(word));
    }
  }

  private void device(String rest) {
    String[] words = rest.split("\\s+");
    dialect =
        switch (words[0]) {
          case "opencl" -> Dialect.OPENCL;
          case "cuda" -> Dialect.CUDA;
          default ->
              throw new IllegalArgumentException(
                  "unknown dialect '%s' (there are opencl and cuda)".formatted(words[0]));
        };
    for (int i = 1; i < words.length; i++) {
      switch (words[i]) {
        case "cpu" -> deviceClass = DeviceClass.CPU;
        case "gpu" -> deviceClass = DeviceClass.GPU;
        default -> {
          Expression condition = Expression.parse(words[i]);
          if (!condition.names().equals(java.util.Set.of("sm"))) {
            throw new IllegalArgumentException(
                "'%s' is neither cpu nor gpu nor a condition on sm".formatted(words[i]));
          }
          capability = condition;
        }
      }
    }
  }

  private Map<String, List<Integer>> settings(String rest, boolean several) {
    var found = new LinkedHashMap<String, List<Integer>>();
    Matcher matcher = SETTING.matcher(rest);
    int end = 0;
    while (matcher.find() && rest.substring(end, matcher.start()).isBlank()) {
      var values = new ArrayList<Integer>();
      for (String value : matcher.group(2).strip().split("\\s+")) {
        values.add(Integer.valueOf(value));
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

  private void tunable(String name, List<Integer> values) {
    if (tunables.put(name, values) != null) {
      throw new IllegalArgumentException("tunable '%s' is named twice".formatted(name));
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
    defaults.add(new KernelFile.Default(Expression.parse(rest.substring(0, mark)), setting));
  }

  private List<Expression> sizes(String rest) {
    List<Expression> sizes = Expression.parseList(rest);
    if (sizes.isEmpty() || sizes.size() > 3) {
      throw new IllegalArgumentException("'%s' is not one to three sizes".formatted(rest));
    }
    return sizes;
  }

  private void pass(String name) {
    if (grid != null) {
      endPass();
    }
    function = name;
  }

  private void endPass() {
    if (grid == null) {
      throw wrong("pass '%s' has no 'grid' line".formatted(function));
    }
    passes.add(new KernelFile.Pass(function, grid, block, shared));
    grid = null;
    block = List.of(ONE);
    shared = NONE;
  }

  private GanderException wrong(String reason) {
    return new GanderException("kernel %s:%d: %s".formatted(path, line, reason));
  }
}
