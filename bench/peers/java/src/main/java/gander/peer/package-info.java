// SPDX-License-Identifier: Apache-2.0
/**
 * Training steps in other Java frameworks, each a program that {@code gander bench step} starts and
 * tells how many steps to run. {@link gander.peer.DjlStep} is one; another is a class beside it.
 */
@NullMarked
package gander.peer;

import org.jspecify.annotations.NullMarked;
