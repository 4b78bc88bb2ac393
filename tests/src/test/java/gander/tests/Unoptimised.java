// SPDX-License-Identifier: Apache-2.0
package gander.tests;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** OpenCL code compiled without optimisation, for tests that compile much and compute little. */
final class Unoptimised implements BeforeAllCallback, AfterAllCallback {
  private static final String OPTIONS = "gander.opencl.options";

  @Override
  public void beforeAll(ExtensionContext context) {
    System.setProperty(OPTIONS, "-cl-opt-disable");
  }

  @Override
  public void afterAll(ExtensionContext context) {
    System.clearProperty(OPTIONS);
  }
}
