// SPDX-License-Identifier: Apache-2.0
package gander.tests;

import gander.runtime.Device;
import gander.runtime.Launch;
import gander.runtime.LaunchOrder;
import gander.runtime.Recording;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * A device that runs the last launch first of those whose memory is ready: as far from the given
 * order as it may be. Its times are of that order.
 */
final class ReorderingDevice extends WrappedDevice {
  private int moved;

  ReorderingDevice(Device inner) {
    super(inner);
  }

  /** How many launches had another place than the given one. */
  int moved() {
    return moved;
  }

  @Override
  public Recording record(List<Launch> launches) {
    List<List<Integer>> waits = LaunchOrder.waits(launches);
    var done = new BitSet();
    var order = new ArrayList<Launch>();
    while (order.size() < launches.size()) {
      int next = launches.size() - 1;
      while (done.get(next) || !waits.get(next).stream().allMatch(done::get)) {
        next--;
      }
      if (next != order.size()) {
        moved++;
      }
      done.set(next);
      order.add(launches.get(next));
    }
    return super.record(order);
  }
}
