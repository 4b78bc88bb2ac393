// SPDX-License-Identifier: Apache-2.0
/**
 * {@code gander bundle}: Gander with its own Java in one archive, for machines that have nothing.
 * {@link gander.bench.bundle.BundleFolder} says what is in it, the script {@code gander.sh} starts
 * it.
 */
@NullMarked
package gander.bench.bundle;

import org.jspecify.annotations.NullMarked;
