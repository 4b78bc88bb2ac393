// SPDX-License-Identifier: Apache-2.0
package gander.tests;

/** OpenCL code compiled without optimisation, for tests that compile much and compute little. */
final class Unoptimised {
  private static final String OPTIONS = "gander.opencl.options";

  private Unoptimised() {}

  static void begin() {
    System.setProperty(OPTIONS, "-cl-opt-disable");
  }

  static void end() {
    System.clearProperty(OPTIONS);
  }
}
