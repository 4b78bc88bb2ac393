// SPDX-License-Identifier: Apache-2.0
/**
 * Networks as data: a {@link gander.models.net.Network} is a list of {@link
 * gander.models.net.Layer}s with the variables they need, applied inside a {@link
 * gander.models.net.StepBuilder}. To add a layer: one record in {@code Layer}, one case in {@code
 * Network}.
 */
@NullMarked
package gander.models.net;

import org.jspecify.annotations.NullMarked;
