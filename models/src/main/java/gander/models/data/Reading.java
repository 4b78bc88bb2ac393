// SPDX-License-Identifier: Apache-2.0
package gander.models.data;

/** Is told how far a set of many files has been read; from many threads at once. */
@FunctionalInterface
public interface Reading {
  /** Tells no one. */
  Reading SILENT = (done, all) -> {};

  /** So many of all files have been read. */
  void read(int done, int all);
}
