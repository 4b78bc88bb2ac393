// SPDX-License-Identifier: Apache-2.0
/**
 * The models Gander ships, and their training steps, each step one graph. {@link
 * gander.models.zoo.TwoPlayer} is GAN training from beginning to end; {@link gander.models.zoo.Zoo}
 * knows the names, and {@link gander.models.zoo.Technique} what can be added to a game.
 */
@NullMarked
package gander.models.zoo;

import org.jspecify.annotations.NullMarked;
