// SPDX-License-Identifier: Apache-2.0
package gander.models.loss;

import gander.models.run.Nearest;
import gander.runtime.GanderException;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A loss with its regularizers, made from a name such as {@code hinge}, {@code wgan-gp} or {@code
 * lsgan+r1}.
 */
public record Formulation(GanLoss loss, List<Regularizer> regularizers) {
  /** Strengths that a config may set; null for the papers' values. */
  public record Strengths(@Nullable Double lambda, @Nullable Double gamma, @Nullable Double clip) {
    /** The papers' values. */
    public static final Strengths DEFAULT = new Strengths(null, null, null);
  }

  /** Whole formulations that have a name of their own. */
  private static final Map<String, String> ALIASES =
      new TreeMap<>(
          Map.of(
              "wgan", "wasserstein+clip",
              "wgan-gp", "wasserstein+gp",
              "wgan-div", "wasserstein+div",
              "r1", "minimax-ns+r1"));

  /**
   * The shipped losses, then those that are services.
   *
   * @throws GanderException if a service cannot be created or has a name that is taken
   */
  public static List<GanLoss> losses() {
    var losses =
        new ArrayList<GanLoss>(
            List.of(
                new Minimax(),
                new NonSaturating(),
                new LeastSquares(),
                new Hinge(),
                new Wasserstein()));
    losses.addAll(Relativistic.ALL);
    losses.addAll(FDivergence.ALL);
    Set<String> taken = new HashSet<>(ALIASES.keySet());
    losses.forEach(loss -> taken.add(loss.name()));
    try {
      for (GanLoss loss : ServiceLoader.load(GanLoss.class)) {
        if (!taken.add(loss.name())) {
          throw new GanderException(
              "class %s has the name '%s' of another loss: give it one of its own"
                  .formatted(loss.getClass().getName(), loss.name()));
        }
        losses.add(loss);
      }
    } catch (ServiceConfigurationError e) {
      throw new GanderException(
          "a loss that is declared as a service cannot be created: " + e.getMessage(), e);
    }
    return losses;
  }

  /** A new object of every regularizer. */
  public static List<Regularizer> regularizers(Strengths strengths) {
    double lambda = orElse(strengths.lambda, 10);
    double gamma = orElse(strengths.gamma, 10);
    return List.of(
        new GradientPenalty(GradientPenalty.Form.TWO_SIDED, lambda),
        new GradientPenalty(GradientPenalty.Form.ONE_SIDED, lambda),
        new GradientPenalty(GradientPenalty.Form.ZERO_CENTRED, lambda),
        new Dragan(lambda),
        new R1(gamma),
        new R2(gamma),
        new WassersteinDivergence(orElse(strengths.lambda, 2)),
        new LeCam(orElse(strengths.lambda, 0.3)),
        new Clipping(orElse(strengths.clip, 0.01)),
        new SpectralNorm());
  }

  private static double orElse(@Nullable Double value, double other) {
    return value == null ? other : value;
  }

  /** What a whole formulation with a name of its own is made of, by that name. */
  public static Map<String, String> aliases() {
    return ALIASES;
  }

  public Formulation {
    regularizers = List.copyOf(regularizers);
  }

  /** Every name that {@link #of} takes, without what can be added with {@code +}. */
  public static List<String> names() {
    var names = new ArrayList<String>();
    losses().forEach(loss -> names.add(loss.name()));
    names.addAll(ALIASES.keySet());
    return names;
  }

  /** A name without the regularizers that are added with {@code +}. */
  public static String base(String name) {
    return name.split("\\+", 2)[0];
  }

  /**
   * The formulation of a name.
   *
   * @param name a loss, or the class of one, and any number of regularizers after {@code +}
   * @throws GanderException naming the nearest, if a part is unknown
   */
  public static Formulation of(String name, Strengths strengths) {
    String base = base(name);
    String whole = ALIASES.getOrDefault(base, base) + name.substring(base.length());
    String[] parts = whole.split("\\+", -1);
    GanLoss loss = loss(parts[0]);
    Map<String, Regularizer> known = new LinkedHashMap<>();
    for (Regularizer regularizer : regularizers(strengths)) {
      known.put(regularizer.name(), regularizer);
    }
    var regularizers = new ArrayList<Regularizer>();
    if (loss instanceof Regularizer own) {
      regularizers.add(own);
    }
    for (String part : List.of(parts).subList(1, parts.length)) {
      Regularizer regularizer = known.get(part);
      if (regularizer == null) {
        throw new GanderException(
            "unknown regularizer '%s', did you mean '%s'? There are %s"
                .formatted(
                    part, Nearest.to(part, known.keySet()), String.join(", ", known.keySet())));
      }
      if (regularizers.contains(regularizer)) {
        throw new GanderException("loss '%s' has '%s' twice: leave one out".formatted(name, part));
      }
      regularizers.add(regularizer);
    }
    return new Formulation(loss, regularizers);
  }

  private static GanLoss loss(String name) {
    for (GanLoss loss : losses()) {
      if (loss.name().equals(name)) {
        return loss;
      }
    }
    if (name.contains(".")) {
      return ofClass(name);
    }
    throw new GanderException(
        "unknown loss '%s', did you mean '%s'? There are %s, and any class on the class path by its full name"
            .formatted(name, Nearest.to(name, names()), String.join(", ", names())));
  }

  private static GanLoss ofClass(String name) {
    try {
      Object made = Class.forName(name).getConstructor().newInstance();
      if (made instanceof GanLoss loss) {
        return loss;
      }
      throw new GanderException(
          "class %s is no loss: it must implement %s".formatted(name, GanLoss.class.getName()));
    } catch (ClassNotFoundException e) {
      throw new GanderException("loss class %s is not on the class path".formatted(name), e);
    } catch (NoSuchMethodException | InstantiationException | IllegalAccessException e) {
      throw new GanderException(
          "loss class %s needs a public constructor without parameters".formatted(name), e);
    } catch (InvocationTargetException e) {
      throw new GanderException(
          "loss class %s cannot be created: %s".formatted(name, e.getCause()), e);
    }
  }

  /** Whether a discriminator with batch norm can take all of it. */
  public boolean allowsCoupledSamples() {
    return regularizers.stream()
        .allMatch(regularizer -> regularizer.refusesCoupledSamples() == null);
  }

  /** How it is written out: the loss and its regularizers. */
  public String describe() {
    var text = new StringBuilder(loss.name());
    regularizers.stream()
        .filter(regularizer -> !regularizer.equals(loss)) // it is both
        .forEach(regularizer -> text.append('+').append(regularizer.name()));
    return text.toString();
  }
}
