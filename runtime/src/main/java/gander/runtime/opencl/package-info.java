// SPDX-License-Identifier: Apache-2.0
/**
 * OpenCL devices through JOCL, the only package that sees JOCL's types. {@link
 * gander.runtime.opencl.OpenClProvider} finds devices, {@code OpenClDevice} is one; reading starts
 * there. Any device of OpenCL 1.2 or later serves, CPUs as well as GPUs.
 *
 * <p>System properties:
 *
 * <ul>
 *   <li>{@code gander.opencl.options}: further options for every kernel, such as {@code
 *       -cl-opt-disable}, without which Oclgrind does not see all faults.
 *   <li>{@code gander.opencl.class}: {@code cpu} or {@code gpu}, the kind of kernels to use
 *       whatever the driver says its device is; Oclgrind's says that it is both.
 * </ul>
 *
 * <p>Oclgrind is used through the loader, since JOCL opens {@code libOpenCL.so.1} itself and so
 * escapes the preloading that {@code oclgrind COMMAND} does: set {@code OCL_ICD_VENDORS} to the
 * path of {@code liboclgrind-rt-icd.so} and {@code OCLGRIND_LOG}, {@code OCLGRIND_DATA_RACES} and
 * so on in the environment.
 */
@NullMarked
package gander.runtime.opencl;

import org.jspecify.annotations.NullMarked;
