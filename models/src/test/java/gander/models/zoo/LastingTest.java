// SPDX-License-Identifier: Apache-2.0
package gander.models.zoo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gander.graph.Graph;
import gander.graph.op.Variable;
import gander.models.net.StepBuilder;
import gander.models.run.RunConfig;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class LastingTest {
  static List<String> models() {
    return Zoo.MODELS;
  }

  private static Lasting of(RunConfig config) {
    Model model = Zoo.create(config);
    return Lasting.of(model, model.step(new StepBuilder(1)));
  }

  private static RunConfig config(String model) {
    return Zoo.defaults(model, "none", "reference").with("batch", "4");
  }

  /** Adam keeps two moments of every parameter, and each optimizer a rate and a count. */
  @ParameterizedTest
  @MethodSource("models")
  void everyModelSaysWhatItTrainsAndByWhat(String name) {
    Model model = Zoo.create(config(name));
    Graph step = model.step(new StepBuilder(1));
    Lasting lasting = Lasting.of(model, step);
    assertEquals(
        2 * lasting.parameters() + 8L * model.optimizers().size(), lasting.optimizerState());
    long variables = step.variables().stream().mapToLong(v -> v.shape().bytes()).sum();
    assertEquals(variables + lasting.inputs(), lasting.bytes());
    long statistics =
        step.variables().stream()
            .filter(v -> v.name().matches("./\\d+/(mean|var)"))
            .mapToLong(v -> v.shape().bytes())
            .sum();
    assertEquals(statistics + StepBuilder.STEP.shape().bytes(), lasting.otherState());
  }

  @ParameterizedTest
  @CsvSource({"sgd, 1", "rmsprop, 1", "adam, 2"})
  void otherMethodsKeepLess(String optimizer, int moments) {
    Lasting lasting = of(config("ae").with("optimizer", optimizer));
    assertEquals(moments * lasting.parameters() + 8, lasting.optimizerState());
    assertEquals(4L * 28 * 28 * 4, lasting.inputs());
  }

  @ParameterizedTest
  @CsvSource({"gan-mlp", "vae"})
  void averagesAreNeitherParametersNorOptimizerState(String name) {
    RunConfig config = config(name);
    Lasting without = of(config);
    Lasting with = of(config.with("ema", "0.9"));
    long weights =
        Zoo.create(config).generative().stream()
            .map(Variable::shape)
            .mapToLong(shape -> shape.bytes())
            .sum();
    assertEquals(without.otherState() + weights, with.otherState());
    assertEquals(without.parameters(), with.parameters());
    assertEquals(without.optimizerState(), with.optimizerState());
  }
}
