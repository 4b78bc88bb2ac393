// SPDX-License-Identifier: Apache-2.0
package gander.models.zoo;

import gander.models.optim.Optimizer;
import gander.models.optim.Schedule;
import gander.models.run.Nearest;
import gander.models.run.RunConfig;
import gander.runtime.GanderException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a config says about training that goes with any model. */
final class Settings {
  private static final List<String> SCHEDULES =
      List.of("constant", "linear", "cosine", "exponential", "step");

  private Settings() {}

  /** The model with the average that a config may ask for. */
  static Model averaged(RunConfig config, Model model) {
    refuse(config, "learningRateD", config.learningRateD(), model instanceof TwoPlayer);
    refuse(config, "nGenerator", config.nGenerator(), model instanceof TwoPlayer);
    for (Technique technique : Technique.values()) {
      refuse(config, technique.key, technique.value(config), model instanceof TwoPlayer);
    }
    refuse(config, "drawnClasses", config.drawnClasses(), model instanceof CvaeGan);
    refuse(config, "klWarmup", config.klWarmup(), model instanceof VariationalAutoencoder);
    refuse(config, "ema", config.ema(), !model.generative().isEmpty());
    return config.ema() == null ? model : new Averaged(model, config.ema());
  }

  private static void refuse(RunConfig config, String key, @Nullable Object value, boolean fits) {
    if (value != null && !fits) {
      throw new GanderException(
          "model '%s' has no use for '%s': leave it out".formatted(config.model(), key));
    }
  }

  /** A method under the schedule and the clipping of a config. */
  static Optimizer.Method tempered(RunConfig config, Optimizer.Method method) {
    Schedule schedule = schedule(config);
    double clipNorm = config.clipNorm() == null ? Double.POSITIVE_INFINITY : config.clipNorm();
    return schedule.isConstant() && config.clipNorm() == null
        ? method
        : new Optimizer.Method.Tempered(method, schedule, clipNorm);
  }

  private static Schedule schedule(RunConfig config) {
    String name = config.schedule() == null ? "constant" : config.schedule();
    if (!SCHEDULES.contains(name)) {
      throw new GanderException(
          "unknown schedule '%s', did you mean '%s'? There are %s"
              .formatted(name, Nearest.to(name, SCHEDULES), String.join(", ", SCHEDULES)));
    }
    belongs(config.finalRate(), "finalRate", name, List.of("linear", "cosine", "exponential"));
    belongs(config.decayEvery(), "decayEvery", name, List.of("step"));
    belongs(config.decayBy(), "decayBy", name, List.of("step"));
    Schedule.Form form =
        switch (name) {
          case "linear" -> new Schedule.Linear(orElse(config.finalRate(), 0));
          case "cosine" -> new Schedule.Cosine(orElse(config.finalRate(), 0));
          case "exponential" -> new Schedule.Exponential(above0(orElse(config.finalRate(), 0.01)));
          case "step" -> step(config);
          default -> new Schedule.Constant();
        };
    long warmup = config.warmup() == null ? 0 : config.warmup();
    return new Schedule(form, warmup, config.steps());
  }

  private static Schedule.Form step(RunConfig config) {
    if (config.decayEvery() == null) {
      throw new GanderException(
          "schedule 'step' needs 'decayEvery': after how many steps the rate is multiplied by 'decayBy' (0.1)");
    }
    return new Schedule.Step(config.decayEvery(), orElse(config.decayBy(), 0.1));
  }

  private static double above0(double last) {
    if (last == 0) {
      throw new GanderException(
          "schedule 'exponential' never reaches 'finalRate' 0: give one above it, or 'linear'");
    }
    return last;
  }

  private static void belongs(
      @Nullable Object value, String key, String schedule, List<String> takers) {
    if (value != null && !takers.contains(schedule)) {
      throw new GanderException(
          "'%s' is for schedule %s, not '%s': leave it out"
              .formatted(key, String.join(", ", takers), schedule));
    }
  }

  private static double orElse(@Nullable Double value, double other) {
    return value == null ? other : value;
  }
}
