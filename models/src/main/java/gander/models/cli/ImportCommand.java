// SPDX-License-Identifier: Apache-2.0
package gander.models.cli;

import gander.graph.Backend;
import gander.models.run.RunConfig;
import gander.models.run.RunDirectory;
import gander.models.train.RunData;
import gander.models.train.Weights;
import gander.models.zoo.Zoo;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Takes networks that were trained elsewhere. */
@Command(
    name = "import",
    mixinStandardHelpOptions = true,
    description =
        "Makes a run whose networks begin with weights of a safetensors file in PyTorch's layouts, such as 'gander export' writes; 'gander sample' uses it at once, 'gander resume' trains it.")
public final class ImportCommand implements CliCommand {
  @Mixin private ModelOptions model = new ModelOptions();
  @Mixin private DeviceOptions device = new DeviceOptions();
  @Mixin private NewRun place = new NewRun();

  @Option(
      names = "--weights",
      paramLabel = "FILE",
      required = true,
      description = "the file, with tensors 'g.0.weight' and so on")
  private Path weights = Path.of("");

  @Option(
      names = "--only",
      paramLabel = "g,...",
      split = ",",
      description = "networks to take; the others begin at random (all are taken)")
  private Set<String> only = new LinkedHashSet<>();

  @Override
  public Integer call() {
    RunConfig config = model.config(place.data(model), device.id(model.fromFile("device")));
    config = device.withMath(config);
    place.requireFree();
    Weights.requireNetworks(Zoo.create(config), only);
    RunConfig complete = RunData.complete(config, RunData.open(config, new Output()::read));
    try (Backend backend = device.openFor(complete)) {
      RunDirectory run =
          Weights.begin(weights, only, backend, complete, () -> place.create(complete));
      System.out.println(run.root());
    }
    return 0;
  }
}
