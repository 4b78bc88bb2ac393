// SPDX-License-Identifier: Apache-2.0
package gander.models.train;

import gander.models.data.DataSet;
import gander.models.data.DataSets;
import gander.models.data.ImageForm;
import gander.models.data.Reading;
import gander.models.data.Split;
import gander.models.run.RunConfig;
import gander.models.zoo.Zoo;

/** The data a run trains on. */
public final class RunData {
  private RunData() {}

  /** The training images at the size, in the range and of the channels that the model takes. */
  public static DataSet open(RunConfig config, Reading reading) {
    var form = new ImageForm(Zoo.range(config), Zoo.size(config), config.channels());
    return DataSets.open(config.data(), Split.TRAIN, form, reading);
  }
}
