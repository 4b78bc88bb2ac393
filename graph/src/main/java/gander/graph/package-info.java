// SPDX-License-Identifier: Apache-2.0
/**
 * What models see of the graph: {@link gander.graph.Graph}, and {@link gander.graph.Backend}, which
 * turns graphs into programs and holds the variables they work on.
 *
 * <p>The ops are in {@link gander.graph.op}; the compiler's passes in {@link gander.graph.pass}, in
 * the order of {@link gander.graph.program.Compiler}.
 */
@NullMarked
package gander.graph;

import org.jspecify.annotations.NullMarked;
