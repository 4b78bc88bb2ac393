// SPDX-License-Identifier: Apache-2.0
/**
 * CUDA kernels without a GPU: the same files, compiled by the system's C++ compiler and run on one
 * core, a block's threads as fibers. For being right, never for speed: every access to memory is
 * looked at before it is made. {@link gander.runtime.hostcuda.HostCudaProvider} finds the compiler,
 * {@code HostCudaDevice} is the device; reading starts there, and goes on in the resources of this
 * package: {@code device.h} is CUDA's language for that compiler, {@code machine.cpp} runs blocks,
 * {@code memory.h} looks at accesses, {@code warp.h} is what warps do together.
 *
 * <p>It says, with the kernel's line and the thread: accesses outside the launch's buffers, shared
 * arrays and private arrays; reads of shared memory that was not written; races for shared memory
 * between two barriers; barriers and warp functions that not all threads reach; vector accesses
 * that are not aligned; asynchronous copies that nobody waited for.
 *
 * <p>The environment's {@code CXX} names the compiler; otherwise it is the first of {@code c++},
 * {@code g++} and {@code clang++} on the {@code PATH}. The property {@code gander.hostcuda.seed}, a
 * number above 0, lets a block's threads run in an order of chance, which differs from block to
 * block and is the same for the same number.
 */
@NullMarked
package gander.runtime.hostcuda;

import org.jspecify.annotations.NullMarked;
