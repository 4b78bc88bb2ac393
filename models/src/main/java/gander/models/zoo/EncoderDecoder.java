// SPDX-License-Identifier: Apache-2.0
package gander.models.zoo;

import static gander.graph.op.Ops.concat;
import static gander.graph.op.Ops.reshape;
import static gander.graph.op.Ops.slice;

import gander.graph.op.Shape;
import gander.graph.op.Tensor;
import gander.models.net.Network;
import gander.models.net.StepBuilder;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * An encoder of images to a distribution of latent vectors, and a decoder back; both are given the
 * images' classes, if there are any.
 *
 * @param encoder of images, and a plane a class, to means and logarithms of variances
 * @param decoder of a latent vector, and a number a class
 * @param classes 0 for a pair that does not look at them
 */
record EncoderDecoder(Network encoder, Network decoder, int classes) {
  /** The shape of one image. */
  Shape image() {
    Shape seen = encoder.input();
    return seen.with(2, seen.dim(2) - classes);
  }

  /** The length of a latent vector. */
  int zdim() {
    return decoder.input().size() - classes;
  }

  Posterior encode(StepBuilder step, Batch given, Network.Mode mode) {
    Tensor seen = Labels.onImages(given.x(), classes == 0 ? null : given.labels(), classes);
    Tensor both = encoder.apply(step, seen, mode);
    return new Posterior(slice(both, 1, 0, zdim()), slice(both, 1, zdim(), zdim()));
  }

  Tensor decode(StepBuilder step, Tensor z, @Nullable Tensor y, Network.Mode mode) {
    return decoder.apply(step, Labels.onLatents(z, y, classes), mode);
  }

  /**
   * Rows of eight images, each followed by the row of what comes back of their latent means; as
   * many images again come from latent vectors of the prior.
   *
   * @param pixels from what the decoder makes to pixels
   */
  Tensor sheet(StepBuilder step, int count, Batch data, UnaryOperator<Tensor> pixels) {
    Reconstructions.requireRow(count);
    int columns = Reconstructions.COLUMNS;
    int rows = Math.max(count / columns / 4, 1);
    Batch given = first(data, rows * columns);
    Tensor code = encode(step, given, Network.Mode.INFERENCE).mu();
    Tensor back = pixels.apply(decode(step, code, given.y(), Network.Mode.INFERENCE));
    Tensor pairs = Reconstructions.rows(given.x(), back);
    int drawn = count - 2 * rows * columns;
    if (drawn <= 0) {
      return pairs;
    }
    Tensor z = step.normal("z_sample", drawn, zdim());
    Tensor made = decode(step, z, Labels.inTurn(drawn, classes), Network.Mode.INFERENCE);
    return concat(0, pairs, reshape(pixels.apply(made), Shape.of(drawn, image().size())));
  }

  private static Batch first(Batch data, int count) {
    Tensor y = data.y();
    return new Batch(slice(data.x(), 0, 0, count), y == null ? null : slice(y, 0, 0, count));
  }
}
