// SPDX-License-Identifier: Apache-2.0
/**
 * From a graph to something that runs on a device: {@link gander.graph.program.Compiler} lists the
 * passes in order, {@link gander.graph.program.DeviceBackend} is how models reach it.
 *
 * <p>Memory: {@link gander.graph.program.Planner} chooses one of the {@link
 * gander.graph.program.Ordering}s of a {@link gander.graph.program.Schedule}, has kernels moved
 * ({@link gander.graph.program.Moves}) and, under a limit, run again ({@link
 * gander.graph.program.Recompute}), counts what that keeps in use ({@link
 * gander.graph.program.Lives}) and gives the buffers their places ({@link
 * gander.graph.program.Layout}).
 */
@NullMarked
package gander.graph.program;

import org.jspecify.annotations.NullMarked;
