// SPDX-License-Identifier: Apache-2.0
/**
 * Workloads from the ops' problem lists: inputs, the reference's outputs, and how far single
 * precision may be from them, derived operation by operation. {@link
 * gander.graph.workload.Workloads} is where they come from, {@link
 * gander.graph.workload.ErrorBounds} derives the tolerances.
 */
@NullMarked
package gander.graph.workload;

import org.jspecify.annotations.NullMarked;
