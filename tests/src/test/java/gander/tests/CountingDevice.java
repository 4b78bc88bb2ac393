// SPDX-License-Identifier: Apache-2.0
package gander.tests;

import gander.runtime.CodeModule;
import gander.runtime.Device;
import gander.runtime.Launch;
import gander.runtime.Memory;
import gander.runtime.Recording;
import gander.runtime.Source;
import java.util.List;

/** A device that counts what is made on it: memory, code and recordings. */
final class CountingDevice extends WrappedDevice {
  private int made;

  CountingDevice(Device inner) {
    super(inner);
  }

  /** How many things were made so far. */
  int made() {
    return made;
  }

  @Override
  public CodeModule load(Source source, byte[] binary) {
    made++;
    return super.load(source, binary);
  }

  @Override
  public Memory allocate(long bytes) {
    made++;
    return super.allocate(bytes);
  }

  @Override
  public Recording record(List<Launch> launches) {
    made++;
    return super.record(launches);
  }
}
