// SPDX-License-Identifier: Apache-2.0
/**
 * Proof that kernels are right: each variant runs on a {@link gander.runtime.check.Workload}, among
 * canaries, more than once, and its outputs are held against what the reference says within a bound
 * that was derived. Reading starts at {@link gander.runtime.check.KernelRun}, which does this for
 * one variant; {@link gander.runtime.check.KernelCheck} does it for all, in processes that may hang
 * or crash without harm.
 */
@NullMarked
package gander.runtime.check;

import org.jspecify.annotations.NullMarked;
