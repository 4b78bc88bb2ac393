// SPDX-License-Identifier: Apache-2.0
package gander.models.io;

import java.nio.file.Path;
import java.util.Arrays;

/** A process that writes one file over and over until it is killed. */
final class KilledWriter {
  static final int ELEMS = 20_000;

  private KilledWriter() {}

  public static void main(String[] arguments) {
    Path file = Path.of(arguments[0]);
    for (int round = 0; ; round++) {
      var values = new float[ELEMS];
      Arrays.fill(values, round);
      new SafetensorsWriter()
          .metadata("round", Integer.toString(round))
          .add("values", new int[] {ELEMS}, values)
          .write(file);
      if (round == 0) {
        System.out.println("begun");
      }
    }
  }
}
