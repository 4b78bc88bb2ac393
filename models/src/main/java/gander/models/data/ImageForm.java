// SPDX-License-Identifier: Apache-2.0
package gander.models.data;

import gander.runtime.GanderException;
import org.jspecify.annotations.Nullable;

/**
 * What the pictures of a source are to become.
 *
 * @param range what their levels become as numbers
 * @param size theirs; null: their own
 * @param channels 1 for grey, 3 for RGB; null: as they are, grey only if all of them are
 */
public record ImageForm(Range range, @Nullable ImageSize size, @Nullable Integer channels) {
  /**
   * @throws GanderException if the channels are neither 1 nor 3
   */
  public ImageForm {
    if (channels != null && !Channels.known(channels)) {
      throw new GanderException(
          "'channels' must be 1 (grey) or 3 (RGB), not %d".formatted(channels));
    }
  }

  /** Pictures of their own size and channels. */
  public static ImageForm own(Range range) {
    return new ImageForm(range, null, null);
  }
}
