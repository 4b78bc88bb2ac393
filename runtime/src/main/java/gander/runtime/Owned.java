// SPDX-License-Identifier: Apache-2.0
package gander.runtime;

/**
 * A native object with one owner: memory, a module, a recording. It is open until its owner closes
 * it; closing twice does nothing, using it afterwards is an error, and closing it while something
 * else still uses it is an error too, since a device would go on writing to it.
 */
public abstract class Owned implements AutoCloseable {
  private final Ledger ledger;
  private final String label;
  private int users;
  private boolean closed;

  /**
   * @param label what it is, for messages: {@code memory of 4096 bytes}
   */
  protected Owned(Ledger ledger, String label) {
    this.ledger = ledger;
    this.label = label;
  }

  /** Frees the native object; called once. */
  protected abstract void release();

  @Override
  public final void close() {
    if (closed) {
      return;
    }
    ledger.requireOwner();
    if (users > 0) {
      throw new IllegalStateException(
          "%s is closed while %d recordings use it; close those first".formatted(label, users));
    }
    closed = true;
    ledger.remove(this);
    release();
  }

  /** Says that a recording uses this until it calls {@link #unused}. */
  public final void used() {
    requireOpen();
    users++;
  }

  public final void unused() {
    users--;
  }

  public final void requireOpen() {
    ledger.requireOwner();
    if (closed) {
      throw new IllegalStateException(label + " is closed");
    }
  }

  public final String label() {
    return label;
  }
}
