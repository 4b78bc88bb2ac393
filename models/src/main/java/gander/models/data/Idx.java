// SPDX-License-Identifier: Apache-2.0
package gander.models.data;

import gander.runtime.GanderException;
import gander.runtime.Reason;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * An IDX file of unsigned bytes, plain or gzip (told by its content, not its name): two zero bytes,
 * the element type, the number of dimensions, the dimensions as big-endian 32-bit integers, the
 * elements. Read strictly: a file is exactly what its header says or an error.
 */
final class Idx {
  private static final int UNSIGNED_BYTE = 0x08;
  private static final int BUFFER_BYTES = 1 << 16;

  private final int[] dims;
  private final byte[] values;

  private Idx(int[] dims, byte[] values) {
    this.dims = dims;
    this.values = values;
  }

  /** The extent of one dimension. */
  int dim(int index) {
    return dims[index];
  }

  /** All elements, row-major. */
  byte[] values() {
    return values;
  }

  /**
   * @param rank how many dimensions the file must have
   * @throws GanderException if the file cannot be read or is not what it should be
   */
  static Idx read(Path file, int rank) {
    try (InputStream raw = new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES)) {
      raw.mark(2);
      byte[] start = raw.readNBytes(2);
      raw.reset();
      boolean gzip = start.length == 2 && start[0] == 0x1f && start[1] == (byte) 0x8b;
      try (InputStream in = gzip ? new GZIPInputStream(raw, BUFFER_BYTES) : raw) {
        return parse(file, in, rank);
      }
    } catch (EOFException | ZipException e) {
      throw bad(file, "is a damaged or cut-off gzip file (" + e.getMessage() + ")", e);
    } catch (IOException e) {
      throw new GanderException("cannot read %s: %s".formatted(file, Reason.of(e)), e);
    }
  }

  private static Idx parse(Path file, InputStream in, int rank) throws IOException {
    byte[] magic = in.readNBytes(4);
    if (magic.length < 4 || magic[0] != 0 || magic[1] != 0) {
      throw bad(file, "is not an IDX file: it does not begin with two zero bytes", null);
    }
    if (magic[2] != UNSIGNED_BYTE) {
      throw bad(
          file,
          "holds %s: Gander reads IDX files of unsigned bytes (type 0x08)"
              .formatted(type(magic[2])),
          null);
    }
    if (magic[3] != rank) {
      throw bad(
          file, "has %d dimensions where %d are needed".formatted(magic[3] & 0xff, rank), null);
    }
    byte[] header = in.readNBytes(4 * rank);
    if (header.length < 4 * rank) {
      throw bad(file, "ends within its header", null);
    }
    var dims = new int[rank];
    long elems = 1;
    for (int i = 0; i < rank; i++) {
      long dim = Integer.toUnsignedLong(ByteBuffer.wrap(header).getInt(4 * i));
      if (dim == 0) {
        throw bad(file, "is empty: dimension " + i + " is 0", null);
      }
      // Each factor is below 2^32 and the product so far below 2^31: no overflow.
      elems *= dim;
      if (elems > Integer.MAX_VALUE - 8) {
        throw bad(file, "declares more than 2^31 elements, which no file of this kind has", null);
      }
      dims[i] = (int) dim;
    }
    // Reads piece by piece: a header that lies about the size costs no memory.
    byte[] values = in.readNBytes((int) elems);
    if (values.length < elems) {
      throw bad(
          file,
          "ends after %d of the %d elements it declares".formatted(values.length, elems),
          null);
    }
    if (in.read() >= 0) {
      throw bad(file, "goes on after the %d elements it declares".formatted(elems), null);
    }
    return new Idx(dims, values);
  }

  private static String type(byte code) {
    return switch (code) {
      case 0x09 -> "signed bytes";
      case 0x0B -> "16-bit integers";
      case 0x0C -> "32-bit integers";
      case 0x0D -> "32-bit floats";
      case 0x0E -> "64-bit floats";
      default -> "elements of unknown type 0x%02x".formatted(code);
    };
  }

  private static GanderException bad(Path file, String what, @Nullable Throwable cause) {
    String message = "%s %s; fetch the file again".formatted(file, what);
    return cause == null ? new GanderException(message) : new GanderException(message, cause);
  }
}
