// SPDX-License-Identifier: Apache-2.0
package gander.models.train;

import gander.graph.Backend;
import gander.graph.Program;
import gander.graph.op.Ops;
import gander.graph.op.Shape;
import gander.graph.op.Tensor;
import gander.graph.op.Variable;
import gander.models.data.DataSet;
import gander.models.data.Floats;
import gander.models.data.Shuffle;
import gander.models.net.Network;
import gander.models.net.StepBuilder;
import gander.models.zoo.Batch;
import gander.models.zoo.Model;
import gander.runtime.GanderException;
import java.util.ArrayList;
import java.util.List;

/**
 * The batches of a run: which images a step takes is a function of the seed and the step. An epoch
 * goes once through the data in an order of its own and leaves out the last images that fill no
 * step.
 *
 * <p>Data that fits stays on the device, where a step gathers its batches; the host sends an
 * epoch's order as it begins. Larger data is gathered on the host and sent step by step.
 */
public final class Feed {
  private final DataSet data;
  private final long seed;
  private final int batch;
  private final int batches;
  private final Shape image;
  private final boolean resident;
  private final int classes;
  private final Variable images;
  private final Variable order;
  private final Variable labels;
  private final float[] staging;
  private long epoch = -1;
  private int[] shuffled = {};

  /** What a model's steps take. */
  Feed(DataSet data, Model model, long roomBytes, long seed) {
    this(
        data,
        model.image(),
        model.classes(),
        model.batch(),
        model.batchesPerStep(),
        roomBytes,
        seed);
  }

  /**
   * @param image the shape of one image as it is taken, which has as many elements as the data's
   * @param classes 0 for steps that take no labels
   * @param batch images in a batch
   * @param batches of a step
   * @param roomBytes how much data may stay on the device
   */
  public Feed(
      DataSet data, Shape image, int classes, int batch, int batches, long roomBytes, long seed) {
    this.data = data;
    this.seed = seed;
    this.batch = batch;
    this.batches = batches;
    this.image = image;
    int pixels = image.size();
    long bytes = 4L * data.count() * pixels;
    this.resident = bytes <= roomBytes;
    this.images = new Variable("data/images", Shape.of(resident ? data.count() : 1, pixels));
    this.order = new Variable("data/order", Shape.of(data.count()));
    this.labels = new Variable("data/labels", Shape.of(resident ? data.count() : 1));
    this.staging = new float[resident ? 0 : batch * pixels];
    this.classes = classes;
    if (classes > 0 && data.classes() > classes) {
      throw new GanderException(
          "data set '%s' has %d classes, and the model %d: leave out 'classes', or give as many"
              .formatted(data.name(), data.classes(), classes));
    }
  }

  /** Steps in an epoch; at least one, in which images come again if there are too few. */
  private long stepsPerEpoch() {
    return Math.max(data.count() / ((long) batch * batches), 1);
  }

  /** Each batch of a step. */
  public List<Batch> batches() {
    var list = new ArrayList<Batch>();
    for (int at = 0; at < batches; at++) {
      Shape shape = Network.batched(batch, image);
      if (resident) {
        Tensor rows = Ops.gather(order.read(), places(at));
        list.add(
            new Batch(
                Ops.reshape(Ops.gather(images.read(), rows), shape),
                classes == 0 ? null : Ops.gather(labels.read(), rows)));
      } else {
        list.add(
            new Batch(
                Ops.input(name(at), shape),
                classes == 0 ? null : Ops.input(labelsName(at), Shape.of(batch))));
      }
    }
    return list;
  }

  /** Where in the epoch's order a batch of this step stands, {@code [batch]}. */
  private Tensor places(int at) {
    Tensor step = StepBuilder.STEP.read();
    Tensor inEpoch = modulo(step, (double) stepsPerEpoch());
    Tensor first = Ops.add(Ops.mul(inEpoch, (double) batch * batches), (double) at * batch);
    Tensor places = Ops.add(Ops.iota(batch), first);
    boolean comesAgain = (long) batch * batches > data.count();
    return comesAgain ? modulo(places, data.count()) : places;
  }

  /** The remainder of whole numbers; exact in single precision below 2^24. */
  private static Tensor modulo(Tensor x, double by) {
    return Ops.sub(x, Ops.mul(Ops.floor(Ops.div(x, by)), by));
  }

  private static String name(int at) {
    return "batch/" + at;
  }

  private static String labelsName(int at) {
    return "labels/" + at;
  }

  /** Sends what a step needs before it is run. */
  public void before(Backend backend, Program program, long step) {
    long now = step / stepsPerEpoch();
    if (resident && epoch < 0) {
      backend.write(images, data.images());
      if (classes > 0) {
        backend.write(labels, Floats.of(data.labels()));
      }
    }
    if (now != epoch) {
      epoch = now;
      shuffled = Shuffle.order(seed, epoch, data.count());
      if (resident) {
        backend.write(order, Floats.of(shuffled));
      }
    }
    if (!resident) {
      int first = (int) (step % stepsPerEpoch()) * batch * batches;
      for (int at = 0; at < batches; at++) {
        gather(first + at * batch);
        program.write(name(at), staging);
        if (classes > 0) {
          program.write(labelsName(at), Floats.of(labelsOf(first + at * batch)));
        }
      }
    }
  }

  private int[] labelsOf(int first) {
    var own = new int[batch];
    for (int i = 0; i < batch; i++) {
      own[i] = data.labels()[shuffled[(first + i) % shuffled.length]];
    }
    return own;
  }

  private void gather(int first) {
    int pixels = image.size();
    for (int i = 0; i < batch; i++) {
      int row = shuffled[(first + i) % shuffled.length];
      System.arraycopy(data.images(), row * pixels, staging, i * pixels, pixels);
    }
  }
}
