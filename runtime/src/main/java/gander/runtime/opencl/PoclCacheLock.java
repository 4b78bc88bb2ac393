// SPDX-License-Identifier: Apache-2.0
package gander.runtime.opencl;

import gander.runtime.GanderException;
import gander.runtime.Reason;
import gander.runtime.Source;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;

/**
 * The right to have PoCL make or load one program, held by one thread of one process of a user at a
 * time.
 *
 * <p>All processes of a user share PoCL's cache on disk, where a program has a folder. PoCL 3.1
 * takes a file away there before it writes the file anew, looks whether a file is there before it
 * reads it, and aborts the process or follows a null pointer where another process did the first
 * between the two of the second: two processes that compile one program at the same time, such as
 * the workers of a check, end that way once in some hundred programs.
 */
final class PoclCacheLock implements AutoCloseable {
  /** Programs that share a lock wait for each other without need: seldom, with so many. */
  private static final int LOCKS = 256;

  /** The operating system's locks keep processes apart, but not the threads of one. */
  private static final ReentrantLock[] THREADS =
      IntStream.range(0, LOCKS).mapToObj(_ -> new ReentrantLock()).toArray(ReentrantLock[]::new);

  private final ReentrantLock thread;
  private final FileLock process;

  private PoclCacheLock(ReentrantLock thread, FileLock process) {
    this.thread = thread;
    this.process = process;
  }

  /** Opened once: closing any channel of a file gives up every lock that the process has on it. */
  private static final class File {
    static final FileChannel CHANNEL = open();

    private static FileChannel open() {
      Path path =
          Path.of(
              System.getProperty("java.io.tmpdir"),
              "gander-pocl-%s.lock".formatted(System.getProperty("user.name")));
      try {
        return FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      } catch (IOException e) {
        throw new GanderException("cannot open the lock %s: %s".formatted(path, Reason.of(e)), e);
      }
    }
  }

  /** Waits until nobody else makes or loads the program. */
  static PoclCacheLock of(Source source) {
    int index = Math.floorMod(source.text().hashCode(), LOCKS);
    ReentrantLock thread = THREADS[index];
    thread.lock();
    try {
      return new PoclCacheLock(thread, File.CHANNEL.lock(index, 1, false));
    } catch (IOException e) {
      thread.unlock();
      throw new GanderException("cannot lock PoCL's cache: " + Reason.of(e), e);
    } catch (RuntimeException | Error e) {
      thread.unlock();
      throw e;
    }
  }

  @Override
  public void close() {
    try {
      process.release();
    } catch (IOException e) {
      // The lock goes with the process at the latest.
    } finally {
      thread.unlock();
    }
  }
}
