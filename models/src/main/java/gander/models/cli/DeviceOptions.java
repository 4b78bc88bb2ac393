// SPDX-License-Identifier: Apache-2.0
package gander.models.cli;

import gander.graph.Backend;
import gander.graph.program.DeviceBackend;
import gander.graph.reference.ReferenceBackend;
import gander.models.run.RunConfig;
import gander.runtime.Device;
import gander.runtime.DeviceInfo;
import gander.runtime.Devices;
import gander.runtime.GanderException;
import gander.runtime.UserCache;
import gander.runtime.catalogue.Catalogue;
import gander.runtime.catalogue.TunedTable;
import gander.runtime.jit.Jit;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which device a command works on, and with which kernels: the same words in every command. */
public final class DeviceOptions {
  private static final String REFERENCE = "reference";

  @Option(
      names = "--device",
      paramLabel = "D",
      description =
          "opencl, opencl:N, cuda, cuda:N or reference; without it the first CUDA or OpenCL device, or reference if there is none")
  private @Nullable String device;

  @Option(
      names = "--kernels",
      paramLabel = "DIR",
      description =
          "a folder of kernels beside the shipped ones, one folder an op; may be repeated")
  private List<Path> kernels = new ArrayList<>();

  /** The kernels of this command. */
  public Catalogue catalogue() {
    return Catalogue.load(kernels);
  }

  /** The id of the device to use; where none is named and there is none, stderr says what to do. */
  public String id() {
    if (device != null) {
      return device;
    }
    List<DeviceInfo> found = Devices.list();
    if (found.isEmpty()) {
      System.err.println(
          "no CUDA or OpenCL device: using reference, plain Java; 'gander doctor' says how to get a faster one");
      return REFERENCE;
    }
    return found.getFirst().id();
  }

  /** Opens the device for graphs. */
  public Backend open() {
    return open(id());
  }

  /** Opens the device named on the command line, else the one a run was trained on. */
  public Backend openFor(RunConfig run) {
    return open(device == null ? run.device() : device);
  }

  /** Opens a device for graphs by its id. */
  public Backend open(String id) {
    return id.equals(REFERENCE) ? new ReferenceBackend() : openDevice(id);
  }

  /**
   * Opens a device that runs kernels.
   *
   * @throws GanderException if it is the reference, which runs none
   */
  public DeviceBackend openDevice() {
    String id = id();
    if (id.equals(REFERENCE)) {
      throw new GanderException(
          "the reference device runs no kernels: name another with --device ('gander devices' lists them)");
    }
    return openDevice(id);
  }

  private DeviceBackend openDevice(String id) {
    Catalogue catalogue = catalogue();
    Device opened = Devices.open(id);
    TunedTable tuned =
        TunedTable.load(opened.info().tuningKey(), catalogue, UserCache.folder("tuned"));
    return new DeviceBackend(opened, catalogue, tuned, new Jit(opened, UserCache.folder("jit")));
  }
}
