// SPDX-License-Identifier: Apache-2.0
package gander.models.run;

import gander.runtime.GanderException;
import gander.runtime.Reason;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The right to write into a run directory, held by one process at a time; the operating system
 * takes it back when the process ends, however it ends.
 */
public final class RunLock implements AutoCloseable {
  private final FileChannel channel;

  private RunLock(FileChannel channel) {
    this.channel = channel;
  }

  static RunLock take(Path root) {
    FileChannel channel = null;
    boolean held = false;
    try {
      channel =
          FileChannel.open(
              root.resolve("run.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      held = channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      held = false; // this very process holds it already
    } catch (IOException e) {
      throw new GanderException("cannot lock run %s: %s".formatted(root, Reason.of(e)), e);
    } finally {
      if (!held && channel != null) {
        close(channel);
      }
    }
    if (!held || channel == null) {
      throw new GanderException(
          "run %s is being trained by another process: stop that one first".formatted(root));
    }
    return new RunLock(channel);
  }

  @Override
  public void close() {
    close(channel);
  }

  private static void close(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // The lock goes with the process at the latest.
    }
  }
}
