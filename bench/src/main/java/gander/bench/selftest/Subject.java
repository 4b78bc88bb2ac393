// SPDX-License-Identifier: Apache-2.0
package gander.bench.selftest;

import gander.graph.Backend;
import gander.models.cli.DeviceOptions;
import gander.runtime.DeviceInfo;
import gander.runtime.MathMode;
import org.jspecify.annotations.Nullable;

/**
 * The device that is tested.
 *
 * @param info null for the reference, which runs no kernels
 * @param seed of every random number
 */
record Subject(String id, @Nullable DeviceInfo info, DeviceOptions options, long seed) {
  /** Operations whose rounding may add up, all in one direction, where operands are rounded. */
  private static final int ROUNDINGS = 16;

  /**
   * The device that the command line names.
   *
   * @throws gander.runtime.GanderException if it cannot serve
   */
  static Subject of(DeviceOptions options, long seed) {
    String id = options.id();
    var subject = new Subject(id, id.equals("reference") ? null : options.info(), options, seed);
    subject.open().close();
    return subject;
  }

  boolean isReference() {
    return info == null;
  }

  /** Opens the device for graphs; its kernels are compiled and cached as everywhere. */
  Backend open() {
    return options.open(id);
  }

  /** A tolerance for single precision, widened by the math that was asked for. */
  double tolerance(double single) {
    MathMode math = options.math();
    return math == MathMode.FP32 ? single : single + ROUNDINGS * Math.scalb(1.0, -math.bits);
  }
}
