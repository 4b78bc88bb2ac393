// SPDX-License-Identifier: Apache-2.0
package gander.runtime.jit;

import gander.runtime.GanderException;
import gander.runtime.JavaProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Helpers: processes that compile from the same list as this one. Without them it only takes
 * longer, so whatever becomes of one is a warning, and what it left over is for this process.
 */
final class Team implements AutoCloseable {
  /** For one unit, which takes a second or two. */
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private final Class<?> main;
  private final List<String> arguments;
  private final Queue<Unit> left;
  private final Runnable compiled;
  private final AtomicBoolean warned = new AtomicBoolean();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Future<Optional<Unit>>> leftOver = new ArrayList<>();

  /**
   * Starts helpers.
   *
   * @param main of the helpers, {@link Helper} or what a test puts in its place
   * @param left from which each takes one after the other
   * @param compiled told of each that a helper has compiled, by any thread
   */
  Team(
      int helpers, Class<?> main, String device, Path folder, Queue<Unit> left, Runnable compiled) {
    this.main = main;
    this.arguments = List.of(device, folder.toString());
    this.left = left;
    this.compiled = compiled;
    for (int i = 0; i < helpers; i++) {
      leftOver.add(threads.submit(this::help));
    }
  }

  /** Serves one helper. Gives the unit that it took and did not compile. */
  private Optional<Unit> help() {
    try (JavaProcess helper = JavaProcess.start(main, arguments)) {
      for (Unit unit = left.poll(); unit != null; unit = left.poll()) {
        if (!compiles(helper, unit)) {
          return Optional.of(unit);
        }
        compiled.run();
      }
    } catch (GanderException e) {
      warn(String.valueOf(e.getMessage()));
    }
    return Optional.empty();
  }

  private boolean compiles(JavaProcess helper, Unit unit) {
    try {
      Helper.send(helper.requests(), unit);
      String answer = helper.await(LIMIT);
      if (answer == null) {
        warn("no answer for %s in %d s".formatted(unit.source().name(), LIMIT.toSeconds()));
      }
      return Helper.DONE.equals(answer);
    } catch (IOException e) {
      warn("%s on %s".formatted(helper.end(), unit.source().name()));
      return false;
    }
  }

  private void warn(String what) {
    if (!warned.getAndSet(true)) {
      System.getLogger(Team.class.getName())
          .log(
              System.Logger.Level.WARNING,
              "a process that helps to compile kernels has failed, so this takes longer: {0}",
              what);
    }
  }

  /** Waits for the helpers. Gives what they took and did not compile. */
  List<Unit> leftOver() {
    var units = new ArrayList<Unit>();
    try {
      for (Future<Optional<Unit>> helper : leftOver) {
        helper.get().ifPresent(units::add);
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("a helper's thread has failed", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new GanderException("interrupted while compiling", e);
    }
    return units;
  }

  /** Takes the work away and waits until the helpers are gone. */
  @Override
  public void close() {
    left.clear();
    threads.close();
  }
}
