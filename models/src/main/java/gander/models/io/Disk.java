// SPDX-License-Identifier: Apache-2.0
package gander.models.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * The file operations an atomic write is made of: the seam at which tests lose power after any of
 * them.
 */
interface Disk {
  /** A new file, empty; an error if it exists. */
  Output create(Path file) throws IOException;

  /** Gives a file another name in one step, in place of a file that has that name. */
  void rename(Path from, Path to) throws IOException;

  /** Makes the names in a directory permanent. */
  void syncDirectory(Path directory) throws IOException;

  /** Removes a file if it is there. */
  void delete(Path file) throws IOException;

  /** A file being written. */
  interface Output extends WritableByteChannel {
    /** Makes what was written permanent. */
    void sync() throws IOException;
  }

  /** The operating system's files. */
  Disk SYSTEM =
      new Disk() {
        @Override
        public Output create(Path file) throws IOException {
          FileChannel channel =
              FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
          return new Output() {
            @Override
            public int write(ByteBuffer source) throws IOException {
              return channel.write(source);
            }

            @Override
            public void sync() throws IOException {
              channel.force(true);
            }

            @Override
            public boolean isOpen() {
              return channel.isOpen();
            }

            @Override
            public void close() throws IOException {
              channel.close();
            }
          };
        }

        @Override
        public void rename(Path from, Path to) throws IOException {
          Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }

        @Override
        public void syncDirectory(Path directory) throws IOException {
          try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
          }
        }

        @Override
        public void delete(Path file) throws IOException {
          Files.deleteIfExists(file);
        }
      };
}
