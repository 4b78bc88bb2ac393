// SPDX-License-Identifier: Apache-2.0
package gander.models.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventFileTest {
  @TempDir Path folder;

  @Test
  void recordsAreThoseOfTensorBoard() throws Exception {
    Path file = folder.resolve("new/events.out.tfevents.0.gander");
    try (EventFile events = EventFile.create(file)) {
      events.log(300, List.of("d", "g"), 0.5, Double.NaN);
    }
    ByteBuffer all = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    // How every event file of TensorFlow begins: length 24, its checksum, field 1.
    var start = new byte[13];
    all.get(0, start);
    assertEquals("1800000000000000a37f4b2209", HexFormat.of().formatHex(start));
    byte[] version = data(all);
    byte[] words = "brain.Event:2".getBytes(StandardCharsets.UTF_8);
    assertArrayEquals(words, Arrays.copyOfRange(version, 11, version.length));
    // Field 2, the varint 300; field 5 with two values, each a tag and a float.
    byte[] event = data(all);
    String expected =
        "10ac02" + "2a14" + "0a08" + "0a0164" + "150000003f" + "0a08" + "0a0167" + "150000c07f";
    assertEquals(expected, HexFormat.of().formatHex(event, 9, event.length));
    double now = System.currentTimeMillis() / 1e3;
    double time = ByteBuffer.wrap(event).order(ByteOrder.LITTLE_ENDIAN).getDouble(1);
    assertEquals(now, time, 60);
    assertEquals(0, all.remaining());
  }

  private static byte[] data(ByteBuffer file) {
    var data = new byte[(int) file.getLong()];
    file.getInt();
    file.get(data);
    file.getInt();
    return data;
  }
}
