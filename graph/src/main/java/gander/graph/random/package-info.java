// SPDX-License-Identifier: Apache-2.0
/**
 * Random numbers as pure functions: {@link gander.graph.random.Philox} gives words, {@link
 * gander.graph.random.Normals} makes uniforms and normals of them, with the bits that kernels give.
 */
@NullMarked
package gander.graph.random;

import org.jspecify.annotations.NullMarked;
