// SPDX-License-Identifier: Apache-2.0
/**
 * NVIDIA GPUs through JCuda's driver API, the only package that sees JCuda's types. {@link
 * gander.runtime.cuda.CudaProvider} finds devices, {@code CudaDevice} is one; reading starts there.
 * Kernels are compiled to CUBINs for the device's own architecture by {@link
 * gander.runtime.cuda.Nvrtc} or else by {@link gander.runtime.cuda.Nvcc}, neither of which needs a
 * GPU; {@link gander.runtime.cuda.NvidiaLibraries} is where libraries are looked for.
 *
 * <p>The property {@code gander.nvrtc} or the environment's {@code GANDER_NVRTC} names the NVRTC
 * library, or its folder, to use; {@code gander.cuda.options} gives further compiler options.
 */
@NullMarked
package gander.runtime.cuda;

import org.jspecify.annotations.NullMarked;
