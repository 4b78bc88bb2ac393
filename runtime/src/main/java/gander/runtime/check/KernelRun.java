// SPDX-License-Identifier: Apache-2.0
package gander.runtime.check;

import gander.runtime.Argument;
import gander.runtime.CodeModule;
import gander.runtime.Device;
import gander.runtime.GanderException;
import gander.runtime.Geometry;
import gander.runtime.Launch;
import gander.runtime.Recording;
import gander.runtime.Source;
import gander.runtime.catalogue.Catalogue;
import gander.runtime.catalogue.KernelFile;
import gander.runtime.catalogue.Problem;
import gander.runtime.catalogue.Variant;
import gander.runtime.jit.Jit;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Runs variants on one device, in this process, and judges them. A variant runs twice from the same
 * start, then once in each way in which outputs may have the memory of inputs; every run must give
 * the same bits, leave the inputs and the canaries alone, and be right.
 *
 * <p>Used from the device's thread. A kernel that does not end does not return, and one that writes
 * far outside its buffers may end the process: see {@link KernelCheck}.
 */
public final class KernelRun {
  private final Device device;
  private final Catalogue catalogue;
  private final Path cache;
  private final boolean guarded;

  /**
   * @param cache folder of compiled kernels
   * @param guarded whether to put canaries round the buffers and poison into them; without, each
   *     buffer is an allocation of its own, for a memory checker around the process
   */
  public KernelRun(Device device, Catalogue catalogue, Path cache, boolean guarded) {
    this.device = device;
    this.catalogue = catalogue;
    this.cache = cache;
    this.guarded = guarded;
  }

  /** Runs and judges a variant. */
  public Verdict run(Variant variant, Workload workload, Workload.Data data) {
    // Of its own, so that the code is gone from the device afterwards.
    try (var jit = Jit.forTrials(device, cache)) {
      Source source = variant.source(catalogue);
      CodeModule module = jit.load(source);
      return new Attempt(variant, module, workload, data).verdict();
    } catch (GanderException e) {
      return new Verdict.Refused(String.valueOf(e.getMessage()));
    }
  }

  /** The launches of a variant, one a pass. */
  public static List<Launch> launches(
      Variant variant, CodeModule module, List<Argument> arguments) {
    var launches = new ArrayList<Launch>();
    List<Geometry> geometries = variant.geometries();
    for (int pass = 0; pass < geometries.size(); pass++) {
      KernelFile.Pass of = variant.kernel().passes().get(pass);
      launches.add(
          new Launch(
              variant.toString(), module.kernel(of.function()), geometries.get(pass), arguments));
    }
    return launches;
  }

  private final class Attempt {
    private final Variant variant;
    private final CodeModule module;
    private final Workload workload;
    private final Workload.Data data;
    private double share;

    Attempt(Variant variant, CodeModule module, Workload workload, Workload.Data data) {
      this.variant = variant;
      this.module = module;
      this.workload = workload;
      this.data = data;
      int parameters = data.inputs().size() + data.outputs().size() + workload.words().size();
      if (parameters != variant.problem().parameters().size()) {
        throw new IllegalStateException(
            "%d inputs, outputs and words for %s"
                .formatted(parameters, variant.problem().parameters()));
      }
    }

    Verdict verdict() {
      var results = new ArrayList<float[][]>();
      Verdict failure = execute(Map.of(), 2, results);
      if (failure == null) {
        failure = different(results.get(0), results.get(1), false);
      }
      for (Map<Integer, Integer> shared : workload.inPlace()) {
        failure = failure == null ? execute(shared, 1, results) : failure;
        failure = failure == null ? different(results.get(0), results.getLast(), true) : failure;
      }
      return failure == null ? new Verdict.Right(share) : failure;
    }

    /**
     * Runs some times, each from the same start.
     *
     * @param shared outputs that have the memory of inputs
     * @param results each run's outputs are added
     * @return the first failure; null if there is none
     */
    private @Nullable Verdict execute(
        Map<Integer, Integer> shared, int times, List<float[][]> results) {
      List<Buffers.Spec> specs = specs();
      try (var buffers = new Buffers(device, specs, guarded);
          Recording recording =
              device.record(launches(variant, module, arguments(buffers, shared)))) {
        for (int i = 0; i < times; i++) {
          buffers.write();
          recording.replay();
          device.finish();
          buffers.read();
          Verdict failure = judge(buffers, shared, results);
          if (failure != null) {
            return failure;
          }
        }
        return null;
      }
    }

    private List<Buffers.Spec> specs() {
      List<Problem.Parameter> parameters = variant.problem().parameters();
      var specs = new ArrayList<Buffers.Spec>();
      for (float[] input : data.inputs()) {
        specs.add(Buffers.Spec.of(parameters.get(specs.size()).name(), input));
      }
      for (Workload.Expected output : data.outputs()) {
        long bytes = (long) Float.BYTES * output.values().length;
        specs.add(new Buffers.Spec(parameters.get(specs.size()).name(), bytes, null));
      }
      List<Long> scratch = variant.scratchBytes();
      for (int i = 0; i < scratch.size(); i++) {
        String name = variant.kernel().scratch().get(i).name();
        specs.add(new Buffers.Spec(name, scratch.get(i), null));
      }
      return specs;
    }

    private List<Argument> arguments(Buffers buffers, Map<Integer, Integer> shared) {
      int inputs = data.inputs().size();
      int outputs = data.outputs().size();
      var arguments = new ArrayList<Argument>();
      for (int i = 0; i < inputs; i++) {
        arguments.add(buffers.slice(i));
      }
      for (int i = 0; i < outputs; i++) {
        arguments.add(buffers.slice(shared.getOrDefault(i, inputs + i)));
      }
      workload.words().forEach(word -> arguments.add(new Argument.Word(word)));
      for (int i = 0; i < variant.kernel().scratch().size(); i++) {
        arguments.add(buffers.slice(inputs + outputs + i));
      }
      return arguments;
    }

    private @Nullable Verdict judge(
        Buffers buffers, Map<Integer, Integer> shared, List<float[][]> results) {
      Verdict overrun = buffers.overrun();
      if (overrun != null) {
        return overrun;
      }
      int inputs = data.inputs().size();
      for (int i = 0; i < inputs; i++) {
        int changed =
            shared.containsValue(i)
                ? -1
                : Arrays.mismatch(bits(data.inputs().get(i)), bits(buffers.content(i)));
        if (changed >= 0) {
          return new Verdict.InputChanged(variant.problem().parameters().get(i).name(), changed);
        }
      }
      var outputs = new float[data.outputs().size()][];
      for (int i = 0; i < outputs.length; i++) {
        outputs[i] = buffers.content(shared.getOrDefault(i, inputs + i));
        var comparison = new Comparison(workload.outputName(i, data), !shared.isEmpty());
        Verdict wrong = comparison.compare(outputs[i], data.outputs().get(i));
        if (wrong != null) {
          return wrong;
        }
        share = Math.max(share, comparison.share());
      }
      results.add(outputs);
      return null;
    }

    private @Nullable Verdict different(float[][] first, float[][] second, boolean inPlace) {
      for (int i = 0; i < first.length; i++) {
        int at = Arrays.mismatch(bits(first[i]), bits(second[i]));
        if (at >= 0) {
          return new Verdict.Unstable(
              workload.outputName(i, data), inPlace, at, first[i][at], second[i][at]);
        }
      }
      return null;
    }

    /** One NaN is as good as another. */
    private static int[] bits(float[] values) {
      var bits = new int[values.length];
      Arrays.setAll(bits, i -> Float.floatToIntBits(values[i]));
      return bits;
    }
  }
}
