// SPDX-License-Identifier: Apache-2.0
package gander.runtime;

/** The language a kernel is written in; a device compiles exactly one. */
public enum Dialect {
  OPENCL("opencl", ".cl"),
  CUDA("cuda", ".cu");

  /** The word in a kernel's {@code device} line. */
  public final String word;

  /** How a kernel file of this dialect ends. */
  public final String extension;

  Dialect(String word, String extension) {
    this.word = word;
    this.extension = extension;
  }
}
