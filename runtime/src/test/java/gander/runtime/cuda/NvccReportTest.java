// SPDX-License-Identifier: Apache-2.0
package gander.runtime.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gander.runtime.Source;
import java.util.List;
import org.junit.jupiter.api.Test;

class NvccReportTest {
  @Test
  void readsTheAssemblersWords() {
    var source = new Source("s", "", List.of("first", "second"));
    String log =
        """
        ptxas info    : 0 bytes gmem
        ptxas info    : Compiling entry function 'second' for 'sm_75'
        ptxas info    : Function properties for second
            1024 bytes stack frame, 12 bytes spill stores, 16 bytes spill loads
        ptxas info    : Function properties for helper
            8 bytes stack frame, 1 bytes spill stores, 2 bytes spill loads
        ptxas info    : Used 38 registers, used 1 barriers, 1024 bytes cumulative stack size, 4096+16 bytes smem, 360 bytes cmem[0]
        ptxas info    : Compile time = 14.700 ms
        ptxas info    : Compiling entry function 'other' for 'sm_75'
        ptxas info    : Used 9 registers
        ptxas info    : Compiling entry function 'first' for 'sm_120'
        ptxas info    : Function properties for first
            0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads
        ptxas info    : Used 255 registers, used 0 barriers
        """;
    assertEquals(
        List.of(
            new NvccReport("sm_75", "second", 38, 12, 16, 1024, 4096),
            new NvccReport("sm_120", "first", 255, 0, 0, 0, 0)),
        NvccReport.parse(source, log));
  }
}
