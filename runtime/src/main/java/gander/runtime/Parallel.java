// SPDX-License-Identifier: Apache-2.0
package gander.runtime;

import java.util.ArrayList;
import java.util.Collection;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Work that several threads share. */
public final class Parallel {
  private Parallel() {}

  /**
   * Runs all jobs, in order, so many at a time. After a failure none begins any more, and it is
   * thrown when those that had begun have ended.
   *
   * @throws GanderException if this thread is interrupted
   */
  public static void run(int threads, Collection<? extends Runnable> jobs) {
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      var results = new ArrayList<Future<?>>();
      jobs.forEach(job -> results.add(pool.submit(job)));
      try {
        for (Future<?> result : results) {
          result.get();
        }
      } finally {
        results.forEach(left -> left.cancel(false)); // after a failure
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new GanderException("interrupted", e);
    }
  }
}
