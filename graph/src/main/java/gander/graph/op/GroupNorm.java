// SPDX-License-Identifier: Apache-2.0
package gander.graph.op;

import java.util.List;

/**
 * Group norm (Wu and He 2018): each sample's groups of neighbouring channels normalised over all
 * axes but the first, {@code y = gamma (x - mean) / sqrt(var + epsilon) + beta}, with the biased
 * variance. With every channel a group it is instance norm (Ulyanov, Vedaldi, Lempitsky 2016).
 *
 * <p>Inputs: x {@code [N, ..., C]}, gamma {@code [C]}, beta {@code [C]}. Output: y.
 */
public record GroupNorm(int groups, double epsilon) implements Composite {
  @Override
  public String name() {
    return "group_norm";
  }

  @Override
  public String describe() {
    return "group_norm in %d groups".formatted(groups);
  }

  @Override
  public List<Shape> shapes(List<Shape> inputs) {
    Shape x = inputs.get(0);
    ShapeException.check(x.rank() >= 2, "%s has no sample axis beside its channels", x);
    int c = x.dim(-1);
    ShapeException.check(
        groups >= 1 && c % groups == 0, "%d channels do not divide into %d groups", c, groups);
    Shape channels = Shape.of(c);
    ShapeException.check(
        inputs.get(1).equals(channels) && inputs.get(2).equals(channels),
        "gamma %s and beta %s are not one number for each of %d channels",
        inputs.get(1),
        inputs.get(2),
        c);
    return List.of(x);
  }

  @Override
  public List<Tensor> expand(List<Tensor> inputs) {
    Shape shape = inputs.get(0).shape();
    int n = shape.dim(0);
    int c = shape.dim(-1);
    int pixels = shape.product(1, shape.rank() - 1);
    Tensor x = Ops.reshape(inputs.get(0), Shape.of(n, pixels, groups, c / groups));
    Tensor centred = Ops.sub(x, Ops.mean(x, 1, 3));
    Tensor variance = Ops.mean(Ops.square(centred), 1, 3);
    Tensor normal = Ops.mul(centred, Ops.rsqrt(Ops.add(variance, epsilon)));
    Shape channels = Shape.of(groups, c / groups);
    Tensor y =
        Ops.add(
            Ops.mul(normal, Ops.reshape(inputs.get(1), channels)),
            Ops.reshape(inputs.get(2), channels));
    return List.of(Ops.reshape(y, shape));
  }

  private static Sample sample(int groups, int... shape) {
    int c = shape[shape.length - 1];
    return Sample.of(
        new GroupNorm(groups, 1e-5), Sample.normal(shape), Sample.normal(c), Sample.normal(c));
  }

  static List<Sample> samples() {
    return List.of(
        sample(1, 2, 1, 1, 1),
        sample(1, 2, 3),
        sample(3, 2, 1, 1, 3),
        sample(1, 2, 3, 2, 4),
        sample(2, 2, 3, 2, 4),
        sample(4, 2, 2, 3, 4),
        sample(5, 1, 2, 2, 50),
        sample(50, 1, 2, 1, 50),
        sample(8, 3, 7, 7, 64));
  }
}
