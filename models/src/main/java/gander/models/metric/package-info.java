// SPDX-License-Identifier: Apache-2.0
/**
 * How good a trained model's pictures are, in numbers: {@link gander.models.metric.Evaluation}
 * begins. One more number is one more component there and a class with its formula.
 */
@NullMarked
package gander.models.metric;

import org.jspecify.annotations.NullMarked;
