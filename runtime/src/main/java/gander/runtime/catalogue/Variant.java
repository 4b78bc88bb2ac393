// SPDX-License-Identifier: Apache-2.0
package gander.runtime.catalogue;

import gander.runtime.DeviceInfo;
import gander.runtime.GanderException;
import gander.runtime.Geometry;
import gander.runtime.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A kernel with its tunables fixed, for one problem on one kind of device. */
public record Variant(
    KernelFile kernel, Problem problem, Map<String, Integer> setting, DeviceInfo device) {

  /** The translation unit: includes, generated code, definitions, and the file itself. */
  public Source source(Catalogue catalogue) {
    String name = kernel.path() + " for " + problem.key() + settingText();
    return new Source(
        name,
        SourceText.of(this, catalogue),
        kernel.passes().stream().map(KernelFile.Pass::function).toList());
  }

  /** The geometry of each pass. */
  public List<Geometry> geometries() {
    Map<String, Long> names = KernelFile.names(problem, device, setting);
    var geometries = new ArrayList<Geometry>();
    for (KernelFile.Pass pass : kernel.passes()) {
      geometries.add(
          new Geometry(
              size(pass.grid(), 0, names),
              size(pass.grid(), 1, names),
              size(pass.grid(), 2, names),
              size(pass.block(), 0, names),
              size(pass.block(), 1, names),
              size(pass.block(), 2, names),
              Math.toIntExact(pass.shared().value(names))));
    }
    return geometries;
  }

  private int size(List<Expression> sizes, int axis, Map<String, Long> names) {
    if (axis >= sizes.size()) {
      return 1;
    }
    long size = sizes.get(axis).value(names);
    if (size < 1 || size > Integer.MAX_VALUE) {
      throw new GanderException(
          "kernel %s: '%s' is %d for %s%s; a grid or block is at least 1"
              .formatted(kernel.path(), sizes.get(axis), size, problem.key(), settingText()));
    }
    return (int) size;
  }

  /** Bytes of each scratch buffer, in the order declared. */
  public List<Long> scratchBytes() {
    Map<String, Long> names = KernelFile.names(problem, device, setting);
    return kernel.scratch().stream().map(scratch -> scratch.bytes().value(names)).toList();
  }

  /** The tunables as text, with a space in front; empty if there are none. */
  public String settingText() {
    return setting.entrySet().stream()
        .map(entry -> " " + entry.getKey() + "=" + entry.getValue())
        .collect(Collectors.joining());
  }

  @Override
  public String toString() {
    return kernel.path() + settingText();
  }
}
