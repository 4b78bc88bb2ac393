// SPDX-License-Identifier: Apache-2.0
package gander.graph.program;

import java.util.ArrayList;
import java.util.List;

/**
 * Orders in which a kernel runs earlier than in a given one, so that what it reads is not kept for
 * it. They cost no time.
 */
final class Moves {
  private final Kernels kernels;

  Moves(Kernels kernels) {
    this.kernels = kernels;
  }

  /**
   * Orders in which the kernel at a place has run before another place.
   *
   * @param at the kernel's place
   * @param full the place by which it should have run, below its own
   */
  List<int[]> earlier(int[] order, int at, int full) {
    var orders = new ArrayList<int[]>();
    add(orders, order, at, full);
    if (ranBefore(order, at)) {
      // It runs again for others, who can have what it gave before if they come sooner.
      int[] without = removed(order, at);
      for (int reader : readers(order, at)) {
        add(orders, without, reader - 1, full);
      }
    }
    return orders;
  }

  /** Puts the kernel to the first place where it can run, and to where its operands were new. */
  private void add(List<int[]> orders, int[] order, int at, int full) {
    int first = first(order, at);
    if (first <= full && first < at) {
      orders.add(moved(order, at, first));
    }
    int fresh = Math.max(first, afterOperands(order, order[at], full));
    if (fresh > first && fresh <= full && fresh < at) {
      orders.add(moved(order, at, fresh));
    }
  }

  private static boolean ranBefore(int[] order, int at) {
    for (int i = 0; i < at; i++) {
      if (order[i] == order[at]) {
        return true;
      }
    }
    return false;
  }

  /** The places of kernels that read what the kernel at a place makes. */
  private List<Integer> readers(int[] order, int at) {
    var readers = new ArrayList<Integer>();
    for (int i = at + 1; i < order.length && order[i] != order[at]; i++) {
      for (int tensor : kernels.reads(order[i])) {
        if (kernels.makers(tensor).contains(order[at])) {
          readers.add(i);
          break;
        }
      }
    }
    return readers;
  }

  /** The first place at which a kernel finds all that it needs and takes nothing from others. */
  private int first(int[] order, int at) {
    int kernel = order[at];
    int first = 0;
    for (int needed : kernels.needed(kernel)) {
      int place = 0;
      while (order[place] != needed) {
        place++;
      }
      first = Math.max(first, place + 1);
    }
    for (int place = at - 1; place >= first; place--) {
      for (int writer : kernels.writersOfRead(order[place])) {
        if (writer == kernel) {
          return place + 1;
        }
      }
    }
    return first;
  }

  /** The place behind the kernels that last made, before a place, what a kernel reads. */
  private int afterOperands(int[] order, int kernel, int before) {
    int after = 0;
    for (int tensor : kernels.reads(kernel)) {
      for (int place = before - 1; place >= after; place--) {
        if (kernels.makers(tensor).contains(order[place])) {
          after = place + 1;
        }
      }
    }
    return after;
  }

  private static int[] moved(int[] order, int from, int to) {
    int[] moved = order.clone();
    System.arraycopy(order, to, moved, to + 1, from - to);
    moved[to] = order[from];
    return moved;
  }

  /** The order without the kernel at a place. */
  static int[] removed(int[] order, int place) {
    var shorter = new int[order.length - 1];
    System.arraycopy(order, 0, shorter, 0, place);
    System.arraycopy(order, place + 1, shorter, place, shorter.length - place);
    return shorter;
  }
}
