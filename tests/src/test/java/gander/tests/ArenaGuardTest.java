// SPDX-License-Identifier: Apache-2.0
package gander.tests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.graph.Graph;
import gander.graph.Program;
import gander.graph.op.Ops;
import gander.graph.op.Shape;
import gander.graph.op.Tensor;
import gander.graph.op.Variable;
import gander.graph.plan.Plan;
import gander.graph.plan.PlanProblem;
import gander.graph.plan.PlanProblem.Buffer;
import gander.graph.plan.PlanSolver;
import gander.graph.program.DeviceBackend;
import gander.graph.program.DeviceProgram;
import gander.graph.program.Passes;
import gander.graph.program.Planning;
import gander.models.cli.Said;
import gander.models.run.RunConfig;
import gander.models.run.RunDirectory;
import gander.models.zoo.Model;
import gander.models.zoo.Zoo;
import gander.runtime.Device;
import gander.runtime.Devices;
import gander.runtime.GanderException;
import gander.runtime.UserCache;
import gander.runtime.catalogue.Catalogue;
import gander.runtime.catalogue.TunedTable;
import gander.runtime.jit.Jit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A guarded arena changes no bit of what programs compute and finds nothing wrong with the zoo's,
 * but does find a plan that lets buffers overlap, and kernels that write what is not theirs.
 */
@ExtendWith(Unoptimised.class)
class ArenaGuardTest {
  private static final Shape SHAPE = Shape.of(8, 8);

  /** Bytes of a tensor of that shape. */
  private static final int BYTES = 256;

  @TempDir Path folder;

  static Stream<Arguments> models() {
    return Stream.concat(
        Zoo.MODELS.stream().map(model -> Arguments.of(model, "")),
        Stream.of(Arguments.of("gan-mlp", "wgan-gp")));
  }

  @ParameterizedTest
  @MethodSource("models")
  void aStepOfEveryModelHasTheSameBits(String name, String loss) {
    RunConfig config = SmallRuns.config(name, "none", "none");
    Model model = Zoo.create(loss.isEmpty() ? config : config.with("loss", loss));
    try (DeviceBackend backend = OpenCl.backend()) {
      List<double[]> plain = step(model, backend);
      backend.guardArena();
      List<double[]> guarded = step(model, backend);
      for (int i = 0; i < plain.size(); i++) {
        assertArrayEquals(bits(plain.get(i)), bits(guarded.get(i)));
      }
    }
  }

  /** Losses and variables after a step. */
  private static List<double[]> step(Model model, DeviceBackend backend) {
    model.initialize(backend, 5);
    Graph graph = SmallRuns.step(model);
    var values = new ArrayList<double[]>();
    try (Program program = backend.compile(graph)) {
      SmallRuns.writeBatch(program, model);
      program.run();
      graph.outputs().keySet().forEach(output -> values.add(program.read(output)));
    }
    for (Variable variable : graph.variables()) {
      values.add(backend.read(variable));
    }
    return values;
  }

  private static long[] bits(double[] values) {
    return Arrays.stream(values).mapToLong(Double::doubleToRawLongBits).toArray();
  }

  @Test
  void aTrainingHasTheSameBits() throws IOException {
    Path data = SmallRuns.data(folder.resolve("data"));
    var checkpoints = new ArrayList<byte[]>();
    for (List<Object> more : List.of(List.of(), List.<Object>of("--guard-arena"))) {
      Path run = folder.resolve("run" + checkpoints.size());
      List<Object> command = SmallRuns.command("ae", data, OpenCl.ID, 5, run);
      command.addAll(more);
      Cli.done(command.toArray());
      checkpoints.add(Files.readAllBytes(RunDirectory.open(run).checkpointFile(5)));
    }
    assertArrayEquals(checkpoints.get(0), checkpoints.get(1));
  }

  @Test
  void theReferenceHasNothingToGuard() throws IOException {
    Cli.refused(
        folder,
        List.of("reference", "has no arena", "--guard-arena", "leave it out"),
        "train",
        "gan-mlp",
        "--device",
        "reference",
        "--guard-arena",
        "--out",
        folder.resolve("run"));
  }

  /** Two tensors that live at once, each a kernel's, and their sum in the place of the first. */
  private static Graph twoAndTheirSum() {
    Tensor x = Ops.input("x", SHAPE);
    return Graph.of(Map.of("y", Ops.add(Ops.tanh(x), Ops.exp(x))));
  }

  private static double[] runTwoAndTheirSum(
      DeviceBackend backend, Function<PlanProblem, Plan> planner) {
    try (DeviceProgram program =
        backend.compile(
            twoAndTheirSum(),
            Passes.NECESSARY,
            Planning.FREE.placedBy((problem, enough) -> planner.apply(problem)))) {
      assertEquals(3, program.steps().size());
      program.write("x", ones());
      program.run();
      return program.read("y");
    }
  }

  private static double[] ones() {
    var x = new double[SHAPE.size()];
    Arrays.fill(x, 1);
    return x;
  }

  /** The tensor of a kernel that comes first or second. */
  private static Buffer buffer(PlanProblem problem, int step) {
    return problem.buffers().stream().filter(b -> b.lower() == step).findFirst().orElseThrow();
  }

  /** A plan that puts the second tensor where the first lies. */
  private static Plan overlapping(PlanProblem problem) {
    Plan right = PlanSolver.solve(problem);
    Map<Integer, Long> offsets = new HashMap<>(right.offsets());
    long first = Objects.requireNonNull(offsets.get(buffer(problem, 0).id()));
    offsets.put(buffer(problem, 1).id(), first);
    return new Plan(problem, offsets, right.peak());
  }

  @Test
  void anOverlapIsFound() {
    try (DeviceBackend backend = OpenCl.backend()) {
      double[] wrong = runTwoAndTheirSum(backend, ArenaGuardTest::overlapping);
      double same = wrong[0] / 2;
      assertTrue(
          Math.abs(same - Math.E) < 1e-5 || Math.abs(same - Math.tanh(1)) < 1e-5,
          () -> "one is added to itself, and nobody sees it: " + wrong[0]);
      var problem = new ArrayList<PlanProblem>();
      backend.guardArena();
      GanderException found =
          assertThrows(
              GanderException.class,
              () ->
                  runTwoAndTheirSum(
                      backend,
                      p -> {
                        problem.add(p);
                        return overlapping(p);
                      }));
      holds(
          found,
          "launch 2 of 3, " + buffer(problem.getFirst(), 1).label() + " by ",
          " damaged the buffer '%s' (offset 0, %d bytes), which it does not write, first at byte 0 of the buffer"
              .formatted(buffer(problem.getFirst(), 0).label(), BYTES));
    }
  }

  private static void holds(GanderException found, String... parts) {
    String message = String.valueOf(found.getMessage());
    for (String part : parts) {
      assertTrue(message.contains(part), () -> "'" + part + "' is not in: " + message);
    }
  }

  /** A plan that takes the first tensor for dead when its own kernel has ended. */
  private static Plan forgetting(PlanProblem problem) {
    List<Buffer> buffers =
        problem.buffers().stream()
            .map(b ->
                b.lower() == 0
                    ? new Buffer(b.id(), b.label(), b.lower(), b.lower() + 1, b.bytes())
                    : b)
            .toList();
    Plan right = PlanSolver.solve(problem);
    return new Plan(new PlanProblem(buffers, problem.alignment()), right.offsets(), right.peak());
  }

  @Test
  void deadMemoryIsNaN() {
    try (DeviceBackend backend = OpenCl.backend()) {
      double right = Math.tanh(1) + Math.E;
      double[] plain = runTwoAndTheirSum(backend, ArenaGuardTest::forgetting);
      assertTrue(Arrays.stream(plain).allMatch(y -> Math.abs(y - right) < 1e-5));
      backend.guardArena();
      double[] guarded = runTwoAndTheirSum(backend, PlanSolver::solve);
      assertArrayEquals(plain, guarded);
      double[] dead = runTwoAndTheirSum(backend, ArenaGuardTest::forgetting);
      assertTrue(Arrays.stream(dead).allMatch(Double::isNaN), () -> Arrays.toString(dead));
    }
  }

  /** A kernel for sums without hooks that does something else, too. */
  private Path kernelThat(String also) throws IOException {
    String text =
        DroppedFile.changed("PARAMS", "GLOBAL const float* x, GLOBAL float* y")
            .replace("PROLOGUE_X(at / I, r, at % I)", "x[at / I * R * I + r * I + at % I]")
            .replace("EPILOGUE(at / I, at % I, total)", "y[at] = total;\n" + also);
    return DroppedFile.drop(folder, text);
  }

  private static GanderException damageOfASum(Path kernels) {
    Graph sum = Graph.of(Map.of("y", Ops.sum(Ops.input("x", SHAPE), 1)));
    Device device = Devices.open(OpenCl.ID);
    try (var backend =
        new DeviceBackend(
            device,
            Catalogue.load(List.of(kernels)),
            TunedTable.empty(),
            new Jit(device, UserCache.folder("jit")))) {
      backend.guardArena();
      try (DeviceProgram program = backend.compile(sum)) {
        program.write("x", ones());
        return assertThrows(GanderException.class, program::run);
      }
    }
  }

  @Test
  void aWriteBehindAResultIsFound() throws IOException {
    holds(
        damageOfASum(kernelThat("y[O * I + 2] = 1")),
        "launch 1 of 1, ",
        DroppedFile.PATH,
        "damaged memory between the buffers '",
        "(offset 0, 32 bytes) and (none: the arena's end), first at byte 40 of the arena, 8 bytes past the end of the first");
  }

  @Test
  void aWriteToAnInputIsFound() throws IOException {
    holds(
        damageOfASum(kernelThat("((GLOBAL float*)x)[3] = 7")),
        // The lower two bytes of a float are zero in 1 and in 7.
        "damaged the input 'x' (%d bytes), which it does not write, first at byte 14"
            .formatted(BYTES));
  }

  @Test
  void aTrainingEndsWhereAKernelWritesBehindItsResult() throws IOException {
    Path data = SmallRuns.data(folder.resolve("data"));
    List<Object> command = SmallRuns.command("ae", data, OpenCl.ID, 1, folder.resolve("run"));
    command.addAll(List.of("--guard-arena", "--kernels", kernelThat("y[O * I] = 1")));
    Said said = Said.by(command.toArray());
    assertEquals(2, said.code(), said::err);
    assertTrue(said.err().contains("damaged memory between the buffers '"), said::err);
    assertTrue(said.err().contains(", 0 bytes past the end of the first"), said::err);
    assertTrue(said.err().contains(DroppedFile.PATH), said::err);
    assertFalse(said.err().contains("Exception"), said::err);
  }
}
