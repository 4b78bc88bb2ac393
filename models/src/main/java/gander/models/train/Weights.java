// SPDX-License-Identifier: Apache-2.0
package gander.models.train;

import gander.graph.Backend;
import gander.graph.op.Shape;
import gander.models.data.Floats;
import gander.models.data.ImageSize;
import gander.models.io.ElementType;
import gander.models.io.Safetensors;
import gander.models.io.SafetensorsWriter;
import gander.models.net.Network;
import gander.models.net.PytorchLayout;
import gander.models.net.PytorchLayout.Held;
import gander.models.run.Nearest;
import gander.models.run.RunConfig;
import gander.models.run.RunDirectory;
import gander.models.zoo.Model;
import gander.models.zoo.Zoo;
import gander.runtime.GanderException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The networks of a model in a safetensors file that PyTorch takes, to it and from it: {@link
 * PytorchLayout} says how. No optimizer's state is in it.
 */
public final class Weights {
  /** What PyTorch's batch norms count; nothing here reads it. */
  private static final String COUNT = "num_batches_tracked";

  private static final String MEAN = "running_mean";

  private Weights() {}

  /**
   * Writes the networks of a checkpoint, in the precision that it has, with averages of weights in
   * the weights' place where the config keeps any.
   */
  public static void export(RunDirectory.Saved from, RunConfig config, Path file) {
    Model model = Zoo.create(config);
    var writer = new SafetensorsWriter().metadata("format", "pt");
    writer.metadata("config", config.toJson());
    try (Safetensors checkpoint = Checkpoint.open(from.file())) {
      for (Held held : held(model, config)) {
        var variable = model.shown(held.variable());
        double[] values = held.exported(Checkpoint.values(from.file(), checkpoint, variable));
        if (checkpoint.type(variable.name()) == ElementType.F64) {
          writer.add(held.name(), held.shape().dims(), values);
        } else {
          writer.add(held.name(), held.shape().dims(), Floats.of(values));
        }
        if (held.name().endsWith(MEAN)) {
          writer.add(count(held), from.step());
        }
      }
    }
    writer.write(file);
  }

  /**
   * Begins a run with networks from a file: a checkpoint of step 0, in which all else is as before
   * a first step.
   *
   * @param only the networks to take from the file; the others begin as ever
   * @throws GanderException naming the tensor, if one is missing, has another shape or values that
   *     are not finite, or is nothing of the model; then nothing is written
   */
  public static RunDirectory begin(
      Path file,
      Set<String> only,
      Backend backend,
      RunConfig config,
      Supplier<RunDirectory> place) {
    Model model = Zoo.create(config);
    model.initialize(backend, config.seed());
    try (Safetensors given = Safetensors.open(file)) {
      new Reading(file, given, config.model()).into(backend, model, held(model, config), only);
    }
    RunDirectory run = place.get();
    Checkpoint.write(run.checkpointFile(0), backend, model.variables(), config.toJson(), null);
    return run;
  }

  /**
   * Refuses names of networks that a model does not have.
   *
   * @throws GanderException naming the nearest
   */
  public static void requireNetworks(Model model, Set<String> names) {
    List<String> known = model.networks().stream().map(Network::name).toList();
    for (String name : names) {
      if (!known.contains(name)) {
        throw new GanderException(
            "the model has no network '%s', did you mean '%s'? There are %s"
                .formatted(name, Nearest.to(name, known), String.join(", ", known)));
      }
    }
  }

  /** Of all networks; where images are vectors, the config knows their shape. */
  private static List<Held> held(Model model, RunConfig config) {
    ImageSize size = Zoo.size(config);
    Shape image = Shape.of(size.height(), size.width(), Zoo.channels(config));
    var all = new ArrayList<Held>();
    for (Network network : model.networks()) {
      boolean makes = network.name().equals("g");
      boolean takesVectors = !makes && network.input().rank() == 1;
      boolean makesVectors = makes && network.output().rank() == 1;
      all.addAll(
          PytorchLayout.of(network, takesVectors ? image : null, makesVectors ? image : null));
    }
    return all;
  }

  /** The name of the number of batches beside a running mean. */
  private static String count(Held mean) {
    return mean.name().replace(MEAN, COUNT);
  }

  /** A file that is read. */
  private record Reading(Path file, Safetensors given, String model) {
    void into(Backend backend, Model into, List<Held> wanted, Set<String> only) {
      var unknown = new LinkedHashSet<>(given.names());
      for (Held held : wanted) {
        unknown.remove(held.name());
        unknown.remove(count(held));
        if (only.isEmpty() || only.contains(held.name().substring(0, held.name().indexOf('.')))) {
          double[] values = held.imported(values(held));
          backend.write(held.variable(), values);
          backend.write(into.shown(held.variable()), values);
        }
      }
      if (!unknown.isEmpty()) {
        throw new GanderException(
            "%s has a tensor '%s' that model '%s' does not have: leave it out of the file, or check model and settings"
                .formatted(file, unknown.getFirst(), model));
      }
    }

    private double[] values(Held held) {
      if (!given.names().contains(held.name())) {
        throw new GanderException(
            "%s has no tensor '%s', which model '%s' has, of shape %s: check model and settings"
                .formatted(file, held.name(), model, held.shape()));
      }
      int[] shape = given.shape(held.name());
      if (!Arrays.equals(shape, held.shape().dims())) {
        throw new GanderException(
            "%s has tensor '%s' of shape %s where model '%s' has %s: check size, channels, width and zdim"
                .formatted(file, held.name(), Arrays.toString(shape), model, held.shape()));
      }
      double[] values = given.doubles(held.name());
      if (!Arrays.stream(values).allMatch(Double::isFinite)) {
        throw new GanderException(
            "%s has NaN or infinite values in tensor '%s'".formatted(file, held.name()));
      }
      return values;
    }
  }
}
