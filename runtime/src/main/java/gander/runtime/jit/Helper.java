// SPDX-License-Identifier: Apache-2.0
package gander.runtime.jit;

import gander.runtime.Device;
import gander.runtime.Devices;
import gander.runtime.GanderException;
import gander.runtime.JavaProcess;
import java.io.BufferedReader;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import tools.jackson.databind.json.JsonMapper;

/**
 * A process that compiles one unit after the other into the caches, until its standard input ends.
 * Its arguments are the device's id and the folder of the JIT cache; a request is a unit as a line
 * of JSON.
 */
final class Helper {
  /** The answer when a unit is in the caches. */
  static final String DONE = "done";

  /** The answer when a unit cannot be compiled. */
  private static final String FAILED = "failed";

  private static final JsonMapper JSON = JsonMapper.shared();

  private Helper() {}

  static void send(DataOutputStream requests, Unit unit) throws IOException {
    requests.write(JSON.writeValueAsBytes(unit));
    requests.write('\n');
    requests.flush();
  }

  public static void main(String[] arguments) throws IOException {
    try (Device device = Devices.open(arguments[0]);
        var jit = new Jit(device, Path.of(arguments[1]))) {
      JavaProcess.answer(JavaProcess.READY);
      var requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      for (String line = requests.readLine(); line != null; line = requests.readLine()) {
        JavaProcess.answer(compiles(jit, JSON.readValue(line, Unit.class)) ? DONE : FAILED);
      }
    } catch (GanderException e) {
      JavaProcess.answer(JavaProcess.UNABLE + e.getMessage());
    }
  }

  private static boolean compiles(Jit jit, Unit unit) {
    try {
      jit.complete(unit);
      return true;
    } catch (GanderException e) {
      return false; // Who asked finds the same when compiling it, and says so.
    }
  }
}
