// SPDX-License-Identifier: Apache-2.0
package gander.runtime.check;

import gander.runtime.Device;
import gander.runtime.Devices;
import gander.runtime.GanderException;
import gander.runtime.JavaProcess;
import gander.runtime.MathMode;
import gander.runtime.UserCache;
import gander.runtime.catalogue.Catalogue;
import gander.runtime.catalogue.KernelFile;
import gander.runtime.catalogue.Variant;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * The process in which variants run: it takes requests until its standard input ends. Its arguments
 * are the device's id, its math and the kernel folders.
 */
final class Worker {
  private final KernelRun run;
  private final Device device;
  private final Catalogue catalogue;

  private Worker(Device device, Catalogue catalogue) {
    this.device = device;
    this.catalogue = catalogue;
    run = new KernelRun(device, catalogue, UserCache.folder("jit"), true);
  }

  public static void main(String[] arguments) throws IOException {
    List<Path> folders = Arrays.stream(arguments).skip(2).map(Path::of).toList();
    try (Device device = Devices.open(Devices.find(arguments[0]).with(MathMode.of(arguments[1])))) {
      var worker = new Worker(device, Catalogue.load(folders));
      JavaProcess.answer(JavaProcess.READY);
      worker.serve(new DataInputStream(new BufferedInputStream(System.in)));
    } catch (GanderException e) {
      JavaProcess.answer(JavaProcess.UNABLE + e.getMessage());
    }
  }

  private void serve(DataInputStream in) throws IOException {
    Workload workload = null;
    Workload.Data data = null;
    for (int tag = in.read(); tag >= 0; tag = in.read()) {
      if (tag == Wire.WORKLOAD) {
        Wire.Head head = Wire.json(in, Wire.Head.class);
        Workload.Data sent = Wire.data(in);
        data = sent;
        workload =
            new Workload(head.problem(), head.title(), head.words(), head.inPlace(), math -> sent);
      } else if (workload != null && data != null) {
        Wire.Run request = Wire.json(in, Wire.Run.class);
        JavaProcess.answer(Wire.line(answer(request, workload, data)));
      }
    }
  }

  private Verdict answer(Wire.Run request, Workload workload, Workload.Data data) {
    KernelFile kernel = catalogue.kernel(request.kernel());
    if (kernel == null) {
      return new Verdict.Refused("kernel %s is gone".formatted(request.kernel()));
    }
    var variant = new Variant(kernel, workload.problem(), request.setting(), device.info());
    return run.run(variant, workload, data);
  }
}
