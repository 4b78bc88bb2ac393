// SPDX-License-Identifier: Apache-2.0
/**
 * Runs: the directory a training run lives in, which can be read without Gander and resumed after
 * any crash.
 *
 * <p>Reading starts at {@link gander.models.run.RunDirectory}, which says what lies where. {@link
 * gander.models.run.RunConfig} is what a run was asked to do, {@link gander.models.run.Metrics}
 * what was measured, {@link gander.models.run.Session} when and how fast, {@link
 * gander.models.run.Report} all of it on one page, {@link gander.models.run.Progress} the line a
 * person watches meanwhile. A new setting is one component of {@code RunConfig}. Nothing here
 * depends on the graph.
 */
@NullMarked
package gander.models.run;

import org.jspecify.annotations.NullMarked;
