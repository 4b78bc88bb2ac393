// SPDX-License-Identifier: Apache-2.0
package gander.runtime;

/**
 * The shape of a launch, in CUDA's and OpenCL's common terms: {@code grid} counts groups (blocks),
 * {@code block} work-items (threads) of a group.
 *
 * @param sharedBytes dynamic shared memory of a block, CUDA only
 */
public record Geometry(
    int gridX, int gridY, int gridZ, int blockX, int blockY, int blockZ, int sharedBytes) {

  @Override
  public String toString() {
    String shared = sharedBytes == 0 ? "" : " + " + sharedBytes + " B shared";
    return "%dx%dx%d groups of %dx%dx%d%s"
        .formatted(gridX, gridY, gridZ, blockX, blockY, blockZ, shared);
  }
}
