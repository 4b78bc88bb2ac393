// SPDX-License-Identifier: Apache-2.0
package gander.models.cli;

import gander.graph.Backend;
import gander.graph.program.DeviceBackend;
import gander.graph.reference.ReferenceBackend;
import gander.graph.workload.Workloads;
import gander.models.run.Nearest;
import gander.models.run.RunConfig;
import gander.runtime.Device;
import gander.runtime.DeviceInfo;
import gander.runtime.Devices;
import gander.runtime.GanderException;
import gander.runtime.MathMode;
import gander.runtime.UserCache;
import gander.runtime.catalogue.Catalogue;
import gander.runtime.catalogue.KernelFile;
import gander.runtime.catalogue.TunedTable;
import gander.runtime.jit.Jit;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which device a command works on, and with which kernels: the same words in every command. */
public class DeviceOptions {
  private static final String REFERENCE = "reference";

  @Option(
      names = "--device",
      paramLabel = "D",
      description =
          "opencl, opencl:N, cuda, cuda:N, hostcuda or reference; without it the first CUDA or OpenCL device, or reference if there is none")
  private @Nullable String device;

  @Option(
      names = "--kernels",
      paramLabel = "DIR",
      description =
          "a folder of kernels beside the shipped ones, one folder an op; may be repeated")
  private List<Path> kernels = new ArrayList<>();

  @Option(
      names = "--math",
      paramLabel = "M",
      description =
          "how matrix products and convolutions may round their operands: fp32 not at all (the default), tf32 or bf16 for tensor cores (CUDA from sm_80 on); storage and sums are single precision in each")
  private @Nullable String math;

  /**
   * The kernels of this command.
   *
   * @throws GanderException if one is for an op that does not exist
   */
  public Catalogue catalogue() {
    Catalogue catalogue = Catalogue.load(folders());
    Set<String> ops = Workloads.ops();
    for (KernelFile kernel : catalogue.kernels()) {
      if (!ops.contains(kernel.op())) {
        throw new GanderException(
            "kernel %s: there is no op '%s', did you mean '%s'? A kernel lies in the folder of its op"
                .formatted(kernel.path(), kernel.op(), Nearest.to(kernel.op(), ops)));
      }
    }
    return catalogue;
  }

  /** The folders of kernels beside the shipped ones. */
  public List<Path> folders() {
    return kernels.stream().map(folder -> folder.toAbsolutePath().normalize()).toList();
  }

  /**
   * The device that kernels are to run on, not opened.
   *
   * @throws GanderException if it is the reference, which runs none, or has no kernels with the
   *     math that is asked for
   */
  public DeviceInfo info() {
    return info(kernelDevice(), math(), catalogue());
  }

  private static DeviceInfo info(String id, MathMode math, Catalogue catalogue) {
    DeviceInfo info = Devices.find(id).with(math);
    boolean served =
        math == MathMode.FP32
            || catalogue.kernels().stream().anyMatch(k -> k.math() == math && k.writtenFor(info));
    if (!served) {
      throw without(id, math);
    }
    return info;
  }

  private static GanderException without(String id, MathMode math) {
    return new GanderException(
        "%s has no kernels for --math %s, which need tensor cores (CUDA from sm_80 on): use --math fp32"
            .formatted(id, math.word()));
  }

  /**
   * How far operands may be rounded.
   *
   * @throws GanderException if there is no such word
   */
  public MathMode math() {
    return math == null ? MathMode.FP32 : MathMode.of(math);
  }

  /** The config with the math named on the command line, where one is. */
  RunConfig withMath(RunConfig config) {
    if (math == null) {
      return config;
    }
    return config.with("math", math() == MathMode.FP32 ? "null" : math().word());
  }

  private String kernelDevice() {
    String id = id();
    if (id.equals(REFERENCE)) {
      throw new GanderException(
          "the reference device runs no kernels: name another with --device ('gander devices' lists them)");
    }
    return id;
  }

  /** The id of the device to use; where none is named and there is none, stderr says what to do. */
  public String id() {
    if (device != null) {
      return device;
    }
    Optional<DeviceInfo> found = Devices.preferred();
    if (found.isEmpty()) {
      System.err.println(
          "no CUDA or OpenCL device: using reference, plain Java; 'gander doctor' says how to get a faster one");
      return REFERENCE;
    }
    return found.get().id();
  }

  /** The same, where a config file may name one. */
  String id(@Nullable String fromFile) {
    return device == null && fromFile != null ? fromFile : id();
  }

  /** Opens the device for graphs. */
  public Backend open() {
    return open(id());
  }

  /**
   * Opens the device named on the command line, else the one a run was trained on; likewise math.
   */
  public Backend openFor(RunConfig run) {
    MathMode own = run.math() == null ? MathMode.FP32 : MathMode.of(run.math());
    return open(device == null ? run.device() : device, math == null ? own : math());
  }

  /** Opens a device for graphs by its id. */
  public Backend open(String id) {
    return open(id, math());
  }

  private Backend open(String id, MathMode asked) {
    if (!id.equals(REFERENCE)) {
      return openDevice(id, asked);
    }
    if (asked != MathMode.FP32) {
      throw without(id, asked);
    }
    String option = unknownToReference();
    if (option != null) {
      throw new GanderException(
          "the reference device has no arena, which %s is about: leave it out, or name another device ('gander devices' lists them)"
              .formatted(option));
    }
    return new ReferenceBackend();
  }

  /**
   * Opens a device that runs kernels.
   *
   * @throws GanderException if it is the reference, which runs none
   */
  public DeviceBackend openDevice() {
    return openDevice(kernelDevice(), math());
  }

  private DeviceBackend openDevice(String id, MathMode asked) {
    // Whatever may be refused, before there is a device to close.
    Catalogue catalogue = catalogue();
    DeviceInfo info = info(id, asked, catalogue);
    TunedTable tuned = TunedTable.load(info.tuningKey(), catalogue, UserCache.folder("tuned"));
    Device opened = Devices.open(info);
    var jit = new Jit(opened, UserCache.folder("jit"), new Output());
    var backend = new DeviceBackend(opened, catalogue, tuned, jit);
    try {
      prepare(backend);
    } catch (RuntimeException e) {
      backend.close();
      throw e;
    }
    return backend;
  }

  /** Tells a backend what else the command line asks for. */
  void prepare(DeviceBackend backend) {}

  /** An option that was given and means nothing to the reference device; null if there is none. */
  @Nullable String unknownToReference() {
    return null;
  }
}
