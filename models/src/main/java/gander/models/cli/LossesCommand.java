// SPDX-License-Identifier: Apache-2.0
package gander.models.cli;

import gander.models.loss.Formulation;
import gander.models.loss.GanLoss;
import gander.models.loss.Regularizer;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Lists the losses of two-player models with their formulas. */
@Command(
    name = "losses",
    mixinStandardHelpOptions = true,
    description =
        "Lists the losses of two-player models and what can be added to any of them, with formulas: --loss LOSS+REGULARIZER.")
public final class LossesCommand implements CliCommand {
  @Mixin private Output output = new Output();

  @Override
  public Integer call() {
    for (GanLoss loss : Formulation.losses()) {
      tell("loss", loss.name(), loss.formulas(), loss.source());
    }
    Formulation.aliases().forEach((name, parts) -> tell("formulation", name, parts, ""));
    for (Regularizer regularizer : Formulation.regularizers(Formulation.Strengths.DEFAULT)) {
      String refused =
          regularizer.refusesCoupledSamples() == null ? "" : "; not with batch norm in D";
      tell(
          "regularizer", regularizer.name(), regularizer.formula() + refused, regularizer.source());
    }
    if (!output.json()) {
      System.out.println(
          "all are minimised; D gives raw outputs; sp(t) = log(1 + e^t); means over the batch");
    }
    return 0;
  }

  private void tell(String kind, String name, String formula, String source) {
    if (output.json()) {
      Map<String, String> all = new LinkedHashMap<>();
      all.put("kind", kind);
      all.put("name", name);
      all.put("formula", formula);
      all.put("source", source);
      output.json(all);
      return;
    }
    System.out.printf(
        "%-12s %-15s %s%s%n", kind, name, formula, source.isEmpty() ? "" : " (" + source + ")");
  }
}
