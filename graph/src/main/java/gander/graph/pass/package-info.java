// SPDX-License-Identifier: Apache-2.0
/**
 * The compiler's passes over graphs, each a plain function from graph to graph. {@link
 * gander.graph.pass.Simplify} is the one to read first.
 */
@NullMarked
package gander.graph.pass;

import org.jspecify.annotations.NullMarked;
