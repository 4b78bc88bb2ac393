// SPDX-License-Identifier: Apache-2.0
package gander.graph.codegen;

import gander.graph.op.Contract;
import gander.graph.op.Fusion;
import gander.graph.op.Node;
import gander.graph.op.Parameter;
import gander.graph.op.Shape;
import gander.graph.op.Tensor;
import gander.runtime.DeviceClass;
import gander.runtime.DeviceInfo;
import gander.runtime.Dialect;
import gander.runtime.catalogue.Problem;
import gander.runtime.catalogue.Problem.Parameter.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Writes the problem that a fusion poses to kernels: its core's dimensions, its arguments in the
 * order of the fusion's parameters and results, and the code behind the hooks.
 */
public final class KernelCode {
  /** The vectors that kernels for OpenCL CPUs are written in. */
  private static final int VECTOR = 16;

  /** Hooks of elements that are neighbours in memory, whichever rows they are of. */
  private static final String RUN = "_RUN";

  /**
   * A fusion as kernels see it.
   *
   * @param takers the fusion's outputs that may take an input's memory: not what a core writes
   *     beside its hooked output, at a time of its own
   * @param inPlace the fusion's inputs whose memory a taker of equal size may take: each of their
   *     elements is read just before, and only for, the same element of the outputs
   */
  public record Written(Problem problem, Set<Integer> inPlace, Set<Integer> takers) {}

  private final Fusion fusion;
  private final boolean vectors;
  private final Map<Integer, String> pointers = new TreeMap<>();
  private final Map<Integer, Kind> kinds = new HashMap<>();
  private final Set<Integer> readByPrologues = new TreeSet<>();
  private final List<String> results = new ArrayList<>();
  private final StringBuilder text = new StringBuilder();

  private KernelCode(Fusion fusion, DeviceInfo device) {
    this.fusion = fusion;
    this.vectors = device.dialect() == Dialect.OPENCL && device.deviceClass() == DeviceClass.CPU;
  }

  /** The problem for kernels of a device. */
  public static Written of(Fusion fusion, DeviceInfo device) {
    var code = new KernelCode(fusion, device);
    return fusion.core() == null ? code.maps() : code.around(fusion.core());
  }

  // A hand-written core with what fuses into it

  private Written around(Node core) {
    Contract contract = core.op().contract(core.inputShapes(), core.shapes());
    if (contract == null) {
      throw new IllegalStateException("no kernel computes " + core);
    }
    nameOperands(core, contract);
    for (int k = 0; k < contract.inputs().size(); k++) {
      Contract.Operand operand = contract.inputs().get(k);
      if (operand.role() == Contract.Role.HOOKED) {
        prologue(operand, core.input(k));
      }
    }
    epilogue(core, contract);
    boolean fused = !isPlain(core);
    return written(contract, fused);
  }

  private void nameOperands(Node core, Contract contract) {
    for (int index = 0; index < fusion.parameters().size(); index++) {
      pointers.put(index, "p" + index);
      kinds.put(index, Kind.INPUT);
    }
    for (int k = 0; k < contract.inputs().size(); k++) {
      Contract.Operand operand = contract.inputs().get(k);
      Parameter parameter = asParameter(core.input(k));
      if (parameter != null) {
        pointers.put(parameter.index(), operand.name());
        if (operand.updated()) {
          kinds.put(parameter.index(), Kind.SHARED_INPUT);
        }
      }
    }
    for (Tensor result : fusion.results()) {
      boolean whole = result.producer() == core && (result.index() > 0 || plainEpilogue(core));
      results.add(whole ? contract.outputs().get(result.index()).name() : "r" + results.size());
    }
  }

  /** The parameter that a tensor is, under whatever shape; null if it is computed. */
  private static @Nullable Parameter asParameter(Tensor tensor) {
    return tensor.behindReshapes().op() instanceof Parameter parameter ? parameter : null;
  }

  private boolean plainEpilogue(Node core) {
    return fusion.results().equals(core.allOutputs());
  }

  private boolean isPlain(Node core) {
    return plainEpilogue(core)
        && core.inputs().stream().allMatch(input -> asParameter(input) != null);
  }

  private void prologue(Contract.Operand operand, Tensor tensor) {
    String hook = "PROLOGUE_" + operand.name().toUpperCase(Locale.ROOT);
    boolean plain = asParameter(tensor) != null;
    define("PLAIN_" + operand.name().toUpperCase(Locale.ROOT), plain ? "1" : "0");
    String indices = list("i", operand.shape().rank());
    if (plain) {
      String at = plainAddress(operand.shape());
      define(hook + "(" + indices + ")", operand.name() + "[" + at + "]");
      if (vectors) {
        define(
            hook + VECTOR + "(" + indices + ")",
            "vload%d(0, %s + %s)".formatted(VECTOR, operand.name(), at));
        define(
            hook + RUN + VECTOR + "(i0)",
            "vload%d(0, %s + (i0))".formatted(VECTOR, operand.name()));
      }
      return;
    }
    for (int width : widths()) {
      prologue(operand.shape(), tensor, width, hook);
    }
    if (vectors) {
      prologue(Shape.of(operand.shape().size()), tensor, VECTOR, hook + RUN);
    }
  }

  /** Writes one form of a prologue: for the indices of some shape, for one element or several. */
  private void prologue(Shape indexed, Tensor tensor, int width, String name) {
    var space = new Space(indexed, tensor.shape());
    var body = new Body(space, width, pointers);
    String value = body.value(tensor);
    readByPrologues.addAll(body.reads().keySet());
    // Generated code may read other elements than the kernel is about to write.
    body.reads().keySet().forEach(parameter -> kinds.put(parameter, Kind.INPUT));
    String function = name.toLowerCase(Locale.ROOT) + "_" + width;
    function(body.type(), function, space, List.of(), body, List.of());
    line("  return " + value + ";");
    line("}");
    String indices = list("i", indexed.rank());
    define(
        name + suffix(width) + "(" + indices + ")",
        function + "(" + join(indices, arguments(body, List.of())) + ")");
  }

  private void epilogue(Node core, Contract contract) {
    Contract.Operand output = contract.outputs().getFirst();
    if (output.role() != Contract.Role.HOOKED) {
      return;
    }
    String indices = list("i", output.shape().rank());
    boolean plain = plainEpilogue(core);
    define("PLAIN_EPILOGUE", plain ? "1" : "0");
    if (plain) {
      String at = plainAddress(output.shape());
      define("EPILOGUE(" + indices + ", value)", output.name() + "[" + at + "] = (value)");
      if (vectors) {
        define(
            "EPILOGUE" + VECTOR + "(" + indices + ", value)",
            "vstore%d((value), 0, %s + %s)".formatted(VECTOR, output.name(), at));
        define("EPILOGUE_PREFETCH(" + indices + ")", "");
        define(
            "EPILOGUE" + RUN + VECTOR + "(i0, value)",
            "vstore%d((value), 0, %s + (i0))".formatted(VECTOR, output.name()));
      }
      return;
    }
    for (int width : widths()) {
      Body body = epilogue(core, output.shape(), width, "EPILOGUE", suffix(width));
      if (width == VECTOR) {
        prefetch(indices, output.shape(), body);
        epilogue(core, Shape.of(output.shape().size()), VECTOR, "EPILOGUE" + RUN, suffix(VECTOR));
      }
    }
  }

  /** Writes one form of the epilogue: for the indices of some shape, for one element or several. */
  private Body epilogue(Node core, Shape indexed, int width, String name, String suffix) {
    var space = new Space(indexed, core.shape(0));
    var body = new Body(space, width, pointers);
    body.bind(core.output(0), "value");
    var stores = new ArrayList<String>();
    var stored = new ArrayList<String>();
    storeAll(body, space, core, stores, stored);
    share(body);
    String function = name.toLowerCase(Locale.ROOT) + "_" + width;
    function("void", function, space, List.of(body.type() + " value"), body, stored);
    stores.forEach(this::line);
    line("}");
    String indices = list("i", indexed.rank());
    define(
        name + suffix + "(" + indices + ", value)",
        function + "(" + join(indices, "value", arguments(body, stored)) + ")");
    return body;
  }

  /** Hints for what the epilogue reads at the point itself: tensors as large as the output. */
  private void prefetch(String indices, Shape indexed, Body body) {
    String at = plainAddress(indexed);
    var hints = new ArrayList<String>();
    body.reads()
        .forEach((parameter, own) -> {
          if (own) {
            hints.add("G_PREFETCH(%s + %s);".formatted(pointers.get(parameter), at));
          }
        });
    define("EPILOGUE_PREFETCH(" + indices + ")", String.join(" ", hints));
  }

  /** Parameters that the core or a prologue does not read may share memory with results. */
  private void share(Body body) {
    body.reads()
        .forEach((parameter, own) -> {
          boolean operand = !("p" + parameter).equals(pointers.get(parameter));
          if (own && !operand && !readByPrologues.contains(parameter)) {
            kinds.put(parameter, Kind.SHARED_INPUT);
          }
        });
  }

  private void storeAll(
      Body body, Space space, @Nullable Node core, List<String> stores, List<String> stored) {
    for (int i = 0; i < fusion.results().size(); i++) {
      Tensor result = fusion.results().get(i);
      if (core != null && result.producer() == core && result.index() > 0) {
        continue;
      }
      String value = body.value(result);
      String at = space.address(space.identity(), 0, 0);
      String pointer = results.get(i);
      stored.add(pointer);
      stores.add(
          body.type().equals("float")
              ? "  %s[%s] = %s;".formatted(pointer, at, value)
              : "  vstore%d(%s, 0, %s + %s);".formatted(VECTOR, value, pointer, at));
    }
  }

  // Maps alone

  private Written maps() {
    for (int index = 0; index < fusion.parameters().size(); index++) {
      pointers.put(index, "p" + index);
      kinds.put(index, Kind.INPUT);
    }
    for (int i = 0; i < fusion.results().size(); i++) {
      results.add("r" + i);
    }
    Shape tensor = fusion.results().getFirst().shape();
    // Every address is known only once the body is written: first over the axes as they are.
    var probe = new Body(new Space(tensor, tensor), 1, pointers);
    fusion.results().forEach(probe::value);
    Shape indexed = Space.rowsAndColumns(tensor, probe.addresses());
    boolean wide = vectors && indexed.dim(1) >= VECTOR;
    define("VECTORS", wide ? "1" : "0");
    var space = new Space(indexed, tensor);
    for (int width : wide ? new int[] {1, VECTOR} : new int[] {1}) {
      var body = new Body(space, width, pointers);
      var stores = new ArrayList<String>();
      var stored = new ArrayList<String>();
      storeAll(body, space, null, stores, stored);
      share(body);
      function("void", "map_" + width, space, List.of(), body, stored);
      stores.forEach(this::line);
      line("}");
      define(
          "MAP" + suffix(width) + "(i0, i1)",
          "map_" + width + "(" + join("i0, i1", arguments(body, stored)) + ")");
    }
    Contract contract =
        Contract.of("map").dim("ROWS", indexed.dim(0)).dim("COLS", indexed.dim(1)).build();
    return written(contract, true);
  }

  // Common parts

  private int[] widths() {
    return vectors ? new int[] {1, VECTOR} : new int[] {1};
  }

  private static String suffix(int width) {
    return width == 1 ? "" : Integer.toString(width);
  }

  /** Opens a function that takes the indices, some values, and the pointers its body uses. */
  private void function(
      String type, String name, Space space, List<String> values, Body body, List<String> stored) {
    var parameters = new ArrayList<String>();
    for (int variable = 0; variable < space.variables(); variable++) {
      parameters.add("int i" + variable);
    }
    parameters.addAll(values);
    body.reads().keySet().forEach(p -> parameters.add("GLOBAL const float* " + pointers.get(p)));
    stored.forEach(pointer -> parameters.add("GLOBAL float* " + pointer));
    line("DEVICE " + type + " " + name + "(" + String.join(", ", parameters) + ") {");
    body.lines().forEach(statement -> line("  " + statement));
  }

  private String arguments(Body body, List<String> stored) {
    var names = new ArrayList<String>();
    body.reads().keySet().forEach(parameter -> names.add(pointers.get(parameter)));
    names.addAll(stored);
    return String.join(", ", names);
  }

  private static String join(String... parts) {
    return String.join(", ", java.util.Arrays.stream(parts).filter(p -> !p.isEmpty()).toList());
  }

  private static String list(String prefix, int count) {
    var names = new ArrayList<String>();
    for (int i = 0; i < count; i++) {
      names.add(prefix + i);
    }
    return String.join(", ", names);
  }

  /** The address of an element of a whole tensor, in macro parameters. */
  private static String plainAddress(Shape shape) {
    int[] strides = shape.strides();
    var terms = new ArrayList<String>();
    for (int axis = 0; axis < strides.length; axis++) {
      if (shape.dim(axis) > 1) {
        terms.add(strides[axis] == 1 ? "(i" + axis + ")" : "(i" + axis + ") * " + strides[axis]);
      }
    }
    return terms.isEmpty() ? "0" : String.join(" + ", terms);
  }

  private void define(String name, String value) {
    line("#define " + name + " " + value);
  }

  private void line(String content) {
    text.append(content).append('\n');
  }

  private Written written(Contract contract, boolean fused) {
    var parameters = new ArrayList<Problem.Parameter>();
    var inPlace = new TreeSet<Integer>();
    pointers.forEach((index, name) -> {
      Kind kind = kinds.getOrDefault(index, Kind.INPUT);
      parameters.add(new Problem.Parameter(name, kind));
      if (kind == Kind.SHARED_INPUT) {
        inPlace.add(index);
      }
    });
    results.forEach(name -> parameters.add(new Problem.Parameter(name, Kind.OUTPUT)));
    contract.words().keySet().forEach(w -> parameters.add(new Problem.Parameter(w, Kind.WORD)));
    return new Written(
        new Problem(
            contract.op(),
            contract.dims(),
            contract.constants(),
            parameters,
            text.toString(),
            fused),
        inPlace,
        takers(contract));
  }

  private Set<Integer> takers(Contract contract) {
    boolean hooked =
        !contract.outputs().isEmpty()
            && contract.outputs().getFirst().role() == Contract.Role.HOOKED;
    var takers = new TreeSet<Integer>();
    for (int i = 0; i < fusion.results().size(); i++) {
      Tensor result = fusion.results().get(i);
      if (!hooked || result.producer() != fusion.core() || result.index() == 0) {
        takers.add(i);
      }
    }
    return takers;
  }
}
