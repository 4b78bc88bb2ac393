// SPDX-License-Identifier: Apache-2.0
package gander.runtime.jit;

import gander.runtime.Argument;
import gander.runtime.CodeModule;
import gander.runtime.Device;
import gander.runtime.Geometry;
import gander.runtime.Launch;
import gander.runtime.Memory;
import gander.runtime.Recording;
import java.util.ArrayList;
import java.util.List;

/**
 * Launches one group of each function of a unit on memory of no use, so that a driver makes the
 * code that it would make at the first launch, and keeps it.
 */
final class Rehearsal {
  private Rehearsal() {}

  static void of(Device device, Unit unit, CodeModule module) {
    long bytes = unit.argumentBytes().stream().mapToLong(Long::longValue).max().orElse(0);
    // One for all arguments. It is not touched before, so it takes room only where a group writes.
    try (Memory memory = device.allocate(Math.max(bytes, Float.BYTES));
        Recording recording = device.record(launches(unit, module, memory))) {
      recording.replay();
      device.finish();
    }
  }

  private static List<Launch> launches(Unit unit, CodeModule module, Memory memory) {
    List<Argument> arguments =
        unit.argumentBytes().stream()
            .<Argument>map(size -> size == 0 ? new Argument.Word(0) : memory.all())
            .toList();
    var launches = new ArrayList<Launch>();
    for (int i = 0; i < unit.geometries().size(); i++) {
      Geometry g = unit.geometries().get(i);
      launches.add(
          new Launch(
              unit.source().name(),
              module.kernel(unit.source().functions().get(i)),
              new Geometry(1, 1, 1, g.blockX(), g.blockY(), g.blockZ(), g.sharedBytes()),
              arguments));
    }
    return launches;
  }
}
