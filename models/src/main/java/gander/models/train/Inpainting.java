// SPDX-License-Identifier: Apache-2.0
package gander.models.train;

import static gander.graph.op.Ops.add;
import static gander.graph.op.Ops.input;
import static gander.graph.op.Ops.mul;
import static gander.graph.op.Ops.reshape;
import static gander.graph.op.Ops.scalar;
import static gander.graph.op.Ops.squaredNorms;
import static gander.graph.op.Ops.sub;
import static gander.graph.op.Ops.total;

import gander.graph.Backend;
import gander.graph.Program;
import gander.graph.op.Gradients;
import gander.graph.op.Shape;
import gander.graph.op.Tensor;
import gander.graph.op.Variable;
import gander.models.net.StepBuilder;
import gander.models.optim.Optimizer;
import gander.models.zoo.Model;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Fills in what is hidden of images by the latent vectors that make the rest (Yeh et al. 2017):
 * Adam descends {@code |mask (G(z) - x)|^2 + prior |z|^2}, sums over an image, from several draws
 * of z, of which the best is kept.
 */
public final class Inpainting {
  private static final double RATE = 0.05;

  private Inpainting() {}

  /**
   * How long and how often to search.
   *
   * @param iterations of Adam
   * @param starts draws to begin with
   * @param prior weight of a latent vector's squared length
   */
  public record Search(int iterations, int starts, double prior) {}

  /**
   * The images with what is hidden filled in and what is seen as it was, {@code [count, ...image]}.
   *
   * @param x {@code [count, ...image]}
   * @param y classes {@code [count]}; not read by a model without
   * @param mask 1 where a value is seen, else 0, {@code [...image]}
   */
  public static float[] fill(
      Trained trained, float[] x, int[] y, float[] mask, Search search, long seed) {
    Model model = trained.model();
    Backend backend = trained.backend();
    int count = y.length;
    int pixels = model.image().size();
    int rows = count * search.starts;
    var z = new Variable("inpainting/z", Shape.of(rows, model.zdim()));
    var optimizer =
        new Optimizer("inpainting", new Optimizer.Method.AdamMethod(RATE, 0.9, 0.999), List.of(z));
    var step = new StepBuilder(seed, scalar(0));
    Tensor made =
        model.generate(
            step, step.value(z), model.classes() == 0 ? null : input("y", Shape.of(rows)));
    Tensor seen =
        mul(
            sub(reshape(made, Shape.of(rows, pixels)), input("x", Shape.of(rows, pixels))),
            input("mask", Shape.of(1, pixels)));
    Tensor errors = add(squaredNorms(seen), mul(squaredNorms(step.value(z)), search.prior));
    step.report("errors", errors);
    step.report("made", made);
    optimizer.update(
        step, List.of(Gradients.of(total(errors), step.value(z))), UnaryOperator.identity());
    try (Program program = backend.compile(step.snapshot())) {
      optimizer.state().forEach(backend::clear);
      backend.write(optimizer.rate(), new double[] {optimizer.initialRate()});
      float[] drawn = trained.prior(rows, seed);
      backend.write(z, drawn);
      program.write("x", repeated(x, count, pixels, search.starts));
      program.write("mask", mask);
      if (model.classes() > 0) {
        var labels = new float[rows];
        for (int row = 0; row < rows; row++) {
          labels[row] = y[row / search.starts];
        }
        program.write("y", labels);
      }
      // The last run makes the images of the last update.
      for (int i = 0; i <= search.iterations; i++) {
        program.run();
      }
      return joined(x, mask, program.read("errors"), program.read("made"), search.starts);
    }
  }

  /** Each image as often as there are draws for it. */
  private static float[] repeated(float[] x, int count, int pixels, int times) {
    var repeated = new float[count * times * pixels];
    for (int row = 0; row < count * times; row++) {
      System.arraycopy(x, row / times * pixels, repeated, row * pixels, pixels);
    }
    return repeated;
  }

  private static float[] joined(
      float[] x, float[] mask, double[] errors, double[] made, int starts) {
    var joined = x.clone();
    int pixels = mask.length;
    for (int image = 0; image < x.length / pixels; image++) {
      int best = image * starts;
      for (int row = best; row < (image + 1) * starts; row++) {
        best = errors[row] < errors[best] ? row : best;
      }
      for (int i = 0; i < pixels; i++) {
        if (mask[i] == 0) {
          joined[image * pixels + i] = (float) made[best * pixels + i];
        }
      }
    }
    return joined;
  }
}
