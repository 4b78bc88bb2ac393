// SPDX-License-Identifier: Apache-2.0
package gander.graph.reference;

/** Stand-in until the generator is merged. */
public final class Draws {
  private Draws() {}

  public static double[] uniform(int key0, int key1, int step, int count) {
    return new double[count];
  }

  public static double[] normal(int key0, int key1, int step, int count) {
    return new double[count];
  }
}
