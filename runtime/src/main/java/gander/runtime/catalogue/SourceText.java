// SPDX-License-Identifier: Apache-2.0
package gander.runtime.catalogue;

import gander.runtime.GanderException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Puts a translation unit together. Includes are inlined and {@code #line} directives mark every
 * file, so that the text is complete for the JIT cache's key and a compiler's messages name the
 * file a person edits.
 */
final class SourceText {
  private static final Pattern INCLUDE = Pattern.compile("^\\s*#include\\s+\"([^\"]+)\"\\s*$");
  private static final String PRELUDE = "gander.h";
  private static final int MAX_DEPTH = 16;

  private final Catalogue catalogue;
  private final StringBuilder text = new StringBuilder();
  private int depth;

  private SourceText(Catalogue catalogue) {
    this.catalogue = catalogue;
  }

  static String of(Variant variant, Catalogue catalogue) {
    var source = new SourceText(catalogue);
    KernelFile kernel = variant.kernel();
    source.include(PRELUDE, kernel.path(), 1);
    source.text.append("#line 1 \"generated for ").append(kernel.path()).append("\"\n");
    source.text.append(variant.problem().generated());
    source.parameters(variant);
    variant.problem().dims().forEach(source::define);
    variant
        .problem()
        .constants()
        .forEach((name, value) -> source.define(name, FloatLiteral.of(value)));
    variant.setting().forEach(source::define);
    source.file(kernel.path(), kernel.text());
    return source.text.toString();
  }

  private void define(String name, Object value) {
    text.append("#define ").append(name).append(' ').append(value).append('\n');
  }

  private void parameters(Variant variant) {
    var list = new StringBuilder();
    for (Problem.Parameter parameter : variant.problem().parameters()) {
      String type =
          switch (parameter.kind()) {
            case INPUT -> "GLOBAL const float* RESTRICT ";
            case SHARED_INPUT -> "GLOBAL const float* ";
            case OUTPUT -> "GLOBAL float* ";
            case WORD -> "uint ";
          };
      list.append(list.isEmpty() ? "" : ", ").append(type).append(parameter.name());
    }
    for (KernelFile.Scratch scratch : variant.kernel().scratch()) {
      list.append(list.isEmpty() ? "" : ", ").append("GLOBAL float* ").append(scratch.name());
    }
    define("PARAMS", list);
  }

  private void include(String name, String from, int line) {
    boolean kernel = name.contains("/");
    String content = kernel ? catalogue.text(name) : catalogue.include(name);
    if (content == null) {
      throw new GanderException(
          "kernel %s:%d: #include \"%s\" is neither a file of kernels/include nor a kernel"
              .formatted(from, line, name));
    }
    if (++depth > MAX_DEPTH) {
      throw new GanderException(
          "kernel %s:%d: #include \"%s\" includes itself".formatted(from, line, name));
    }
    file(kernel ? name : "include/" + name, content);
    depth--;
  }

  private void file(String name, String content) {
    mark(1, name);
    int line = 0;
    for (String raw : content.split("\n", -1)) {
      line++;
      Matcher matcher = INCLUDE.matcher(raw);
      if (matcher.matches()) {
        include(matcher.group(1), name, line);
        mark(line + 1, name);
      } else {
        text.append(raw).append('\n');
      }
    }
  }

  private void mark(int line, String name) {
    text.append("#line ").append(line).append(" \"").append(name).append("\"\n");
  }
}
