// SPDX-License-Identifier: Apache-2.0
/**
 * Networks as data: a {@link gander.models.net.Network} is a list of {@link
 * gander.models.net.Layer}s with the variables they need, applied inside a {@link
 * gander.models.net.StepBuilder}. {@link gander.models.net.PytorchLayout} says how PyTorch's layers
 * hold the same variables. To add a layer: one record in {@code Layer}, one case in {@code
 * Network}, and what it does to the order of elements there.
 */
@NullMarked
package gander.models.net;

import org.jspecify.annotations.NullMarked;
