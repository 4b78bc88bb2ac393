// SPDX-License-Identifier: Apache-2.0
/**
 * {@code gander selftest}: whether everything works on one device, in one command. Each class named
 * after a section makes its {@link gander.bench.selftest.Part parts}; {@link
 * gander.bench.selftest.SelftestCommand} runs them all, whichever fail. To add a section: one such
 * class, and its line in the command.
 */
@NullMarked
package gander.bench.selftest;

import org.jspecify.annotations.NullMarked;
