// SPDX-License-Identifier: Apache-2.0
package gander.models.cli;

import gander.models.run.Nearest;
import gander.runtime.GanderException;
import gander.runtime.catalogue.Catalogue;
import gander.runtime.catalogue.KernelFile;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Names on the command line that must exist. */
public final class Selection {
  private Selection() {}

  public static void requireOp(String op, Collection<String> ops) {
    if (!ops.contains(op)) {
      throw new GanderException(
          "unknown op '%s', did you mean '%s'? There are %s"
              .formatted(op, Nearest.to(op, ops), String.join(", ", ops)));
    }
  }

  public static KernelFile kernel(String path, Catalogue catalogue) {
    KernelFile kernel = catalogue.kernel(path);
    if (kernel == null) {
      List<String> paths = catalogue.kernels().stream().map(KernelFile::path).toList();
      throw new GanderException(
          "unknown kernel '%s', did you mean '%s'? ('gander kernels' lists them all)"
              .formatted(path, Nearest.to(path, paths)));
    }
    return kernel;
  }

  /** Reads {@code BM=64 BK=8}; tunables left out have their first values. */
  public static Map<String, Integer> setting(String text, KernelFile kernel) {
    var setting = new LinkedHashMap<String, Integer>();
    kernel.tunables().forEach((name, values) -> setting.put(name, values.getFirst()));
    for (String pair : text.strip().split("[\\s,]+")) {
      int equals = pair.indexOf('=');
      String name = equals < 0 ? pair : pair.substring(0, equals);
      List<Integer> values = kernel.tunables().get(name);
      if (equals < 0 || values == null) {
        throw new GanderException(
            "--setting '%s': '%s' is not one of %s's tunables with a value, which are %s"
                .formatted(text, pair, kernel.path(), kernel.tunables()));
      }
      String value = pair.substring(equals + 1);
      if (values.stream().noneMatch(allowed -> allowed.toString().equals(value))) {
        throw new GanderException(
            "--setting '%s': %s is not one of the values %s of %s"
                .formatted(text, pair, values, kernel.path()));
      }
      setting.put(name, Integer.valueOf(value));
    }
    return setting;
  }
}
