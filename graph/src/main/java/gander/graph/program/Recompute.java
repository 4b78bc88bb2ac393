// SPDX-License-Identifier: Apache-2.0
package gander.graph.program;

import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Runs kernels a second time, so that what they make need not stay in memory until it is read last:
 * an order of kernels with repetitions in which no more than a limit is in use.
 *
 * <p>Greedy: of all tensors that lie idle where the most is in use, and of the ways to read them
 * sooner ({@link Moves}) or to make them anew in front of their next reader, the one that takes the
 * most bytes above the limit away for the time it costs, again and again; in the end what turned
 * out to be needless is taken back. How long a kernel takes is modelled by its necessary work, so
 * maps and norms go before convolutions, and a chain of kernels where one alone does not help. A
 * kernel run again has the same operands and gives the same bits.
 */
final class Recompute {
  /**
   * What a step of a descent aims at, as shares of what is in use: little, or where that leads no
   * further, more, so that other tensors count.
   */
  private static final double[] AIMS = {0.98, 0.8, 0.5};

  /** Idle tensors, the largest first, that are looked at before smaller ones are. */
  private static final int AT_ONCE = 16;

  /** What an order that takes no longer is taken to cost: less than any kernel. */
  private static final double FREE = 1;

  private final Kernels kernels;
  private final Moves moves;
  private final boolean inPlace;

  /** What is done about operands, of a kernel to run again, that are gone by then. */
  private enum Operands {
    /** They stay. */
    KEEP,
    /** They are made anew, but for those that are in use where the most is. */
    KEEP_LIVE,
    /** They are made anew. */
    AGAIN
  }

  /** An order, what it keeps in memory, and how long its kernels take. */
  private record Candidate(Lives lives, long[] profile, double time) {
    long most() {
      return Arrays.stream(profile).max().orElse(0);
    }

    double excess(long limit) {
      double excess = 0;
      for (long live : profile) {
        excess += Math.max(0, live - limit);
      }
      return excess;
    }
  }

  Recompute(Kernels kernels, boolean inPlace) {
    this.kernels = kernels;
    moves = new Moves(kernels);
    this.inPlace = inPlace;
  }

  /** The same kernels, once each, in an order in which less is in use, as far as one is found. */
  Lives reordered(Lives from) {
    var descent = new Descent(from, false);
    boolean lower = true;
    while (lower) {
      lower = descent.step();
    }
    return descent.now.lives();
  }

  /** An order in which at most a limit is in use; where none was found, the nearest to it. */
  Lives within(Lives unlimited, long limit) {
    Candidate found = improved(candidate(unlimited.order()), limit, true);
    return pruned(found, unlimited, limit).lives();
  }

  /** The way to the least that is found, by small steps, which reach further than large ones. */
  final class Descent {
    private final Lives unlimited;
    private final boolean repeat;
    private Candidate now;

    /**
     * @param repeat whether kernels may run again
     */
    Descent(Lives unlimited, boolean repeat) {
      this.unlimited = unlimited;
      this.repeat = repeat;
      now = candidate(unlimited.order());
    }

    /** Goes on to an order in which less is in use; false if none was found. */
    boolean step() {
      for (double aim : AIMS) {
        Candidate next = improved(now, (long) (now.most() * aim), repeat);
        if (next.most() < now.most()) {
          now = next;
          return true;
        }
      }
      return false;
    }

    long most() {
      return now.most();
    }

    /**
     * The order that was reached, without the repetitions that it does not need.
     *
     * @param limit of what is in use, at least {@link #most}
     */
    Lives lives(long limit) {
      return pruned(now, unlimited, limit).lives();
    }
  }

  private Candidate candidate(int[] order) {
    Lives lives = Lives.of(kernels, order, inPlace);
    double time = 0;
    for (int kernel : order) {
      time += kernels.time(kernel);
    }
    return new Candidate(lives, lives.profile(), time);
  }

  private Candidate improved(Candidate from, long limit, boolean repeat) {
    Candidate best = from;
    double excess = best.excess(limit);
    while (excess > 0) {
      Candidate next = next(best, limit, excess, repeat);
      if (next == null) {
        return best;
      }
      best = next;
      excess = best.excess(limit);
    }
    return best;
  }

  /** The best way to have less above the limit; null if there is none. */
  private @Nullable Candidate next(Candidate now, long limit, double excess, boolean repeat) {
    int fullest = fullest(now.profile());
    List<Idle> idle = idleAt(now.lives(), fullest);
    idle.sort(Comparator.comparingLong((Idle i) -> -kernels.bytes(i.tensor())));
    Candidate best = null;
    double bestGain = 0;
    for (int from = 0; best == null && from < idle.size(); from += AT_ONCE) {
      List<Idle> some = idle.subList(from, Math.min(from + AT_ONCE, idle.size()));
      List<Candidate> candidates =
          alternatives(now.lives(), some, fullest, repeat).parallelStream()
              .map(this::candidate)
              .toList();
      for (Candidate candidate : candidates) {
        double less = excess - candidate.excess(limit);
        double gain = less / Math.max(candidate.time() - now.time(), FREE);
        if (gain > bestGain) {
          best = candidate;
          bestGain = gain;
        }
      }
    }
    return best;
  }

  /** Orders in which one of some tensors that lie idle at a place need not be there, each once. */
  private List<int[]> alternatives(Lives lives, List<Idle> some, int fullest, boolean repeat) {
    Set<IntBuffer> orders = new LinkedHashSet<>();
    for (Idle idle : some) {
      for (int[] order : moves.earlier(lives.order(), idle.reader(), fullest)) {
        orders.add(IntBuffer.wrap(order));
      }
      for (Operands operands : repeat ? Operands.values() : new Operands[0]) {
        int[] order = again(lives, idle, fullest, operands);
        if (order != null) {
          orders.add(IntBuffer.wrap(order));
        }
      }
    }
    return orders.stream().map(IntBuffer::array).toList();
  }

  private static int fullest(long[] profile) {
    int fullest = 0;
    for (int at = 1; at < profile.length; at++) {
      fullest = profile[at] > profile[fullest] ? at : fullest;
    }
    return fullest;
  }

  /** A tensor that lies in memory unread until the kernel at a place. */
  private record Idle(int tensor, int reader) {}

  private List<Idle> idleAt(Lives lives, int at) {
    int[] order = lives.order();
    var made = new boolean[kernels.tensorCount()];
    for (int i = 0; i < at; i++) {
      mark(made, kernels.writes(order[i]), true);
    }
    if (at < order.length) {
      mark(made, kernels.reads(order[at]), false);
      mark(made, kernels.writes(order[at]), false);
    }
    var idle = new ArrayList<Idle>();
    for (int i = at + 1; i < order.length; i++) {
      for (int tensor : kernels.reads(order[i])) {
        if (made[tensor]) {
          idle.add(new Idle(tensor, i));
        }
      }
      mark(made, kernels.reads(order[i]), false);
      mark(made, kernels.writes(order[i]), false);
    }
    return idle;
  }

  private static void mark(boolean[] marks, int[] tensors, boolean value) {
    for (int tensor : tensors) {
      if (tensor != Kernels.BOUND) {
        marks[tensor] = value;
      }
    }
  }

  /** The order with a tensor made anew in front of its reader; null if that cannot be. */
  private int @Nullable [] again(Lives lives, Idle idle, int fullest, Operands operands) {
    Set<Integer> run = new LinkedHashSet<>();
    boolean[] there = liveAt(lives, idle.reader());
    boolean[] kept = operands == Operands.KEEP_LIVE ? liveAt(lives, fullest) : null;
    if (!gather(lives.order(), idle, there, kept, operands, run)) {
      return null;
    }
    return inserted(lives.order(), idle.reader(), run);
  }

  /** Whether a tensor, made before a place, is in use there or later. */
  private boolean[] liveAt(Lives lives, int at) {
    var live = new boolean[kernels.tensorCount()];
    int[] order = lives.order();
    for (int tensor : kernels.outputs()) {
      live[tensor] = true;
    }
    for (int i = order.length - 1; i >= at; i--) {
      mark(live, kernels.writes(order[i]), false);
      mark(live, kernels.reads(order[i]), true);
    }
    return live;
  }

  /** Collects the kernels to run again, each behind those whose results it reads. */
  private boolean gather(
      int[] order,
      Idle idle,
      boolean[] there,
      boolean @Nullable [] kept,
      Operands operands,
      Set<Integer> run) {
    int kernel = kernels.makers(idle.tensor()).getFirst();
    if (run.contains(kernel)) {
      return true;
    }
    if (!mayRun(kernel, order, idle.reader())) {
      return false;
    }
    for (int operand : kernels.reads(kernel)) {
      boolean stays =
          there[operand] || operands == Operands.KEEP || (kept != null && kept[operand]);
      if (!stays) {
        Set<Integer> further = new LinkedHashSet<>(run);
        var again = new Idle(operand, idle.reader());
        if (gather(order, again, there, kept, operands, further)) {
          run.addAll(further);
        }
      }
    }
    run.add(kernel);
    return true;
  }

  /** Whether a kernel finds in front of a place what it found when it ran first. */
  private boolean mayRun(int kernel, int[] order, int place) {
    if (kernels.runsOnce(kernel)) {
      return false;
    }
    for (int writer : kernels.writersOfRead(kernel)) {
      for (int at = 0; at < place; at++) {
        if (order[at] == writer) {
          return false;
        }
      }
    }
    return true;
  }

  private static int[] inserted(int[] order, int place, Set<Integer> run) {
    var longer = new int[order.length + run.size()];
    System.arraycopy(order, 0, longer, 0, place);
    int at = place;
    for (int kernel : run) {
      longer[at++] = kernel;
    }
    System.arraycopy(order, place, longer, at, order.length - place);
    return longer;
  }

  /** Without those repetitions, the longest first, without which the limit is kept too. */
  private Candidate pruned(Candidate found, Lives unlimited, long limit) {
    if (found.most() > limit || found.lives().order().length == unlimited.order().length) {
      return found;
    }
    Candidate best = found;
    boolean shorter = true;
    while (shorter) {
      shorter = false;
      for (int place : repetitions(best.lives())) {
        Candidate without = candidate(Moves.removed(best.lives().order(), place));
        if (without.most() <= limit) {
          best = without;
          shorter = true;
          break;
        }
      }
    }
    return best;
  }

  /** The places of kernels that have run before, those that take longest first. */
  private List<Integer> repetitions(Lives lives) {
    boolean[] again = lives.again();
    var places = new ArrayList<Integer>();
    for (int at = 0; at < again.length; at++) {
      if (again[at]) {
        places.add(at);
      }
    }
    int[] order = lives.order();
    places.sort((a, b) -> Double.compare(kernels.time(order[b]), kernels.time(order[a])));
    return places;
  }
}
