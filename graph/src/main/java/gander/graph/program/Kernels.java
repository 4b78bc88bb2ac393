// SPDX-License-Identifier: Apache-2.0
package gander.graph.program;

import gander.graph.op.Cost;
import gander.graph.op.Node;
import gander.graph.op.Read;
import gander.graph.op.Tensor;
import gander.graph.op.Variable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * A program's kernels and the tensors that a plan places, by number: what does not depend on the
 * order in which the kernels run, nor on how often.
 */
final class Kernels {
  /** Stands for a tensor that lies in a variable's memory. */
  static final int BOUND = -1;

  /** Operations that take as long as a byte: about what CPUs and GPUs have of single precision. */
  private static final double OPERATIONS_A_BYTE = 10;

  /** What a launch costs, in bytes moved: some microseconds. */
  private static final double LAUNCH = 1 << 17;

  private final Schedule schedule;
  private final List<Step> steps;
  private final long alignment;
  private final Map<Node, Integer> numbers = new HashMap<>();
  private final Map<Tensor, Integer> tensors = new HashMap<>();
  private final List<Tensor> placed = new ArrayList<>();
  private final List<List<Integer>> makers = new ArrayList<>();
  private final int[][] reads;
  private final int[][] writes;
  private final int[][][] takes;
  private final long[][] scratch;
  private final int[][] writersOfRead;
  private final int[][] needed;
  private final boolean[] once;
  private final double[] time;
  private final int[] outputs;

  /**
   * @param steps of every kernel of the schedule, in the order of {@link Schedule#before}
   */
  Kernels(Schedule schedule, List<Step> steps, int alignment) {
    this.schedule = schedule;
    this.steps = List.copyOf(steps);
    this.alignment = alignment;
    for (int kernel = 0; kernel < steps.size(); kernel++) {
      numbers.put(steps.get(kernel).node(), kernel);
      for (Tensor output : steps.get(kernel).node().allOutputs()) {
        if (!schedule.bound().containsKey(output)) {
          makers.get(number(schedule.memories().place(output).base())).add(kernel);
        }
      }
    }
    Map<Variable, Integer> writers = writers();
    int count = steps.size();
    reads = new int[count][];
    writes = new int[count][];
    takes = new int[count][][];
    scratch = new long[count][];
    writersOfRead = new int[count][];
    needed = new int[count][];
    once = new boolean[count];
    time = new double[count];
    for (int kernel = 0; kernel < count; kernel++) {
      Step step = steps.get(kernel);
      Node node = step.node();
      reads[kernel] = tensors(schedule.transientInputs(node));
      writes[kernel] =
          node.allOutputs().stream()
              .mapToInt(output -> schedule.bound().containsKey(output) ? BOUND : tensor(output))
              .toArray();
      takes[kernel] = node.allOutputs().stream().map(t -> takes(step, t)).toArray(int[][]::new);
      scratch[kernel] = step.variant().scratchBytes().stream().mapToLong(Long::longValue).toArray();
      writersOfRead[kernel] = writersOfRead(node, writers);
      needed[kernel] =
          Objects.requireNonNull(schedule.before().get(node)).stream()
              .mapToInt(this::number)
              .toArray();
      once[kernel] =
          Arrays.stream(writes[kernel]).anyMatch(t -> t == BOUND || makers(t).size() > 1);
      Cost cost = node.op().cost(node.inputShapes(), node.shapes());
      time[kernel] = LAUNCH + Math.max((double) cost.bytes(), cost.flops() / OPERATIONS_A_BYTE);
    }
    outputs = tensors(schedule.transientOutputs());
  }

  /** The number of what a plan gives a place, a new one if it has none. */
  private int number(Tensor base) {
    Integer known = tensors.putIfAbsent(base, placed.size());
    if (known != null) {
      return known;
    }
    placed.add(base);
    makers.add(new ArrayList<>());
    return placed.size() - 1;
  }

  /** The numbers of results, those of one concatenation once. */
  private int[] tensors(Set<Tensor> results) {
    return results.stream().mapToInt(this::tensor).distinct().toArray();
  }

  /** A size rounded up to the alignment. */
  long rounded(long size) {
    return Math.ceilDiv(size, alignment) * alignment;
  }

  private Map<Variable, Integer> writers() {
    Map<Variable, Integer> writers = new HashMap<>();
    schedule
        .bound()
        .forEach((tensor, variable) -> writers.put(variable, number(tensor.producer())));
    return writers;
  }

  /** The inputs whose memory an output may take where they die. */
  private int[] takes(Step step, Tensor output) {
    if (!step.code().takers().contains(output.index()) || schedule.memories().isPart(output)) {
      return new int[0];
    }
    List<Tensor> inputs = step.node().inputs();
    List<Tensor> bases = inputs.stream().map(this::base).toList();
    return step.code().inPlace().stream()
        .filter(i -> inputs.get(i).shape().size() == output.shape().size())
        .map(bases::get)
        .filter(base -> tensors.containsKey(base) && bases.indexOf(base) == bases.lastIndexOf(base))
        .filter(base -> base.shape().size() == output.shape().size())
        .mapToInt(tensors::get)
        .toArray();
  }

  private Tensor base(Tensor tensor) {
    return schedule.memories().place(tensor).base();
  }

  private static int[] writersOfRead(Node node, Map<Variable, Integer> writers) {
    return node.inputs().stream()
        .flatMap(input -> Memories.origins(input).stream())
        .filter(origin -> origin.op() instanceof Read)
        .map(origin -> writers.get(((Read) origin.op()).variable()))
        .filter(Objects::nonNull)
        .mapToInt(Integer::intValue)
        .distinct()
        .sorted()
        .toArray();
  }

  Schedule schedule() {
    return schedule;
  }

  int number(Node node) {
    return Objects.requireNonNull(numbers.get(node));
  }

  /** The numbers of kernels in an order of theirs. */
  int[] numbers(List<Node> order) {
    return order.stream().mapToInt(this::number).toArray();
  }

  Step step(int kernel) {
    return steps.get(kernel);
  }

  int tensorCount() {
    return placed.size();
  }

  /** Whether a plan places a tensor; else it lies in the memory of an input or a variable. */
  boolean isPlaced(Tensor tensor) {
    return tensors.containsKey(base(tensor));
  }

  /** The number of what a plan places a tensor in. */
  int tensor(Tensor tensor) {
    return Objects.requireNonNull(tensors.get(base(tensor)));
  }

  /** A tensor of that number, a kernel's result or a concatenation. */
  Tensor placed(int tensor) {
    return placed.get(tensor);
  }

  /** A tensor's bytes. */
  long bytes(int tensor) {
    return placed.get(tensor).shape().bytes();
  }

  /** The kernels that make a tensor: one, or each a part of it or more. */
  List<Integer> makers(int tensor) {
    return makers.get(tensor);
  }

  /** The placed tensors a kernel reads, each once. */
  int[] reads(int kernel) {
    return reads[kernel];
  }

  /** A kernel's outputs, {@link #BOUND} where one lies in a variable's memory. */
  int[] writes(int kernel) {
    return writes[kernel];
  }

  /** Of an output, the tensors whose memory it may take, in order of preference. */
  int[] takes(int kernel, int output) {
    return takes[kernel][output];
  }

  /** The bytes of a kernel's scratch buffers. */
  long[] scratch(int kernel) {
    return scratch[kernel];
  }

  /** Whether a kernel runs once: it writes a variable, or only a part of a concatenation. */
  boolean runsOnce(int kernel) {
    return once[kernel];
  }

  /** The kernels that write what a kernel reads of variables: it runs before all of them. */
  int[] writersOfRead(int kernel) {
    return writersOfRead[kernel];
  }

  /** The kernels that must have run before a kernel does. */
  int[] needed(int kernel) {
    return needed[kernel];
  }

  /** How long a kernel takes, as bytes that could be moved in the time. */
  double time(int kernel) {
    return time[kernel];
  }

  /** The tensors that are there when the program has run. */
  int[] outputs() {
    return outputs;
  }
}
