// SPDX-License-Identifier: Apache-2.0
package gander.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class BuildLogTest {
  private static final Source SOURCE =
      new Source(
          "matmul [M=3]",
          """
          #define M 3
          #line 7 "include/gander.h"
          typedef uint word;
          #line 12 "matmul/x.cl"
          kernel void matmul() {
            foo;
          }
          """,
          List.of("matmul"));

  private static void assertError(String expected, String log) {
    assertEquals(expected, BuildLog.firstError(SOURCE, log));
  }

  @Test
  void readsWhatCompilersPrint() {
    assertError(
        "matmul/x.cl:13: error: use of undeclared identifier 'foo'",
        "matmul/x.cl:13:3: error: use of undeclared identifier 'foo'\n  foo;\n  ^\n");
    assertError(
        "matmul/x.cl:13: error: use of undeclared identifier 'foo' (and 1 more error)",
        """
        warning: include/gander.h:7:1: odd
        error: matmul/x.cl:13:3: use of undeclared identifier 'foo'
        error: include/gander.h:7:9: unknown type name 'uint'
        Device cpu failed to build the program
        """);
    assertError(
        "matmul/x.cl:13: error: identifier \"foo\" is undefined (and 2 more errors)",
        """
        matmul/x.cl(12): warning #177-D: variable "unused" was declared but never referenced
        matmul/x.cl(13): error: identifier "foo" is undefined
        matmul/x.cl(14): error #20: identifier "bar" is undefined
        matmul/x.cl(14): catastrophic error: cannot open source file "x.h"
        """);
    assertError(
        "matmul [M=3]: error: Entry function 'k' uses too much shared data",
        "ptxas error   : Entry function 'k' uses too much shared data\n");
  }

  @Test
  void looksUpLinesOfTheWholeTextAmongTheDirectives() {
    assertError("matmul/x.cl:13: error: foo", "input.cl:6:3: error: foo");
    assertError("include/gander.h:7: error: foo", "<kernel>:3:3: error: foo");
    assertError("matmul [M=3]:1: error: foo", "error: /tmp/tempfile.cl:1:3: foo");
  }

  @Test
  void keepsALogThatItCannotRead() {
    assertError("the compiler crashed", "\nthe compiler crashed\n");
    assertError("", "");
  }
}
