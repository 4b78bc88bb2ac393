// SPDX-License-Identifier: Apache-2.0
package gander.runtime.jit;

import gander.runtime.CodeModule;
import gander.runtime.Device;
import gander.runtime.DeviceException;
import gander.runtime.DeviceInfo;
import gander.runtime.Parallel;
import gander.runtime.Source;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Compiles translation units for one device: each text once, from the disk cache where it is there,
 * several at a time where they are not, with the help of further processes where the driver has
 * each compile one at a time. Owns the loaded modules and closes them.
 *
 * <p>Used from the device's thread, like the device.
 */
public final class Jit implements AutoCloseable {
  /** Missing units for which one more process is worth starting, which takes it a second. */
  private static final int SHARE = 8;

  private final Device device;
  private final Path folder;
  private final JitCache cache;
  private final Map<String, CodeModule> loaded = new LinkedHashMap<>();

  /** Of what was prepared and is not loaded yet: its keys, which take long texts to make. */
  private final IdentityHashMap<Source, String> keys = new IdentityHashMap<>();

  /** Of what was prepared and is not loaded yet: the code that the disk had. */
  private final Map<String, byte[]> found = new HashMap<>();

  private final AtomicInteger compiled = new AtomicInteger();
  private final AtomicInteger byHelpers = new AtomicInteger();
  private final Optional<ShippedCode> shipped = ShippedCode.here();
  private volatile boolean failed;
  private final Listener listener;
  private final Class<?> helper;
  private final boolean trials;

  /** Follows the compiling of many sources, which can take a while. */
  public interface Listener {
    /**
     * One more is compiled; called by any thread.
     *
     * @param done so far
     * @param all that were not in the cache
     */
    void compiled(int done, int all);

    /**
     * The end, unless a source could not be compiled.
     *
     * @param kernels that were loaded, equal ones once
     * @param compiled how many of them were not in the cache
     */
    default void closed(int kernels, int compiled) {}
  }

  public Jit(Device device, Path folder) {
    this(device, folder, (done, all) -> {});
  }

  public Jit(Device device, Path folder, Listener listener) {
    this(device, folder, listener, Helper.class, false);
  }

  /** For code that is tried and mostly not used again; its cache entries are of their own. */
  public static Jit forTrials(Device device, Path folder) {
    return new Jit(device, folder, (done, all) -> {}, Helper.class, true);
  }

  /**
   * @param helper the main class of further processes
   */
  Jit(Device device, Path folder, Listener listener, Class<?> helper, boolean trials) {
    this.device = device;
    this.folder = folder;
    this.helper = helper;
    this.trials = trials;
    this.cache = new JitCache(folder);
    this.listener = listener;
  }

  /** How many sources were compiled, rather than found in the cache, since this was created. */
  public int compiled() {
    return compiled.get();
  }

  /** How many of these were compiled by other processes. */
  public int byHelpers() {
    return byHelpers.get();
  }

  /** Compiles into the cache, in parallel, whatever of these is not there. */
  public void prepare(Collection<Unit> units) {
    var missing = new LinkedHashMap<String, Unit>();
    for (Unit unit : units) {
      String key = key(unit.source());
      keys.put(unit.source(), key);
      if (loaded.containsKey(key) || found.containsKey(key)) {
        continue;
      }
      byte[] code = read(key, unit.source());
      if (code == null) {
        missing.put(key, unit);
      } else {
        found.put(key, code);
      }
    }
    if (missing.size() < 2) {
      return; // One source is compiled when it is loaded.
    }
    var done = new AtomicInteger();
    Runnable tell = () -> listener.compiled(done.incrementAndGet(), missing.size());
    if (device.compilesAlone()) {
      byProcesses(missing.values(), tell);
    } else {
      byThreads(missing, tell);
    }
  }

  private void byProcesses(Collection<Unit> missing, Runnable tell) {
    // Long texts take long: they come first, so that nobody waits for the last.
    var left =
        new ConcurrentLinkedQueue<>(
            missing.stream()
                .sorted(Comparator.comparingInt(unit -> -unit.source().text().length()))
                .toList());
    int helpers = Math.min(Runtime.getRuntime().availableProcessors() - 1, missing.size() / SHARE);
    Runnable helped =
        () -> {
          compiled.incrementAndGet();
          byHelpers.incrementAndGet();
          tell.run();
        };
    try (var team = new Team(helpers, helper, device.info().id(), folder, left, helped)) {
      for (Unit unit = left.poll(); unit != null; unit = left.poll()) {
        complete(unit);
        tell.run();
      }
      for (Unit unit : team.leftOver()) {
        complete(unit);
        tell.run();
      }
    }
  }

  private void byThreads(Map<String, Unit> missing, Runnable tell) {
    var jobs = new ArrayList<Runnable>();
    missing.forEach((key, unit) ->
        jobs.add(() -> {
          compile(key, unit.source());
          tell.run();
        }));
    Parallel.run(Math.min(jobs.size(), Runtime.getRuntime().availableProcessors()), jobs);
  }

  /** Loads a unit, with all code that its launches need in the driver's cache. */
  void complete(Unit unit) {
    Rehearsal.of(device, unit, load(unit.source()));
  }

  /** Loaded code of a source; the same module for the same text. */
  public CodeModule load(Source source) {
    String prepared = keys.remove(source);
    String key = prepared == null ? key(source) : prepared;
    CodeModule module = loaded.get(key);
    if (module == null) {
      module = loadCached(key, source);
      loaded.put(key, module);
    }
    return module;
  }

  private CodeModule loadCached(String key, Source source) {
    byte[] prepared = found.remove(key);
    byte[] code = prepared == null ? read(key, source) : prepared;
    if (code != null) {
      try {
        return device.load(source, code);
      } catch (DeviceException e) {
        // A binary the driver refuses, after a driver update say, is built again like a damaged
        // one.
        System.getLogger(Jit.class.getName())
            .log(System.Logger.Level.DEBUG, "cached code of {0} refused: {1}", source.name(), e);
      }
    }
    return device.load(source, compile(key, source));
  }

  /** Code that is there already; null if there is none. */
  private byte @Nullable [] read(String key, Source source) {
    byte[] code = cache.read(key);
    return code == null && shipped.isPresent() ? shipped.get().read(device.info(), source) : code;
  }

  private byte[] compile(String key, Source source) {
    byte[] code;
    try {
      code = trials ? device.compileForTrial(source) : device.compile(source);
    } catch (RuntimeException e) {
      failed = true;
      throw e;
    }
    cache.write(key, code);
    compiled.incrementAndGet();
    return code;
  }

  private String key(Source source) {
    DeviceInfo info = device.info();
    String use = trials ? "trial" : "";
    return Hash.of(
        info.dialect().word, info.name(), info.architecture(), info.driver(), use, source.text());
  }

  @Override
  public void close() {
    int kernels = loaded.size();
    loaded.values().forEach(CodeModule::close);
    loaded.clear();
    if (kernels > 0 && !failed) {
      listener.closed(kernels, compiled());
    }
  }
}
