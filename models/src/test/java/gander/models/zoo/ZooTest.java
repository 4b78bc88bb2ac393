// SPDX-License-Identifier: Apache-2.0
package gander.models.zoo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.graph.op.Variable;
import gander.models.Refusal;
import gander.models.run.RunConfig;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Models have the sizes, names and settings that were published. */
class ZooTest {
  private static RunConfig config(String model) {
    return RunConfig.of(model, "strokes", "reference");
  }

  private static int elements(String model, String pattern) {
    return Zoo.create(config(model)).variables().stream()
        .filter(variable -> variable.name().matches(pattern))
        .mapToInt(variable -> variable.shape().size())
        .sum();
  }

  @ParameterizedTest
  @CsvSource({
    "gan-mlp, g/./(weight|bias), 293136",
    "gan-mlp, d/./(weight|bias), 267009",
    "gan-mlp-bn, g/./(weight|bias|gamma|beta), 1489936",
    "gan-mlp-bn, g/./(mean|var), 3584",
    "gan-mlp-bn, d/./(weight|bias), 533505",
    "gan-conv, g/./(weight|bias), 328612",
    "gan-conv, g/./(gamma|beta), 152",
    "gan-conv, d/./(weight|bias), 3265409",
    "dcgan, g/./weight, 3574784",
    "dcgan, g/./(gamma|beta), 1920",
    "dcgan, g/./(mean|var), 1920",
    "dcgan, d/./weight, 2763776",
    "dcgan, d/./(gamma|beta), 1792",
    "dcgan, ././bias, 0",
    "ae, e/./(weight|bias), 541472",
    "dae, g/./(weight|bias), 542224",
    "vae, e/./(weight|bias), 426848",
    "vae, g/./(weight|bias), 297569",
    "cvae, e/./(weight|bias), 431968",
    "cvae, g/./(weight|bias), 318049",
    "cgan, g/./weight, 3656704",
    "cgan, d/./weight, 2774016",
    "vae-gan, e/./(weight|bias), 6950464",
    "vae-gan, d/./(weight|bias), 2763841",
    "cvae-gan, e/./(weight|bias), 6960704",
    "cvae-gan, g/./(weight|bias), 4934659",
    "cvae-gan, g/./(gamma|beta), 17280",
    "cvae-gan, c/./(weight|bias), 2837578"
  })
  void parametersAreAsMany(String model, String pattern, int count) {
    assertEquals(count, elements(model, pattern));
  }

  @Test
  void layersWithVariablesAreNumberedInForwardOrder() {
    Set<String> names =
        Zoo.create(config("gan-mlp-bn")).variables().stream()
            .map(Variable::name)
            .filter(name -> name.matches("g/\\d/\\w+"))
            .collect(Collectors.toSet());
    assertTrue(
        names.containsAll(
            List.of("g/0/weight", "g/0/bias", "g/1/gamma", "g/1/beta", "g/2/weight", "g/6/bias")));
    assertFalse(names.contains("g/1/weight"));
  }

  @Test
  void everyVariableHasANameOfItsOwn() {
    for (String model : Zoo.MODELS) {
      List<Variable> variables = Zoo.create(config(model)).variables();
      assertEquals(
          variables.size(), variables.stream().map(Variable::name).distinct().count(), model);
    }
  }

  @Test
  void unknownNamesAreRefusedWithTheNearest() {
    Refusal.of(() -> Zoo.create(config("gan-mpl")), "gan-mpl", "'gan-mlp'");
    Refusal.of(() -> Zoo.create(config("gan-mlp").with("loss", "hing")), "hing", "'hinge'");
    Refusal.of(() -> Zoo.create(config("gan-mlp").with("loss", "hinge+r3")), "r3", "'r1'");
    Refusal.of(() -> Zoo.create(config("ae").with("optimizer", "adm")), "adm", "'adam'");
    Refusal.of(() -> Zoo.create(config("ae").with("loss", "hinge")), "ae", "hinge");
    Refusal.of(() -> Zoo.create(config("gan-mlp").with("loss", "no.such.Loss")), "no.such.Loss");
    Refusal.of(
        () -> Zoo.create(config("gan-mlp").with("loss", "java.lang.String")), "java.lang.String");
  }
}
