// SPDX-License-Identifier: Apache-2.0
/**
 * Compiling at run time: each translation unit once, kept on disk, loaded once a device; what is
 * missing, in parallel. Reading starts at {@link gander.runtime.jit.Jit}.
 */
@NullMarked
package gander.runtime.jit;

import org.jspecify.annotations.NullMarked;
