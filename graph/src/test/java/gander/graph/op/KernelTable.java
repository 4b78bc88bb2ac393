// SPDX-License-Identifier: Apache-2.0
package gander.graph.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.runtime.catalogue.Catalogue;
import gander.runtime.catalogue.Expression;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** The table of ops, dimensions and arguments in {@code kernels/README.md}. */
final class KernelTable {
  private static final String HEAD = "| op | computes |";
  private static final Pattern CODE = Pattern.compile("`([^`]*)`");
  private static final Pattern RANGE = Pattern.compile("([A-Z]+)(\\d)\\.\\.\\1(\\d)");

  /**
   * An argument as the table has it.
   *
   * @param shapes each the extents as expressions, as many as are given as alternatives
   */
  private record Operand(String name, List<List<String>> shapes, boolean hooked) {}

  private record Row(
      List<String> dims,
      List<String> constants,
      List<Operand> inputs,
      List<Operand> outputs,
      List<String> words) {}

  private final Map<String, Row> rows = new LinkedHashMap<>();

  static KernelTable read() {
    try (InputStream readme =
        Objects.requireNonNull(
            Catalogue.class.getClassLoader().getResourceAsStream("gander-kernels/README.md"))) {
      return new KernelTable(new String(readme.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private KernelTable(String text) {
    boolean inside = false;
    for (String line : text.lines().toList()) {
      inside = line.startsWith(HEAD) || (inside && line.startsWith("|"));
      if (inside && line.startsWith("| `")) {
        String[] cells = line.split("\\|", -1);
        String dims = cells[3].split("float constant", -1)[0];
        rows.put(
            codes(cells[1]).getFirst(),
            new Row(
                words(dims, "[A-Z]\\w*"),
                words(cells[3].substring(dims.length()), "[A-Z]\\w*"),
                operands(cells[4]),
                operands(cells[5]),
                words(cells[6], "[a-z]\\w*")));
      }
    }
  }

  Set<String> ops() {
    return rows.keySet();
  }

  private static List<String> codes(String cell) {
    return CODE.matcher(cell).results().map(match -> match.group(1)).toList();
  }

  private static List<String> words(String cell, String form) {
    var words = new ArrayList<String>();
    for (String code : codes(cell)) {
      for (String word : code.split(" ", -1)) {
        Matcher range = RANGE.matcher(word);
        if (range.matches()) {
          IntStream.rangeClosed(Integer.parseInt(range.group(2)), Integer.parseInt(range.group(3)))
              .forEach(k -> words.add(range.group(1) + k));
        } else if (word.matches(form)) {
          words.add(word);
        }
      }
    }
    return words;
  }

  /** Names with shapes; what may follow them about shared memory names them again. */
  private static List<Operand> operands(String cell) {
    var operands = new ArrayList<Operand>();
    for (String code : codes(cell.split("may be", -1)[0])) {
      if (code.startsWith("PROLOGUE_") || code.startsWith("EPILOGUE")) {
        Operand last = operands.removeLast();
        String hook =
            code.startsWith("E") ? "EPILOGUE(" : "PROLOGUE_" + last.name.toUpperCase(Locale.ROOT);
        assertTrue(code.startsWith(hook), () -> code + " belongs to " + last);
        operands.add(new Operand(last.name, last.shapes, true));
      } else if (code.startsWith("[")) {
        operands.getLast().shapes.add(extents(code));
      } else if (code.matches("[a-z]\\w*( \\[.*\\])?")) {
        var shapes = new ArrayList<List<String>>();
        if (code.contains("[")) {
          shapes.add(extents(code));
        }
        operands.add(new Operand(code.replaceAll(" .*", ""), shapes, false));
      }
    }
    return operands;
  }

  private static List<String> extents(String code) {
    return List.of(code.replaceAll(".*\\[|\\].*", "").split(",", -1));
  }

  /** Fails unless the table says the same of an op as its contract. */
  void check(Contract contract) {
    Row row = rows.get(contract.op());
    assertNotNull(row, () -> "kernels/README.md has no row for " + contract.op());
    assertEquals(row.dims, List.copyOf(contract.dims().keySet()), contract.op());
    assertEquals(row.constants, List.copyOf(contract.constants().keySet()), contract.op());
    assertEquals(row.words, List.copyOf(contract.words().keySet()), contract.op());
    check(contract, row.inputs, contract.inputs());
    check(contract, row.outputs, contract.outputs());
  }

  private static void check(
      Contract contract, List<Operand> table, List<Contract.Operand> operands) {
    var dims = new HashMap<String, Long>();
    contract.dims().forEach((name, value) -> dims.put(name, (long) value));
    assertEquals(
        table.stream().map(Operand::name).toList(),
        operands.stream().map(Contract.Operand::name).toList(),
        contract.op());
    for (int k = 0; k < operands.size(); k++) {
      Operand row = table.get(k);
      Contract.Operand operand = operands.get(k);
      assertEquals(row.hooked, operand.role() == Contract.Role.HOOKED, operand::toString);
      List<Shape> shapes =
          row.shapes.stream()
              .map(extents -> Shape.of(extents.stream().mapToInt(e -> value(e, dims)).toArray()))
              .toList();
      assertTrue(
          shapes.isEmpty() || shapes.contains(operand.shape()),
          () -> "%s: the table says %s of %s".formatted(contract.op(), shapes, operand));
    }
  }

  private static int value(String expression, Map<String, Long> dims) {
    return Math.toIntExact(Expression.parse(expression).value(dims));
  }
}
