// SPDX-License-Identifier: Apache-2.0
package gander.models.cli;

import gander.runtime.jit.Jit;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/**
 * Where a command writes: results to standard output, as text for people or one JSON object a line
 * for programs, and progress to standard error.
 */
public final class Output implements Jit.Listener {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** A file or pipe is told of progress this often. */
  private static final long PLAIN_NANOS = 5_000_000_000L;

  private static final long TERMINAL_NANOS = 100_000_000L;

  @Option(names = "--json", description = "print results as JSON, one object a line")
  private boolean json;

  private final boolean terminal = Boolean.getBoolean("gander.terminal");
  private final int columns = Integer.getInteger("gander.columns", 80);
  private long shown = System.nanoTime();

  /** Whether the terminal, of which a process has one, shows progress now. */
  private static boolean drawn;

  /** Whether programs read the results. */
  public boolean json() {
    return json;
  }

  /** A result for people: a line on standard output. */
  public void line(String text) {
    clear();
    System.out.println(text);
  }

  /** A result for programs: a record or map as a line of JSON on standard output. */
  public void json(Object result) {
    line(JSON.writeValueAsString(result));
  }

  /** Something a person should know beside the results: a line on standard error. */
  public void note(String text) {
    clear();
    System.err.println(text);
  }

  /**
   * What is going on now: on a terminal one line of standard error drawn over and over, elsewhere a
   * line every few seconds.
   */
  public void progress(String text) {
    synchronized (Output.class) {
      show(text);
    }
  }

  private void show(String text) {
    long now = System.nanoTime();
    if (now - shown < (terminal ? TERMINAL_NANOS : PLAIN_NANOS)) {
      return;
    }
    shown = now;
    if (terminal) {
      System.err.print("\r\u001b[K" + text.substring(0, Math.min(text.length(), columns - 1)));
      System.err.flush();
      drawn = true;
    } else {
      System.err.println(text);
    }
  }

  /** Kernels are compiled: a step of progress, which the last one wipes away. */
  @Override
  public void compiled(int done, int all) {
    counted("compiled %d of %d kernels", done, all);
  }

  @Override
  public void closed(int kernels, int compiled) {
    note("kernels: %d used, %d of them compiled now".formatted(kernels, compiled));
  }

  /** Images are read: as {@link #compiled}. */
  void read(int done, int all) {
    counted("read %d of %d images", done, all);
  }

  private void counted(String text, int done, int all) {
    progress(text.formatted(done, all));
    if (done == all) {
      clear();
    }
  }

  /** Wipes progress away, whichever command showed it. */
  static synchronized void clear() {
    if (drawn) {
      System.err.print("\r\u001b[K");
      System.err.flush();
      drawn = false;
    }
  }
}
