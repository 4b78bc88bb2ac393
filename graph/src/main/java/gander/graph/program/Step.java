// SPDX-License-Identifier: Apache-2.0
package gander.graph.program;

import gander.graph.codegen.KernelCode;
import gander.graph.op.Node;
import gander.runtime.catalogue.Variant;

/** One kernel of a program: a fusion, the problem it poses, and the variant that computes it. */
public record Step(Node node, KernelCode.Written code, Variant variant) {
  /** What it computes, for messages and tables. */
  public String label() {
    return node.op().describe() + " -> " + node.shape(0);
  }
}
