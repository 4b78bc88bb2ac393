// SPDX-License-Identifier: Apache-2.0
package gander.runtime;

import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.DataOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A process of this same program with a main class of its own, which works while its standard input
 * is open: requests go there, answers are marked lines of its standard output, between which
 * drivers may print what they like. It ends when this is closed, and by itself where this process
 * has died.
 *
 * <p>Used by one thread at a time.
 */
public final class JavaProcess implements AutoCloseable {
  /** The first answer of a process that can serve. */
  public static final String READY = "ready";

  /** The first answer of one that cannot, with the reason after it. */
  public static final String UNABLE = "unable ";

  /** Starting takes a second or so; where it takes this long, something is wrong. */
  private static final Duration START = Duration.ofMinutes(2);

  /**
   * What a process that has ended still said is read in no time, unless its child holds the pipe.
   */
  private static final Duration LAST_WORDS = Duration.ofSeconds(5);

  /** Begins every line that is meant for the other side. */
  private static final String MARK = "gander-worker ";

  private static final Pattern SIGNAL = Pattern.compile("\\bSIG[A-Z]{2,}\\b");

  /** The line of a JVM's last words that says whose code it was in. */
  private static final Pattern FRAME = Pattern.compile("# [CVJjv] +(.*\\S)");

  private final Process process;
  private final DataOutputStream requests;
  private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
  private volatile @Nullable String signal;
  private volatile @Nullable String frame;
  private volatile @Nullable String complaint;
  private final List<Thread> listeners;

  private JavaProcess(Process process) {
    this.process = process;
    requests = new DataOutputStream(new BufferedOutputStream(process.getOutputStream()));
    listeners =
        List.of(listen(process.getInputStream(), true), listen(process.getErrorStream(), false));
  }

  /**
   * Starts a process and waits until it is ready.
   *
   * @param main its class, which is {@link #answer ready} or unable first
   * @throws GanderException if it cannot be started or says that it is unable
   */
  public static JavaProcess start(Class<?> main, List<String> arguments) {
    List<String> command = command(main, arguments);
    String answer = null;
    try {
      var started = new JavaProcess(new ProcessBuilder(command).start());
      try {
        answer = started.await(START);
      } finally {
        if (!READY.equals(answer)) {
          started.close();
        }
      }
      if (READY.equals(answer)) {
        return started;
      }
    } catch (IOException e) {
      // It ended, or there is no such program: both are told below.
    }
    throw new GanderException(
        answer != null && answer.startsWith(UNABLE)
            ? answer.substring(UNABLE.length())
            : "a process of %s does not start: %s"
                .formatted(main.getSimpleName(), String.join(" ", command)));
  }

  /** The command line of such a process, for those who talk to it in their own way. */
  public static List<String> command(Class<?> main, List<String> arguments) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "-Djava.awt.headless=true",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:-CreateCoredumpOnCrash",
            "-XX:ErrorFile=/dev/null"));
    System.getProperties().stringPropertyNames().stream()
        .filter(name -> name.startsWith("gander."))
        .forEach(name -> command.add("-D" + name + "=" + System.getProperty(name)));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(arguments);
    return command;
  }

  /**
   * Collects marked lines, and an empty one at the end; watches for a signal's name, a frame, and
   * the last line that standard error was given, which is all that native code says when it aborts.
   */
  private Thread listen(InputStream stream, boolean answering) {
    return Thread.ofVirtual()
        .start(() -> {
          try (var lines =
              new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
              Matcher named = SIGNAL.matcher(line);
              Matcher at = FRAME.matcher(line);
              if (answering && line.startsWith(MARK)) {
                answers.add(line.substring(MARK.length()));
              } else if (signal == null && named.find()) {
                signal = named.group();
              } else if (frame == null && at.matches()) {
                frame = at.group(1);
              } else if (!answering && !line.isBlank()) {
                complaint = line.strip();
              }
            }
          } catch (IOException e) {
            // The process is gone, which the end of the stream says as well.
            return;
          } finally {
            if (answering) {
              answers.add("");
            }
          }
        });
  }

  /** Where requests are written, and flushed. */
  public DataOutputStream requests() {
    return requests;
  }

  /**
   * The next answer; null if there is none in time.
   *
   * @throws IOException if the process has ended
   */
  public @Nullable String await(Duration time) throws IOException {
    try {
      String answer = answers.poll(time.toMillis(), TimeUnit.MILLISECONDS);
      if (answer != null && answer.isEmpty()) {
        throw new IOException("the process has ended");
      }
      return answer;
    } catch (InterruptedException e) {
      close();
      Thread.currentThread().interrupt();
      throw new GanderException("interrupted", e);
    }
  }

  /**
   * How the process ended, if it did, and in whose code, or what it said last where no JVM told; it
   * has ended then in any case.
   */
  public String end() {
    close();
    try {
      for (Thread listener : listeners) {
        listener.join(LAST_WORDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    String how = Optional.ofNullable(signal).orElseGet(() -> "exit code " + process.exitValue());
    if (frame != null) {
      return "%s in %s".formatted(how, frame);
    }
    return signal != null || complaint == null ? how : "%s: %s".formatted(how, complaint);
  }

  @Override
  public void close() {
    process.destroyForcibly();
    boolean interrupted = false;
    while (process.isAlive()) {
      try {
        process.waitFor();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** What such a process calls to answer: a line without line breaks. */
  public static void answer(String line) {
    Answers.OUT.println(MARK + line);
  }

  /** The standard output of such a process, whatever the encoding of {@link System#out}. */
  private static final class Answers {
    static final PrintStream OUT =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
  }
}
