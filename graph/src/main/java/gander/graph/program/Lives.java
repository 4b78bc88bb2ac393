// SPDX-License-Identifier: Apache-2.0
package gander.graph.program;

import java.util.Arrays;
import java.util.BitSet;

/**
 * What an order of kernels keeps in memory when: a tensor from the kernel that makes it to the last
 * that reads it, scratch while its kernel runs, the program's outputs to the end. A kernel that
 * stands in the order again makes its tensors anew, and who reads them later reads the new ones. An
 * output takes the memory of an input that dies with it, where its kernel allows that (in-place
 * reuse). A concatenation whose parts are made in it lives from the first of their kernels on.
 */
final class Lives {
  private static final int NONE = -1;

  private final Kernels kernels;
  private final int[] order;
  private final boolean inPlace;

  /** By place and input or output: its buffer. */
  private final int[][] read;

  private final int[][] written;
  private final int[] firstScratch;
  private final int[] last;
  private int count;
  private int[] lower;
  private int[] upper;
  private long[] bytes;

  private Lives(Kernels kernels, int[] order, boolean inPlace) {
    this.kernels = kernels;
    this.order = order;
    this.inPlace = inPlace;
    read = new int[order.length][];
    written = new int[order.length][];
    firstScratch = new int[order.length];
    last = new int[kernels.tensorCount()];
    lower = new int[2 * order.length + 8];
    upper = new int[lower.length];
    bytes = new long[lower.length];
  }

  static Lives of(Kernels kernels, int[] order, boolean inPlace) {
    var lives = new Lives(kernels, order, inPlace);
    lives.place(lives.lastUses());
    return lives;
  }

  /** By place and output, the place of the last kernel that reads it before it is made anew. */
  private int[][] lastUses() {
    var uses = new int[order.length][];
    var next = new int[kernels.tensorCount()];
    var further = new int[kernels.tensorCount()];
    Arrays.fill(next, NONE);
    Arrays.setAll(further, tensor -> kernels.makers(tensor).size() - 1);
    for (int tensor : kernels.outputs()) {
      next[tensor] = order.length;
    }
    for (int at = order.length - 1; at >= 0; at--) {
      int[] outputs = kernels.writes(order[at]);
      uses[at] = new int[outputs.length];
      for (int j = 0; j < outputs.length; j++) {
        if (outputs[j] != Kernels.BOUND) {
          uses[at][j] = Math.max(next[outputs[j]], at);
          // In front of one that makes a part, others may make theirs; none of them runs again.
          boolean first = further[outputs[j]]-- <= 0;
          next[outputs[j]] = first ? NONE : uses[at][j];
        }
      }
      for (int tensor : kernels.reads(order[at])) {
        next[tensor] = Math.max(next[tensor], at);
      }
    }
    return uses;
  }

  private void place(int[][] lastUses) {
    Arrays.fill(last, NONE);
    for (int at = 0; at < order.length; at++) {
      int kernel = order[at];
      int[] inputs = kernels.reads(kernel);
      read[at] = new int[inputs.length];
      for (int i = 0; i < inputs.length; i++) {
        read[at][i] = last[inputs[i]];
      }
      int[] outputs = kernels.writes(kernel);
      written[at] = new int[outputs.length];
      for (int j = 0; j < outputs.length; j++) {
        written[at][j] = NONE;
        if (outputs[j] != Kernels.BOUND) {
          boolean begun = kernels.makers(outputs[j]).size() > 1 && last[outputs[j]] != NONE;
          written[at][j] = begun ? last[outputs[j]] : output(at, j, lastUses[at][j] + 1);
          last[outputs[j]] = written[at][j];
        }
      }
      firstScratch[at] = count;
      for (long size : kernels.scratch(kernel)) {
        add(at, at + 1, size);
      }
    }
  }

  private int output(int at, int j, int end) {
    int kernel = order[at];
    if (inPlace) {
      for (int tensor : kernels.takes(kernel, j)) {
        int buffer = last[tensor];
        // One that another output has taken ends later already, or is not to be taken twice.
        if (upper[buffer] == at + 1 && !contains(written[at], j, buffer)) {
          upper[buffer] = end;
          return buffer;
        }
      }
    }
    return add(at, end, kernels.bytes(kernels.writes(kernel)[j]));
  }

  private static boolean contains(int[] values, int count, int value) {
    for (int i = 0; i < count; i++) {
      if (values[i] == value) {
        return true;
      }
    }
    return false;
  }

  private int add(int from, int end, long size) {
    if (count == lower.length) {
      lower = Arrays.copyOf(lower, 2 * count);
      upper = Arrays.copyOf(upper, 2 * count);
      bytes = Arrays.copyOf(bytes, 2 * count);
    }
    lower[count] = from;
    upper[count] = end;
    bytes[count] = size;
    return count++;
  }

  int[] order() {
    return order;
  }

  /** By place, whether the kernel there has run before. */
  boolean[] again() {
    var seen = new BitSet();
    var again = new boolean[order.length];
    for (int at = 0; at < order.length; at++) {
      again[at] = seen.get(order[at]);
      seen.set(order[at]);
    }
    return again;
  }

  int buffers() {
    return count;
  }

  int lower(int buffer) {
    return lower[buffer];
  }

  int upper(int buffer) {
    return upper[buffer];
  }

  long bytes(int buffer) {
    return bytes[buffer];
  }

  /** The buffer of a tensor for the kernel at a place, which reads or writes it. */
  int buffer(int at, int tensor) {
    int[] inputs = kernels.reads(order[at]);
    for (int i = 0; i < inputs.length; i++) {
      if (inputs[i] == tensor) {
        return read[at][i];
      }
    }
    int[] outputs = kernels.writes(order[at]);
    for (int j = 0; j < outputs.length; j++) {
      if (outputs[j] == tensor) {
        return written[at][j];
      }
    }
    throw new IllegalArgumentException("kernel " + at + " has no tensor " + tensor);
  }

  /** The buffer of the first scratch of the kernel at a place; its others follow. */
  int firstScratch(int at) {
    return firstScratch[at];
  }

  /** The buffer of a tensor when all has run. */
  int last(int tensor) {
    return last[tensor];
  }

  /** The bytes in use at each place, each buffer's rounded up to the alignment. */
  long[] profile() {
    var profile = new long[order.length + 1];
    for (int buffer = 0; buffer < count; buffer++) {
      long size = kernels.rounded(bytes[buffer]);
      profile[lower[buffer]] += size;
      if (upper[buffer] < profile.length) {
        profile[upper[buffer]] -= size;
      }
    }
    for (int at = 1; at < profile.length; at++) {
      profile[at] += profile[at - 1];
    }
    return profile;
  }

  /** The most bytes in use at one place: no plan has a lower peak. */
  long most() {
    return Arrays.stream(profile()).max().orElse(0);
  }
}
