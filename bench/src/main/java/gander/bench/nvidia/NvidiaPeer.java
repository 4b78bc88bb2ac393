// SPDX-License-Identifier: Apache-2.0
package gander.bench.nvidia;

import gander.runtime.GanderException;
import gander.runtime.MathMode;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * The time of NVIDIA's own libraries for single problems of Gander's kernels, one JSON object a
 * line, until its standard input ends. Its arguments are the device's id and its math.
 *
 * <p>{@code {"op": OP, "dims": {...}}} makes a problem ready: of all functions, layouts and
 * algorithms that compute it the fastest is kept, and the answer is {@code {"how": ...}}; or {@code
 * {"unable": ...}} with the reason. {@code {"runs": N}} runs what was made ready N times and
 * answers {@code {"seconds": S}}, the median of the runs. Numbers are stored in the type that the
 * math rounds to, where there is one, and as the fastest way wants them: what it costs to bring
 * them there is not counted.
 */
public final class NvidiaPeer {
  private static final JsonMapper JSON = JsonMapper.shared();

  /** Of each way, to find the fastest. */
  private static final int TRIALS = 7;

  /** One line of input. */
  private record Request(
      @Nullable String op, @Nullable Map<String, Integer> dims, @Nullable Integer runs) {}

  /**
   * The first line of output.
   *
   * @param framework the libraries and their versions
   * @param missing why there are no others
   */
  private record Description(String framework, String device, List<String> missing) {}

  private final Gpu gpu;
  private final List<Functions> libraries = new ArrayList<>();
  private final List<String> missing = new ArrayList<>();

  /** Of what the problem that is ready needs. */
  private final Owner problem = new Owner();

  private @Nullable Way ready;

  private NvidiaPeer(String device, MathMode math, Owner owner) {
    gpu = new Gpu(device, math, owner);
    owner.add(problem::close);
    // cuDNN finds cuBLAS where it is open already.
    open(() -> new Blas(gpu, math, owner));
    open(() -> new Dnn(gpu, math, owner));
    if (libraries.isEmpty()) {
      throw new GanderException(String.join("; ", missing));
    }
  }

  /** Opens something. */
  private interface Opening {
    Functions open();
  }

  private void open(Opening opening) {
    try {
      libraries.add(opening.open());
    } catch (GanderException e) {
      missing.add(String.valueOf(e.getMessage()));
    }
  }

  @SuppressWarnings("SystemOut") // who started it reads it
  public static void main(String[] arguments) throws IOException {
    try (var owner = new Owner()) {
      var out =
          new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
      new NvidiaPeer(arguments[0], MathMode.of(arguments[1]), owner).serve(out);
    } catch (GanderException e) {
      System.err.println(e.getMessage());
      System.exit(2);
    }
  }

  private void serve(PrintStream out) throws IOException {
    List<String> versions = libraries.stream().map(Functions::version).toList();
    out.println(
        JSON.writeValueAsString(new Description(String.join(", ", versions), gpu.name(), missing)));
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      Request request = JSON.readValue(line, Request.class);
      Map<String, ?> answer =
          request.runs() == null ? take(request) : Map.of("seconds", median(request.runs()));
      out.println(JSON.writeValueAsString(answer));
    }
  }

  private Map<String, ?> take(Request request) {
    problem.close();
    ready = null;
    try {
      Way fastest = fastest(String.valueOf(request.op()), request.dims());
      ready = fastest;
      return Map.of("how", fastest.how());
    } catch (GanderException e) {
      problem.close();
      return Map.of("unable", String.valueOf(e.getMessage()));
    }
  }

  /**
   * Tries all ways.
   *
   * @throws GanderException if none goes; the first one's reason
   */
  private Way fastest(String op, @Nullable Map<String, Integer> dims) {
    Functions library =
        libraries.stream()
            .filter(candidate -> candidate.computes(op))
            .findFirst()
            .orElseThrow(() -> new GanderException(lacking(op)));
    Way best = null;
    double least = Double.POSITIVE_INFINITY;
    GanderException reason = null;
    for (Way way : library.ways(op, new Dims(dims == null ? Map.of() : dims), problem)) {
      try {
        way.run().run(); // What is done once, such as loading the kernel.
        double seconds = Arrays.stream(gpu.seconds(way.run(), TRIALS)).min().orElseThrow();
        if (seconds < least) {
          least = seconds;
          best = way;
        }
      } catch (GanderException e) {
        reason = reason == null ? e : reason;
      }
    }
    if (best == null) {
      throw reason == null
          ? new GanderException(library.version() + " lists no algorithm for it")
          : reason;
    }
    return best;
  }

  private String lacking(String op) {
    String reason = op + " has no function of its own in cuBLAS and cuDNN";
    return missing.isEmpty() ? reason : String.join("; ", missing);
  }

  private double median(int runs) {
    if (ready == null) {
      throw new GanderException("no problem is ready");
    }
    double[] seconds = gpu.seconds(ready.run(), runs);
    Arrays.sort(seconds);
    return (seconds[(runs - 1) / 2] + seconds[runs / 2]) / 2;
  }
}
