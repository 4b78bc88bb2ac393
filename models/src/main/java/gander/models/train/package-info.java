// SPDX-License-Identifier: Apache-2.0
/**
 * Training: {@link gander.models.train.Trainer} makes a run from a config, {@link
 * gander.models.train.Feed} brings the data, {@link gander.models.train.Checkpoint} keeps the
 * variables, {@link gander.models.train.Weights} the networks as PyTorch has them, {@link
 * gander.models.train.Diary} writes what is measured, {@link gander.models.train.FirstNonFinite}
 * names the op that broke a run, {@link gander.models.train.Replay} runs what another framework
 * recorded.
 */
@NullMarked
package gander.models.train;

import org.jspecify.annotations.NullMarked;
