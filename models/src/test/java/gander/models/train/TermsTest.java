// SPDX-License-Identifier: Apache-2.0
package gander.models.train;

import static gander.models.train.SmallTraining.config;
import static gander.models.train.SmallTraining.curve;
import static gander.models.train.SmallTraining.trained;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.models.run.RunConfig;
import gander.models.run.RunDirectory;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Terms of losses are logged as they are, and as their sums have them. */
class TermsTest {
  @TempDir Path folder;

  /** Each term as it is, and as its sum has it. */
  @ParameterizedTest
  @CsvSource({
    "gan-mlp, minimax-ns+gp+r1+div, d, d/formulation d/gp/weighted d/r1/weighted d/div",
    "gan-mlp, gander.models.loss.GanLossTest$Penalized, d, d/formulation d/penalized",
    "vae, , total, recon kl",
    "vae-gan, , g/total, recon/weighted g",
    "cvae-gan, , recon, recon/image recon/d recon/c",
    "cvae-gan, , e/total, recon kl/weighted",
    "cvae-gan, , g/total, recon gd/weighted gc/weighted"
  })
  void termsAddUp(String model, @Nullable String loss, String sum, String terms) {
    RunConfig plain = config(model, 3);
    RunConfig config = loss == null ? plain : plain.with("loss", loss);
    RunDirectory run = trained(folder.resolve("run"), config);
    for (int step = 0; step < 3; step++) {
      double expected = 0;
      for (String term : terms.split(" ")) {
        expected += curve(run, term)[step];
      }
      assertEquals(expected, curve(run, sum)[step], 1e-12 * Math.abs(expected));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "gan-mlp, minimax-ns+gp, lambda=5, d/gp, 5",
    "gan-mlp, hinge+dragan, lambda=3, d/dragan, 3",
    "gan-mlp, wgan-div, lambda=4, d/div, 2",
    "gan-mlp, hinge+r2, gamma=6, d/r2, 3",
    "vae, , beta=4, kl, 4",
    "vae-gan, , gamma=0.25, recon, 0.25",
    "cvae-gan, , beta=3, kl, 3",
    "cvae-gan, , beta=3, gd, 1e-3",
    "cvae-gan, , beta=3, gc, 1e-3"
  })
  void termsAreLoggedRawAndWeighted(
      String model, @Nullable String loss, String setting, String term, double weight) {
    String[] pair = setting.split("=");
    RunConfig plain = config(model, 2).with(pair[0], pair[1]);
    RunConfig config = loss == null ? plain : plain.with("loss", loss);
    RunDirectory run = trained(folder.resolve("run"), config);
    for (int step = 0; step < 2; step++) {
      double raw = curve(run, term)[step];
      assertTrue(raw > 0, term);
      assertEquals(weight * raw, curve(run, term + "/weighted")[step], 1e-12 * weight * raw);
    }
  }
}
