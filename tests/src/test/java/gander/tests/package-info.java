// SPDX-License-Identifier: Apache-2.0
/** What crosses modules: the launcher and the CLI, every kernel, every gradient, every model. */
@NullMarked
package gander.tests;

import org.jspecify.annotations.NullMarked;
