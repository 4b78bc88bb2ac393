// SPDX-License-Identifier: Apache-2.0
package gander.graph.op;

/**
 * The necessary work of a node: what a roofline compares a kernel's time with.
 *
 * @param flops floating-point operations; a fused multiply-add counts 2
 * @param bytes read plus written, each tensor once
 */
public record Cost(long flops, long bytes) {
  public static final Cost FREE = new Cost(0, 0);

  /** A cost that reads every input and writes every output once. */
  static Cost streaming(long flops, Iterable<Shape> inputs, Iterable<Shape> outputs) {
    long bytes = 0;
    for (Shape shape : inputs) {
      bytes += shape.bytes();
    }
    for (Shape shape : outputs) {
      bytes += shape.bytes();
    }
    return new Cost(flops, bytes);
  }

  public Cost plus(Cost other) {
    return new Cost(flops + other.flops, bytes + other.bytes);
  }
}
