// SPDX-License-Identifier: Apache-2.0
package gander.models.data;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import gander.runtime.GanderException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Height and width of pictures, in pixels. In text and in JSON a square is its side, {@code 64};
 * anything else is height and width, {@code 48x64}.
 */
public record ImageSize(int height, int width) {
  /** What a size may be, in words. */
  public static final String KINDS = "a whole number, or height and width such as 48x64";

  private static final Pattern TEXT = Pattern.compile("(\\d{1,9})x(\\d{1,9})");

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static ImageSize square(int side) {
    return new ImageSize(side, side);
  }

  /**
   * @throws IllegalArgumentException if the text is not height and width
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static ImageSize of(String text) {
    Matcher sides = TEXT.matcher(text);
    if (!sides.matches()) {
      throw new IllegalArgumentException(text);
    }
    return new ImageSize(Integer.parseInt(sides.group(1)), Integer.parseInt(sides.group(2)));
  }

  /**
   * The size that an option gives.
   *
   * @throws GanderException if it is none, or a side is below 1
   */
  public static ImageSize parse(String option, String text) {
    ImageSize size;
    try {
      size = text.contains("x") ? of(text) : square(Integer.parseInt(text));
    } catch (IllegalArgumentException e) {
      throw new GanderException("%s must be %s, not %s".formatted(option, KINDS, text), e);
    }
    size.requirePixels(option);
    return size;
  }

  /**
   * @throws GanderException if a side is below 1
   */
  public void requirePixels(String option) {
    if (shorter() < 1) {
      throw new GanderException("%s must be at least 1, not %s".formatted(option, this));
    }
  }

  /** The shorter side. */
  public int shorter() {
    return Math.min(height, width);
  }

  @JsonValue
  Object json() {
    return height == width ? (Object) height : toString();
  }

  @Override
  public String toString() {
    return height == width ? Integer.toString(height) : height + "x" + width;
  }
}
