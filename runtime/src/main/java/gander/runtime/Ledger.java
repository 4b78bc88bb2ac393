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
 * reported and closed with the device. It belongs to the thread that opened the device, and so does
 * everything in it.
 */
public final class Ledger {
  private static final System.Logger LOG = System.getLogger(Ledger.class.getName());

  private final String device;
  private final Set<Owned> open = new LinkedHashSet<>();
  private final long owner = Thread.currentThread().threadId();
  private boolean closed;

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

  /** Every call of a device but {@code compile} begins with this. */
  public void requireOwner() {
    if (Thread.currentThread().threadId() != owner) {
      throw new IllegalStateException(
          "%s is used by thread '%s', but belongs to the thread that opened it"
              .formatted(device, Thread.currentThread().getName()));
    }
    if (closed) {
      throw new IllegalStateException(device + " is closed");
    }
  }

  public boolean closed() {
    return closed;
  }

  /**
   * Warns of what is still open and closes it, youngest first: users before what they use. The
   * first failure is thrown at the end.
   */
  public void close() {
    requireOwner();
    if (!open.isEmpty()) {
      report();
    }
    RuntimeException failure = null;
    for (Owned resource : new ArrayList<>(open).reversed()) {
      try {
        resource.close();
      } catch (RuntimeException e) {
        failure = failure == null ? e : failure;
      }
    }
    closed = true;
    if (failure != null) {
      throw failure;
    }
  }

  private void report() {
    LOG.log(
        System.Logger.Level.WARNING,
        "{0} is closed with {1} objects still open, which their owners should have closed: {2}",
        device,
        open.size(),
        summary());
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
