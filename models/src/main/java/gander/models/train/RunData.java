// SPDX-License-Identifier: Apache-2.0
package gander.models.train;

import gander.models.data.DataSet;
import gander.models.data.DataSets;
import gander.models.data.ImageForm;
import gander.models.data.Range;
import gander.models.data.Reading;
import gander.models.data.Split;
import gander.models.run.RunConfig;
import gander.models.zoo.Zoo;
import gander.runtime.GanderException;

/** The data a run trains on. */
public final class RunData {
  private RunData() {}

  /**
   * The training images at the size, in the range and of the channels that the model takes; points
   * as they are.
   */
  public static DataSet open(RunConfig config, Reading reading) {
    return open(config, Split.TRAIN, Zoo.range(config), reading);
  }

  /** Either split, of images at the size and of the channels that the model takes. */
  public static DataSet open(RunConfig config, Split split, Range range, Reading reading) {
    var form =
        Zoo.isPoints(config)
            ? ImageForm.own(range)
            : new ImageForm(range, Zoo.size(config), config.channels());
    return DataSets.open(config.data(), split, form, reading);
  }

  /**
   * The config with what only its data says: channels, and classes of a conditional model.
   *
   * @throws GanderException if the model needs labels that the data lacks
   */
  public static RunConfig complete(RunConfig config, DataSet data) {
    if (Zoo.isPoints(config)) {
      return config;
    }
    RunConfig complete = config.with("channels", Integer.toString(data.shape().channels()));
    if (!Zoo.isConditional(config.model())) {
      return complete;
    }
    if (!data.labelled()) {
      throw new GanderException(
          "data set '%s' has no labels, and model '%s' needs them: take a labelled set, or a model without classes"
              .formatted(data.name(), config.model()));
    }
    return config.classes() != null
        ? complete
        : complete.with("classes", Integer.toString(data.classes()));
  }
}
