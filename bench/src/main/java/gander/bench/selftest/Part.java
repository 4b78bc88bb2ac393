// SPDX-License-Identifier: Apache-2.0
package gander.bench.selftest;

import java.util.function.Consumer;

/**
 * One thing that a self-test looks at: a line of its table.
 *
 * @param section such as {@code kernels}
 * @param name the section and what of it, such as {@code kernels/matmul}; the section alone where
 *     that is one part
 */
record Part(String section, String name, Check check) {
  /** Does the looking. */
  interface Check {
    /**
     * @param progress takes what is going on now, in a few words
     * @return what was found, where all is well
     * @throws Failure where it is not
     */
    String run(Consumer<String> progress);
  }

  /** What is not as it should be: a sentence, and perhaps lines that help to mend it. */
  static final class Failure extends RuntimeException {
    Failure(String message) {
      super(message);
    }
  }

  static Part of(String section, String item, Check check) {
    return new Part(section, section + "/" + item, check);
  }
}
