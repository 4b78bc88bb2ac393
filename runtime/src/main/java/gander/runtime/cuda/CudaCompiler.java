// SPDX-License-Identifier: Apache-2.0
package gander.runtime.cuda;

import gander.runtime.DeviceException;
import gander.runtime.GanderException;
import gander.runtime.Source;
import java.util.ArrayList;
import java.util.List;

/** Compiles CUDA C++ to a CUBIN for one architecture, on any thread and without a GPU. */
public sealed interface CudaCompiler permits Nvrtc, Nvcc {
  /** Name and version, such as {@code NVRTC 13.0}; part of the JIT cache's key. */
  String version();

  /** The major version of its CUDA. */
  default int major() {
    String number = version().substring(version().indexOf(' ') + 1);
    return Integer.parseInt(number.substring(0, number.indexOf('.')));
  }

  /** The library or program. */
  String path();

  /** What it compiles for, such as {@code sm_90}. */
  List<String> architectures();

  /**
   * Compiles every function of a source.
   *
   * @throws DeviceException if the source is wrong; the message names its file and line
   * @throws GanderException if the architecture is not among {@link #architectures}
   */
  byte[] compile(Source source, String architecture);

  /**
   * What both compilers are told. Contraction of {@code a*b+c} is off, so that sums are the same
   * bits on every device; whatever runs on the device says so itself, since only NVRTC could assume
   * it.
   */
  static List<String> options() {
    var options = new ArrayList<>(List.of("--fmad=false", "--std=c++17"));
    String further = furtherOptions();
    if (!further.isEmpty()) {
      options.addAll(List.of(further.split("\\s+")));
    }
    return options;
  }

  static String furtherOptions() {
    return System.getProperty("gander.cuda.options", "").strip();
  }

  /** What to say of it beside a driver that supports an earlier CUDA. */
  default GanderException tooNew(int cuda) {
    return new GanderException(
        "the driver supports CUDA %d and does not load what %s (%s) compiles; install nvidia-cuda-nvrtc-cu%d, or a newer driver"
            .formatted(cuda, version(), path(), cuda));
  }

  /** Refuses an architecture that this compiler does not know. */
  default void require(String architecture) {
    if (!architectures().contains(architecture)) {
      throw new GanderException(
          "%s (%s) cannot compile for %s, only for %s; install a CUDA toolkit that can"
              .formatted(version(), path(), architecture, String.join(", ", architectures())));
    }
  }
}
