// SPDX-License-Identifier: Apache-2.0
package gander.models.io;

import gander.runtime.GanderException;
import java.awt.Font;
import java.awt.font.FontRenderContext;

/** Whether this system has fonts: without one Java draws no text, and a bare server has none. */
public final class Fonts {
  /** What mends it. */
  public static final String ADVICE =
      "this system has no fonts to draw text with (Debian: apt-get install fontconfig fonts-dejavu-core)";

  private static final boolean THERE = look();

  private Fonts() {}

  /** Whether pictures with text can be drawn. */
  public static boolean there() {
    return THERE;
  }

  /**
   * @throws GanderException if there are none
   */
  static void require() {
    if (!THERE) {
      throw new GanderException(ADVICE);
    }
  }

  private static boolean look() {
    try {
      var font = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
      return font.getLineMetrics("0", new FontRenderContext(null, false, false)).getHeight() > 0;
    } catch (RuntimeException | LinkageError | InternalError e) {
      return false; // How Java says that fontconfig, or every font, is missing.
    }
  }
}
