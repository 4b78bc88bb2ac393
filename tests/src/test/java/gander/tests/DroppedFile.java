// SPDX-License-Identifier: Apache-2.0
package gander.tests;

import gander.models.cli.Said;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A kernel that somebody writes for sums and maxima, in a folder of their own. */
final class DroppedFile {
  /** How the catalogue names it. */
  static final String PATH = "reduce/mine.cl";

  /** Right, and plain enough to be so at a glance; asks to be taken before those shipped. */
  static final String RIGHT =
      """
      //! reduce: a work-item computes PER outputs, one after the other
      //! device  opencl
      //! tune    PER = 1 4
      //! prefer  1000
      //! grid    ceil(O * I, PER)
      // SPDX-License-Identifier: Apache-2.0
      #include "reduce.h"

      KERNEL void reduce(PARAMS) {
        const int first = GROUP_X * PER;
        for (int at = first; at < first + PER && at < O * I; at++) {
          float total = REDUCE_START;
          for (int r = 0; r < R; r++) {
            total = REDUCE_1(total, PROLOGUE_X(at / I, r, at % I));
          }
          EPILOGUE(at / I, at % I, total);
        }
      }
      """;

  private DroppedFile() {}

  /** Puts a kernel's text where it belongs, and gives the folder for {@code --kernels}. */
  static Path drop(Path folder, String text) throws IOException {
    Path root = folder.resolve("kernels");
    Kernels.write(root, PATH, text);
    return root;
  }

  /** Checks it on the problems of that title, as the command line does. */
  static Said check(Path kernels, String problem, Object settings, Object... more) {
    var words = new ArrayList<Object>(List.of("check", "reduce", "--kernels", kernels));
    words.addAll(List.of("--kernel", PATH, "--problem", problem, "--settings", settings));
    words.addAll(List.of("--device", OpenCl.ID));
    words.addAll(List.of(more));
    return Said.by(words.toArray());
  }

  /** The right kernel with one thing changed. */
  static String changed(String what, String into) {
    if (!RIGHT.contains(what)) {
      throw new IllegalArgumentException("the kernel has no '" + what + "'");
    }
    return RIGHT.replace(what, into);
  }

  /** The file and the line of it, from 1, that holds a text, as messages give it. */
  static String place(String text, String part) {
    List<String> lines = text.lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).contains(part)) {
        return PATH + ":" + (i + 1);
      }
    }
    throw new IllegalArgumentException("no line has '" + part + "'");
  }
}
