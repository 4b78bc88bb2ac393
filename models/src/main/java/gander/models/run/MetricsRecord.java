// SPDX-License-Identifier: Apache-2.0
package gander.models.run;

import gander.runtime.GanderException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** One line of the metrics. */
record MetricsRecord(long step, Map<String, Double> values) {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String STEP = "step";
  private static final String NON_FINITE = "nonFinite";

  static MetricsRecord of(long step, List<String> names, double[] values) {
    if (values.length != names.size()) {
      throw new IllegalArgumentException(values.length + " values for " + names);
    }
    var map = new LinkedHashMap<String, Double>();
    for (int i = 0; i < values.length; i++) {
      map.put(names.get(i), values[i]);
    }
    return new MetricsRecord(step, map);
  }

  /** Names are columns of a CSV and keys beside those that a record has of itself. */
  static void checkName(String name) {
    if (name.equals(STEP) || name.equals(NON_FINITE) || !name.matches("[\\w./-]+")) {
      throw new IllegalArgumentException("'" + name + "' cannot name a metric");
    }
  }

  List<String> names() {
    return List.copyOf(values.keySet());
  }

  double value(String name) {
    return values.getOrDefault(name, Double.NaN);
  }

  List<String> nonFinite() {
    return values.entrySet().stream()
        .filter(entry -> !Double.isFinite(entry.getValue()))
        .map(Map.Entry::getKey)
        .toList();
  }

  String json() {
    ObjectNode node = JSON.createObjectNode().put(STEP, step);
    values.forEach((name, value) -> {
      if (Double.isFinite(value)) {
        node.put(name, value);
      } else {
        node.putNull(name);
      }
    });
    if (!nonFinite().isEmpty()) {
      ObjectNode kinds = node.putObject(NON_FINITE);
      nonFinite().forEach(name -> kinds.put(name, Double.toString(value(name))));
    }
    return JSON.writeValueAsString(node) + "\n";
  }

  /** A line of the CSV: a number a column, nothing where this record has none. */
  String csv(List<String> columns) {
    var line = new StringBuilder().append(step);
    columns.forEach(name -> line.append(',').append(values.containsKey(name) ? value(name) : ""));
    return line.append('\n').toString();
  }

  /**
   * @param where names the line in messages
   */
  static MetricsRecord parse(String where, String line) {
    JsonNode node;
    try {
      node = JSON.readTree(line);
    } catch (JacksonException e) {
      throw bad(where, e);
    }
    JsonNode step = node.get(STEP);
    if (step == null || !step.isIntegralNumber() || !step.canConvertToLong()) {
      throw bad(where, null);
    }
    var values = new LinkedHashMap<String, Double>();
    for (Map.Entry<String, JsonNode> property : node.properties()) {
      String name = property.getKey();
      JsonNode value = property.getValue();
      if (name.equals(STEP) || name.equals(NON_FINITE)) {
        continue;
      }
      if (value.isNull()) {
        values.put(name, nonFinite(node.path(NON_FINITE).path(name).asString("NaN")));
      } else if (value.isNumber()) {
        values.put(name, value.doubleValue());
      } else {
        throw bad(where, null);
      }
    }
    return new MetricsRecord(step.longValue(), values);
  }

  private static double nonFinite(String kind) {
    return switch (kind) {
      case "Infinity" -> Double.POSITIVE_INFINITY;
      case "-Infinity" -> Double.NEGATIVE_INFINITY;
      default -> Double.NaN;
    };
  }

  private static GanderException bad(String where, @Nullable Throwable cause) {
    String message =
        "%s is not a record of metrics: remove the line, or restore the file".formatted(where);
    return cause == null ? new GanderException(message) : new GanderException(message, cause);
  }
}
