// SPDX-License-Identifier: Apache-2.0
package gander.models.loss;

/** What losses and regularizers have in common, so that one class can be both. */
public interface Described {
  /** How configs and the command line name it. */
  String name();

  /** Where it was published, for {@code gander losses}. */
  default String source() {
    return "your own";
  }
}
