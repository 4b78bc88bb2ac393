// SPDX-License-Identifier: Apache-2.0
/**
 * The vocabulary of graphs: shapes, tensors, and every op there is. One file an op; it holds the
 * formula, the shape rule, the gradient as graph nodes, the reference in double precision, the cost
 * and the contract with the op's kernels.
 *
 * <p>Reading starts at {@link gander.graph.op.Op}; {@link gander.graph.op.MatMul} is a typical
 * primitive, {@link gander.graph.op.BatchNorm} a typical composite, {@link gander.graph.op.Ops} and
 * {@link gander.graph.op.Images} are what models are written with.
 *
 * <p>To add an op: one record here, named in {@code Op}'s or {@code Composite}'s permits, its
 * samples listed in {@link gander.graph.op.Samples}, and kernels in {@code kernels/<op>/}.
 */
@NullMarked
package gander.graph.op;

import org.jspecify.annotations.NullMarked;
