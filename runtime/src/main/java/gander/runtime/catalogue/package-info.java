// SPDX-License-Identifier: Apache-2.0
/**
 * Kernels as files: reading their headers, finding those that fit a problem, choosing one, and
 * putting a translation unit together. {@code kernels/README.md} documents the header's syntax;
 * reading starts at {@link gander.runtime.catalogue.Catalogue}.
 */
@NullMarked
package gander.runtime.catalogue;

import org.jspecify.annotations.NullMarked;
