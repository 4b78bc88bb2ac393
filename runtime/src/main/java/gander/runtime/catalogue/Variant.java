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
              (int) size(pass.shared(), 0, Integer.MAX_VALUE, names)));
    }
    return geometries;
  }

  private int size(List<Expression> sizes, int axis, Map<String, Long> names) {
    return axis < sizes.size() ? (int) size(sizes.get(axis), 1, Integer.MAX_VALUE, names) : 1;
  }

  private long size(Expression expression, long least, long most, Map<String, Long> names) {
    long size = kernel.value(expression, names);
    if (size < least || size > most) {
      throw new GanderException(
          "kernel %s:%d: '%s' is %d for %s%s, not between %d and %d"
              .formatted(
                  kernel.path(),
                  expression.line(),
                  expression,
                  size,
                  problem.key(),
                  settingText(),
                  least,
                  most));
    }
    return size;
  }

  /**
   * Bytes of each scratch buffer, in the order declared. One that a kernel declares but needs none
   * of still has an address, so it has an element.
   */
  public List<Long> scratchBytes() {
    Map<String, Long> names = KernelFile.names(problem, device, setting);
    return kernel.scratch().stream()
        .map(scratch -> Math.max(Float.BYTES, size(scratch.bytes(), 0, Long.MAX_VALUE, names)))
        .toList();
  }

  /** How it makes its sums of products. */
  public Arithmetic arithmetic() {
    Expression tile = kernel.winograd();
    int pixels =
        tile == null
            ? 1
            : (int) size(tile, 1, Integer.MAX_VALUE, KernelFile.names(problem, device, setting));
    return new Arithmetic(kernel.math(), pixels);
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
