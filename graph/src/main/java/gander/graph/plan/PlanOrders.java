// SPDX-License-Identifier: Apache-2.0
package gander.graph.plan;

import gander.graph.plan.PlanProblem.Buffer;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * The orders in which a search is begun anew. How long an order takes varies by orders of
 * magnitude, so many short trials beat a long one. They take turns in what comes first: long lives,
 * lives among many bytes, many bytes times steps, many bytes; with noise from the second turn on,
 * and the sooner the more often a buffer was in the way before. They grow, so that in the end any
 * problem is decided. The same in every process.
 */
final class PlanOrders {
  private static final int CRITERIA = 6;
  private static final long FIRST_NODES = 2000;
  private static final double GROWTH = 1.1; // a turn
  private static final double NOISE = 0.3; // of a factor's logarithm: what it hardly matters by
  private static final double BLAME = 0.5; // the exponent of how often a buffer was in the way
  private static final double FORGOTTEN = 0.1; // of the blame, a trial

  private final double[] length; // in steps
  private final double[] size;
  private final double[] crowd; // the most that lives at one of a buffer's steps
  private final SplittableRandom random = new SplittableRandom(1);
  private int trials;

  PlanOrders(List<Buffer> buffers, long[] size) {
    this.size = IntStream.range(0, size.length).mapToDouble(i -> size[i]).toArray();
    length = buffers.stream().mapToDouble(b -> b.upper() - b.lower()).toArray();
    crowd = new double[size.length];
    PlanSections cut = PlanSections.of(buffers);
    var live = new double[cut.count()];
    for (int i = 0; i < size.length; i++) {
      for (int section = cut.first()[i]; section < cut.end()[i]; section++) {
        live[section] += size[i];
      }
    }
    for (int i = 0; i < size.length; i++) {
      for (int section = cut.first()[i]; section < cut.end()[i]; section++) {
        crowd[i] = Math.max(crowd[i], live[section]);
      }
    }
  }

  /** How many nodes the next trial may take. */
  long nodes() {
    int turn = trials / CRITERIA;
    return (long) (FIRST_NODES * Math.pow(GROWTH, turn));
  }

  /** The next order, in the light of how the search went. */
  int[] next(PlanSearch search) {
    int turn = trials / CRITERIA;
    int criterion = trials++ % CRITERIA;
    var key = new double[size.length];
    for (int i = 0; i < key.length; i++) {
      double noise = 0;
      for (int k = 0; k < 4; k++) {
        noise += turn == 0 ? 0 : random.nextDouble() - 0.5;
      }
      key[i] =
          criterion(criterion, i) + NOISE * noise + BLAME * Math.log1p(search.weight(i) * 0.01);
    }
    search.forget(FORGOTTEN);
    return IntStream.range(0, key.length)
        .boxed()
        .sorted(Comparator.comparingDouble((Integer i) -> -key[i]).thenComparingInt(i -> i))
        .mapToInt(i -> i)
        .toArray();
  }

  private double criterion(int criterion, int i) {
    double bytes = Math.log(size[i]);
    double steps = Math.log(length[i]);
    return switch (criterion) {
      case 0 -> steps;
      case 1 -> Math.log(crowd[i] * 1e6 + steps + bytes);
      case 2 -> Math.log(crowd[i] * 1e6 + steps);
      case 3 -> steps + bytes;
      case 4 -> bytes;
      default -> Math.log(crowd[i]) + steps;
    };
  }
}
