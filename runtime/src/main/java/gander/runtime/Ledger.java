// SPDX-License-Identifier: Apache-2.0
package gander.runtime;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What is open on one device, in order of creation, so that whatever its owners forgot can be
 * reported and closed with the device. Used by the device's thread alone.
 */
public final class Ledger {
  private static final System.Logger LOG = System.getLogger(Ledger.class.getName());

  private final String device;
  private final Set<Owned> open = new LinkedHashSet<>();

  public Ledger(String device) {
    this.device = device;
  }

  /** Enters a complete object and returns it. */
  public <T extends Owned> T enter(T resource) {
    open.add(resource);
    return resource;
  }

  void remove(Owned resource) {
    open.remove(resource);
  }

  /** What is open, oldest first. */
  public List<String> labels() {
    return open.stream().map(Owned::label).toList();
  }

  /** Warns of what is still open and closes it, youngest first: users before what they use. */
  public void close() {
    if (open.isEmpty()) {
      return;
    }
    LOG.log(
        System.Logger.Level.WARNING,
        "{0} is closed with {1} objects still open, which their owners should have closed: {2}",
        device,
        open.size(),
        summary());
    for (Owned resource : new ArrayList<>(open).reversed()) {
      resource.close();
    }
  }

  private String summary() {
    return open.stream()
        .collect(Collectors.groupingBy(Owned::label, TreeMap::new, Collectors.counting()))
        .entrySet()
        .stream()
        .map(e -> e.getValue() == 1 ? e.getKey() : e.getValue() + " x " + e.getKey())
        .collect(Collectors.joining(", "));
  }
}
