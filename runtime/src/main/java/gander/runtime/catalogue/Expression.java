// SPDX-License-Identifier: Apache-2.0
package gander.runtime.catalogue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * An integer expression of a kernel header: {@code + - * / %}, comparisons, {@code && || !}, {@code
 * ?:}, {@code min max ceil} and names. Truth is 1, falsehood 0; arithmetic is 64-bit and exact, an
 * overflow is an error.
 */
public final class Expression {
  private interface Node {
    long value(Map<String, Long> names);
  }

  private final String text;
  private final Node root;
  private final Set<String> names;
  private final int line;

  private Expression(String text, Node root, Set<String> names, int line) {
    this.text = text;
    this.root = root;
    this.names = names;
    this.line = line;
  }

  /**
   * @throws IllegalArgumentException saying what was expected where, if the text is no expression
   */
  public static Expression parse(String text) {
    return parse(text, 0);
  }

  /**
   * @param line of the file that the text is from
   */
  static Expression parse(String text, int line) {
    var parser = new Parser(text);
    Node root = parser.ternary();
    parser.end();
    return new Expression(text.strip(), root, parser.names, line);
  }

  /** Expressions one after the other, such as the three sizes of a grid. */
  static List<Expression> parseList(String text, int line) {
    var items = new ArrayList<Expression>();
    var parser = new Parser(text);
    while (!parser.atEnd()) {
      int begin = parser.at;
      parser.names.clear();
      Node root = parser.ternary();
      items.add(
          new Expression(
              text.substring(begin, parser.at).strip(), root, new TreeSet<>(parser.names), line));
    }
    return items;
  }

  /** The names that occur. */
  public Set<String> names() {
    return names;
  }

  /** The line of the file that it is from. */
  int line() {
    return line;
  }

  /**
   * @param values at least the names that occur
   * @throws ArithmeticException on division by zero or overflow
   */
  public long value(Map<String, Long> values) {
    return root.value(values);
  }

  public boolean holds(Map<String, Long> values) {
    return value(values) != 0;
  }

  @Override
  public String toString() {
    return text;
  }

  /** Recursive descent, loosest binding first. */
  private static final class Parser {
    private final String text;
    private int at;
    private final Set<String> names = new TreeSet<>();

    Parser(String text) {
      this.text = text;
    }

    Node ternary() {
      Node condition = or();
      if (!take("?")) {
        return condition;
      }
      Node yes = ternary();
      expect(":");
      Node no = ternary();
      return v -> condition.value(v) != 0 ? yes.value(v) : no.value(v);
    }

    private Node or() {
      Node left = and();
      while (take("||")) {
        Node a = left;
        Node b = and();
        left = v -> a.value(v) != 0 || b.value(v) != 0 ? 1 : 0;
      }
      return left;
    }

    private Node and() {
      Node left = comparison();
      while (take("&&")) {
        Node a = left;
        Node b = comparison();
        left = v -> a.value(v) != 0 && b.value(v) != 0 ? 1 : 0;
      }
      return left;
    }

    private Node comparison() {
      Node a = sum();
      for (String operator : List.of("==", "!=", "<=", ">=", "<", ">")) {
        if (take(operator)) {
          Node b = sum();
          return v -> compare(operator, a.value(v), b.value(v)) ? 1 : 0;
        }
      }
      return a;
    }

    private static boolean compare(String operator, long a, long b) {
      return switch (operator) {
        case "==" -> a == b;
        case "!=" -> a != b;
        case "<=" -> a <= b;
        case ">=" -> a >= b;
        case "<" -> a < b;
        default -> a > b;
      };
    }

    private Node sum() {
      Node left = product();
      while (true) {
        Node a = left;
        if (take("+")) {
          Node b = product();
          left = v -> Math.addExact(a.value(v), b.value(v));
        } else if (take("-")) {
          Node b = product();
          left = v -> Math.subtractExact(a.value(v), b.value(v));
        } else {
          return left;
        }
      }
    }

    private Node product() {
      Node left = unary();
      while (true) {
        Node a = left;
        if (take("*")) {
          Node b = unary();
          left = v -> Math.multiplyExact(a.value(v), b.value(v));
        } else if (take("/")) {
          Node b = unary();
          left = v -> a.value(v) / b.value(v);
        } else if (take("%")) {
          Node b = unary();
          left = v -> a.value(v) % b.value(v);
        } else {
          return left;
        }
      }
    }

    private Node unary() {
      if (!peek("!=") && take("!")) {
        Node a = unary();
        return v -> a.value(v) == 0 ? 1 : 0;
      }
      if (take("-")) {
        Node a = unary();
        return v -> Math.negateExact(a.value(v));
      }
      if (take("(")) {
        Node inner = ternary();
        expect(")");
        return inner;
      }
      return word();
    }

    private Node word() {
      skip();
      int begin = at;
      while (at < text.length()
          && (Character.isLetterOrDigit(text.charAt(at)) || text.charAt(at) == '_')) {
        at++;
      }
      String word = text.substring(begin, at);
      if (word.isEmpty()) {
        throw wrong("a number, a name or '('");
      }
      if (Character.isDigit(word.charAt(0))) {
        try {
          long number = Long.parseLong(word);
          return v -> number;
        } catch (NumberFormatException e) {
          at = begin;
          throw wrong("a whole number instead of '" + word + "'");
        }
      }
      // Without a space: in a list, 'N (M)' is two items.
      if (!text.startsWith("(", at)) {
        names.add(word);
        return v -> {
          Long value = v.get(word);
          if (value == null) {
            throw new IllegalArgumentException("unknown name '" + word + "'");
          }
          return value;
        };
      }
      return call(word);
    }

    private Node call(String function) {
      expect("(");
      Node a = ternary();
      expect(",");
      Node b = ternary();
      expect(")");
      return switch (function) {
        case "min" -> v -> Math.min(a.value(v), b.value(v));
        case "max" -> v -> Math.max(a.value(v), b.value(v));
        case "ceil" -> v -> Math.ceilDiv(a.value(v), b.value(v));
        default ->
            throw new IllegalArgumentException(
                "unknown function '" + function + "' (there are min, max and ceil)");
      };
    }

    boolean atEnd() {
      skip();
      return at == text.length();
    }

    void end() {
      if (!atEnd()) {
        throw wrong("the end");
      }
    }

    private void skip() {
      while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
        at++;
      }
    }

    private boolean peek(String token) {
      skip();
      return text.startsWith(token, at);
    }

    private boolean take(String token) {
      if (!peek(token)) {
        return false;
      }
      at += token.length();
      return true;
    }

    private void expect(String token) {
      if (!take(token)) {
        throw wrong("'" + token + "'");
      }
    }

    private IllegalArgumentException wrong(String expected) {
      String rest = at < text.length() ? "'" + text.substring(at) + "'" : "the end";
      return new IllegalArgumentException(
          "expected %s at %s in '%s'".formatted(expected, rest, text.strip()));
    }
  }
}
