// SPDX-License-Identifier: Apache-2.0
package gander.models.train;

import gander.models.data.DataSet;
import gander.models.data.DataSets;
import gander.models.data.Split;
import gander.models.run.RunConfig;
import gander.models.zoo.Zoo;

/** The data a run trains on. */
public final class RunData {
  private RunData() {}

  /** The training images at the size, and in the range, that the run's model takes. */
  public static DataSet open(RunConfig config) {
    return DataSets.open(config.data(), Split.TRAIN, Zoo.range(config), Zoo.size(config));
  }
}
