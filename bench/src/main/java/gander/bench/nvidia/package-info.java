// SPDX-License-Identifier: Apache-2.0
/**
 * NVIDIA's own libraries as a peer of the kernels, in a process of its own that starts at {@link
 * gander.bench.nvidia.NvidiaPeer}: cuBLAS for matrix products ({@code Blas}), cuDNN for
 * convolutions ({@code Dnn}), on a context of the driver ({@code Gpu}). All three are called
 * through the JDK's foreign functions, so that the libraries of CUDA 12 and 13 serve alike, and
 * none is needed to build Gander. To add a library, implement {@code Functions}.
 */
@NullMarked
package gander.bench.nvidia;

import org.jspecify.annotations.NullMarked;
