// SPDX-License-Identifier: Apache-2.0
package gander.bench.selftest;

import gander.graph.Backend;
import gander.graph.Graph;
import gander.graph.Program;
import gander.graph.op.Ops;
import gander.graph.op.Shape;
import gander.graph.op.Tensor;
import gander.graph.plan.PlanReport;
import gander.graph.program.DeviceBackend;
import gander.runtime.DeviceException;
import gander.runtime.DeviceInfo;
import gander.runtime.GanderException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * That a program which the device's memory cannot hold is refused by its plan, not by a driver that
 * was asked for the memory; that the device serves afterwards; and that the launches of a training
 * write nothing but their results.
 */
final class MemorySection {
  static final String NAME = "memory";

  /** Of one tensor: 4 GiB in single precision. */
  private static final int ELEMS = 1 << 30;

  /** Trained with every launch checked: of few kernels, which other parts use too. */
  private static final String GUARDED = "ae";

  private static final int STEPS = 2;

  private MemorySection() {}

  static List<Part> parts(Subject subject) {
    var parts = new ArrayList<>(List.of(new Part(NAME, NAME, progress -> overfill(subject))));
    if (!subject.isReference()) {
      ShortTraining.all(subject.seed()).stream()
          .filter(training -> training.name().equals(GUARDED))
          .forEach(training ->
              parts.add(Part.of(NAME, "guarded-" + GUARDED, progress -> guard(subject, training))));
    }
    return parts;
  }

  private static String guard(Subject subject, ShortTraining training) {
    ShortTraining.Outcome plain;
    try (Backend backend = subject.open()) {
      plain = training.run(backend, STEPS);
    }
    ShortTraining.Outcome guarded;
    try (DeviceBackend backend = subject.options().openDevice()) {
      backend.guardArena();
      guarded = training.run(backend, STEPS);
    }
    for (Map.Entry<String, double[]> variable : plain.variables().entrySet()) {
      if (!Arrays.equals(variable.getValue(), guarded.variables().get(variable.getKey()))) {
        throw new Part.Failure(
            "variable %s differs after %d steps with every launch checked"
                .formatted(variable.getKey(), STEPS));
      }
    }
    return "%d steps whose launches write nothing but their results, the same bits"
        .formatted(STEPS);
  }

  private static String overfill(Subject subject) {
    try (Backend backend = subject.open()) {
      Graph graph = tooLarge(subject);
      long bytes = graph.outputs().values().stream().mapToLong(t -> t.shape().bytes()).sum();
      try {
        backend.compile(graph).close();
        throw new Part.Failure(
            "a program of %s was compiled, more than the device has"
                .formatted(PlanReport.bytes(bytes)));
      } catch (DeviceException e) {
        throw new Part.Failure("not its plan refuses a program too large, but: " + e.getMessage());
      } catch (GanderException e) {
        requirePlan(e, subject);
      }
      requireService(backend);
      return "a program of %s is refused when it has been planned"
          .formatted(PlanReport.bytes(bytes));
    }
  }

  /** Random tensors that are all outputs, so that all of them have memory at once. */
  private static Graph tooLarge(Subject subject) {
    DeviceInfo info = subject.info();
    long memory = info == null ? Runtime.getRuntime().maxMemory() : info.memoryBytes();
    long count = memory / (4L * ELEMS) + 1;
    var outputs = new LinkedHashMap<String, Tensor>();
    for (int i = 0; i < count; i++) {
      Shape shape = Shape.of(ELEMS);
      outputs.put("draw/" + i, Ops.uniform("draw/" + i, subject.seed(), Ops.scalar(0), shape));
    }
    return Graph.of(outputs);
  }

  private static void requirePlan(GanderException refusal, Subject subject) {
    String message = String.valueOf(refusal.getMessage());
    if (!message.contains("cannot hold this program") || !message.contains("smaller batch")) {
      throw new Part.Failure(
          "%s refuses a program that is too large without saying so: %s"
              .formatted(subject.id(), message));
    }
  }

  private static void requireService(Backend backend) {
    Tensor x = Ops.input("x", Shape.of(3));
    try (Program program = backend.compile(Graph.of(Map.of("y", Ops.mul(x, 2.0))))) {
      program.write("x", new float[] {1, 2, 3});
      program.run();
      if (!Arrays.equals(new double[] {2, 4, 6}, program.read("y"))) {
        throw new Part.Failure("the device computes nothing right after it refused a program");
      }
    }
  }
}
