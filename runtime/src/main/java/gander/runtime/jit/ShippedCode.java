// SPDX-License-Identifier: Apache-2.0
package gander.runtime.jit;

import gander.runtime.DeviceInfo;
import gander.runtime.Source;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Compiled code that came along with Gander, for machines that have a driver and no compiler. A
 * file is named by its architecture and the whole text that it was compiled from, so that it serves
 * that text alone.
 */
public final class ShippedCode {
  private static final String PROPERTY = "gander.code";

  private final JitCache files;

  /**
   * @param folder need not exist yet
   */
  public ShippedCode(Path folder) {
    files = new JitCache(folder);
  }

  /** What this process was started with. */
  static Optional<ShippedCode> here() {
    return Optional.ofNullable(System.getProperty(PROPERTY))
        .map(Path::of)
        .filter(Files::isDirectory)
        .map(ShippedCode::new);
  }

  /** The code of a source; null if there is none. */
  byte @Nullable [] read(DeviceInfo device, Source source) {
    return files.read(key(device, source));
  }

  /** Adds the code of a source for all devices of an architecture. */
  public void write(DeviceInfo device, Source source, byte[] code) {
    files.write(key(device, source), code);
  }

  private static String key(DeviceInfo device, Source source) {
    return Hash.of(device.dialect().word, device.architecture(), source.text());
  }
}
