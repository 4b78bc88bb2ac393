// SPDX-License-Identifier: Apache-2.0
package gander.bench.nvidia;

/**
 * One way to compute a problem, with all its arguments.
 *
 * @param how function, and what else tells it from other ways
 * @param run queues it on the GPU's stream; throws a {@link gander.runtime.GanderException} if the
 *     library refuses
 */
record Way(String how, Runnable run) {}
