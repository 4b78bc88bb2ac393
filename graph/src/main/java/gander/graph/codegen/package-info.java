// SPDX-License-Identifier: Apache-2.0
/**
 * Generated code: the bodies of pointwise kernels, and the prologues and epilogues that fuse into
 * hand-written ones. Reading starts at {@link gander.graph.codegen.KernelCode}.
 *
 * <p>The vocabulary: a body is computed over a <em>space</em>, the elements of one tensor, which
 * kernels index in the op's own terms; a tensor of the body is seen through a <em>view</em>, which
 * says where in it the element for a point of the space is.
 */
@NullMarked
package gander.graph.codegen;

import org.jspecify.annotations.NullMarked;
