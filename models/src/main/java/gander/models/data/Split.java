// SPDX-License-Identifier: Apache-2.0
package gander.models.data;

/** The part of a data set that is learned from, or the part that is held back. */
public enum Split {
  TRAIN,
  TEST;

  /** As a sentence says it. */
  String word() {
    return this == TRAIN ? "training" : "test";
  }
}
