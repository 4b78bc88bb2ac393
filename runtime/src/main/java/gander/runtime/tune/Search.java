// SPDX-License-Identifier: Apache-2.0
package gander.runtime.tune;

import gander.runtime.catalogue.Variant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * The order in which variants are tried: first the default of every kernel; then all of them if
 * they are few, else a random half of what may be tried, and with the other half steps from the
 * best so far to settings that differ from it in one tunable. Where nothing better has come for a
 * while, steps begin early, and where they bring nothing better either, the search is over. The
 * same seed and the same answers give the same order.
 */
final class Search {
  private final int most;
  private final int random;
  private final int patience;
  private final Deque<Variant> defaults = new ArrayDeque<>();

  /** What was not tried yet, defaults aside. */
  private final List<Variant> rest = new ArrayList<>();

  private int tried;
  private @Nullable Variant leader;

  /** How many were tried since the leader changed, or since steps began. */
  private int stale;

  private boolean stepping;

  /**
   * @param all of each kernel its default first
   * @param most how many may be tried
   * @param patience how many in a row may bring nothing better
   */
  Search(List<Variant> all, int most, int patience, long seed) {
    this.most = Math.max(most, 1);
    this.patience = patience;
    this.random = all.size() <= most ? most : most / 2;
    String kernel = "";
    for (Variant variant : all) {
      boolean first = !variant.kernel().path().equals(kernel);
      (first ? defaults : rest).add(variant);
      kernel = variant.kernel().path();
    }
    Collections.shuffle(rest, new Random(seed));
  }

  /**
   * The next to try.
   *
   * @param best of those tried; null while none is known
   * @return null when the search is over
   */
  @Nullable Variant next(@Nullable Variant best) {
    if (best != null && !best.equals(leader)) {
      leader = best;
      stale = 0;
    }
    if (tried >= most) {
      return null;
    }
    Variant next = defaults.poll();
    if (next == null && !stepping && tried < random && stale < patience && !rest.isEmpty()) {
      next = rest.removeLast();
    }
    if (next == null && best != null) {
      stale = stepping ? stale : 0;
      stepping = true;
      next =
          stale >= patience
              ? null
              : rest.stream().filter(variant -> isStep(variant, best)).findFirst().orElse(null);
      rest.remove(next);
    }
    tried += next == null ? 0 : 1;
    stale += next == null ? 0 : 1;
    return next;
  }

  int tried() {
    return tried;
  }

  private static boolean isStep(Variant to, Variant from) {
    return to.kernel().path().equals(from.kernel().path())
        && to.setting().entrySet().stream()
                .filter(e -> !Objects.equals(e.getValue(), from.setting().get(e.getKey())))
                .count()
            == 1;
  }
}
