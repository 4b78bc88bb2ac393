// SPDX-License-Identifier: Apache-2.0
package gander.models.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import gander.graph.op.Shape;
import gander.models.Refusal;
import gander.models.net.PytorchLayout.Held;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where PyTorch's layers have what a network's variables hold. */
class PytorchLayoutTest {
  private static List<Held> held(Shape input, Layer... layers) {
    return PytorchLayout.of(new Network("n", input, List.of(layers)), null, null);
  }

  /** The values that PyTorch has of a variable that counts from 0, back and forth. */
  private static double[] counted(Held held) {
    var values = new double[held.shape().size()];
    Arrays.setAll(values, i -> i);
    double[] there = held.exported(values);
    assertArrayEquals(values, held.imported(there));
    return there;
  }

  @Test
  void aModuleIsALayer() {
    List<Held> all =
        held(
            Shape.of(4, 4, 3),
            new Layer.Conv(5, 2, 2, 0, true),
            Layer.lrelu(),
            Layer.normalize(0.1),
            new Layer.ConvTranspose(7, 3, 1, 0, false));
    assertEquals(
        List.of(
            "n.0.weight",
            "n.0.bias",
            "n.2.weight",
            "n.2.bias",
            "n.2.running_mean",
            "n.2.running_var",
            "n.3.weight"),
        all.stream().map(Held::name).toList());
    assertEquals(Shape.of(5, 3, 2, 2), all.getFirst().shape(), "[K,C,R,S]");
    assertEquals(Shape.of(5, 7, 3, 3), all.getLast().shape(), "[in,out,R,S]");
  }

  @Test
  void filtersAreTurnedRound() {
    // [R,S,C,K] = [2,2,3,5] and [R,S,out,in] = [2,2,3,5].
    Held conv = held(Shape.of(4, 4, 3), new Layer.Conv(5, 2, 2, 0, false)).getFirst();
    Held transposed =
        held(Shape.of(2, 2, 5), new Layer.ConvTranspose(3, 2, 2, 0, false)).getFirst();
    for (Held held : List.of(conv, transposed)) {
      double[] there = counted(held);
      for (int k = 0; k < 5; k++) {
        for (int c = 0; c < 3; c++) {
          for (int r = 0; r < 2; r++) {
            for (int s = 0; s < 2; s++) {
              assertEquals(((r * 2 + s) * 3 + c) * 5 + k, there[((k * 3 + c) * 2 + r) * 2 + s]);
            }
          }
        }
      }
    }
  }

  @Test
  void flattenedImagesHaveChannelsOutermost() {
    List<Held> all = held(Shape.of(2, 3, 4), Layer.flatten(), Layer.normalize(0.1), Layer.dense(2));
    double[] gamma = counted(all.getFirst());
    double[] weight = counted(all.get(4));
    for (int h = 0; h < 2; h++) {
      for (int w = 0; w < 3; w++) {
        for (int c = 0; c < 4; c++) {
          int there = (c * 2 + h) * 3 + w;
          int here = (h * 3 + w) * 4 + c;
          assertEquals(here, gamma[there]);
          assertEquals(here * 2 + 1, weight[24 + there], "of output 1");
        }
      }
    }
    assertArrayEquals(new double[] {0, 1}, counted(all.getLast()), "the dense layer's bias");
  }

  @Test
  void soDoVectorsThatAreReshapedToImages() {
    List<Held> all =
        held(
            Shape.of(2),
            Layer.dense(3),
            Layer.relu(),
            Layer.dense(12),
            Layer.normalize(0.1),
            Layer.relu(),
            Layer.reshape(2, 2, 3));
    assertArrayEquals(new double[] {0, 1, 2}, counted(all.get(1)), "in no image");
    double[] order = {0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11};
    double[] weight = counted(all.get(2)); // [12,3], here [3,12]
    assertArrayEquals(order, counted(all.get(3)), "bias");
    assertArrayEquals(order, counted(all.get(7)), "running variance");
    for (int out = 0; out < 12; out++) {
      assertEquals(2 * 12 + order[out], weight[out * 3 + 2]);
    }
  }

  @Test
  void imagesThatAreVectorsHaveTheShapeThatIsGiven() {
    var d = new Network("d", Shape.of(12), List.of(Layer.dense(1)));
    var g = new Network("g", Shape.of(1), List.of(Layer.dense(12), Layer.tanh()));
    double[] order = {0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11};
    Shape image = Shape.of(2, 2, 3);
    assertArrayEquals(order, counted(PytorchLayout.of(d, image, null).getFirst()));
    assertArrayEquals(order, counted(PytorchLayout.of(g, null, image).getFirst()));
    assertArrayEquals(order, counted(PytorchLayout.of(g, null, image).getLast()));
  }

  @Test
  void layersThatPytorchDoesNotHaveAreRefused() {
    Refusal.of(
        () -> held(Shape.of(2), Layer.dense(3), new Layer.VirtualNormalize()),
        "virtual batch norm",
        "no module");
    Refusal.of(
        () -> held(Shape.of(2), new Layer.Minibatch(3, 2), Layer.dense(1)),
        "minibatch discrimination",
        "no module");
  }
}
