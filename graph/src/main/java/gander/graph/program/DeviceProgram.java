// SPDX-License-Identifier: Apache-2.0
package gander.graph.program;

import gander.graph.Program;
import gander.graph.op.Contract;
import gander.graph.op.Fusion;
import gander.graph.op.Input;
import gander.graph.op.Node;
import gander.graph.op.Read;
import gander.graph.op.Shape;
import gander.graph.op.Tensor;
import gander.graph.op.Variable;
import gander.graph.plan.Plan;
import gander.graph.plan.PlanReport;
import gander.runtime.Argument;
import gander.runtime.CodeModule;
import gander.runtime.DeviceInfo;
import gander.runtime.GanderException;
import gander.runtime.Geometry;
import gander.runtime.Launch;
import gander.runtime.Memory;
import gander.runtime.Recording;
import gander.runtime.Slice;
import gander.runtime.Source;
import gander.runtime.jit.Unit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A recorded list of launches over one arena and the backend's variables. */
public final class DeviceProgram implements Program {
  private final DeviceBackend backend;
  private final Compiler.Compiled compiled;
  private final Memory arena;
  private final Map<String, Memory> inputs = new LinkedHashMap<>();
  private final Set<String> unwritten = new LinkedHashSet<>();
  private final Map<String, Slice> outputs = new LinkedHashMap<>();
  private final List<Integer> stepOfLaunch = new ArrayList<>();
  private final Recording recording;
  private boolean closed;

  DeviceProgram(DeviceBackend backend, Compiler.Compiled compiled) {
    this.backend = backend;
    this.compiled = compiled;
    checkFits();
    List<Source> sources =
        compiled.steps().stream().map(step -> step.variant().source(backend.catalogue())).toList();
    var units = new ArrayList<Unit>();
    for (int at = 0; at < sources.size(); at++) {
      units.add(unit(compiled.steps().get(at), sources.get(at)));
    }
    backend.jit().prepare(units);
    compiled
        .inputs()
        .forEach((name, shape) -> inputs.put(name, backend.runtime().allocate(shape.bytes())));
    unwritten.addAll(inputs.keySet());
    arena = backend.runtime().allocate(Math.max(compiled.layout().plan().peak(), 4));
    recording = record(launches(sources));
    compiled
        .schedule()
        .graph()
        .outputs()
        .forEach((name, tensor) -> outputs.put(name, output(tensor)));
  }

  /** Refuses a plan that the device cannot hold, before anything is allocated. */
  private void checkFits() {
    DeviceInfo info = backend.runtime().info();
    Plan plan = compiled.layout().plan();
    long lasting =
        compiled.schedule().graph().variables().stream().mapToLong(v -> v.shape().bytes()).sum()
            + compiled.inputs().values().stream().mapToLong(Shape::bytes).sum();
    if (plan.peak() > info.maxAllocationBytes() || plan.peak() + lasting > info.memoryBytes()) {
      throw new GanderException(
          "%s cannot hold this program: its arena takes %s, its variables and inputs %s, but the device has %s and allocates at most %s at once; use a smaller batch or model, or limit the arena with --memory (the most is in %s)"
              .formatted(
                  info.id(),
                  PlanReport.bytes(plan.peak()),
                  PlanReport.bytes(lasting),
                  PlanReport.bytes(info.memoryBytes()),
                  PlanReport.bytes(info.maxAllocationBytes()),
                  PlanReport.largest(plan, 3)));
    }
  }

  private Recording record(List<Launch> launches) {
    if (!backend.guardsArena()) {
      return backend.runtime().record(launches);
    }
    var written = new ArrayList<Set<Integer>>();
    for (int at = 0; at < compiled.steps().size(); at++) {
      written.add(compiled.layout().written(at));
    }
    var lasting = new LinkedHashMap<String, Memory>();
    for (Variable variable : compiled.schedule().graph().variables()) {
      lasting.put("the variable '" + variable.name() + "'", backend.memory(variable));
    }
    inputs.forEach((name, memory) -> lasting.put("the input '" + name + "'", memory));
    var residents = new Residents(plan(), written, arena.bytes());
    return new ArenaGuard(backend.runtime(), launches, stepOfLaunch, residents, arena, lasting);
  }

  private List<Launch> launches(List<Source> sources) {
    var launches = new ArrayList<Launch>();
    for (int at = 0; at < compiled.steps().size(); at++) {
      Step step = compiled.steps().get(at);
      CodeModule module = backend.jit().load(sources.get(at));
      List<Argument> arguments = arguments(step, at);
      List<Geometry> geometries = step.variant().geometries();
      for (int pass = 0; pass < geometries.size(); pass++) {
        String function = step.variant().kernel().passes().get(pass).function();
        launches.add(
            new Launch(
                step.label() + " by " + step.variant(),
                module.kernel(function),
                geometries.get(pass),
                arguments,
                step.node().inputs().size()));
        stepOfLaunch.add(at);
      }
    }
    return launches;
  }

  /** What compiling wants to know; its arguments are in the order of {@link #arguments}. */
  private static Unit unit(Step step, Source source) {
    var bytes = new ArrayList<Long>();
    Node node = step.node();
    node.inputs().forEach(input -> bytes.add(input.shape().bytes()));
    node.allOutputs().forEach(output -> bytes.add(output.shape().bytes()));
    words(node).values().forEach(word -> bytes.add(0L));
    bytes.addAll(step.variant().scratchBytes());
    return new Unit(source, step.variant().geometries(), bytes);
  }

  private List<Argument> arguments(Step step, int at) {
    var arguments = new ArrayList<Argument>();
    Node node = step.node();
    node.inputs().forEach(input -> arguments.add(slice(input, at)));
    node.allOutputs().forEach(output -> arguments.add(slice(output, at)));
    words(node).values().forEach(word -> arguments.add(new Argument.Word(word)));
    List<Long> bytes = step.variant().scratchBytes();
    for (int i = 0; i < bytes.size(); i++) {
      arguments.add(new Slice(arena, compiled.layout().scratch(at, i), bytes.get(i)));
    }
    return arguments;
  }

  private static Map<String, Integer> words(Node node) {
    @Nullable Node core = ((Fusion) node.op()).core();
    Contract contract = core == null ? null : core.op().contract(core.inputShapes(), core.shapes());
    return contract == null ? Map.of() : contract.words();
  }

  /** The memory of a tensor that a step reads or writes. */
  private Slice slice(Tensor tensor, int at) {
    Slice lasting = lasting(tensor);
    return lasting == null ? arena(compiled.layout().offset(at, tensor), tensor) : lasting;
  }

  /** The memory of an output of the program. */
  private Slice output(Tensor tensor) {
    Slice lasting = lasting(tensor);
    return lasting == null ? arena(compiled.layout().offset(tensor), tensor) : lasting;
  }

  private Slice arena(long offset, Tensor tensor) {
    return new Slice(arena, offset, tensor.shape().bytes());
  }

  /** The memory of a tensor in a variable or an input; null if it lies in the arena. */
  private @Nullable Slice lasting(Tensor tensor) {
    Memories.Place place = compiled.schedule().memories().place(tensor);
    Memory memory = memory(place.base());
    return memory == null ? null : new Slice(memory, place.offset(), tensor.shape().bytes());
  }

  private @Nullable Memory memory(Tensor base) {
    Variable variable = compiled.schedule().bound().get(base);
    if (variable != null) {
      return backend.memory(variable);
    }
    if (base.op() instanceof Read read) {
      return backend.memory(read.variable());
    }
    return base.op() instanceof Input input ? inputs.get(input.key()) : null;
  }

  @Override
  public void write(String input, double[] values) {
    backend.staging().write(input(input, values.length), values);
  }

  @Override
  public void write(String input, float[] values) {
    backend.staging().write(input(input, values.length), values);
  }

  private Slice input(String name, int count) {
    Memory memory = inputs.get(name);
    if (memory == null || memory.bytes() != 4L * count) {
      throw new IllegalArgumentException(
          memory == null
              ? "this program has no input '" + name + "' (it has " + inputs.keySet() + ")"
              : count + " values for input '" + name + "' of " + memory.bytes() / 4);
    }
    unwritten.remove(name);
    return memory.all();
  }

  @Override
  public void run() {
    checkWritten();
    recording.replay();
  }

  private void checkWritten() {
    if (!unwritten.isEmpty()) {
      throw new IllegalStateException("inputs " + unwritten + " were not written");
    }
  }

  @Override
  public void read(String output, float[] target) {
    backend.staging().read(output(output), target);
  }

  @Override
  public double[] read(String output) {
    return backend.staging().read(output(output));
  }

  private Slice output(String name) {
    Slice slice = outputs.get(name);
    if (slice == null) {
      throw new IllegalArgumentException(
          "this program has no output '" + name + "' (it has " + outputs.keySet() + ")");
    }
    return slice;
  }

  @Override
  public String explain() {
    return compiled.explanation();
  }

  /** The plan of the arena. */
  public Plan plan() {
    return compiled.layout().plan();
  }

  /** The kernels in order, one that runs again again. */
  public List<Step> steps() {
    return compiled.steps();
  }

  /**
   * Runs once, timed by device events.
   *
   * @return nanoseconds of each step
   */
  public long[] time() {
    checkWritten();
    long[] launches = recording.time();
    var nanos = new long[compiled.steps().size()];
    for (int i = 0; i < launches.length; i++) {
      nanos[stepOfLaunch.get(i)] += launches[i];
    }
    return nanos;
  }

  /** The shape of an output. */
  public Shape shape(String output) {
    return Objects.requireNonNull(compiled.schedule().graph().outputs().get(output)).shape();
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    recording.close();
    arena.close();
    inputs.values().forEach(Memory::close);
    backend.closed(this);
  }
}
