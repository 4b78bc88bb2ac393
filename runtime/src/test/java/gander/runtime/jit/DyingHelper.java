// SPDX-License-Identifier: Apache-2.0
package gander.runtime.jit;

import gander.runtime.JavaProcess;
import java.io.IOException;

/** A helper that ends with the first unit it is sent, with last words as native code has them. */
final class DyingHelper {
  private DyingHelper() {}

  public static void main(String[] arguments) throws IOException {
    JavaProcess.answer(JavaProcess.READY);
    if (System.in.read() >= 0) {
      System.err.println("corrupted size");
      System.exit(3);
    }
  }
}
