// SPDX-License-Identifier: Apache-2.0
package gander.models.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private long nanos = 1_000;

  @Test
  void aFileGetsALineEveryFewSeconds() {
    Progress progress = progress(false, 80, 0);
    progress.values(0.69314, 12345.678);
    for (int step = 1; step <= 110; step++) {
      nanos += 100_000_000L;
      progress.step(step);
    }
    progress.note("sheet of samples: x.png");
    progress.finish(110);
    assertEquals(
        """
        dcgan  step 50/1,000  d 0.6931  g 1.235e+04  640 images/s  1:35 left
        dcgan  step 100/1,000  d 0.6931  g 1.235e+04  640 images/s  1:30 left
        sheet of samples: x.png
        dcgan  step 110/1,000  d 0.6931  g 1.235e+04  640 images/s  in 0:11
        """,
        output());
  }

  @Test
  void aTerminalGetsOneLineDrawnOver() {
    Progress progress = progress(true, 200, 0);
    for (int step = 1; step <= 4; step++) {
      nanos += 100_000_000L;
      progress.step(step);
    }
    progress.note("note");
    progress.finish(4);
    assertEquals(
        "\r\u001b[Kdcgan  step 2/1,000  640 images/s  1:40 left"
            + "\r\u001b[Kdcgan  step 4/1,000  640 images/s  1:40 left"
            + "\r\u001b[Knote\n"
            + "\r\u001b[Kdcgan  step 4/1,000  640 images/s  in 0:00\n",
        output());
  }

  @Test
  void termsOfLossesAreNotShown() {
    var names = List.of("d/gp", "d", "d/gp/weighted", "g");
    var out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    var progress = new Progress(out, false, 80, () -> nanos, "dcgan", names, 0, 10, 1);
    progress.values(1, 2, 3, 4);
    progress.finish(0);
    assertEquals("dcgan  step 0/10  d 2.000  g 4.000  in 0:00\n", output());
  }

  @Test
  void aNarrowTerminalGetsAShorterLine() {
    Progress progress = progress(true, 20, 0);
    nanos += 1_000_000_000L;
    progress.step(5);
    assertEquals("\r\u001b[Kdcgan  step 5/1,000", output().substring(0, 4 + 19));
    assertEquals(4 + 19, output().length());
  }

  @Test
  void aResumedRunCountsOnlyItsOwnSteps() {
    Progress progress = progress(false, 80, 900);
    nanos += 10_000_000_000L;
    progress.step(910);
    assertEquals("dcgan  step 910/1,000  64 images/s  1:30 left\n", output());
  }

  @Test
  void theSpeedFollowsAChangeSlowly() {
    Progress progress = progress(false, 80, 0);
    nanos += 5_000_000_000L;
    progress.step(50);
    nanos += 5_000_000_000L;
    progress.step(50 + 500);
    // 10 a second, then 100: 10 + (1 - 1/e) 90 = 66.9 steps of 64 images.
    assertTrue(output().contains("4,281 images/s  0:07 left"), output());
  }

  @Test
  void nothingMovesWithoutSteps() {
    Progress progress = progress(false, 80, 0);
    nanos += 6_000_000_000L;
    progress.step(0);
    progress.finish(0);
    assertEquals("dcgan  step 0/1,000\ndcgan  step 0/1,000  in 0:06\n", output());
  }

  @Test
  void hoursAreShownWhereThereAreAny() {
    assertEquals("0:00", Progress.time(0.4));
    assertEquals("1:00", Progress.time(59.6));
    assertEquals("59:59", Progress.time(3599));
    assertEquals("1:00:00", Progress.time(3600));
    assertEquals("27:46:40", Progress.time(100_000));
  }

  private Progress progress(boolean terminal, int columns, long firstStep) {
    return new Progress(
        new PrintStream(bytes, true, StandardCharsets.UTF_8),
        terminal,
        columns,
        () -> nanos,
        "dcgan",
        List.of("d", "g"),
        firstStep,
        1000,
        64);
  }

  private String output() {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
