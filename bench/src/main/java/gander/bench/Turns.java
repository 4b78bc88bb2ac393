// SPDX-License-Identifier: Apache-2.0
package gander.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.IntConsumer;

/**
 * Times contenders in turns: a round runs each for a while, so that what else the machine does hits
 * all of them, and ratios are taken within a round. The order rotates: whoever always came behind
 * the largest was measured to lose up to 4%.
 */
final class Turns {
  /** A contender runs this long a round: many steps, few enough that a round sees one machine. */
  private static final double ROUND_MILLIS = 250;

  private static final int WARM_UP_STEPS = 20;

  private Turns() {}

  /** What is timed. */
  interface Steps {
    /**
     * Runs some steps in a row and gives the milliseconds that a step took.
     *
     * @throws PeerException if it is another framework's and that has ended
     */
    double millisAStep(int steps);
  }

  /** What came out for one contender. */
  record Timing(String name, Spread millis, Spread ratio) {}

  /** One that is timed, how many steps it does a round, and what they took so far. */
  private record Contender(String name, Steps steps, int count, List<Double> millis) {
    /** Has run until what is compiled or fetched late is there. */
    static Contender warm(String name, Steps steps) {
      double millis = steps.millisAStep(atMost(WARM_UP_STEPS, steps.millisAStep(1)));
      // Five at least where they are short: the clock and the queue have a share in each stretch.
      int count = (int) Math.max(millis > ROUND_MILLIS ? 1 : 5, ROUND_MILLIS / millis);
      return new Contender(name, steps, count, new ArrayList<>());
    }
  }

  /** Times some contenders none of which is another framework's. */
  static List<Timing> time(List<String> names, List<? extends Steps> steps, int rounds) {
    return time(
        names,
        steps,
        rounds,
        round -> {},
        (name, e) -> {
          throw e;
        });
  }

  /**
   * Times some contenders.
   *
   * @param names of the contenders
   * @param round told the number of each round as it ends
   * @param failed told of a contender whose framework has ended; the others go on
   * @return those that lasted, in their order; ratios are a contender's time over the first one's
   */
  static List<Timing> time(
      List<String> names,
      List<? extends Steps> steps,
      int rounds,
      IntConsumer round,
      BiConsumer<String, PeerException> failed) {
    var contenders = new ArrayList<Contender>();
    for (int i = 0; i < names.size(); i++) {
      try {
        contenders.add(Contender.warm(names.get(i), steps.get(i)));
      } catch (PeerException e) {
        failed.accept(names.get(i), e);
      }
    }
    var order = new ArrayList<>(contenders);
    for (int at = 1; at <= rounds; at++) {
      for (Contender one : List.copyOf(order)) {
        try {
          one.millis.add(one.steps.millisAStep(one.count));
        } catch (PeerException e) {
          failed.accept(one.name, e);
          order.remove(one);
        }
      }
      Collections.rotate(order, 1);
      round.accept(at);
    }
    contenders.removeIf(one -> one.millis.size() < rounds);
    List<Double> base = contenders.getFirst().millis;
    return contenders.stream()
        .map(
            one -> new Timing(one.name, Spread.of(one.millis), Spread.of(ratios(one.millis, base))))
        .toList();
  }

  private static double[] ratios(List<Double> times, List<Double> base) {
    var ratios = new double[times.size()];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = times.get(i) / base.get(i);
    }
    return ratios;
  }

  /** So many steps, or fewer where they take longer than a few rounds. */
  static int atMost(int steps, double millis) {
    return (int) Math.clamp(8 * ROUND_MILLIS / millis, 2, steps);
  }
}
