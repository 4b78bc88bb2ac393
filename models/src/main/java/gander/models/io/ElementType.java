// SPDX-License-Identifier: Apache-2.0
package gander.models.io;

import java.nio.ByteBuffer;

/**
 * The element types of the safetensors format, in the format's own order, which is also the order
 * of its writer: later types come first in a file.
 */
public enum ElementType {
  BOOL(8),
  F4(4),
  F6_E2M3(6),
  F6_E3M2(6),
  U8(8),
  I8(8),
  F8_E5M2(8),
  F8_E4M3(8),
  F8_E8M0(8),
  F8_E4M3FNUZ(8),
  F8_E5M2FNUZ(8),
  I16(16),
  U16(16),
  F16(16),
  BF16(16),
  I32(32),
  U32(32),
  F32(32),
  C64(64),
  F64(64),
  I64(64),
  U64(64);

  private final int bits;

  ElementType(int bits) {
    this.bits = bits;
  }

  /** Bits of one element in a file. */
  public int bits() {
    return bits;
  }

  /** Whether {@link #get} knows this type: those whose values are whole bytes and real numbers. */
  boolean readable() {
    return switch (this) {
      case BOOL, U8, I8, I16, U16, F16, BF16, I32, U32, F32, F64, I64, U64 -> true;
      case F4, F6_E2M3, F6_E3M2, F8_E5M2, F8_E4M3, F8_E8M0, F8_E4M3FNUZ, F8_E5M2FNUZ, C64 -> false;
    };
  }

  /** The next element of a little-endian buffer; 64-bit integers are rounded to 53 bits. */
  double get(ByteBuffer in) {
    return switch (this) {
      case BOOL, U8 -> in.get() & 0xff;
      case I8 -> in.get();
      case I16 -> in.getShort();
      case U16 -> in.getShort() & 0xffff;
      case F16 -> Float.float16ToFloat(in.getShort());
      case BF16 -> Float.intBitsToFloat(in.getShort() << 16);
      case I32 -> in.getInt();
      case U32 -> Integer.toUnsignedLong(in.getInt());
      case F32 -> in.getFloat();
      case F64 -> in.getDouble();
      case I64 -> in.getLong();
      case U64 -> {
        long word = in.getLong();
        // Halved so that it is positive; the lowest bit is kept because it decides roundings.
        yield word >= 0 ? word : (double) ((word >>> 1) | (word & 1)) * 2;
      }
      case F4, F6_E2M3, F6_E3M2, F8_E5M2, F8_E4M3, F8_E8M0, F8_E4M3FNUZ, F8_E5M2FNUZ, C64 ->
          throw new IllegalStateException(this + " is not readable");
    };
  }
}
