// SPDX-License-Identifier: Apache-2.0
package gander.models.train;

import gander.graph.Backend;

/** A backend that has no room for data. */
final class CrampedBackend extends WrappedBackend {
  CrampedBackend(Backend inner) {
    super(inner);
  }

  @Override
  public long roomBytes() {
    return 1;
  }
}
