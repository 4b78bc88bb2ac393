// SPDX-License-Identifier: Apache-2.0
/**
 * The command line: {@link gander.models.cli.Gander} is the main class, every other class one
 * command or what commands share. To add a command: one class that implements {@link
 * gander.models.cli.CliCommand}, and its line in {@code META-INF/services}.
 */
@NullMarked
package gander.models.cli;

import org.jspecify.annotations.NullMarked;
