// SPDX-License-Identifier: Apache-2.0
package gander.models.run;

import com.fasterxml.jackson.annotation.JsonInclude;
import gander.models.data.ImageSize;
import gander.runtime.GanderException;
import gander.runtime.MathMode;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What a run was asked to do, as it stands in {@code config.json}. The components up to {@code
 * checkpointEvery} are always there; each of the others overrides a default of the model, the loss
 * or the data, and is null where the default holds. A new setting is one more component here.
 *
 * @param model a model of the zoo, such as {@code dcgan}
 * @param data a source as {@link gander.models.data.DataSets} takes it
 * @param device what it trains on, such as {@code opencl:0}
 * @param seed of every random number of the run
 * @param steps training steps in all
 * @param batch images a step
 * @param logEvery steps between records of the metrics
 * @param sampleEvery steps between sheets of samples; 0: none but the last
 * @param checkpointEvery steps between checkpoints; 0: none but the last
 * @param loss the formulation of the adversarial loss, such as {@code hinge}
 * @param size of the images: a square's side, or height and width as {@code "48x64"}
 * @param channels 1 for grey, 3 for RGB; other images are converted
 * @param classes how many classes the images of a conditional model have
 * @param zdim length of the latent vector
 * @param width channels of the narrowest layer of a convolutional model; the others are multiples
 * @param optimizer such as {@code adam}
 * @param learningRate of the generator, and of the other networks unless they have their own
 * @param learningRateD of the discriminator
 * @param schedule how the learning rates go over the run: {@code constant}, {@code linear}, {@code
 *     cosine}, {@code exponential} or {@code step}
 * @param warmup steps in which the learning rates rise to their values
 * @param finalRate what a schedule multiplies the rates by at the last step: 0, or of {@code
 *     exponential} 0.01
 * @param decayEvery steps after which schedule {@code step} multiplies the rates by {@code decayBy}
 * @param decayBy 0.1
 * @param clipNorm the largest norm that all gradients of a network have together
 * @param beta1 decay of the optimizer's first moment
 * @param beta2 decay of the optimizer's second moment
 * @param nCritic discriminator updates for one of the generator
 * @param nGenerator generator updates in a step
 * @param momentum of stochastic gradient descent
 * @param lambda weight of the gradient penalty
 * @param gamma weight of the R1 penalty; for {@code vae-gan}, of the reconstruction in the
 *     generator's descent
 * @param clip bound of the discriminator's weights, where the loss clips them
 * @param beta weight of a variational model's divergence from its prior
 * @param matching weight, in the generator's descent, of the matching of mean features by {@code
 *     cvae-gan}
 * @param rho decay of the moving means of features, a class, that {@code cvae-gan} matches
 * @param without what {@code cvae-gan} does without: {@code d}, {@code c} or {@code image}, or
 *     several joined by {@code +}
 * @param drawnClasses whether the images that {@code cvae-gan} draws have classes of their own, at
 *     random, and not those of the batch
 * @param featureMatching whether the generator of a two-player model matches the mean of the
 *     discriminator's features in place of its loss
 * @param minibatchKernels how many kernels of minibatch discrimination the discriminator of a
 *     two-player model has, 100 in the paper's code; none without
 * @param minibatchDims numbers in which each of them compares samples: 5
 * @param historicalAveraging weight of the squared distance of a two-player model's weights from
 *     the mean of what they were, 1 in the paper
 * @param realTarget of the discriminator for data, in place of 1 (one-sided label smoothing), 0.9
 *     in the paper's experiments
 * @param virtualBatchNorm networks of a two-player model whose batch norm takes the statistics of a
 *     fixed batch and the sample: {@code g}, {@code d} or {@code g+d}
 * @param klWarmup steps in which {@code beta} rises from 0
 * @param ema decay of the moving average of the weights that make images; none is kept without
 * @param noise standard deviation of the noise a denoising model adds
 * @param samples images on a sheet of samples
 * @param keepLast how many checkpoints are kept, the latest ones: 3
 * @param keepBest a reported number, such as {@code g}; the checkpoint at which it was lowest is
 *     kept too
 * @param tensorboard whether the metrics are also written as TensorBoard reads them
 * @param math how products may round their operands: {@code fp32}, {@code tf32} or {@code bf16}
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RunConfig(
    String model,
    String data,
    String device,
    long seed,
    long steps,
    int batch,
    int logEvery,
    int sampleEvery,
    int checkpointEvery,
    @Nullable String loss,
    @Nullable ImageSize size,
    @Nullable Integer channels,
    @Nullable Integer classes,
    @Nullable Integer zdim,
    @Nullable Integer width,
    @Nullable String optimizer,
    @Nullable Double learningRate,
    @Nullable Double learningRateD,
    @Nullable String schedule,
    @Nullable Integer warmup,
    @Nullable Double finalRate,
    @Nullable Integer decayEvery,
    @Nullable Double decayBy,
    @Nullable Double clipNorm,
    @Nullable Double beta1,
    @Nullable Double beta2,
    @Nullable Integer nCritic,
    @Nullable Integer nGenerator,
    @Nullable Double momentum,
    @Nullable Double lambda,
    @Nullable Double gamma,
    @Nullable Double clip,
    @Nullable Double beta,
    @Nullable Double matching,
    @Nullable Double rho,
    @Nullable String without,
    @Nullable Boolean drawnClasses,
    @Nullable Boolean featureMatching,
    @Nullable Integer minibatchKernels,
    @Nullable Integer minibatchDims,
    @Nullable Double historicalAveraging,
    @Nullable Double realTarget,
    @Nullable String virtualBatchNorm,
    @Nullable Integer klWarmup,
    @Nullable Double ema,
    @Nullable Double noise,
    @Nullable Integer samples,
    @Nullable Integer keepLast,
    @Nullable String keepBest,
    @Nullable Boolean tensorboard,
    @Nullable String math) {

  public RunConfig {
    present("model", model);
    present("data", data);
    present("device", device);
    atLeast(1, "steps", steps);
    atLeast(1, "batch", batch);
    atLeast(1, "logEvery", logEvery);
    atLeast(0, "sampleEvery", sampleEvery);
    atLeast(0, "checkpointEvery", checkpointEvery);
    if (size != null) {
      size.requirePixels("'size'");
    }
    atLeast(1, "channels", channels);
    atLeast(1, "classes", classes);
    atLeast(1, "zdim", zdim);
    atLeast(1, "width", width);
    atLeast(1, "nCritic", nCritic);
    atLeast(1, "nGenerator", nGenerator);
    atLeast(0, "warmup", warmup);
    atLeast(1, "decayEvery", decayEvery);
    atLeast(1, "minibatchKernels", minibatchKernels);
    atLeast(1, "minibatchDims", minibatchDims);
    atLeast(0, "klWarmup", klWarmup);
    atLeast(1, "samples", samples);
    atLeast(1, "keepLast", keepLast);
    if (math != null) {
      MathMode.of(math);
    }
    positive("learningRate", learningRate);
    positive("learningRateD", learningRateD);
    positive("decayBy", decayBy);
    positive("clipNorm", clipNorm);
    positive("clip", clip);
    positive("historicalAveraging", historicalAveraging);
    positive("realTarget", realTarget);
    if (realTarget != null && realTarget > 1) {
      throw new GanderException("'realTarget' must be at most 1, not " + realTarget);
    }
    notNegative("finalRate", finalRate);
    decay("momentum", momentum);
    decay("rho", rho);
    notNegative("lambda", lambda);
    notNegative("gamma", gamma);
    notNegative("beta", beta);
    notNegative("matching", matching);
    notNegative("noise", noise);
    decay("ema", ema);
    decay("beta1", beta1);
    decay("beta2", beta2);
  }

  /**
   * A config in which every default holds. The reference, plain Java, takes a quarter of the batch
   * and half the steps, so that samples take shape in a few minutes there too.
   */
  public static RunConfig of(String model, String data, String device) {
    boolean reference = device.equals("reference");
    return RunConfigJson.empty()
        .put("model", model)
        .put("data", data)
        .put("device", device)
        .put("seed", 1)
        .put("steps", reference ? 6000 : 12_000)
        .put("batch", reference ? 32 : 128)
        .put("logEvery", 50)
        .put("sampleEvery", 1000)
        .put("checkpointEvery", 2000)
        .config("defaults");
  }

  /**
   * Reads a config that is complete.
   *
   * @throws GanderException if the file is not JSON, a key is unknown, missing or there twice, or a
   *     value is of the wrong kind or out of its range
   */
  public static RunConfig read(Path file) {
    return RunConfigJson.read(file).config(file.toString());
  }

  /** Every key with the kind of its value in words, in the order of the file. */
  public static Map<String, String> keys() {
    var keys = new LinkedHashMap<String, String>();
    RunConfigJson.KEYS.forEach(
        (name, component) -> keys.put(name, RunConfigJson.kind(component.getType())));
    return keys;
  }

  /**
   * The text that a file has for a key; null if it has none.
   *
   * @throws GanderException if the file is neither JSON nor YAML, by its name
   */
  public static @Nullable String text(Path file, String key) {
    JsonNode value = RunConfigJson.read(file).node().get(key);
    return value == null || !value.isString() ? null : value.stringValue();
  }

  /**
   * This config, changed by the keys that a file holds, JSON or, where its name ends in {@code
   * .yaml} or {@code .yml}, YAML; fails as {@link #read} does.
   */
  public RunConfig with(Path file) {
    return RunConfigJson.of(this).putAll(RunConfigJson.read(file)).config(file.toString());
  }

  /**
   * This config with one key changed.
   *
   * @param text the value as in JSON; what is not JSON is taken as text, so that quotes may be left
   *     out
   */
  public RunConfig with(String key, String text) {
    return RunConfigJson.of(this).putText(key, text).config(key + "=" + text);
  }

  /**
   * This config without an average of weights: what then is made comes of the weights as they are.
   */
  public RunConfig withoutAverage() {
    return with("ema", "null");
  }

  /** The config as {@code config.json} holds it; {@link #read} gives it back. */
  public String toJson() {
    return RunConfigJson.of(this).text();
  }

  private static void present(String key, @Nullable String value) {
    if (value == null || value.isBlank()) {
      throw new GanderException("'" + key + "' is missing");
    }
  }

  private static void atLeast(long least, String key, @Nullable Number value) {
    if (value != null && value.longValue() < least) {
      throw new GanderException("'%s' must be at least %d, not %s".formatted(key, least, value));
    }
  }

  private static void positive(String key, @Nullable Double value) {
    if (value != null && !(value > 0 && Double.isFinite(value))) {
      throw new GanderException("'%s' must be greater than 0, not %s".formatted(key, value));
    }
  }

  private static void notNegative(String key, @Nullable Double value) {
    if (value != null && !(value >= 0 && Double.isFinite(value))) {
      throw new GanderException("'%s' must be 0 or greater, not %s".formatted(key, value));
    }
  }

  private static void decay(String key, @Nullable Double value) {
    if (value != null && !(value >= 0 && value < 1)) {
      throw new GanderException(
          "'%s' must be at least 0 and below 1, not %s".formatted(key, value));
    }
  }
}
