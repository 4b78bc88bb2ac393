// SPDX-License-Identifier: Apache-2.0
package gander.models.loss;

import static gander.models.loss.Scores.FAKE;
import static gander.models.loss.Scores.REAL;
import static gander.models.loss.Scores.value;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.graph.op.Ops;
import gander.graph.op.Tensor;
import gander.models.Refusal;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Losses give the numbers of their formulas. */
class GanLossTest {
  private static double sp(double t) {
    return Math.log1p(Math.exp(t));
  }

  @ParameterizedTest
  @CsvSource({"minimax", "minimax-ns", "lsgan", "hinge", "wasserstein"})
  void aLossIsItsFormula(String name) {
    GanLoss loss = Formulation.of(name, Formulation.Strengths.DEFAULT).loss();
    double ns = (sp(-0.5) + sp(2)) / 2 + (sp(1.5) + sp(-0.25)) / 2;
    double[] expected =
        switch (name) {
          case "minimax" -> new double[] {ns, -(sp(1.5) + sp(-0.25)) / 2};
          case "minimax-ns" -> new double[] {ns, (sp(-1.5) + sp(0.25)) / 2};
          case "lsgan" ->
              new double[] {
                0.5 * (0.25 + 9) / 2 + 0.5 * (2.25 + 0.0625) / 2, 0.5 * (0.25 + 1.5625) / 2
              };
          case "hinge" -> new double[] {(0.5 + 3) / 2 + (2.5 + 0.75) / 2, -1.25 / 2};
          default -> new double[] {1.25 / 2 + 1.5 / 2, -1.25 / 2};
        };
    assertEquals(expected[0], value(loss.discriminator(REAL, FAKE)), 1e-12);
    assertEquals(expected[1], value(loss.generator(REAL, FAKE)), 1e-12);
  }

  /** One-sided: the targets of generated samples, and the generator's, stay. */
  @ParameterizedTest
  @CsvSource({"minimax", "minimax-ns", "lsgan"})
  void aTargetForDataIsSmoothed(String name) {
    GanLoss plain = Formulation.of(name, Formulation.Strengths.DEFAULT).loss();
    GanLoss loss = Objects.requireNonNull(plain.withRealTarget(0.9));
    double entropy =
        (0.9 * sp(-0.5) + 0.1 * sp(0.5) + 0.9 * sp(2) + 0.1 * sp(-2)) / 2
            + (sp(1.5) + sp(-0.25)) / 2;
    double squares = 0.5 * (0.4 * 0.4 + 2.9 * 2.9) / 2 + 0.5 * (2.25 + 0.0625) / 2;
    assertEquals(
        name.equals("lsgan") ? squares : entropy, value(loss.discriminator(REAL, FAKE)), 1e-12);
    assertEquals(value(plain.generator(REAL, FAKE)), value(loss.generator(REAL, FAKE)));
    assertEquals(name, loss.name());
  }

  @ParameterizedTest
  @CsvSource({"rsgan", "ragan", "ralsgan", "rahinge"})
  void relativisticLossesAreSymmetric(String name) {
    GanLoss loss = Formulation.of(name, Formulation.Strengths.DEFAULT).loss();
    assertEquals(value(loss.discriminator(REAL, FAKE)), value(loss.generator(FAKE, REAL)), 1e-15);
    Tensor shifted = loss.discriminator(Ops.add(REAL, 3), Ops.add(FAKE, 3));
    assertEquals(value(loss.discriminator(REAL, FAKE)), value(shifted), 1e-12);
  }

  @Test
  void relativisticLossesAreTheirFormulas() {
    double a = 0.5 - 0.625;
    double b = -2 - 0.625;
    double c = 1.5 + 0.75;
    double d = -0.25 + 0.75;
    Map<String, Double> expected =
        Map.of(
            "rsgan", (sp(-(0.5 - 1.5)) + sp(-(-2 + 0.25))) / 2,
            "ragan", (sp(-a) + sp(-b)) / 2 + (sp(c) + sp(d)) / 2,
            "ralsgan",
                ((a - 1) * (a - 1) + (b - 1) * (b - 1)) / 2
                    + ((c + 1) * (c + 1) + (d + 1) * (d + 1)) / 2,
            "rahinge", (1 - a + 1 - b) / 2 + (1 + c + 1 + d) / 2);
    expected.forEach((name, number) -> {
      GanLoss loss = Formulation.of(name, Formulation.Strengths.DEFAULT).loss();
      assertEquals(number, value(loss.discriminator(REAL, FAKE)), 1e-12, name);
    });
  }

  @Test
  void aliasesAreALossWithItsRegularizer() {
    assertEquals("wasserstein+gp", describe("wgan-gp"));
    assertEquals("wasserstein+clip", describe("wgan"));
    assertEquals("minimax-ns+r1", describe("r1"));
    assertEquals("lsgan+r1+gp", describe("lsgan+r1+gp"));
  }

  @Test
  void aNameOfItsOwnTakesRegularizersToo() {
    assertEquals("wasserstein+gp+lecam", describe("wgan-gp+lecam"));
    Refusal.of(() -> describe("wgan-gp+gp"), "'gp' twice");
  }

  private static String describe(String name) {
    return Formulation.of(name, Formulation.Strengths.DEFAULT).describe();
  }

  /** A loss that brings its own penalty. */
  public static final class Penalized implements GanLoss, Regularizer {
    @Override
    public String name() {
      return "penalized";
    }

    @Override
    public Tensor discriminator(Tensor real, Tensor fake) {
      return Ops.mean(fake);
    }

    @Override
    public Tensor generator(Tensor real, Tensor fake) {
      return Ops.neg(Ops.mean(fake));
    }

    @Override
    public Tensor term(Terms terms) {
      return Ops.mean(Ops.square(terms.realScores()));
    }
  }

  /** A loss that takes the name of another. */
  public static final class Second implements GanLoss {
    @Override
    public String name() {
      return "hinge";
    }

    @Override
    public Tensor discriminator(Tensor real, Tensor fake) {
      return Ops.mean(fake);
    }

    @Override
    public Tensor generator(Tensor real, Tensor fake) {
      return Ops.mean(fake);
    }
  }

  @Test
  void servicesGoByTheirOwnName(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("META-INF/services/" + GanLoss.class.getName());
    Files.createDirectories(file.getParent());
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    try (var loader = new URLClassLoader(new URL[] {folder.toUri().toURL()}, before)) {
      Thread.currentThread().setContextClassLoader(loader);
      Files.writeString(file, Penalized.class.getName());
      assertTrue(Formulation.names().contains("penalized"));
      Formulation found = Formulation.of("penalized+lecam", Formulation.Strengths.DEFAULT);
      assertEquals("penalized+lecam", found.describe());
      assertEquals(found.loss(), found.regularizers().getFirst());
      assertEquals(2, found.regularizers().size());
      Files.writeString(file, Second.class.getName());
      Refusal.of(Formulation::names, Second.class.getName(), "'hinge'");
      Files.writeString(file, "no.such.Loss");
      Refusal.of(Formulation::names, "no.such.Loss");
    } finally {
      Thread.currentThread().setContextClassLoader(before);
    }
  }
}
