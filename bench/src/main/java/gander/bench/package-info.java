// SPDX-License-Identifier: Apache-2.0
/**
 * Benchmarks: {@link gander.bench.StepBench} times whole training steps, side by side with another
 * framework in one run. Every figure that is quoted anywhere comes from here, with its provenance.
 */
@NullMarked
package gander.bench;

import org.jspecify.annotations.NullMarked;
