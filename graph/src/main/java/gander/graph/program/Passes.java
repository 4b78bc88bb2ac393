// SPDX-License-Identifier: Apache-2.0
package gander.graph.program;

/** Which passes a graph goes through on its way to kernels. */
public enum Passes {
  /** All of them. */
  ALL,
  /** All but {@link gander.graph.pass.SplitNorms}: every batch norm is one kernel. */
  WHOLE_NORMS,
  /**
   * Only those that kernels cannot do without: nothing is simplified, shared or fused, and every op
   * is a kernel of its own. What the other passes gain, and whether they change anything, is told
   * by comparison with this.
   */
  NECESSARY
}
