// SPDX-License-Identifier: Apache-2.0
package gander.tests;

import gander.runtime.CodeModule;
import gander.runtime.Device;
import gander.runtime.DeviceInfo;
import gander.runtime.Launch;
import gander.runtime.Memory;
import gander.runtime.Recording;
import gander.runtime.Slice;
import gander.runtime.Source;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** A device that does what another does, for tests that change one thing. */
abstract class WrappedDevice implements Device {
  private final Device inner;

  WrappedDevice(Device inner) {
    this.inner = inner;
  }

  @Override
  public DeviceInfo info() {
    return inner.info();
  }

  @Override
  public byte[] compile(Source source) {
    return inner.compile(source);
  }

  @Override
  public boolean compilesAlone() {
    return inner.compilesAlone();
  }

  @Override
  public CodeModule load(Source source, byte[] binary) {
    return inner.load(source, binary);
  }

  @Override
  public Memory allocate(long bytes) {
    return inner.allocate(bytes);
  }

  @Override
  public void write(Slice target, MemorySegment source) {
    inner.write(target, source);
  }

  @Override
  public void read(Slice source, MemorySegment target) {
    inner.read(source, target);
  }

  @Override
  public void fill(Slice target, int pattern) {
    inner.fill(target, pattern);
  }

  @Override
  public Recording record(List<Launch> launches) {
    return inner.record(launches);
  }

  @Override
  public void finish() {
    inner.finish();
  }

  @Override
  public void close() {
    inner.close();
  }
}
