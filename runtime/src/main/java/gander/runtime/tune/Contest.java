// SPDX-License-Identifier: Apache-2.0
package gander.runtime.tune;

import gander.runtime.Argument;
import gander.runtime.CodeModule;
import gander.runtime.Device;
import gander.runtime.Memory;
import gander.runtime.Recording;
import gander.runtime.catalogue.Catalogue;
import gander.runtime.catalogue.Variant;
import gander.runtime.check.KernelRun;
import gander.runtime.check.Workload;
import gander.runtime.jit.Jit;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Variants of one problem on the same numbers in the same memory, timed by the device's clock. The
 * results are not looked at: whoever times a variant has checked it before.
 *
 * <p>Used from the device's thread; closed by its owner, before the device.
 */
public final class Contest implements AutoCloseable {
  private final Device device;
  private final Catalogue catalogue;
  private final Path cache;
  private final Workload workload;
  private final List<Memory> buffers = new ArrayList<>();
  private final List<Entrant> entrants = new ArrayList<>();

  /**
   * @param cache folder of compiled kernels
   */
  public Contest(
      Device device, Catalogue catalogue, Path cache, Workload workload, Workload.Data data) {
    this.device = device;
    this.catalogue = catalogue;
    this.cache = cache;
    this.workload = workload;
    try (Arena arena = Arena.ofConfined()) {
      for (float[] input : data.inputs()) {
        Memory memory = allocate((long) Float.BYTES * input.length);
        MemorySegment staging = arena.allocate(memory.bytes(), Float.BYTES);
        MemorySegment.copy(input, 0, staging, ValueLayout.JAVA_FLOAT, 0, input.length);
        device.write(memory.all(), staging);
      }
      for (Workload.Expected output : data.outputs()) {
        allocate((long) Float.BYTES * output.values().length);
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private Memory allocate(long bytes) {
    buffers.add(device.allocate(bytes));
    return buffers.getLast();
  }

  /** Makes a variant ready to be timed. */
  public Entrant enter(Variant variant) {
    var entrant = new Entrant(variant);
    entrants.add(entrant);
    return entrant;
  }

  @Override
  public void close() {
    List.copyOf(entrants).forEach(Entrant::close);
    buffers.forEach(Memory::close);
  }

  /** A variant with its code and its scratch memory; closed by the contest at the latest. */
  public final class Entrant implements AutoCloseable {
    private final Variant variant;
    private final Jit jit = Jit.forTrials(device, cache);
    private final List<Memory> scratch = new ArrayList<>();
    private final List<Double> micros = new ArrayList<>();
    private final Recording recording;

    private Entrant(Variant variant) {
      this.variant = variant;
      try {
        CodeModule module = jit.load(variant.source(catalogue));
        variant.scratchBytes().forEach(bytes -> scratch.add(device.allocate(bytes)));
        var arguments = new ArrayList<Argument>();
        buffers.forEach(buffer -> arguments.add(buffer.all()));
        workload.words().forEach(word -> arguments.add(new Argument.Word(word)));
        scratch.forEach(buffer -> arguments.add(buffer.all()));
        recording = device.record(KernelRun.launches(variant, module, arguments));
      } catch (RuntimeException e) {
        release();
        throw e;
      }
    }

    public Variant variant() {
      return variant;
    }

    /** Runs once without counting: drivers put off work to the first launch. */
    public void warmUp() {
      recording.time();
    }

    /**
     * Runs once, all passes.
     *
     * @return microseconds
     */
    public double time() {
      long nanos = 0;
      for (long launch : recording.time()) {
        nanos += launch;
      }
      micros.add(nanos / 1e3);
      return nanos / 1e3;
    }

    /** The median of all runs. */
    public double median() {
      List<Double> sorted = micros.stream().sorted().toList();
      int middle = sorted.size() / 2;
      return sorted.size() % 2 == 1
          ? sorted.get(middle)
          : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    public double least() {
      return micros.stream().mapToDouble(Double::doubleValue).min().orElse(0);
    }

    private void release() {
      scratch.forEach(Memory::close);
      jit.close();
    }

    @Override
    public void close() {
      if (entrants.remove(this)) {
        recording.close();
        release();
      }
    }
  }
}
