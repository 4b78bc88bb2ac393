// SPDX-License-Identifier: Apache-2.0
package gander.peer;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.core.Linear;
import ai.djl.training.GradientCollector;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The training step of {@code gan-mlp} in DJL on its PyTorch engine: the same networks, loss and
 * Adam as in {@code pytorch_step.py}. Arguments: batch, size, threads. When it is warm it says what
 * it is; then it reads numbers of steps and answers the seconds that they took.
 */
public final class DjlStep {
  private static final int ZDIM = 100;
  private static final int WARM_UP_STEPS = 20;

  /** Three dense layers and their Adam. */
  private static final class Network {
    private final List<NDArray> weights = new ArrayList<>();
    private final Optimizer adam =
        Optimizer.adam().optLearningRateTracker(Tracker.fixed(3e-4f)).build();
    private final UnaryOperator<NDArray> inner;
    private final UnaryOperator<NDArray> last;

    Network(
        NDManager manager,
        int[] widths,
        UnaryOperator<NDArray> inner,
        UnaryOperator<NDArray> last) {
      for (int i = 1; i < widths.length; i++) {
        float bound = (float) Math.sqrt(1.0 / widths[i - 1]);
        weights.add(manager.randomUniform(-bound, bound, new Shape(widths[i], widths[i - 1])));
        weights.add(manager.randomUniform(-bound, bound, new Shape(widths[i])));
      }
      this.inner = inner;
      this.last = last;
    }

    void learns(boolean learns) {
      weights.forEach(weight -> weight.setRequiresGradient(learns));
    }

    NDArray apply(NDArray x) {
      NDArray y = x;
      for (int i = 0; i < weights.size(); i += 2) {
        y = Linear.linear(y, weights.get(i), weights.get(i + 1)).singletonOrThrow();
        y = (i + 2 < weights.size() ? inner : last).apply(y);
      }
      return y;
    }

    void update() {
      for (int i = 0; i < weights.size(); i++) {
        NDArray gradient = weights.get(i).getGradient();
        adam.update(Integer.toString(i), weights.get(i), gradient);
        gradient.subi(gradient);
      }
    }
  }

  private final NDManager manager;
  private final int batch;
  private final NDArray x;
  private final Network g;
  private final Network d;

  private DjlStep(NDManager manager, int batch, int size) {
    this.manager = manager;
    this.batch = batch;
    int pixels = size * size;
    x = manager.randomUniform(-1, 1, new Shape(batch, pixels));
    g =
        new Network(
            manager, new int[] {ZDIM, 256, 256, pixels}, Activation::relu, Activation::tanh);
    d =
        new Network(
            manager,
            new int[] {pixels, 256, 256, 1},
            y -> Activation.leakyRelu(y, 0.2f),
            UnaryOperator.identity());
  }

  private NDArray latents() {
    return manager.randomNormal(new Shape(batch, ZDIM));
  }

  private void run() {
    g.learns(false);
    d.learns(true);
    NDArray fake = g.apply(latents());
    try (GradientCollector tape = Engine.getInstance().newGradientCollector()) {
      NDArray loss =
          Activation.softPlus(d.apply(x).neg())
              .mean()
              .add(Activation.softPlus(d.apply(fake)).mean());
      tape.backward(loss);
    }
    d.update();
    d.learns(false);
    g.learns(true);
    try (GradientCollector tape = Engine.getInstance().newGradientCollector()) {
      tape.backward(Activation.softPlus(d.apply(g.apply(latents())).neg()).mean());
    }
    g.update();
  }

  private double seconds(int steps) {
    long start = System.nanoTime();
    for (int i = 0; i < steps; i++) {
      try (var scope = new NDScope()) {
        scope.suppressNotUsedWarning();
        run();
      }
    }
    return (System.nanoTime() - start) / 1e9;
  }

  /** Runs until standard input ends. */
  public static void main(String[] arguments) throws IOException {
    int batch = Integer.parseInt(arguments[0]);
    int size = Integer.parseInt(arguments[1]);
    System.setProperty("ai.djl.pytorch.num_threads", arguments[2]);
    System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
    try (NDManager manager = NDManager.newBaseManager();
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      var step = new DjlStep(manager, batch, size);
      step.run(); // Outside of a scope: Adam's state, which is made now, is to stay.
      step.seconds(WARM_UP_STEPS);
      Engine engine = Engine.getInstance();
      System.out.printf(
          "{\"framework\": \"DJL %s, PyTorch %s\"}%n", Engine.getDjlVersion(), engine.getVersion());
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        System.out.println(step.seconds(Integer.parseInt(line)));
      }
    }
  }
}
