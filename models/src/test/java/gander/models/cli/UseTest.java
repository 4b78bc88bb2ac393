// SPDX-License-Identifier: Apache-2.0
package gander.models.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.models.data.DataSet;
import gander.models.data.DataSets;
import gander.models.data.ImageForm;
import gander.models.data.ImageShape;
import gander.models.data.ImageSize;
import gander.models.data.Range;
import gander.models.data.Reading;
import gander.models.data.Split;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is done with trained models from the command line. */
class UseTest {
  /** Rows or columns of a sheet: a picture of 16 pixels four times as large, and what frames it. */
  private static final int PLACE = 4 * 16 + 2;

  @TempDir static Path folder;
  private static Path conditional = Path.of("");
  private static Path game = Path.of("");

  @BeforeAll
  static void train() {
    conditional = trained("cvae-gan", "--set", "ema=0.5");
    game = trained("gan-mlp");
  }

  private static Path trained(String model, Object... more) {
    return trainedAt("16", model, more);
  }

  private static Path trainedAt(String size, String model, Object... more) {
    Path run = folder.resolve(model + size);
    var words = new ArrayList<Object>(List.of("train", model, "--device", "reference"));
    words.addAll(List.of("--data", "strokes", "--size", size, "--batch", 4, "--zdim", 5));
    words.addAll(List.of("--steps", 2, "--set", "samples=16", "--out", run));
    words.addAll(model.equals("cvae-gan") ? List.of("--set", "width=2") : List.of());
    words.addAll(Arrays.asList(more));
    assertEquals(0, Said.by(words.toArray()).code());
    return run;
  }

  private static BufferedImage sheet(int rows, int columns, Object... words) throws IOException {
    Path out = folder.resolve("sheet.png");
    Files.deleteIfExists(out);
    var all = new ArrayList<Object>(Arrays.asList(words));
    all.addAll(List.of("--out", out));
    Said said = Said.by(all.toArray());
    assertEquals(0, said.code(), said.err());
    BufferedImage image = Objects.requireNonNull(ImageIO.read(out.toFile()));
    assertEquals(rows * PLACE + 2, image.getHeight());
    assertEquals(columns * PLACE + 2, image.getWidth());
    return image;
  }

  /** One picture of a sheet, a value a pixel. */
  private static int[] place(BufferedImage sheet, int row, int column) {
    var values = new int[16 * 16];
    for (int i = 0; i < values.length; i++) {
      int y = 2 + row * PLACE + 4 * (i / 16);
      int x = 2 + column * PLACE + 4 * (i % 16);
      values[i] = sheet.getRaster().getSample(x, y, 0);
    }
    return values;
  }

  @Test
  void picturesComeBackInRows() throws IOException {
    sheet(4, 8, "reconstruct", conditional, "--count", 16);
    BufferedImage few = sheet(2, 3, "reconstruct", conditional, "--count", 3);
    DataSet test = DataSets.open("strokes", Split.TEST, Range.SIGNED, 16);
    var expected = new int[256];
    for (int i = 0; i < expected.length; i++) {
      expected[i] = test.range().level(test.images()[2 * 256 + i]);
    }
    assertArrayEquals(expected, place(few, 0, 2), "the third picture");
  }

  @Test
  void aWayBeginsAndEndsWithItsPictures() throws IOException {
    BufferedImage way = sheet(1, 5, "interpolate", conditional, "--images", "3,6", "--columns", 5);
    BufferedImage from = sheet(2, 8, "reconstruct", conditional, "--count", 8);
    assertArrayEquals(place(from, 1, 3), place(way, 0, 0));
    assertFalse(Arrays.equals(place(way, 0, 0), place(way, 0, 4)));
    BufferedImage drawn = sheet(3, 4, "interpolate", game, "--rows", 3, "--columns", 4);
    BufferedImage straight =
        sheet(3, 4, "interpolate", game, "--rows", 3, "--columns", 4, "--linear");
    assertArrayEquals(place(drawn, 2, 3), place(straight, 2, 3), "the same ends");
    assertFalse(Arrays.equals(place(drawn, 2, 1), place(straight, 2, 1)), "another way");
  }

  @Test
  void aCodeIsGivenEveryClass() throws IOException {
    BufferedImage rows = sheet(2, 11, "transfer", conditional, "--images", "4,7");
    DataSet test = DataSets.open("strokes", Split.TEST, Range.SIGNED, 16);
    BufferedImage back = sheet(2, 8, "reconstruct", conditional, "--count", 8);
    assertArrayEquals(
        place(back, 1, 4), place(rows, 0, 1 + test.labels()[4]), "its own class among them");
    assertFalse(Arrays.equals(place(rows, 0, 1), place(rows, 0, 2)));
  }

  @Test
  void whatIsSeenStaysAndWhatIsHiddenIsFilledIn() throws IOException {
    BufferedImage rows =
        sheet(1, 3, "inpaint", game, "--images", "5", "--hide", "right", "--iterations", 30);
    int[] seen = place(rows, 0, 0);
    int[] filled = place(rows, 0, 1);
    int[] whole = place(rows, 0, 2);
    boolean other = false;
    for (int i = 0; i < whole.length; i++) {
      if (i % 16 < 8) {
        assertEquals(whole[i], seen[i]);
        assertEquals(whole[i], filled[i]);
      } else {
        assertTrue(Math.abs(seen[i] - 128) <= 1, "grey where nothing is seen");
        other |= filled[i] != whole[i] && filled[i] != seen[i];
      }
    }
    assertTrue(other);
  }

  @Test
  void aSetThatIsMadeIsDataAgain() throws IOException {
    Path out = folder.resolve("made");
    assertEquals(0, Said.by("augment", conditional, "--count", 3, "--out", out).code());
    DataSet made = DataSets.open(out.toString(), Split.TRAIN, Range.UNIT);
    assertEquals(30, made.count());
    assertEquals(10, made.classes());
    Path again = folder.resolve("again");
    assertEquals(0, Said.by("augment", conditional, "--count", 2, "--out", again).code());
    assertArrayEquals(
        Files.readAllBytes(out.resolve("7").resolve("1.png")),
        Files.readAllBytes(again.resolve("7").resolve("1.png")),
        "whatever the number of pictures");
  }

  @Test
  void samplesAreOfOneClassAndOfTheAverageUnlessRaw() throws IOException {
    BufferedImage two = sheet(2, 2, "sample", conditional, "--class", 2, "--count", 4);
    BufferedImage three = sheet(2, 2, "sample", conditional, "--class", 3, "--count", 4);
    BufferedImage raw = sheet(2, 2, "sample", conditional, "--class", 2, "--count", 4, "--raw");
    assertFalse(Arrays.equals(place(two, 0, 0), place(three, 0, 0)));
    assertFalse(Arrays.equals(place(two, 0, 0), place(raw, 0, 0)));
  }

  /** Every command on pictures of 16 rows and 28 columns, each pixel of which becomes 2x2. */
  @Test
  void picturesNeedNotBeSquare() throws IOException {
    Path wide = trainedAt("16x28", "cvae-gan");
    String[] commands = {
      "4 8 reconstruct --count 16",
      "2 5 interpolate --images 0,1,2,3 --columns 5",
      "3 4 interpolate --rows 3 --columns 4",
      "2 11 transfer --images 4,7",
      "2 3 inpaint --images 5,6 --hide right --iterations 3",
      "3 3 sample --count 9 --class 2",
      "5 5 sample --count 24"
    };
    for (String command : commands) {
      var words = new ArrayList<Object>(Arrays.asList(command.split(" ")));
      int rows = Integer.parseInt(words.removeFirst().toString());
      int columns = Integer.parseInt(words.removeFirst().toString());
      Path out = folder.resolve("wide-" + words.getFirst() + rows + ".png");
      words.add(1, wide);
      words.addAll(List.of("--out", out));
      Said said = Said.by(words.toArray());
      assertEquals(0, said.code(), said.err());
      BufferedImage sheet = Objects.requireNonNull(ImageIO.read(out.toFile()));
      assertEquals(rows * (2 * 16 + 2) + 2, sheet.getHeight(), command);
      assertEquals(columns * (2 * 28 + 2) + 2, sheet.getWidth(), command);
    }
    BufferedImage back =
        Objects.requireNonNull(ImageIO.read(folder.resolve("wide-reconstruct4.png").toFile()));
    var form = new ImageForm(Range.SIGNED, new ImageSize(16, 28), null);
    DataSet test = DataSets.open("strokes", Split.TEST, form, Reading.SILENT);
    for (int i = 0; i < 16 * 28; i++) { // the third picture
      int level = back.getRaster().getSample(2 + 2 * 58 + i % 28 * 2, 2 + i / 28 * 2, 0);
      assertEquals(test.range().level(test.images()[2 * 16 * 28 + i]), level, "pixel " + i);
    }
    Path made = folder.resolve("made-wide");
    assertEquals(0, Said.by("augment", wide, "--count", 2, "--out", made).code());
    assertEquals(
        new ImageShape(16, 28, 1), DataSets.open(made.toString(), Split.TRAIN, Range.UNIT).shape());
  }

  @Test
  void everyClassIsDrawnFromOneLatentVectorARow() throws IOException {
    BufferedImage all = sheet(2, 10, "sample", conditional, "--class", "all", "--count", 11);
    BufferedImage two = sheet(1, 2, "sample", conditional, "--class", 2, "--count", 2);
    assertArrayEquals(place(two, 0, 0), place(all, 0, 2));
    assertArrayEquals(place(two, 0, 1), place(all, 1, 2));
    assertFalse(Arrays.equals(place(all, 0, 2), place(all, 0, 3)));
  }

  @ParameterizedTest
  @CsvSource({
    "reconstruct GAME, no encoder",
    "transfer GAME, no encoder",
    "interpolate GAME --images 0;1, no encoder",
    "sample GAME --class 1, not given classes",
    "sample CVAE --class 10, 0 to 9",
    "sample CVAE --class some, a number from 0 on",
    "sample GAME --class all, not given classes",
    "sample CVAE --count 7, 8 images or more",
    "interpolate CVAE --images 1, two for each row",
    "transfer CVAE --images 100000, there is no picture 100000",
    "inpaint CVAE --starts 0, --starts",
    "augment CVAE --count 0, --count"
  })
  void whatCannotBeDoneIsRefused(String words, String reason) {
    Object[] all =
        Arrays.stream(words.replace(';', ',').split(" "))
            .map(word ->
                switch (word) {
                  case "GAME" -> game;
                  case "CVAE" -> conditional;
                  default -> word;
                })
            .toArray();
    var line = new ArrayList<Object>(Arrays.asList(all));
    Path out = folder.resolve("refused");
    line.addAll(List.of("--out", out));
    Said said = Said.by(line.toArray());
    assertEquals(2, said.code(), said.err());
    assertTrue(said.err().contains(reason), said::err);
    assertFalse(Files.exists(out));
  }
}
