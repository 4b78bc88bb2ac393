// SPDX-License-Identifier: Apache-2.0
package gander.runtime.catalogue;

import gander.runtime.DeviceClass;
import gander.runtime.DeviceInfo;
import gander.runtime.Dialect;
import gander.runtime.GanderException;
import gander.runtime.MathMode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A kernel: one source file and what its header says.
 *
 * @param path {@code <op>/<file>}, which names the kernel everywhere
 * @param idea the header's first line after the op
 * @param text the whole file
 * @param external whether it comes from a folder given with {@code --kernels}
 * @param deviceClass null for either
 * @param capability the condition on {@code sm}; null for none
 * @param winograd pixels of a tile along an axis, of convolutions by Winograd's filtering; null for
 *     other kernels
 * @param tunables values to search by name, the default first
 */
public record KernelFile(
    String path,
    String op,
    String idea,
    String text,
    boolean external,
    Dialect dialect,
    @Nullable DeviceClass deviceClass,
    @Nullable Expression capability,
    List<Expression> when,
    @Nullable Expression winograd,
    Map<String, List<Integer>> tunables,
    List<Default> defaults,
    @Nullable Expression prefer,
    List<Pass> passes,
    List<Scratch> scratch) {

  private static final Pattern PARAMS = Pattern.compile("\\bPARAMS\\b");

  /** Better default tunables for the problems where a condition holds. */
  public record Default(Expression condition, Map<String, Integer> setting) {}

  /**
   * One launch.
   *
   * @param grid groups in each dimension, 1 to 3 expressions
   * @param block work-items in each dimension, 1 to 3 expressions
   */
  public record Pass(
      String function, List<Expression> grid, List<Expression> block, Expression shared) {}

  /** A work buffer of all passes. */
  public record Scratch(String name, Expression bytes) {}

  /** The file's name, without its op. */
  public String name() {
    return path.substring(op.length() + 1);
  }

  /** Whether generated code can be fused into it. */
  public boolean fusible() {
    return PARAMS.matcher(text).find();
  }

  /** Whether a device of this kind can compile and run it. */
  public boolean runsOn(DeviceInfo device) {
    return dialect == device.dialect()
        && (capability == null || capability.holds(Map.of("sm", (long) device.capability())));
  }

  /**
   * How it rounds the operands of its products: what its {@code when} lines name, or not at all.
   */
  public MathMode math() {
    return Stream.of(MathMode.TF32, MathMode.BF16)
        .filter(mode -> when.stream().anyMatch(line -> line.names().contains(mode.word())))
        .findFirst()
        .orElse(MathMode.FP32);
  }

  /** Whether it is written for this class of device, so that it is a candidate when compiling. */
  public boolean writtenFor(DeviceInfo device) {
    return runsOn(device) && (deviceClass == null || deviceClass == device.deviceClass());
  }

  /** The names its expressions may use for a problem on a device under a setting. */
  static Map<String, Long> names(Problem problem, DeviceInfo device, Map<String, Integer> setting) {
    var names = new HashMap<String, Long>();
    problem.dims().forEach((name, value) -> names.put(name, (long) value));
    setting.forEach((name, value) -> names.put(name, (long) value));
    names.put("units", (long) device.computeUnits());
    names.put("simd", (long) device.vectorFloats());
    names.put("local", device.localMemoryBytes());
    names.put("sm", (long) device.capability());
    names.put("tf32", device.math() == MathMode.TF32 ? 1L : 0L);
    names.put("bf16", device.math() == MathMode.BF16 ? 1L : 0L);
    return names;
  }

  /** Whether it computes this problem under this setting of its tunables. */
  public boolean computes(Problem problem, DeviceInfo device, Map<String, Integer> setting) {
    if (problem.fused() && !fusible()) {
      return false;
    }
    Map<String, Long> names = names(problem, device, setting);
    return when.stream().allMatch(condition -> value(condition, names) != 0);
  }

  /** False where conditions on the problem alone exclude it, whatever the setting. */
  private boolean mayCompute(Problem problem, DeviceInfo device) {
    Map<String, Long> names = names(problem, device, Map.of());
    return (fusible() || !problem.fused())
        && when.stream()
            .filter(condition -> Collections.disjoint(condition.names(), tunables.keySet()))
            .allMatch(condition -> value(condition, names) != 0);
  }

  /** Whether each tunable has one of its values. */
  boolean allows(Map<String, Integer> setting) {
    return setting.keySet().equals(tunables.keySet())
        && tunables.entrySet().stream()
            .allMatch(tunable -> tunable.getValue().contains(setting.get(tunable.getKey())));
  }

  /** A setting with the tunables in the header's order, which the source's text depends on. */
  Map<String, Integer> inOrder(Map<String, Integer> setting) {
    var ordered = new LinkedHashMap<String, Integer>();
    tunables.keySet().forEach(name -> ordered.put(name, setting.get(name)));
    return ordered;
  }

  /**
   * An expression of the header.
   *
   * @throws GanderException naming file and line if it cannot be computed
   */
  long value(Expression expression, Map<String, Long> names) {
    try {
      return expression.value(names);
    } catch (ArithmeticException | IllegalArgumentException e) {
      throw new GanderException(
          "kernel %s:%d: '%s' cannot be computed (%s) for %s"
              .formatted(path, expression.line(), expression, e.getMessage(), names),
          e);
    }
  }

  /**
   * The setting to take untuned: the header's default for the problem, or where it cannot compute
   * it the one of {@link #settings} that differs in the fewest tunables; null if there is none.
   */
  public @Nullable Map<String, Integer> firstSetting(Problem problem, DeviceInfo device) {
    Map<String, Integer> preferred = defaultSetting(problem, device);
    if (computes(problem, device, preferred)) {
      return preferred;
    }
    return settings(problem, device).stream()
        .min(Comparator.comparingInt(setting -> differences(setting, preferred)))
        .orElse(null);
  }

  private static int differences(Map<String, Integer> a, Map<String, Integer> b) {
    return (int)
        a.keySet().stream().filter(name -> !Objects.equals(a.get(name), b.get(name))).count();
  }

  /**
   * Every setting of the tunables under which it computes a problem, its default for that problem
   * first; empty if it cannot.
   */
  public List<Map<String, Integer>> settings(Problem problem, DeviceInfo device) {
    if (!mayCompute(problem, device)) {
      return List.of();
    }
    var settings = new ArrayList<Map<String, Integer>>();
    settings.add(new LinkedHashMap<>());
    tunables.forEach((name, values) -> {
      var longer = new ArrayList<Map<String, Integer>>();
      for (Map<String, Integer> setting : settings) {
        for (int value : values) {
          var extended = new LinkedHashMap<>(setting);
          extended.put(name, value);
          longer.add(extended);
        }
      }
      settings.clear();
      settings.addAll(longer);
    });
    settings.removeIf(setting -> !computes(problem, device, setting));
    Map<String, Integer> preferred = defaultSetting(problem, device);
    if (settings.remove(preferred)) {
      settings.addFirst(preferred);
    }
    return settings;
  }

  private Map<String, Integer> defaultSetting(Problem problem, DeviceInfo device) {
    var setting = new LinkedHashMap<String, Integer>();
    tunables.forEach((name, values) -> setting.put(name, values.getFirst()));
    Map<String, Long> names = names(problem, device, setting);
    for (Default candidate : defaults.reversed()) {
      if (value(candidate.condition(), names) != 0) {
        setting.putAll(candidate.setting()); // The first line that names a tunable comes last.
      }
    }
    return setting;
  }

  /** Every expression of the header. */
  List<Expression> expressions() {
    var all = new ArrayList<>(when);
    defaults.forEach(candidate -> all.add(candidate.condition()));
    Stream.of(winograd, prefer).filter(Objects::nonNull).forEach(all::add);
    for (Pass pass : passes) {
      all.addAll(pass.grid());
      all.addAll(pass.block());
      all.add(pass.shared());
    }
    scratch.forEach(buffer -> all.add(buffer.bytes()));
    return all;
  }

  /** How strongly it offers itself for a problem while nothing was measured. */
  long preference(Problem problem, DeviceInfo device, Map<String, Integer> setting) {
    return prefer == null ? 0 : value(prefer, names(problem, device, setting));
  }

  @Override
  public String toString() {
    return path;
  }
}
