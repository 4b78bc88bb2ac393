// SPDX-License-Identifier: Apache-2.0
package gander.models.metric;

import gander.graph.Backend;
import gander.models.data.DataSet;
import gander.models.data.ImageShape;
import gander.models.data.Range;
import gander.models.run.RunConfig;
import gander.models.run.RunDirectory;
import gander.models.train.Trained;
import gander.models.zoo.Zoo;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a trained model's pictures are worth. Pictures are in [0,1] for all of these, whatever range
 * the model has.
 *
 * @param reconstruction mean over pictures and their elements of {@code (x - G(E(x)))^2}, of
 *     pictures it was not trained on; null of a model without an encoder
 * @param accuracy share of pictures drawn for each class in turn that the judge takes for it; null
 *     of a model without classes
 * @param sharpness of the drawn pictures, {@link Sharpness#mean}
 */
public record Evaluation(
    @Nullable Double reconstruction, @Nullable Double accuracy, double sharpness) {
  /** Pictures made at a time: a program is compiled for that many. */
  private static final int BATCH = 100;

  /** The numbers by name, those that there are. */
  public Map<String, Double> numbers() {
    var numbers = new LinkedHashMap<String, Double>();
    if (reconstruction != null) {
      numbers.put("reconstruction", reconstruction);
    }
    if (accuracy != null) {
      numbers.put("accuracy", accuracy);
    }
    numbers.put("sharpness", sharpness);
    return numbers;
  }

  /**
   * Evaluates a checkpoint.
   *
   * @param test pictures in [0,1] that the run was not trained on
   * @param judge null for a model without classes
   * @param count at most as many test pictures are given back; as many are drawn, rounded up to
   *     hundreds
   * @param seed of the latent vectors
   */
  public static Evaluation of(
      RunDirectory.Saved from,
      RunConfig config,
      Backend backend,
      DataSet test,
      @Nullable Judge judge,
      int count,
      long seed) {
    try (Trained model = Trained.open(from, config, backend)) {
      Range range = Zoo.range(config);
      Double reconstruction =
          model.model().encodes() ? reconstruction(model, range, test, count) : null;
      int rounded = Math.ceilDiv(count, BATCH) * BATCH;
      int classes = model.model().classes();
      int[] labels = new int[rounded];
      Arrays.setAll(labels, i -> classes == 0 ? 0 : i % classes);
      float[] drawn = drawn(model, range, labels, test.shape(), seed);
      Double accuracy = null;
      if (judge != null && classes > 0) {
        try (Judge.Seat seat = judge.on(backend)) {
          accuracy = seat.accuracy(drawn, labels);
        }
      }
      return new Evaluation(reconstruction, accuracy, Sharpness.mean(drawn, test.shape()));
    }
  }

  /**
   * The sharpness of real pictures.
   *
   * @param test in [0,1]
   * @param count at most as many are looked at
   */
  public static double sharpness(DataSet test, int count) {
    int elems = Math.min(count, test.count()) * test.shape().elems();
    return Sharpness.mean(Arrays.copyOf(test.images(), elems), test.shape());
  }

  private static float[] drawn(
      Trained model, Range range, int[] labels, ImageShape shape, long seed) {
    float[] latents = model.prior(labels.length, seed);
    int zdim = latents.length / labels.length;
    var drawn = new float[labels.length * shape.elems()];
    for (int first = 0; first < labels.length; first += BATCH) {
      float[] images =
          model.generate(
              Arrays.copyOfRange(latents, first * zdim, (first + BATCH) * zdim),
              Arrays.copyOfRange(labels, first, first + BATCH));
      for (int i = 0; i < images.length; i++) {
        drawn[first * shape.elems() + i] = range.unit(images[i]);
      }
    }
    return drawn;
  }

  private static double reconstruction(Trained model, Range range, DataSet test, int count) {
    int elems = test.shape().elems();
    int all = Math.min(count, test.count());
    var batch = new float[BATCH * elems];
    var labels = new int[BATCH];
    double sum = 0;
    for (int first = 0; first < all; first += BATCH) {
      int taken = Math.min(BATCH, all - first);
      for (int i = 0; i < taken * elems; i++) {
        batch[i] = range.ofUnit(test.images()[first * elems + i]);
      }
      if (model.model().classes() > 0) {
        System.arraycopy(test.labels(), first, labels, 0, taken);
      }
      float[] back = model.generate(model.encode(batch, labels), labels);
      for (int i = 0; i < taken * elems; i++) {
        sum += Math.pow(range.unit(back[i]) - test.images()[first * elems + i], 2);
      }
    }
    return sum / ((double) all * elems);
  }
}
