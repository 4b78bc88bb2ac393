// SPDX-License-Identifier: Apache-2.0
/** The device that needs none: plain Java in double precision, obviously right. */
@NullMarked
package gander.graph.reference;

import org.jspecify.annotations.NullMarked;
