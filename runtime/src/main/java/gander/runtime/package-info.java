// SPDX-License-Identifier: Apache-2.0
@NullMarked
package gander.runtime;

import org.jspecify.annotations.NullMarked;
