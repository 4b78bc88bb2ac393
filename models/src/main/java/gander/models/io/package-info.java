// SPDX-License-Identifier: Apache-2.0
/**
 * Files: what Gander writes and others can read without it.
 *
 * <p>Every file is written through {@link gander.models.io.AtomicFile}: it is there completely or
 * not at all. {@link gander.models.io.Safetensors} and {@link gander.models.io.SafetensorsWriter}
 * hold weights, {@link gander.models.io.Png}, {@link gander.models.io.SampleGrid} and {@link
 * gander.models.io.LossPlot} make pictures, {@link gander.models.io.EventFile} is for TensorBoard.
 * Nothing here depends on the graph or on a run.
 */
@NullMarked
package gander.models.io;

import org.jspecify.annotations.NullMarked;
