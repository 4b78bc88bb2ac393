// SPDX-License-Identifier: Apache-2.0
package gander.models.cli;

import java.util.concurrent.Callable;

/**
 * A command, found by ServiceLoader: a class with picocli's annotations. It prints results on
 * stdout and progress on stderr, and returns the exit code; a {@link
 * gander.runtime.GanderException} becomes its message and exit code 2.
 */
public interface CliCommand extends Callable<Integer> {}
