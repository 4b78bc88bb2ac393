// SPDX-License-Identifier: Apache-2.0
/**
 * The search for the variant that computes a problem fastest on one device. Reading starts at
 * {@link gander.runtime.tune.Tuner}.
 */
@NullMarked
package gander.runtime.tune;

import org.jspecify.annotations.NullMarked;
