// SPDX-License-Identifier: Apache-2.0
package gander.graph.op;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How kernels see one node: the names and values of the dimensions, and the arguments in order.
 * {@code kernels/README.md} documents the same table for those who write kernels.
 *
 * @param op the folder of the kernels
 * @param dims every integer a kernel may name, in order
 * @param constants float constants by name
 * @param words 32-bit values passed at launch, by name
 */
public record Contract(
    String op,
    Map<String, Integer> dims,
    Map<String, Double> constants,
    List<Operand> inputs,
    List<Operand> outputs,
    Map<String, Integer> words) {

  /**
   * An argument of a kernel.
   *
   * @param shape as kernels index it: the same elements in the same order as the tensor
   * @param role what the compiler may do with it
   * @param updated of an input, whether the first output may take its memory: each element is read
   *     for the last time just before, and only for, the same element of that output
   */
  public record Operand(String name, Shape shape, Role role, boolean updated) {}

  /** What the compiler may do with an argument. */
  public enum Role {
    /** A pointer to the whole tensor. */
    PLAIN,
    /** Generated code may stand behind it ({@code PROLOGUE_X}, {@code EPILOGUE}). */
    HOOKED
  }

  /** Begins a contract for an op's kernels. */
  public static Builder of(String op) {
    return new Builder(op);
  }

  /** Collects dimensions and arguments in the order they are named. */
  public static final class Builder {
    private final String op;
    private final Map<String, Integer> dims = new LinkedHashMap<>();
    private final Map<String, Double> constants = new LinkedHashMap<>();
    private final List<Operand> inputs = new ArrayList<>();
    private final List<Operand> outputs = new ArrayList<>();
    private final Map<String, Integer> words = new LinkedHashMap<>();

    private Builder(String op) {
      this.op = op;
    }

    public Builder dim(String name, int value) {
      dims.put(name, value);
      return this;
    }

    public Builder dim(String name, boolean value) {
      return dim(name, value ? 1 : 0);
    }

    public Builder constant(String name, double value) {
      constants.put(name, value);
      return this;
    }

    public Builder word(String name, int bits) {
      words.put(name, bits);
      return this;
    }

    public Builder input(String name, int... shape) {
      inputs.add(new Operand(name, Shape.of(shape), Role.PLAIN, false));
      return this;
    }

    public Builder updatedInput(String name, int... shape) {
      inputs.add(new Operand(name, Shape.of(shape), Role.PLAIN, true));
      return this;
    }

    public Builder hookedInput(String name, int... shape) {
      inputs.add(new Operand(name, Shape.of(shape), Role.HOOKED, false));
      return this;
    }

    public Builder updatedHookedInput(String name, int... shape) {
      inputs.add(new Operand(name, Shape.of(shape), Role.HOOKED, true));
      return this;
    }

    public Builder output(String name, int... shape) {
      outputs.add(new Operand(name, Shape.of(shape), Role.PLAIN, false));
      return this;
    }

    public Builder hookedOutput(String name, int... shape) {
      outputs.add(new Operand(name, Shape.of(shape), Role.HOOKED, false));
      return this;
    }

    public Contract build() {
      return new Contract(op, dims, constants, inputs, outputs, words);
    }
  }
}
