// SPDX-License-Identifier: Apache-2.0
/**
 * From a graph to something that runs on a device: {@link gander.graph.program.Compiler} lists the
 * passes in order, {@link gander.graph.program.DeviceBackend} is how models reach it.
 */
@NullMarked
package gander.graph.program;

import org.jspecify.annotations.NullMarked;
