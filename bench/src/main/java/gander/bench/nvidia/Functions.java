// SPDX-License-Identifier: Apache-2.0
package gander.bench.nvidia;

import gander.runtime.GanderException;
import java.util.List;

/** What one library computes of Gander's ops. */
interface Functions {
  /** Name and version of the library. */
  String version();

  boolean computes(String op);

  /**
   * The ways to compute a problem.
   *
   * @param owner of the problem's memory and whatever else the ways need
   * @throws GanderException if there is none
   */
  List<Way> ways(String op, Dims dims, Owner owner);
}
