// SPDX-License-Identifier: Apache-2.0
package gander.runtime.check;

import gander.runtime.DeviceInfo;
import gander.runtime.GanderException;
import gander.runtime.JavaProcess;
import gander.runtime.catalogue.KernelFile;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A process of this same program that runs variants one at a time, so that one that does not end
 * can be ended, and one that crashes takes nothing with it. The process is started when it is
 * needed, and anew after such an end.
 *
 * <p>Used by one thread at a time.
 */
public final class WorkerProcess implements AutoCloseable {
  private final DeviceInfo device;
  private final List<Path> folders;
  private final Duration limit;
  private @Nullable JavaProcess process;
  private @Nullable Workload workload;
  private Workload.@Nullable Data data;
  private boolean sent;

  /**
   * @param device which, and what is asked of its matrix products
   * @param folders of kernels beside those shipped
   * @param limit for one variant, compiling included
   */
  public WorkerProcess(DeviceInfo device, List<Path> folders, Duration limit) {
    this.device = device;
    this.folders = folders;
    this.limit = limit;
  }

  /** Gives the numbers that the following variants run on. */
  public void take(Workload next, Workload.Data itsData) {
    workload = next;
    data = itsData;
    sent = false;
  }

  /**
   * Runs a variant on what was taken last.
   *
   * @throws GanderException if the process cannot be started or has no such device
   */
  public Verdict run(KernelFile kernel, Map<String, Integer> setting) {
    JavaProcess worker = started();
    try {
      DataOutputStream out = worker.requests();
      if (!sent) {
        Wire.send(out, Objects.requireNonNull(workload), Objects.requireNonNull(data));
        sent = true;
      }
      Wire.send(out, new Wire.Run(kernel.path(), setting));
      String answer = worker.await(limit);
      if (answer != null) {
        return Wire.verdict(answer);
      }
      close();
      return new Verdict.Hanging(limit.toSeconds());
    } catch (IOException e) {
      process = null;
      return new Verdict.Crashed(worker.end());
    }
  }

  private JavaProcess started() {
    if (process == null) {
      var arguments = new ArrayList<>(List.of(device.id(), device.math().word()));
      folders.forEach(folder -> arguments.add(folder.toString()));
      process = JavaProcess.start(Worker.class, arguments);
      sent = false;
    }
    return process;
  }

  @Override
  public void close() {
    if (process != null) {
      process.close();
      process = null;
    }
  }
}
