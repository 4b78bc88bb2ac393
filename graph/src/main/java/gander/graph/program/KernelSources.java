// SPDX-License-Identifier: Apache-2.0
package gander.graph.program;

import gander.graph.Graph;
import gander.runtime.DeviceInfo;
import gander.runtime.Source;
import gander.runtime.catalogue.Catalogue;
import gander.runtime.catalogue.TunedTable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The texts that a graph's kernels are compiled from, on a device that need not be there. */
public final class KernelSources {
  private KernelSources() {}

  /** Equal texts once, in the order in which they first run, without tuning. */
  public static List<Source> of(DeviceInfo device, Catalogue catalogue, Graph graph) {
    Map<String, Source> sources = new LinkedHashMap<>();
    var compiler = new Compiler(device, catalogue, TunedTable.empty(), Passes.ALL, Planning.FREE);
    for (Step step : compiler.compile(graph).steps()) {
      Source source = step.variant().source(catalogue);
      sources.putIfAbsent(source.text(), source);
    }
    return List.copyOf(sources.values());
  }
}
