// SPDX-License-Identifier: Apache-2.0
package gander.runtime.catalogue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.runtime.DeviceClass;
import gander.runtime.Dialect;
import gander.runtime.GanderException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeaderParserTest {
  private static final String WHOLE =
      """
      //! reduce: two passes, the second over partial sums
      //! device  opencl gpu
      //! when    R > 64
      //! when    KIND == 0
      //! tune    TX = 32 16   PART = 256
      //! tune    TY = 4
      //! default R < 1024 ? TX = 16
      //! prefer  10
      //! scratch partial 4 * I * ceil(R, PART)
      //! pass    reduce_parts
      //! grid    ceil(I, TX)  ceil(R, PART)
      //! block   TX TY
      //! pass    reduce_rest
      //! grid    ceil(I, TX)
      //! note    nothing
      // SPDX-License-Identifier: Apache-2.0
      KERNEL void reduce_parts(PARAMS) {}
      """;

  private static KernelFile parse(String text) {
    return HeaderParser.parse("reduce/two.cl", text, true, path -> null);
  }

  @Test
  void everyLineIsRead() {
    KernelFile kernel = parse(WHOLE);
    assertEquals("reduce", kernel.op());
    assertEquals("two passes, the second over partial sums", kernel.idea());
    assertEquals(Dialect.OPENCL, kernel.dialect());
    assertEquals(DeviceClass.GPU, kernel.deviceClass());
    assertNull(kernel.capability());
    assertEquals(2, kernel.when().size());
    assertEquals(
        Map.of("TX", List.of(32, 16), "PART", List.of(256), "TY", List.of(4)), kernel.tunables());
    assertEquals(List.of("TX", "PART", "TY"), List.copyOf(kernel.tunables().keySet()));
    assertEquals(Map.of("TX", 16), kernel.defaults().getFirst().setting());
    assertEquals("10", String.valueOf(kernel.prefer()));
    assertEquals("partial", kernel.scratch().getFirst().name());
    assertEquals(
        List.of("reduce_parts", "reduce_rest"),
        kernel.passes().stream().map(KernelFile.Pass::function).toList());
    assertEquals(2, kernel.passes().getFirst().block().size());
    assertEquals("1", kernel.passes().getLast().block().getFirst().toString());
    assertTrue(kernel.external());
    assertTrue(kernel.fusible());
  }

  @Test
  void withoutAPassTheFunctionIsTheOp() {
    KernelFile kernel =
        parse("//! reduce: plain\n//! device opencl\n//! grid O\nKERNEL void reduce() {}\n");
    assertEquals("reduce", kernel.passes().getFirst().function());
    assertNull(kernel.deviceClass());
    assertFalse(kernel.fusible());
  }

  @Test
  void aNameStandsForItsExpression() {
    KernelFile kernel =
        parse(
            """
            //! reduce: named sizes
            //! device opencl
            //! tune   ROWS = 4 8
            //! let    LINE I + 1
            //! let    TILE ROWS * LINE
            //! when   TILE <= 64
            //! grid   ceil(O, TILE)  LINE
            """);
    assertEquals(Set.of("I", "ROWS"), Set.copyOf(kernel.when().getFirst().names()));
    assertEquals(
        Set.of("O", "I", "ROWS"), Set.copyOf(kernel.passes().getFirst().grid().getFirst().names()));
  }

  private static KernelFile parseLike(String other, String text) {
    return HeaderParser.parse(
        "reduce/two.cl", text, true, path -> path.equals("transpose/one.cl") ? other : null);
  }

  @Test
  void aKernelMayBeLikeAnother() {
    String other =
        "//! transpose: x\n\n//! device opencl\n//! let TILE 4\n//! tune A = 1 2\n//! grid O\n";
    KernelFile kernel =
        parseLike(
            other,
            """
            //! reduce: and joins
            //! like    transpose/one.cl
            //! when    A < TILE
            //! scratch parts 4 * A
            //! pass    join
            //! grid    TILE
            """);
    assertEquals("reduce", kernel.op());
    assertEquals("and joins", kernel.idea());
    assertEquals(Dialect.OPENCL, kernel.dialect());
    assertEquals(Map.of("A", List.of(1, 2)), kernel.tunables());
    assertEquals(
        List.of("transpose", "join"),
        kernel.passes().stream().map(KernelFile.Pass::function).toList(),
        "its pass without a name is named like its own op");
  }

  @Test
  void whatAKernelCannotBeLikeIsSaid() {
    String like = "//! reduce: x\n//! like transpose/%s.cl\n";
    var none = assertThrows(GanderException.class, () -> parseLike("", like.formatted("two")));
    assertEquals(
        "kernel reduce/two.cl:2: like 'transpose/two.cl', which is no kernel", none.getMessage());
    String wrong = "//! transpose: x\n//! device opencl\n//! grid O +\n";
    var theirs = assertThrows(GanderException.class, () -> parseLike(wrong, like.formatted("one")));
    assertTrue(
        String.valueOf(theirs.getMessage()).startsWith("kernel transpose/one.cl:3: "),
        theirs::getMessage);
    var chain =
        assertThrows(
            GanderException.class, () -> parseLike(like.formatted("one"), like.formatted("one")));
    assertTrue(
        String.valueOf(chain.getMessage()).contains("cannot be like one that is itself like"),
        chain::getMessage);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "//! reduce: x\\n//! device opencl\\n//! grid O\\n//! tile 3 | :4: | unknown entry 'tile'",
        "//! reduce: x\\n//! device opencl\\n//! grid O +\\n | :3: | expected",
        "//! reduce: x\\n//! device opencl\\nint a; | :3: | no 'grid' line",
        "//! reduce: x\\n//! grid O\\nint a; | :3: | no 'device' line",
        "//! matmul: x\\n//! device opencl\\n//! grid O\\n | :1: | op 'matmul' but the file is in folder 'reduce'",
        "KERNEL void reduce() {} | :1: | no header",
        "//! reduce: x\\n//! device vulkan\\n//! grid O | :2: | unknown dialect 'vulkan'",
        "//! reduce: x\\n//! device opencl tpu\\n//! grid O | :2: | 'tpu' is not a class",
        "//! reduce: x\\n//! device cuda sm>=80\\n//! grid O | : | ends in .cu",
        "//! reduce: x\\n//! device opencl\\n//! grid O\\n//! grid I | :4: | second 'grid'",
        "//! reduce: x\\n//! device opencl\\n//! grid O\\n//! tune A = 1 1 | :4: | given twice",
        "//! reduce: x\\n//! device opencl\\n//! grid O\\n//! tune A = 1\\n//! tune A = 2 | :5: | named twice",
        "//! reduce: x\\n//! device opencl\\n//! grid O\\n//! tune A 1 2 | :4: | is not a list",
        "//! reduce: x\\n//! device opencl\\n//! grid O\\n//! tune A = 1 2\\n//! default O > 1 ? A = 3 | :5: | not one of the values",
        "//! reduce: x\\n//! device opencl\\n//! let A | :3: | a name and an expression",
        "//! reduce: x\\n//! device opencl\\n//! let A O\\n//! let A I | :4: | named twice",
        "//! reduce: x\\n//! device opencl\\n//! let A O + | :3: | expected",
        "//! reduce: x\\n//! device opencl\\n//! grid O\\n//! scratch big | :4: | name and a number of bytes",
        "//! reduce: x\\n//! device opencl\\n//! grid O O O O | :3: | one to three sizes",
        "//! reduce: x\\n//! device opencl\\nint a;\\n//! grid O | :4: | after line 3",
      })
  void whatIsWrongIsNamedWithFileAndLine(String text, String place, String reason) {
    var thrown = assertThrows(GanderException.class, () -> parse(text.replace("\\n", "\n")), text);
    String message = String.valueOf(thrown.getMessage());
    assertTrue(message.startsWith("kernel reduce/two.cl" + place), message);
    assertTrue(message.contains(reason), message);
  }
}
