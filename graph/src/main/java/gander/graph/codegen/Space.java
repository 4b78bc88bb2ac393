// SPDX-License-Identifier: Apache-2.0
package gander.graph.codegen;

import gander.graph.op.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The points that generated code is called for: the elements of a tensor, indexed by a kernel with
 * one variable {@code i0, i1, ...} for each dimension of its contract.
 *
 * <p>A kernel's dimension stands for a run of the tensor's axes (a matrix product's M is one axis,
 * a reduction's O may be three); axes of extent 1 are left out. An address that is linear in the
 * kernel's variables is written so; any other takes a variable apart with divisions.
 */
final class Space {
  /** Where one axis of extent above 1 is found. */
  private record Axis(int variable, int extent, int inner, boolean outermost) {}

  private final Shape indexed;
  private final List<Axis> axes = new ArrayList<>();
  private final int vectorVariable;

  /**
   * @param indexed the dimensions as the kernel indexes them
   * @param tensor the same elements with the axes that the body's tensors have
   */
  Space(Shape indexed, Shape tensor) {
    this.indexed = indexed;
    int[] proper = Arrays.stream(tensor.properAxes()).map(tensor::dim).toArray();
    int next = 0;
    int vector = 0;
    for (int variable = 0; variable < indexed.rank(); variable++) {
      int extent = indexed.dim(variable);
      vector = extent > 1 ? variable : vector;
      int inner = extent;
      while (inner > 1) {
        int axis = proper[next++];
        if (inner % axis != 0) {
          throw new IllegalArgumentException(indexed + " does not group the axes of " + tensor);
        }
        boolean outermost = inner == extent;
        inner /= axis;
        axes.add(new Axis(variable, axis, inner, outermost));
      }
    }
    this.vectorVariable = vector;
  }

  /** How many axes of extent above 1. */
  int rank() {
    return axes.size();
  }

  int variables() {
    return indexed.rank();
  }

  /** The row-major coefficients of the space's own elements. */
  int[] identity() {
    var coefficients = new int[axes.size()];
    int step = 1;
    for (int axis = axes.size() - 1; axis >= 0; axis--) {
      coefficients[axis] = step;
      step *= axes.get(axis).extent;
    }
    return coefficients;
  }

  /** How 16 neighbours along the innermost dimension lie in memory. */
  enum Lanes {
    ONE_ELEMENT,
    NEIGHBOURS,
    SCATTERED
  }

  Lanes lanes(int[] coefficients) {
    List<Integer> inside = axesOf(vectorVariable);
    if (inside.stream().allMatch(axis -> coefficients[axis] == 0)) {
      return Lanes.ONE_ELEMENT;
    }
    return linear(inside, coefficients) && coefficients[inside.getLast()] == 1
        ? Lanes.NEIGHBOURS
        : Lanes.SCATTERED;
  }

  private List<Integer> axesOf(int variable) {
    var inside = new ArrayList<Integer>();
    for (int axis = 0; axis < axes.size(); axis++) {
      if (axes.get(axis).variable == variable) {
        inside.add(axis);
      }
    }
    return inside;
  }

  /** Whether an address moves by one constant step over all of these axes. */
  private boolean linear(List<Integer> inside, int[] coefficients) {
    for (int k = 1; k < inside.size(); k++) {
      int outer = inside.get(k - 1);
      int inner = inside.get(k);
      if (coefficients[outer] != coefficients[inner] * axes.get(inner).extent) {
        return false;
      }
    }
    return true;
  }

  /**
   * The address of an element, as text.
   *
   * @param coefficients elements to move for each axis of the space
   * @param lane added to the innermost dimension's variable
   */
  String address(int[] coefficients, int offset, int lane) {
    var terms = new ArrayList<String>();
    for (int variable = 0; variable < indexed.rank(); variable++) {
      List<Integer> inside = axesOf(variable);
      String name = name(variable, lane);
      if (linear(inside, coefficients)) {
        if (!inside.isEmpty()) {
          addTerm(terms, name, coefficients[inside.getLast()]);
        }
        continue;
      }
      for (int axis : inside) {
        Axis a = axes.get(axis);
        String index = a.inner == 1 ? name : "(" + name + " / " + a.inner + ")";
        addTerm(terms, a.outermost ? index : remainder(index, a.extent), coefficients[axis]);
      }
    }
    if (offset != 0 || terms.isEmpty()) {
      terms.add(Integer.toString(offset));
    }
    return String.join(" + ", terms);
  }

  private String name(int variable, int lane) {
    return variable == vectorVariable && lane > 0
        ? "(i" + variable + " + " + lane + ")"
        : "i" + variable;
  }

  /** By its quotient: from the two together compilers make what Oclgrind does not know. */
  private static String remainder(String index, int extent) {
    return "(%1$s - %1$s / %2$d * %2$d)".formatted(index, extent);
  }

  private static void addTerm(List<String> terms, String index, int coefficient) {
    if (coefficient != 0) {
      terms.add(coefficient == 1 ? index : index + " * " + coefficient);
    }
  }

  /**
   * The kernel dimensions of a pointwise body: as many trailing axes as every address is linear in,
   * as columns, and the rest as rows.
   *
   * @param addresses the coefficients of everything the body reads or writes
   */
  static Shape rowsAndColumns(Shape tensor, List<int[]> addresses) {
    int[] proper = Arrays.stream(tensor.properAxes()).map(tensor::dim).toArray();
    int first = proper.length - 1;
    while (first > 0 && joins(first, proper, addresses)) {
      first--;
    }
    int columns = 1;
    for (int axis = Math.max(first, 0); axis < proper.length; axis++) {
      columns *= proper[axis];
    }
    return Shape.of(tensor.size() / columns, columns);
  }

  private static boolean joins(int axis, int[] extents, List<int[]> addresses) {
    return addresses.stream().allMatch(c -> c[axis - 1] == c[axis] * extents[axis]);
  }
}
