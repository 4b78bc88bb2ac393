// SPDX-License-Identifier: Apache-2.0
package gander.models.train;

import gander.graph.Backend;
import gander.graph.op.Variable;
import gander.models.data.Floats;
import gander.models.io.Safetensors;
import gander.models.io.SafetensorsWriter;
import gander.runtime.GanderException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * All of a run's state in one safetensors file: parameters, running statistics, optimizer state and
 * the step. Draws and the data's order are functions of the seed and the step, so that going on
 * from a checkpoint gives the bits that not stopping would have given.
 */
final class Checkpoint {
  private static final String VALUE = "value";

  private Checkpoint() {}

  /**
   * Writes the variables, in double precision where the backend computes in it. A state with a NaN
   * or an infinity is none to go on from, and is not written.
   *
   * @param value the number by which the best checkpoint is told; null if none is kept for that
   * @return the names of the variables that are not finite
   */
  static List<String> write(
      Path file, Backend backend, List<Variable> variables, String config, @Nullable Double value) {
    var writer = new SafetensorsWriter().metadata("format", "gander-checkpoint-1");
    writer.metadata("config", config).metadata("device", backend.describe());
    if (value != null) {
      writer.metadata(VALUE, value.toString());
    }
    var broken = new ArrayList<String>();
    for (Variable variable : variables) {
      double[] values = backend.read(variable);
      if (!Arrays.stream(values).allMatch(Double::isFinite)) {
        broken.add(variable.name());
      }
      if (backend.device().equals("reference")) {
        writer.add(variable.name(), variable.shape().dims(), values);
      } else {
        writer.add(variable.name(), variable.shape().dims(), Floats.of(values));
      }
    }
    if (broken.isEmpty()) {
      writer.write(file);
    }
    return broken;
  }

  /** The number a checkpoint was written with; infinite if it has none or cannot be read. */
  static double value(Path file) {
    try (Safetensors tensors = Safetensors.open(file)) {
      String value = tensors.metadata().get(VALUE);
      return value == null ? Double.POSITIVE_INFINITY : Double.parseDouble(value);
    } catch (GanderException | NumberFormatException e) {
      return Double.POSITIVE_INFINITY; // a damaged file is not the best
    }
  }

  /**
   * Reads the variables back.
   *
   * @throws GanderException if the file is damaged, or a variable is missing or has another shape
   */
  static void read(Path file, Backend backend, List<Variable> variables) {
    try (Safetensors tensors = open(file)) {
      for (Variable variable : variables) {
        backend.write(variable, values(file, tensors, variable));
      }
    }
  }

  /**
   * Opens a checkpoint.
   *
   * @throws GanderException if the file is damaged
   */
  static Safetensors open(Path file) {
    return sound(() -> Safetensors.open(file));
  }

  /**
   * The values of one variable.
   *
   * @throws GanderException as {@link #read} does
   */
  static double[] values(Path file, Safetensors tensors, Variable variable) {
    if (!tensors.names().contains(variable.name())) {
      throw new GanderException(
          "%s has no '%s': it is no checkpoint of this model".formatted(file, variable.name()));
    }
    int[] shape = tensors.shape(variable.name());
    if (!Arrays.equals(shape, variable.shape().dims())) {
      throw new GanderException(
          "%s has '%s' of shape %s where the model has %s: it was trained with other settings"
              .formatted(file, variable.name(), Arrays.toString(shape), variable.shape()));
    }
    return sound(() -> tensors.doubles(variable.name()));
  }

  /** Reads what may be damaged. */
  private static <T> T sound(Supplier<T> reading) {
    try {
      return reading.get();
    } catch (GanderException e) {
      throw new GanderException(
          e.getMessage() + "; without this file the run goes on from the checkpoint before it", e);
    }
  }
}
