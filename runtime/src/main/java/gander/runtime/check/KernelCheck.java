// SPDX-License-Identifier: Apache-2.0
package gander.runtime.check;

import gander.runtime.Device;
import gander.runtime.DeviceInfo;
import gander.runtime.GanderException;
import gander.runtime.Parallel;
import gander.runtime.catalogue.Arithmetic;
import gander.runtime.catalogue.Catalogue;
import gander.runtime.catalogue.KernelFile;
import gander.runtime.catalogue.Problem;
import gander.runtime.catalogue.Variant;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Runs kernels on workloads: those that can run on the device, whatever class of device they are
 * written for, under several or all settings of their tunables.
 */
public final class KernelCheck {
  /**
   * How to run them.
   *
   * @param setting the only setting to run; null for those that {@code settings} says
   * @param settings how many settings a kernel and workload, the default first; or {@link #EACH}
   * @param seed of the choice of settings
   * @param limit of time for one variant, after which it counts as hanging
   * @param jobs processes at a time
   * @param stop whether to end at the first case that is not right; other processes end theirs
   */
  public record Scope(
      @Nullable Map<String, Integer> setting,
      int settings,
      long seed,
      Duration limit,
      int jobs,
      boolean stop) {
    /** Every setting of a kernel on one of its problems. */
    public static final int EACH = 0;
  }

  /** Follows a check; called by one thread at a time. */
  public interface Listener {
    /** A case is decided. */
    void decided(Case one, Verdict verdict);
  }

  private final DeviceInfo device;
  private final Catalogue catalogue;
  private final Scope scope;
  private final Map<String, Coverage> coverages = new HashMap<>();
  private final Map<String, Map<Problem, List<Map<String, Integer>>>> spreads = new HashMap<>();
  private final Map<Posed, List<Map<String, Integer>>> chosen = new HashMap<>();
  private final Set<String> unreadable = new HashSet<>();
  private volatile boolean stopped;

  public KernelCheck(DeviceInfo device, Catalogue catalogue, Scope scope) {
    this.device = device;
    this.catalogue = catalogue;
    this.scope = scope;
  }

  /** What is compiled once, though it may run on several workloads. */
  private record Posed(String kernel, Problem problem) {}

  /** A workload with the cases that run on it, of variants with one arithmetic. */
  private record Batch(Workload workload, Arithmetic arithmetic, List<Case> cases) {}

  /**
   * The cases that a check runs, in order; a kernel whose header cannot be read for a workload is
   * decided at once.
   */
  private Queue<Batch> batches(Pairs pairs, Listener listener) {
    var batches = new ArrayDeque<Batch>();
    for (Workload workload : pairs.workloads()) {
      var cases = new LinkedHashMap<Arithmetic, List<Case>>();
      for (KernelFile kernel : catalogue.kernels(workload.problem().op())) {
        if (!pairs.contain(kernel, workload)
            || !kernel.runsOn(device)
            || unreadable.contains(kernel.path())) {
          continue;
        }
        try {
          for (Map<String, Integer> setting : settings(kernel, workload, pairs)) {
            var variant = new Variant(kernel, workload.problem(), setting, device);
            cases
                .computeIfAbsent(variant.arithmetic(), own -> new ArrayList<>())
                .add(new Case(kernel, setting, workload));
          }
        } catch (GanderException e) {
          unreadable.add(kernel.path());
          decide(
              new Case(kernel, Map.of(), workload),
              new Verdict.Refused(String.valueOf(e.getMessage())),
              listener);
        }
      }
      cases.forEach((own, its) -> batches.add(new Batch(workload, own, its)));
    }
    return batches;
  }

  private List<Map<String, Integer>> settings(KernelFile kernel, Workload workload, Pairs pairs) {
    var posed = new Posed(kernel.path(), workload.problem());
    List<Map<String, Integer>> known = chosen.get(posed);
    if (known == null) {
      known = settings(kernel, workload.problem(), pairs);
      chosen.put(posed, known);
    }
    return known;
  }

  private List<Map<String, Integer>> settings(KernelFile kernel, Problem problem, Pairs pairs) {
    Map<String, Integer> only = scope.setting;
    if (only != null) {
      return all(kernel, problem).stream().filter(only::equals).toList();
    }
    if (scope.settings == Scope.EACH) {
      return spreads
          .computeIfAbsent(kernel.path(), k -> spread(kernel, pairs))
          .getOrDefault(problem, List.of());
    }
    return coverages
        .computeIfAbsent(kernel.path(), k -> new Coverage(scope.settings, scope.seed))
        .choose(all(kernel, problem));
  }

  private Map<Problem, List<Map<String, Integer>>> spread(KernelFile kernel, Pairs pairs) {
    var able = new LinkedHashMap<Problem, List<Map<String, Integer>>>();
    for (Workload workload : pairs.workloads()) {
      if (pairs.contain(kernel, workload)) {
        able.computeIfAbsent(workload.problem(), problem -> all(kernel, problem));
      }
    }
    return Spread.of(able);
  }

  /** Every setting with which a kernel computes a problem, the default first. */
  private List<Map<String, Integer>> all(KernelFile kernel, Problem problem) {
    return Catalogue.variants(kernel, problem, device).stream().map(Variant::setting).toList();
  }

  /** Runs every case in processes of their own. */
  public void run(Pairs pairs, List<Path> folders, Listener listener) {
    run(batches(pairs, listener), folders, listener);
  }

  /** The same for cases that are chosen already. */
  public void run(List<Case> cases, List<Path> folders, Listener listener) {
    var batches = new ArrayDeque<Batch>();
    for (Case one : cases) {
      batches.add(new Batch(one.workload(), one.variant(device).arithmetic(), List.of(one)));
    }
    run(batches, folders, listener);
  }

  private void run(Queue<Batch> batches, List<Path> folders, Listener listener) {
    Runnable job = () -> work(batches, folders, listener);
    Parallel.run(scope.jobs, Collections.nCopies(scope.jobs, job));
  }

  private void work(Queue<Batch> batches, List<Path> folders, Listener listener) {
    try (var worker = new WorkerProcess(device, folders, scope.limit)) {
      for (Batch batch = next(batches); batch != null; batch = next(batches)) {
        worker.take(batch.workload, batch.workload.data(batch.arithmetic));
        for (Case one : batch.cases) {
          if (stopped) {
            return;
          }
          Verdict verdict = worker.run(one.kernel(), one.setting());
          synchronized (batches) {
            decide(one, verdict, listener);
          }
        }
      }
    }
  }

  private void decide(Case one, Verdict verdict, Listener listener) {
    stopped |= scope.stop && !(verdict instanceof Verdict.Right);
    listener.decided(one, verdict);
  }

  private @Nullable Batch next(Queue<Batch> batches) {
    synchronized (batches) {
      return stopped ? null : batches.poll();
    }
  }

  /** Runs every case in this process, which hangs if one hangs. */
  public void runHere(Device open, KernelRun run, Pairs pairs, Listener listener) {
    for (Batch batch : batches(pairs, listener)) {
      Workload.Data data = batch.workload.data(batch.arithmetic);
      for (Case one : batch.cases) {
        if (stopped) {
          return;
        }
        decide(one, run.run(one.variant(open.info()), one.workload(), data), listener);
      }
    }
  }
}
