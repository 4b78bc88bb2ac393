// SPDX-License-Identifier: Apache-2.0
package gander.runtime;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Compiled code as {@link Device#compile} returns it and caches keep it: a form, a length and a
 * checksum before the compiler's own bytes. Drivers take a binary on trust, some without even its
 * length, and a cut-off one can crash the process; so it is compared before a driver sees it.
 */
public final class CodeImage {
  /** What the bytes are. */
  public enum Form {
    /** A driver's binary, such as {@code CL_PROGRAM_BINARIES} or a CUBIN. */
    BINARY('B'),
    /** A driver's binary of a program that is compiled and has yet to be linked. */
    OBJECT('O'),
    /** The source itself in UTF-8, for drivers that give no binary. */
    SOURCE('S');

    private final byte tag;

    Form(char tag) {
      this.tag = (byte) tag;
    }
  }

  private static final int MAGIC = 0x474e4452;
  private static final int HEADER_BYTES = 4 + 1 + 4 + 4;

  private final Form form;
  private final byte[] code;

  private CodeImage(Form form, byte[] code) {
    this.form = form;
    this.code = code;
  }

  public Form form() {
    return form;
  }

  /** The compiler's bytes. */
  public byte[] code() {
    return code.clone();
  }

  public String text() {
    return new String(code, StandardCharsets.UTF_8);
  }

  public static byte[] of(Form form, byte[] code) {
    return ByteBuffer.allocate(HEADER_BYTES + code.length)
        .putInt(MAGIC)
        .put(form.tag)
        .putInt(code.length)
        .putInt(checksum(form.tag, code))
        .put(code)
        .array();
  }

  /**
   * Reads what {@link #of} wrote.
   *
   * @param device its id, for the message
   * @throws DeviceException if the bytes are not whole
   */
  public static CodeImage read(String device, Source source, byte[] bytes) {
    if (bytes.length > HEADER_BYTES) {
      ByteBuffer header = ByteBuffer.wrap(bytes);
      int magic = header.getInt();
      byte tag = header.get();
      int length = header.getInt();
      int checksum = header.getInt();
      byte[] code = Arrays.copyOfRange(bytes, HEADER_BYTES, bytes.length);
      if (magic == MAGIC && length == code.length && checksum == checksum(tag, code)) {
        for (Form form : Form.values()) {
          if (form.tag == tag) {
            return new CodeImage(form, code);
          }
        }
      }
    }
    throw new DeviceException(
        "%s: the compiled code of %s is damaged (%d bytes). Compile it again."
            .formatted(device, source.name(), bytes.length));
  }

  private static int checksum(byte tag, byte[] code) {
    var crc = new CRC32C();
    crc.update(tag);
    crc.update(code);
    return (int) crc.getValue();
  }
}
