// SPDX-License-Identifier: Apache-2.0
package gander.models.run;

import gander.models.data.ImageSize;
import gander.runtime.GanderException;
import gander.runtime.Reason;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.type.LogicalType;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** A {@link RunConfig} as a JSON object, complete or not; every error is one plain sentence. */
record RunConfigJson(ObjectNode node) {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
          .withCoercionConfig(
              LogicalType.Textual,
              coercions -> {
                coercions.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail);
                coercions.setCoercion(CoercionInputShape.Float, CoercionAction.Fail);
                coercions.setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail);
              })
          .enable(SerializationFeature.INDENT_OUTPUT)
          .build();

  private static final YAMLMapper YAML =
      YAMLMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /** The components of a config by name, in their order. */
  static final Map<String, RecordComponent> KEYS = keys();

  static RunConfigJson empty() {
    return new RunConfigJson(JSON.createObjectNode());
  }

  static RunConfigJson of(RunConfig config) {
    return new RunConfigJson(JSON.valueToTree(config));
  }

  static RunConfigJson read(Path file) {
    boolean yaml = file.toString().matches("(?i).*\\.ya?ml");
    try {
      JsonNode node = (yaml ? YAML : JSON).readTree(Files.readString(file));
      if (!(node instanceof ObjectNode object)) {
        throw new GanderException(
            "%s: the config must be %s"
                .formatted(
                    file, yaml ? "keys with values, 'steps: 1000'" : "a JSON object, { ... }"));
      }
      return yaml ? ofYaml(object) : new RunConfigJson(object);
    } catch (IOException e) {
      throw new GanderException("cannot read the config %s: %s".formatted(file, Reason.of(e)), e);
    } catch (JacksonException e) {
      throw new GanderException(
          "%s is not valid %s: %s".formatted(file, yaml ? "YAML" : "JSON", syntax(e)), e);
    }
  }

  /** What YAML's reader takes for text, such as 1e-4, is what it is on the command line. */
  private static RunConfigJson ofYaml(ObjectNode object) {
    RunConfigJson read = empty();
    for (Map.Entry<String, JsonNode> entry : object.properties()) {
      if (entry.getValue().isString()) {
        read.putText(entry.getKey(), entry.getValue().stringValue());
      } else {
        read.node.set(entry.getKey(), entry.getValue());
      }
    }
    return read;
  }

  RunConfigJson put(String key, String value) {
    node.put(key, value);
    return this;
  }

  RunConfigJson put(String key, long value) {
    node.put(key, value);
    return this;
  }

  /** A value as JSON where it is JSON, and as a string where it is not. */
  RunConfigJson putText(String key, String text) {
    JsonNode value;
    try {
      value = JSON.readTree(text);
    } catch (JacksonException e) {
      value = JSON.getNodeFactory().stringNode(text);
    }
    node.set(key, value.isMissingNode() ? JSON.getNodeFactory().stringNode(text) : value);
    return this;
  }

  RunConfigJson putAll(RunConfigJson other) {
    node.setAll(other.node);
    return this;
  }

  String text() {
    return JSON.writeValueAsString(node) + "\n";
  }

  /**
   * The config, if it is complete and every value is of its kind and in its range.
   *
   * @param source where the values come from, for messages
   */
  RunConfig config(String source) {
    for (RecordComponent component : KEYS.values()) {
      // What is missing would be 0 and pass for a value.
      if (component.getType().isPrimitive() && !node.has(component.getName())) {
        throw new GanderException("%s: '%s' is missing".formatted(source, component.getName()));
      }
    }
    try {
      return JSON.treeToValue(node, RunConfig.class);
    } catch (UnrecognizedPropertyException e) {
      String key = e.getPropertyName();
      throw new GanderException(
          "%s: unknown key '%s'; the nearest known one is '%s'"
              .formatted(source, key, Nearest.to(key, KEYS.keySet())),
          e);
    } catch (JacksonException e) {
      if (e.getCause() instanceof GanderException cause) {
        throw new GanderException("%s: %s".formatted(source, cause.getMessage()), e);
      }
      throw new GanderException("%s: %s".formatted(source, mismatch(e)), e);
    }
  }

  private String mismatch(JacksonException e) {
    String key = e.getPath().isEmpty() ? null : e.getPath().getFirst().getPropertyName();
    RecordComponent component = key == null ? null : KEYS.get(key);
    return component == null
        ? e.getOriginalMessage()
        : "'%s' must be %s, not %s".formatted(key, kind(component.getType()), node.get(key));
  }

  static String kind(Class<?> type) {
    if (type == int.class || type == Integer.class) {
      return "a whole number below 2^31";
    }
    if (type == long.class || type == Long.class) {
      return "a whole number";
    }
    if (type == ImageSize.class) {
      return ImageSize.KINDS;
    }
    if (type == Boolean.class) {
      return "true or false";
    }
    return type == String.class ? "text in quotes" : "a number";
  }

  private static Map<String, RecordComponent> keys() {
    var keys = new LinkedHashMap<String, RecordComponent>();
    for (RecordComponent component : RunConfig.class.getRecordComponents()) {
      keys.put(component.getName(), component);
    }
    return keys;
  }

  private static String syntax(JacksonException e) {
    // YAML's reader also draws where it is, in indented lines.
    String reason =
        Reason.of(e)
            .lines()
            .filter(line -> !line.startsWith(" ") && !line.startsWith(","))
            .collect(Collectors.joining(", "));
    var at = e.getLocation();
    return at == null
        ? reason
        : "%s, line %d, column %d".formatted(reason, at.getLineNr(), at.getColumnNr());
  }
}
