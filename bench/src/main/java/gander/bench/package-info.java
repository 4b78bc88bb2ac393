// SPDX-License-Identifier: Apache-2.0
/**
 * Benchmarks: {@link gander.bench.StepBench} times whole training steps, {@link
 * gander.bench.KernelBench} single kernels, side by side with another framework in one run. A peer
 * is a program that a {@link gander.bench.PeerProcess} talks to; to add one, add it to {@link
 * gander.bench.PeerOptions}. Every figure that is quoted anywhere comes from here, with its
 * provenance.
 */
@NullMarked
package gander.bench;

import org.jspecify.annotations.NullMarked;
