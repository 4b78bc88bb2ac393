// SPDX-License-Identifier: Apache-2.0
package gander.runtime;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Which launches of a list have to wait for which: those of the list's order that the memory needs.
 * Launches that wait for none of each other may run at the same time, with the same bits.
 */
public final class LaunchOrder {
  private LaunchOrder() {}

  /**
   * Finds for each launch the earlier ones that it has to wait for, without those that these wait
   * for themselves.
   *
   * @return places in the list, in falling order
   */
  public static List<List<Integer>> waits(List<Launch> launches) {
    var waits = new ArrayList<List<Integer>>();
    var behind = new ArrayList<BitSet>(); // all that come before a launch, directly or not
    for (int at = 0; at < launches.size(); at++) {
      var direct = new ArrayList<Integer>();
      var all = new BitSet();
      for (int earlier = at - 1; earlier >= 0; earlier--) {
        if (!all.get(earlier) && launches.get(at).conflictsWith(launches.get(earlier))) {
          direct.add(earlier);
          all.set(earlier);
          all.or(behind.get(earlier));
        }
      }
      waits.add(List.copyOf(direct));
      behind.add(all);
    }
    return waits;
  }
}
