// SPDX-License-Identifier: Apache-2.0
package gander.runtime.cuda;

import gander.runtime.DeviceClass;
import gander.runtime.DeviceInfo;
import gander.runtime.Dialect;
import gander.runtime.GanderException;
import gander.runtime.MathMode;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * GPUs for which code is compiled where there is none: what decides which kernels a program gets
 * and what their text is. Multiprocessors and L2 caches are those of NVIDIA's data sheets.
 */
public enum Card {
  A100(80, 108, 40),
  RTX_4090(89, 128, 72),
  /** The SXM version; its PCIe version has fewer multiprocessors. */
  H100(90, 132, 50),
  H200(90, 132, 60),
  B200(100, 148, 126);

  private final int capability;
  private final int multiprocessors;
  private final long cacheMebibytes;

  Card(int capability, int multiprocessors, long cacheMebibytes) {
    this.capability = capability;
    this.multiprocessors = multiprocessors;
    this.cacheMebibytes = cacheMebibytes;
  }

  /** What the command line calls it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * The card of that word.
   *
   * @throws GanderException if there is none; the message lists all
   */
  public static Card of(String word) {
    return Arrays.stream(values())
        .filter(card -> card.word().equals(word))
        .findFirst()
        .orElseThrow(() ->
            new GanderException(
                "unknown card '%s': there are %s"
                    .formatted(
                        word,
                        Arrays.stream(values())
                            .map(Card::word)
                            .collect(Collectors.joining(", ")))));
  }

  /** It as a device. */
  public DeviceInfo info(MathMode math) {
    return device(name(), capability, multiprocessors, cacheMebibytes << 20, math);
  }

  /**
   * A device that is not there; memory and names, which no kernel's text depends on, are stand-ins.
   *
   * @param cacheBytes its L2 cache
   */
  public static DeviceInfo device(
      String name, int capability, int multiprocessors, long cacheBytes, MathMode math) {
    return new DeviceInfo(
        "cuda:0",
        name,
        "none",
        Dialect.CUDA,
        DeviceClass.GPU,
        "sm_" + capability,
        capability,
        multiprocessors,
        1,
        Long.MAX_VALUE,
        Long.MAX_VALUE,
        Multiprocessor.of(capability).blockSharedBytes(),
        cacheBytes,
        CudaProvider.ALIGNMENT_BYTES,
        math);
  }
}
