// SPDX-License-Identifier: Apache-2.0
package gander.models.metric;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.graph.reference.ReferenceBackend;
import gander.models.Refusal;
import gander.models.data.DataSet;
import gander.models.data.ImageShape;
import gander.models.data.Range;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JudgeTest {
  private static final ImageShape SHAPE = new ImageShape(8, 8, 1);

  @TempDir private Path folder;

  /** Pictures bright on the left or on the right, under noise. */
  private static DataSet halves(String name, int count, int seed) {
    var random = new SplittableRandom(seed);
    float[] images = new float[count * SHAPE.elems()];
    var labels = new int[count];
    for (int i = 0; i < images.length; i++) {
      int label = i / SHAPE.elems() % 2;
      labels[i / SHAPE.elems()] = label;
      boolean bright = i % 8 / 4 == label;
      images[i] = (float) (0.4 * random.nextDouble() + (bright ? 0.6 : 0));
    }
    return new DataSet(name, Range.UNIT, SHAPE, images, labels, List.of("left", "right"));
  }

  @Test
  void itLearnsWhatItIsShownAndIsTheSameOutOfItsFile() {
    DataSet test = halves("halves", 150, 2);
    Path file = folder.resolve("judge.safetensors");
    try (var backend = new ReferenceBackend()) {
      Judge judge = Judge.train(halves("halves", 40, 1), test, backend);
      assertEquals(1, judge.accuracy(), "an easy set");
      judge.write(file);
      Judge same = Judge.read(file, test);
      assertEquals(judge.id(), same.id());
      assertEquals(1, same.accuracy());
      int[] wrong = test.labels().clone();
      for (int i = 0; i < 30; i++) {
        wrong[i] = 1 - wrong[i];
      }
      try (Judge.Seat seat = same.on(backend)) {
        assertEquals(0.8, seat.accuracy(test.images(), wrong), 1e-12);
      }
      Judge other = Judge.train(halves("halves", 40, 3), test, backend);
      assertNotEquals(judge.id(), other.id());
    }
    Refusal.of(() -> Judge.read(file, halves("others", 10, 1)), "halves", "others", "--judge");
  }

  @Test
  void whatIsNoJudgeIsRefused() throws IOException {
    DataSet test = halves("halves", 10, 1);
    Path text = folder.resolve("text");
    Files.writeString(text, "not a judge");
    Refusal.of(() -> Judge.read(text, test), text);
    assertTrue(Files.exists(text));
  }
}
