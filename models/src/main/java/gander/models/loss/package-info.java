// SPDX-License-Identifier: Apache-2.0
/**
 * Loss formulations of two-player models, one class each: {@link gander.models.loss.GanLoss} says
 * what a formulation is, {@link gander.models.loss.Regularizer} what can be added to any of them,
 * {@link gander.models.loss.Formulation} puts them together by name. {@link
 * gander.models.loss.Wasserstein} and {@link gander.models.loss.GradientPenalty} are the two to
 * read first.
 */
@NullMarked
package gander.models.loss;

import org.jspecify.annotations.NullMarked;
