// SPDX-License-Identifier: Apache-2.0
package gander.runtime.cuda;

import gander.runtime.Source;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the assembler made of one function for one architecture: the figures that decide how many
 * blocks fit on a multiprocessor, and whether a register tile was too large.
 *
 * @param architecture such as {@code sm_90}
 * @param registers of a thread
 * @param spillStoreBytes written to local memory for want of registers, of a thread
 * @param spillLoadBytes read back
 * @param stackBytes local memory of a thread, arrays that are indexed at run time included
 * @param sharedBytes static shared memory of a block
 */
public record NvccReport(
    String architecture,
    String function,
    int registers,
    int spillStoreBytes,
    int spillLoadBytes,
    int stackBytes,
    int sharedBytes) {

  private static final Pattern ENTRY =
      Pattern.compile("Compiling entry function '([^']+)' for '(sm_\\w+)'");
  private static final Pattern PROPERTIES = Pattern.compile("Function properties for (\\S+)");
  private static final Pattern STACK =
      Pattern.compile(
          "(\\d+) bytes stack frame, (\\d+) bytes spill stores, (\\d+) bytes spill loads");
  private static final Pattern USED = Pattern.compile("Used (\\d+) registers(.*)");
  private static final Pattern SHARED = Pattern.compile("(\\d+)(?:\\+\\d+)? bytes smem");

  /** Reads what {@code -Xptxas -v} prints; only the source's entry points are reported. */
  static List<NvccReport> parse(Source source, String log) {
    var reports = new ArrayList<NvccReport>();
    String architecture = "";
    String entry = "";
    String described = "";
    Map<String, int[]> stacks = new HashMap<>();
    for (String line : log.lines().toList()) {
      Matcher start = ENTRY.matcher(line);
      Matcher properties = PROPERTIES.matcher(line);
      Matcher stack = STACK.matcher(line);
      Matcher used = USED.matcher(line);
      if (start.find()) {
        entry = start.group(1);
        architecture = start.group(2);
        stacks.clear();
      } else if (properties.find()) {
        described = properties.group(1);
      } else if (stack.find()) {
        stacks.put(described, new int[] {number(stack, 1), number(stack, 2), number(stack, 3)});
      } else if (used.find() && source.functions().contains(entry)) {
        int[] of = stacks.getOrDefault(entry, new int[3]);
        Matcher shared = SHARED.matcher(used.group(2));
        reports.add(
            new NvccReport(
                architecture,
                entry,
                number(used, 1),
                of[1],
                of[2],
                of[0],
                shared.find() ? number(shared, 1) : 0));
      }
    }
    return reports;
  }

  private static int number(Matcher matcher, int group) {
    return Integer.parseInt(matcher.group(group));
  }
}
