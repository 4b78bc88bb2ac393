// SPDX-License-Identifier: Apache-2.0
package gander.models.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;

/** Makes safetensors files for tests, sound or not. */
final class SafetensorsFiles {
  private SafetensorsFiles() {}

  static Path write(Path folder, String header, byte[] data) throws IOException {
    return write(folder, header.getBytes(StandardCharsets.UTF_8), data);
  }

  static Path write(Path folder, byte[] header, byte[] data) throws IOException {
    var bytes = ByteBuffer.allocate(8 + header.length + data.length);
    bytes.order(ByteOrder.LITTLE_ENDIAN).putLong(header.length).put(header).put(data);
    return Files.write(folder.resolve("made.safetensors"), bytes.array());
  }

  static byte[] hex(String hex) {
    return HexFormat.of().parseHex(hex);
  }
}
