// SPDX-License-Identifier: Apache-2.0
package gander.runtime;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * Loads the native half of a Java binding from a file that is known to be whole.
 *
 * <p>JCuda and JOCL unpack their native library to a fixed file name in {@code java.io.tmpdir} and
 * load whatever file of that name is already there. A copy cut short by a full disk or by another
 * process that is still writing kills the virtual machine with SIGBUS, and in a shared folder it
 * may be anyone's file. So Gander unpacks the library itself, into a folder of the user's own,
 * compares it with the one in the jar, and lets the binding see that folder as its {@code
 * java.io.tmpdir} while it loads.
 */
public final class Natives {
  private static final String FOLDER = "natives";

  private Natives() {}

  /**
   * Unpacks a library and runs the action that loads it. Safe against other threads and processes
   * that do the same.
   *
   * @param resource the library in its jar, such as {@code /lib/libJOCL_2_0_6-linux-x86_64.so}
   * @param load first touches the binding's classes
   * @throws GanderException if this machine's library is not in the jar or cannot be unpacked
   * @throws UnsatisfiedLinkError if the library itself does not load
   */
  public static synchronized void load(String resource, Runnable load) {
    Path library = unpack(resource, UserCache.folder(FOLDER));
    String before = System.getProperty("java.io.tmpdir");
    System.setProperty("java.io.tmpdir", String.valueOf(library.getParent()));
    try {
      load.run();
    } finally {
      System.setProperty("java.io.tmpdir", before);
    }
  }

  /** Makes the folder's copy equal to the jar's, replacing it in one step if it is not. */
  static Path unpack(String resource, Path folder) {
    byte[] wanted = read(resource);
    Path file = folder.resolve(resource.substring(resource.lastIndexOf('/') + 1));
    try {
      if (!holds(file, wanted)) {
        replace(file, wanted);
      }
      return file;
    } catch (IOException e) {
      throw new GanderException(
          "the native library %s cannot be unpacked (%s); free some space, or set GANDER_CACHE to another folder"
              .formatted(file, e.getMessage()),
          e);
    }
  }

  private static byte[] read(String resource) {
    try (InputStream in = Natives.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new GanderException(
            "the native library %s is in no jar of the class path: this system (%s, %s) is not one that the binding supports"
                .formatted(resource, System.getProperty("os.name"), System.getProperty("os.arch")));
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new GanderException("the native library %s cannot be read".formatted(resource), e);
    }
  }

  private static boolean holds(Path file, byte[] wanted) throws IOException {
    return Files.isRegularFile(file)
        && Files.size(file) == wanted.length
        && Arrays.equals(digest(Files.readAllBytes(file)), digest(wanted));
  }

  /** A process that has the old file mapped keeps it: the move replaces the name, not the bytes. */
  private static void replace(Path file, byte[] wanted) throws IOException {
    Path temporary = Files.createTempFile(file.getParent(), "unpack", ".tmp");
    try {
      Files.write(temporary, wanted);
      try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private static byte[] digest(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
