// SPDX-License-Identifier: Apache-2.0
package gander.models.train;

import gander.models.io.Safetensors;
import gander.models.run.RunConfig;
import gander.runtime.GanderException;
import gander.runtime.Reason;
import java.nio.file.Path;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The config that a trace carries, in the words of this project. */
final class TraceConfig {
  private static final String FORMAT = "gander-trace-1";
  private static final JsonMapper JSON = JsonMapper.shared();

  /**
   * What a trace's keys are called in a run's config; keys that say the same in both are there too.
   */
  private static final Map<String, String> KEYS =
      Map.ofEntries(
          Map.entry("model", "model"),
          Map.entry("loss", "loss"),
          Map.entry("batch", "batch"),
          Map.entry("size", "size"),
          Map.entry("channels", "channels"),
          Map.entry("classes", "classes"),
          Map.entry("zdim", "zdim"),
          Map.entry("width", "width"),
          Map.entry("optimizer", "optimizer"),
          Map.entry("lr", "learningRate"),
          Map.entry("beta1", "beta1"),
          Map.entry("beta2", "beta2"),
          Map.entry("momentum", "momentum"),
          Map.entry("n_critic", "nCritic"),
          Map.entry("lambda", "lambda"),
          Map.entry("gamma", "gamma"),
          Map.entry("clip", "clip"),
          Map.entry("beta", "beta"),
          Map.entry("rho", "rho"),
          Map.entry("without", "without"),
          Map.entry("noise", "noise"),
          Map.entry("steps", "steps"));

  private final Path file;
  private final JsonNode root;

  private TraceConfig(Path file, JsonNode root) {
    this.file = file;
    this.root = root;
  }

  static TraceConfig read(Path file, Safetensors trace) {
    String format = trace.metadata().get("format");
    String config = trace.metadata().get("config");
    if (!FORMAT.equals(format) || config == null) {
      throw new GanderException(
          "%s is no trace: its metadata has format '%s' and %s config, not '%s' with one"
              .formatted(file, format, config == null ? "no" : "a", FORMAT));
    }
    try {
      JsonNode root = JSON.readTree(config);
      if (!root.path("model").isString() || !root.path("steps").canConvertToInt()) {
        throw new GanderException("%s has a config without model and steps".formatted(file));
      }
      return new TraceConfig(file, root);
    } catch (JacksonException e) {
      throw new GanderException(
          "%s has a config that is no JSON: %s".formatted(file, Reason.of(e)), e);
    }
  }

  String model() {
    return root.path("model").asString();
  }

  int steps() {
    return root.path("steps").asInt();
  }

  /**
   * The run that the trace recorded. A trace without n_critic updated the discriminator as often as
   * its latent draws for it say: once, if they have no axis for repetitions.
   */
  RunConfig settings(String latentKey, Safetensors trace) {
    RunConfig settings = RunConfig.of(model(), "trace", "any");
    for (Map.Entry<String, JsonNode> entry : root.properties()) {
      String key = KEYS.get(entry.getKey());
      if (key == null) {
        throw new GanderException(
            "%s has a config with '%s', which is not known here".formatted(file, entry.getKey()));
      }
      settings = settings.with(key, entry.getValue().toString());
    }
    if (settings.nCritic() == null && trace.names().contains(latentKey)) {
      int[] shape = trace.shape(latentKey);
      settings = settings.with("nCritic", shape.length == 3 ? Integer.toString(shape[0]) : "1");
    }
    return settings;
  }
}
