// SPDX-License-Identifier: Apache-2.0
package gander.models.cli;

import gander.models.loss.Described;
import gander.models.loss.Formulation;
import gander.models.loss.GanLoss;
import gander.models.loss.Regularizer;
import gander.models.zoo.Technique;
import java.util.LinkedHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Lists the losses of two-player models with their formulas. */
@Command(
    name = "losses",
    mixinStandardHelpOptions = true,
    description =
        "Lists the losses of two-player models and what can be added to any of them, with formulas: --loss LOSS+REGULARIZER, and techniques that are keys of the config.")
public final class LossesCommand implements CliCommand {
  @Mixin private Output output = new Output();

  @Override
  public Integer call() {
    for (GanLoss loss : Formulation.losses()) {
      tell("loss", loss, loss.formulas(), loss instanceof Regularizer own ? own : null);
    }
    Formulation.aliases().forEach(this::alias);
    for (Regularizer regularizer : Formulation.regularizers(Formulation.Strengths.DEFAULT)) {
      tell("regularizer", regularizer, regularizer.formula(), regularizer);
    }
    for (Technique technique : Technique.values()) {
      line("technique", technique.key, technique.formula, technique.source());
    }
    if (!output.json()) {
      output.line("techniques are keys of the config: --feature-matching, --real-target 0.9");
      output.line(
          "all are minimised; D gives raw outputs; sp(t) = log(1 + e^t); means over the batch");
      output.line("strengths are set with --set, such as --set lambda=5");
    }
    return 0;
  }

  private void tell(
      String kind, Described described, String formula, @Nullable Regularizer regularizer) {
    var facts = new LinkedHashMap<String, String>();
    facts.put("formula", formula);
    facts.put("source", described.source());
    if (regularizer != null && !regularizer.strengths().isEmpty()) {
      facts.put("strengths", regularizer.strengths());
    }
    if (regularizer != null && regularizer.refusesCoupledSamples() != null) {
      facts.put(
          "refuses",
          "batch norm and minibatch discrimination in D: " + regularizer.refusesCoupledSamples());
    }
    if (output.json()) {
      var line = new LinkedHashMap<String, String>();
      line.put("kind", kind);
      line.put("name", described.name());
      line.putAll(facts);
      output.json(line);
      return;
    }
    output.line(
        "%-12s %-19s %s (%s)".formatted(kind, described.name(), formula, described.source()));
    facts.keySet().removeAll(Set.of("formula", "source"));
    facts.forEach((fact, text) -> output.line("%33s%s: %s".formatted("", fact, text)));
  }

  private void alias(String name, String parts) {
    line("formulation", name, parts, null);
  }

  private void line(String kind, String name, String formula, @Nullable String source) {
    if (output.json()) {
      var line = new LinkedHashMap<String, String>();
      line.put("kind", kind);
      line.put("name", name);
      line.put("formula", formula);
      if (source != null) {
        line.put("source", source);
      }
      output.json(line);
      return;
    }
    String end = source == null ? "" : " (%s)".formatted(source);
    output.line("%-12s %-19s %s%s".formatted(kind, name, formula, end));
  }
}
