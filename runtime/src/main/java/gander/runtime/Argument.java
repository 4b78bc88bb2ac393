// SPDX-License-Identifier: Apache-2.0
package gander.runtime;

/** What a kernel is given at a launch. */
public sealed interface Argument permits Slice, Argument.Word {
  /** A 32-bit unsigned integer passed by value. */
  record Word(int bits) implements Argument {}
}
