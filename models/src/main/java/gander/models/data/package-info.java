// SPDX-License-Identifier: Apache-2.0
/**
 * Data sets: where the pictures, or points, a model learns from come from, as plain arrays.
 *
 * <p>Reading starts at {@link gander.models.data.DataSets}, which opens a source by name. A {@link
 * gander.models.data.DataSet} is immutable and knows no device; {@link gander.models.data.Shuffle}
 * gives the order of an epoch. Whatever is random here is a pure function of a seed and a position,
 * so that nothing has to be saved to go on in the middle. A new source is one class that makes a
 * {@code DataSet} and a few lines in {@code DataSets}, which tell it by what its folder holds; a
 * new toy of points is one constant of {@link gander.models.data.Mixture}. Nothing here depends on
 * the graph.
 */
@NullMarked
package gander.models.data;

import org.jspecify.annotations.NullMarked;
