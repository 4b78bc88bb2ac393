// SPDX-License-Identifier: Apache-2.0
package gander.models.cli;

import gander.graph.plan.Plan;
import gander.graph.plan.PlanCsv;
import gander.graph.program.LaunchMemory;
import gander.models.io.AtomicFile;
import gander.models.io.Fonts;
import gander.models.io.MemoryMap;
import gander.models.io.MemoryPage;
import gander.runtime.GanderException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The files that a plan is written to.
 *
 * @param map a page if it is named {@code .html}, else a PNG; null for none
 * @param csv the problem with its offsets; null for none
 */
record PlanOutputs(@Nullable Path map, @Nullable Path csv) {

  /**
   * Finds out, before anything is planned, whether they could be written.
   *
   * @throws GanderException if one could not
   */
  void check() {
    if (map != null && csv != null && map.toAbsolutePath().equals(csv.toAbsolutePath())) {
      throw new GanderException("--out and --csv are both %s: name two files".formatted(map));
    }
    if (map != null) {
      AtomicFile.checkWritable(map);
    }
    if (csv != null) {
      AtomicFile.checkWritable(csv);
    }
  }

  /**
   * Writes them, all of whose content is made before the first is written.
   *
   * @param launches of the program that was planned; none for a problem without a program
   * @return those that were written
   */
  List<Path> write(String title, Plan plan, List<LaunchMemory> launches, Output output) {
    Map<Path, byte[]> contents = new LinkedHashMap<>();
    if (csv != null) {
      contents.put(csv, PlanCsv.write(plan).getBytes(StandardCharsets.UTF_8));
    }
    if (map != null && isPage(map)) {
      contents.put(map, MemoryPage.html(title, plan, launches).getBytes(StandardCharsets.UTF_8));
    } else if (map != null && Fonts.there()) {
      contents.put(map, MemoryMap.png(title, plan));
    } else if (map != null) {
      output.note("the plan is not drawn: " + Fonts.ADVICE);
    }
    contents.forEach(AtomicFile::writeBytes);
    return new ArrayList<>(contents.keySet());
  }

  private static boolean isPage(Path file) {
    String name = file.toString().toLowerCase(Locale.ROOT);
    return name.endsWith(".html") || name.endsWith(".htm");
  }
}
