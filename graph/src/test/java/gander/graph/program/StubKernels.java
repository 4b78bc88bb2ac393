// SPDX-License-Identifier: Apache-2.0
package gander.graph.program;

import gander.runtime.DeviceClass;
import gander.runtime.DeviceInfo;
import gander.runtime.Dialect;
import gander.runtime.MathMode;
import gander.runtime.catalogue.Catalogue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A catalogue in which one kernel computes each op, for compiling without a device. */
final class StubKernels {
  private static final List<String> HOOKED =
      List.of(
          "map",
          "matmul",
          "conv2d",
          "conv2d_input",
          "conv2d_filter",
          "reduce",
          "batch_norm",
          "batch_norm_statistics",
          "batch_norm_gradient");
  private static final List<String> PLAIN =
      List.of("transpose", "slice", "pad", "concat", "gather", "random", "adam");

  private StubKernels() {}

  static DeviceInfo device(DeviceClass deviceClass) {
    return device(deviceClass, 128);
  }

  static DeviceInfo device(DeviceClass deviceClass, int alignment) {
    return new DeviceInfo(
        "opencl:0",
        "stub",
        "1",
        Dialect.OPENCL,
        deviceClass,
        "none",
        0,
        2,
        16,
        1L << 30,
        1L << 28,
        1 << 15,
        0,
        alignment,
        MathMode.FP32);
  }

  static Catalogue catalogue(Path folder) {
    try {
      for (String op : HOOKED) {
        write(folder, op, "KERNEL void " + op + "(PARAMS) {}");
      }
      for (String op : PLAIN) {
        write(folder, op, "KERNEL void " + op + "() {}");
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return Catalogue.load(List.of(folder));
  }

  private static void write(Path folder, String op, String function) throws IOException {
    String header = "//! %s: stub%n//! device opencl%n//! prefer 1000%n//! grid 1%n".formatted(op);
    Files.createDirectories(folder.resolve(op));
    Files.writeString(folder.resolve(op).resolve("stub.cl"), header + function + "\n");
  }
}
