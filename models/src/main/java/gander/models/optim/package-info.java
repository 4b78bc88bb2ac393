// SPDX-License-Identifier: Apache-2.0
/**
 * Optimizers: {@link gander.models.optim.Optimizer} adds the update of some variables to a step,
 * {@link gander.models.optim.Schedule} is how its rate goes over a run.
 */
@NullMarked
package gander.models.optim;

import org.jspecify.annotations.NullMarked;
