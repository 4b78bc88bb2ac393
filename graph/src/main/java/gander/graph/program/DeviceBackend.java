// SPDX-License-Identifier: Apache-2.0
package gander.graph.program;

import gander.graph.Backend;
import gander.graph.Graph;
import gander.graph.op.Fusion;
import gander.graph.op.Variable;
import gander.graph.plan.Plan;
import gander.runtime.Device;
import gander.runtime.DeviceInfo;
import gander.runtime.GanderException;
import gander.runtime.MathMode;
import gander.runtime.Memory;
import gander.runtime.catalogue.Catalogue;
import gander.runtime.catalogue.TunedTable;
import gander.runtime.jit.Jit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A backend of hand-written kernels on a device; it owns the device, its code and its memory. */
public final class DeviceBackend implements Backend {
  private final Device device;
  private final Catalogue catalogue;
  private final TunedTable tuned;
  private final Jit jit;
  private final Staging staging;
  private final Map<Variable, Memory> variables = new LinkedHashMap<>();
  private final List<DeviceProgram> programs = new ArrayList<>();
  private Planning planning = Planning.FREE;
  private boolean guardsArena;

  /**
   * @param device owned from here on
   */
  public DeviceBackend(Device device, Catalogue catalogue, TunedTable tuned, Jit jit) {
    this.device = device;
    this.catalogue = catalogue;
    this.tuned = tuned;
    this.jit = jit;
    this.staging = new Staging(device);
  }

  /**
   * From here on, programs are compiled to be debugged: their buffers lie apart, memory that is
   * dead is NaN, and a launch that changes anything but its results ends the run with a {@link
   * GanderException}. They compute the same bits, slowly.
   */
  public void guardArena() {
    guardsArena = true;
    planning = planning.placedBy(ArenaGuard::spaced);
  }

  boolean guardsArena() {
    return guardsArena;
  }

  @Override
  public String device() {
    return device.info().id();
  }

  public DeviceInfo info() {
    return device.info();
  }

  @Override
  public String describe() {
    DeviceInfo info = device.info();
    String math = info.math() == MathMode.FP32 ? "" : ", " + info.math().word();
    return "%s, %s, %s%s".formatted(info.id(), info.name(), info.driver(), math);
  }

  @Override
  public DeviceProgram compile(Graph graph) {
    return compile(graph, Passes.ALL);
  }

  /** The same through fewer passes. */
  public DeviceProgram compile(Graph graph, Passes passes) {
    return compile(graph, passes, planning);
  }

  /** The same with its memory planned in another way than programs of this backend are. */
  public DeviceProgram compile(Graph graph, Passes passes, Planning planning) {
    Compiler.Compiled compiled = compiler(passes, planning).compile(graph);
    var program = new DeviceProgram(this, compiled);
    programs.add(program);
    return program;
  }

  private Compiler compiler(Passes passes, Planning planning) {
    return new Compiler(device.info(), catalogue, tuned, passes, planning);
  }

  /** How the memory of programs is planned that are compiled from now on. */
  public void plan(Planning planning) {
    this.planning = planning;
  }

  public Planning planning() {
    return planning;
  }

  /**
   * What compiling a graph would give.
   *
   * @param planNanos how long planning took, order and offsets
   * @param fusions what each kernel computes, in the order they run
   * @param again how many of them have run before
   * @param timeAgain their share of the time of all that run once, as far as it is modelled
   * @param launches the same beside the memory that each touches
   */
  public record Analysis(
      Plan plan,
      long planNanos,
      List<Fusion> fusions,
      int again,
      double timeAgain,
      List<LaunchMemory> launches,
      String explanation) {
    public int kernels() {
      return fusions.size();
    }
  }

  /** Compiles a graph as far as its memory plan, without building or allocating anything. */
  public Analysis analyse(Graph graph) {
    return analyse(graph, planning);
  }

  /** The same with its memory planned in another way than programs of this backend are. */
  public Analysis analyse(Graph graph, Planning planning) {
    Compiler.Compiled compiled = compiler(Passes.ALL, planning).compile(graph);
    List<Fusion> fusions =
        compiled.steps().stream().map(step -> (Fusion) step.node().op()).toList();
    return new Analysis(
        compiled.layout().plan(),
        compiled.layout().planNanos(),
        fusions,
        compiled.layout().kernelsAgain(),
        compiled.layout().timeAgain(),
        LaunchMemory.of(compiled),
        compiled.explanation());
  }

  @Override
  public long roomBytes() {
    return Math.min(device.info().maxAllocationBytes(), device.info().memoryBytes() / 2);
  }

  /** How many kernels were compiled rather than found in the cache. */
  public int compiledKernels() {
    return jit.compiled();
  }

  /** How many of these were compiled by other processes. */
  public int kernelsByHelpers() {
    return jit.byHelpers();
  }

  Device runtime() {
    return device;
  }

  Catalogue catalogue() {
    return catalogue;
  }

  Jit jit() {
    return jit;
  }

  Staging staging() {
    return staging;
  }

  /** The memory of a variable, zero until written. */
  Memory memory(Variable variable) {
    Memory memory = variables.get(variable);
    if (memory == null) {
      for (Variable other : variables.keySet()) {
        if (other.name().equals(variable.name())) {
          throw new GanderException("two variables are named '%s'".formatted(variable.name()));
        }
      }
      memory = device.allocate(variable.shape().bytes());
      device.fill(memory.all(), 0);
      variables.put(variable, memory);
    }
    return memory;
  }

  void closed(DeviceProgram program) {
    programs.remove(program);
  }

  @Override
  public void write(Variable variable, double[] values) {
    checkSize(variable, values.length);
    staging.write(memory(variable).all(), values);
  }

  @Override
  public void write(Variable variable, float[] values) {
    checkSize(variable, values.length);
    staging.write(memory(variable).all(), values);
  }

  @Override
  public void clear(Variable variable) {
    device.fill(memory(variable).all(), 0);
  }

  private static void checkSize(Variable variable, int count) {
    if (count != variable.shape().size()) {
      throw new IllegalArgumentException(count + " values for variable " + variable);
    }
  }

  @Override
  public double[] read(Variable variable) {
    return staging.read(memory(variable).all());
  }

  @Override
  public void finish() {
    device.finish();
  }

  @Override
  public void close() {
    List.copyOf(programs).forEach(DeviceProgram::close);
    variables.values().forEach(Memory::close);
    variables.clear();
    jit.close();
    staging.close();
    device.close();
  }
}
