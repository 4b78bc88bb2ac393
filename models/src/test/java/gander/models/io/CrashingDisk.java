// SPDX-License-Identifier: Apache-2.0
package gander.models.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A disk in memory that fails at its n-th operation: once, as a full disk does, or for good, as
 * when power is lost. After a loss of power it can be read as the next start would find it: what
 * was not synced is there, or gone, or torn in the middle.
 */
final class CrashingDisk implements Disk {
  /** What became of the writes that were not synced. */
  enum Unsynced {
    KEPT,
    LOST,
    TORN
  }

  private static final class Content {
    byte[] written = {};
    byte[] synced = {};
  }

  private final Map<Path, Content> names = new HashMap<>();
  private final Map<Path, Content> syncedNames = new HashMap<>();
  private final int failAt;
  private final boolean forGood;
  private int operations;

  CrashingDisk(int failAt, boolean forGood) {
    this.failAt = failAt;
    this.forGood = forGood;
  }

  /** Puts a file there that has long been safe. */
  void put(Path file, byte[] bytes) {
    var content = new Content();
    content.written = bytes;
    content.synced = bytes;
    names.put(file, content);
    syncedNames.put(file, content);
  }

  int operations() {
    return operations;
  }

  /** How many files there are, whatever their names. */
  int files() {
    return names.size();
  }

  byte @Nullable [] afterCrash(Path file, Unsynced fate) {
    Content content = (fate == Unsynced.LOST ? syncedNames : names).get(file);
    if (content == null) {
      return null;
    }
    if (Arrays.equals(content.written, content.synced)) {
      return content.synced;
    }
    return switch (fate) {
      case KEPT -> content.written;
      case LOST -> content.synced;
      case TORN -> Arrays.copyOf(content.written, content.written.length / 2);
    };
  }

  private void operation(String name) throws IOException {
    int now = operations++;
    if (now == failAt || (forGood && now > failAt)) {
      throw new IOException("no " + name + " at operation " + now);
    }
  }

  @Override
  public Output create(Path file) throws IOException {
    operation("create");
    if (names.containsKey(file)) {
      throw new FileAlreadyExistsException(file.toString());
    }
    var content = new Content();
    names.put(file, content);
    return new Output() {
      private boolean open = true;

      @Override
      public int write(ByteBuffer source) throws IOException {
        operation("write");
        // Takes less than it is offered, as a channel may.
        int taken = Math.min(source.remaining(), 7);
        int before = content.written.length;
        content.written = Arrays.copyOf(content.written, before + taken);
        source.get(content.written, before, taken);
        return taken;
      }

      @Override
      public void sync() throws IOException {
        operation("sync");
        content.synced = content.written;
      }

      @Override
      public boolean isOpen() {
        return open;
      }

      @Override
      public void close() throws IOException {
        open = false;
        operation("close");
      }
    };
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    operation("rename");
    Content content = names.remove(from);
    if (content == null) {
      throw new NoSuchFileException(from.toString());
    }
    names.put(to, content);
  }

  @Override
  public void syncDirectory(Path directory) throws IOException {
    operation("directory sync");
    syncedNames.clear();
    syncedNames.putAll(names);
  }

  @Override
  public void delete(Path file) throws IOException {
    operation("delete");
    names.remove(file);
  }
}
