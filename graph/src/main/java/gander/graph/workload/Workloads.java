// SPDX-License-Identifier: Apache-2.0
package gander.graph.workload;

import gander.graph.codegen.KernelCode;
import gander.graph.op.Contract;
import gander.graph.op.Convolution;
import gander.graph.op.ConvolutionStatistics;
import gander.graph.op.Fusion;
import gander.graph.op.MatMul;
import gander.graph.op.Node;
import gander.graph.op.Op;
import gander.graph.op.Reduce;
import gander.graph.op.Sample;
import gander.graph.op.Sample.Content;
import gander.graph.op.Sample.Given;
import gander.graph.op.Samples;
import gander.graph.op.Tensor;
import gander.graph.op.Values;
import gander.runtime.DeviceInfo;
import gander.runtime.catalogue.Arithmetic;
import gander.runtime.catalogue.Problem;
import gander.runtime.check.Workload;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Makes workloads of fusions and of the ops' problem lists. The same seed gives the same numbers.
 */
public final class Workloads {
  /** A tiny workload has at most this many elements and operations, for memory checkers. */
  private static final long TINY = 6000;

  private final DeviceInfo device;
  private final long seed;

  /**
   * @param device whose kernels they are for
   */
  public Workloads(DeviceInfo device, long seed) {
    this.device = device;
    this.seed = seed;
  }

  /** The folders of kernels that there are: ops with a contract, {@code map} and {@code peak}. */
  public static Set<String> ops() {
    var ops = new LinkedHashSet<String>();
    ops.add("map");
    Samples.all().stream()
        .filter(Workloads::hasContract)
        .forEach(sample -> ops.add(sample.op().name()));
    ops.add(Peaks.OP);
    return ops;
  }

  /**
   * Every workload of an op's problem list: each problem plain; with whole numbers where sums of
   * them are exact; and with code in its hooks where it has any.
   */
  public List<Workload> all(String op) {
    return switch (op) {
      case Peaks.OP -> Peaks.all(seed);
      case "map" ->
          Maps.all().stream().map(m -> of(m.fusion(), m.givens(), ": " + m.title())).toList();
      default -> numbered(samples(op));
    };
  }

  /** Tells workloads apart that differ in constants or inputs, but not in dimensions. */
  private static List<Workload> numbered(List<Workload> workloads) {
    Map<String, Integer> seen = new HashMap<>();
    return workloads.stream()
        .map(w -> {
          int number = seen.merge(w.title(), 1, Integer::sum);
          return number == 1 ? w : w.titled(w.title() + " #" + number);
        })
        .toList();
  }

  private List<Workload> samples(String op) {
    var all = new ArrayList<Workload>();
    int turn = 0;
    for (Sample sample : Samples.of(op)) {
      if (!hasContract(sample)) {
        continue;
      }
      all.add(plain(sample));
      if (sums(sample.op()) && !isWhole(sample)) {
        all.add(of(Fusion.of(sample.op(), sample.shapes()), whole(sample.inputs()), " whole"));
      }
      if (hasHooks(sample)) {
        Hooks.Hooked hooked = Hooks.around(sample, turn++);
        all.add(of(hooked.fusion(), hooked.givens(), " hooked"));
      }
    }
    return all;
  }

  /** Those of {@link #all} that a memory checker gets through in no time. */
  public List<Workload> tiny(String op) {
    return all(op).stream().filter(w -> work(w) <= TINY).toList();
  }

  /** The distinct problems of an op's list, without code in hooks: what is tuned. */
  public List<Workload> problems(String op) {
    if (op.equals("map") || op.equals(Peaks.OP)) {
      return distinct(all(op));
    }
    return distinct(timed(op).map(this::plain).toList());
  }

  /** The distinct problems of some fusions. */
  public List<Workload> problems(List<Fusion> fusions) {
    return distinct(fusions.stream().map(this::of).toList());
  }

  /** A fusion, filled as the samples of its core's op are. */
  public Workload of(Fusion fusion) {
    return of(fusion, givens(fusion), "");
  }

  /** What shows a device's peak of arithmetic: 8192 operations for each of some elements. */
  public Workload peakOfArithmetic(int elements) {
    return Peaks.workload(Peaks.COMPUTE, elements, seed);
  }

  /** What shows a device's peak of memory: 8 bytes for each of some elements. */
  public Workload peakOfMemory(int elements) {
    return Peaks.workload(Peaks.MEMORY, elements, seed);
  }

  /** What is tuned and timed of an op, each problem alone; of {@code map}, generated bodies. */
  public static List<Fusion> fusions(String op) {
    return op.equals("map")
        ? Maps.all().stream().map(Maps.Mapped::fusion).toList()
        : timed(op).map(sample -> Fusion.of(sample.op(), sample.shapes())).toList();
  }

  private static Stream<Sample> timed(String op) {
    return Stream.concat(Samples.large(op).stream(), Samples.of(op).stream())
        .filter(Workloads::hasContract);
  }

  private static List<Workload> distinct(List<Workload> workloads) {
    Map<String, Workload> byKey = new LinkedHashMap<>();
    workloads.forEach(w -> byKey.putIfAbsent(w.problem().toString(), w));
    return List.copyOf(byKey.values());
  }

  /** Normals, but for the core's own operands what its op is meant for: indices, variances. */
  private static List<Given> givens(Fusion fusion) {
    Node core = fusion.core();
    var contents = new HashMap<Tensor, Content>();
    if (core != null) {
      Samples.of(core.op().name()).stream()
          .filter(sample -> sample.inputs().size() == core.inputs().size())
          .findFirst()
          .ifPresent(like -> {
            for (int k = 0; k < core.inputs().size(); k++) {
              contents.put(core.input(k).behindReshapes(), like.inputs().get(k).content());
            }
          });
    }
    return fusion.parameters().stream()
        .map(p -> new Given(p.shape(), contents.getOrDefault(p, Content.NORMAL)))
        .toList();
  }

  private Workload plain(Sample sample) {
    return of(Fusion.of(sample.op(), sample.shapes()), sample.inputs(), "");
  }

  /**
   * A fusion on some inputs.
   *
   * @param kind tells it from other workloads of the same problem; behind the dimensions in the
   *     title
   */
  public Workload of(Fusion fusion, List<Given> givens, String kind) {
    KernelCode.Written written = KernelCode.of(fusion, device);
    Problem problem = written.problem();
    Node core = fusion.core();
    Contract contract = core == null ? null : core.op().contract(core.inputShapes(), core.shapes());
    String dims = problem.key().substring(problem.op().length()).strip();
    return new Workload(
        problem,
        dims + kind,
        contract == null ? List.of() : List.copyOf(contract.words().values()),
        inPlace(fusion, written),
        own -> data(fusion, givens, own));
  }

  /**
   * Each input that may be written over, with an output of its size: the first that is left, and
   * once more the last.
   */
  private static List<Map<Integer, Integer>> inPlace(Fusion fusion, KernelCode.Written written) {
    List<Integer> takers = List.copyOf(written.takers());
    return Stream.of(takers, takers.reversed())
        .map(order -> pairs(fusion, written.inPlace(), order))
        .filter(pairs -> !pairs.isEmpty())
        .distinct()
        .toList();
  }

  private static Map<Integer, Integer> pairs(
      Fusion fusion, Set<Integer> inputs, List<Integer> takers) {
    var pairs = new HashMap<Integer, Integer>();
    for (int input : inputs) {
      int size = fusion.parameters().get(input).shape().size();
      takers.stream()
          .filter(output -> fusion.results().get(output).shape().size() == size)
          .filter(output -> !pairs.containsKey(output))
          .findFirst()
          .ifPresent(output -> pairs.put(output, input));
    }
    return pairs;
  }

  private Workload.Data data(Fusion fusion, List<Given> givens, Arithmetic arithmetic) {
    List<Values> values = new Sample(fusion, givens).values(seed);
    var given = new HashMap<Tensor, Values>();
    var inputs = new ArrayList<float[]>();
    for (int i = 0; i < values.size(); i++) {
      given.put(fusion.parameters().get(i), values.get(i));
      inputs.add(floats(values.get(i).data()));
    }
    return new Workload.Data(inputs, ErrorBounds.expected(fusion.results(), given, arithmetic));
  }

  private static float[] floats(double[] values) {
    var floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  private static boolean hasContract(Sample sample) {
    var node = new Node(sample.op(), Fusion.of(sample.op(), sample.shapes()).parameters());
    return sample.op().contract(node.inputShapes(), node.shapes()) != null;
  }

  private static boolean hasHooks(Sample sample) {
    Node node = Fusion.of(sample.op(), sample.shapes()).core();
    Contract contract =
        node == null ? null : sample.op().contract(node.inputShapes(), node.shapes());
    return contract != null && contract.outputs().getFirst().role() == Contract.Role.HOOKED;
  }

  private static boolean sums(Op op) {
    return op instanceof MatMul
        || op instanceof Convolution
        || op instanceof ConvolutionStatistics
        || op instanceof Reduce;
  }

  private static boolean isWhole(Sample sample) {
    return sample.inputs().stream().allMatch(given -> given.content() == Content.TIES);
  }

  private static List<Given> whole(List<Given> givens) {
    return givens.stream()
        .map(given -> new Given(given.shape(), Content.TIES))
        .collect(Collectors.toList());
  }

  /** Elements and operations: the product of the problem's dimensions, roughly. */
  private static long work(Workload workload) {
    Map<String, Integer> dims = workload.problem().dims();
    Set<String> products = Set.of("N", "P", "Q", "C", "K", "R", "S");
    if (dims.keySet().containsAll(products)) {
      return products.stream()
              .mapToLong(name -> dims.getOrDefault(name, 1))
              .reduce(1, (a, b) -> a * b)
          / dims.getOrDefault("G", 1);
    }
    return dims.entrySet().stream()
        .filter(dim -> !Set.of("KIND", "TA", "TB", "BEGIN").contains(dim.getKey()))
        .filter(dim -> !dim.getKey().startsWith("E"))
        .mapToLong(dim -> Math.max(1, dim.getValue()))
        .reduce(Peaks.rounds(workload.problem()), (a, b) -> a * b);
  }
}
