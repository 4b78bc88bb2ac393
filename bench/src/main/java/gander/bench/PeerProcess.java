// SPDX-License-Identifier: Apache-2.0
package gander.bench;

import gander.runtime.GanderException;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Another framework in a process of its own that answers each line with a line and sleeps
 * otherwise. Its first line, which it gives when it is ready, says what it is. Closed by its owner.
 */
final class PeerProcess implements AutoCloseable {
  private final String title;
  private final Path errors;
  private final Process process;
  private final BufferedReader answers;
  private final BufferedWriter questions;
  private final String description;

  /**
   * Starts a program and waits until it is ready.
   *
   * @param advice what makes it start, for the message
   * @throws PeerException if it does not start; the message has the reason
   */
  PeerProcess(List<String> command, String advice) {
    this(String.join(" ", command), command, "; " + advice);
  }

  /**
   * The same.
   *
   * @param title what it is called in messages
   * @param advice what follows on the reason
   */
  PeerProcess(String title, List<String> command, String advice) {
    this.title = title;
    try {
      errors = Files.createTempFile("gander-peer", ".log");
      errors.toFile().deleteOnExit();
      process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
      answers =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
      questions =
          new BufferedWriter(
              new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
      String first = answers.readLine();
      if (first == null) {
        String reason = reason();
        throw new PeerException(
            "the peer '%s' did not start: %s%s".formatted(title, reason, advice), reason);
      }
      description = first;
    } catch (IOException e) {
      String reason = String.valueOf(e.getMessage());
      throw new PeerException(
          "%s cannot be started (%s)%s".formatted(command.getFirst(), reason, advice), reason);
    }
  }

  /**
   * A script of {@code bench/peers}.
   *
   * @throws GanderException if it is not there
   */
  static Path script(String name) {
    Path script = file(name);
    if (!Files.isRegularFile(script)) {
      throw new GanderException("the peer's script %s is not there".formatted(script));
    }
    return script;
  }

  /** A file or folder of {@code bench/peers}, which need not exist. */
  static Path file(String name) {
    @Nullable String root = System.getProperty("gander.root");
    return Path.of(root == null ? "." : root, "bench", "peers", name);
  }

  /** What it said of itself: framework, version, device, as JSON. */
  String description() {
    return description;
  }

  /**
   * Its answer to a line.
   *
   * @throws PeerException if it has ended
   */
  String ask(String line) {
    String answer;
    String death = null;
    try {
      questions.write(line + "\n");
      questions.flush();
      answer = answers.readLine();
      // A Java machine that dies of native code says so here, over many lines.
      while (answer != null && (death != null || answer.startsWith("#"))) {
        if (death == null && answer.contains(" SIG")) {
          death = answer.substring(1).strip();
        }
        answer = answers.readLine();
      }
    } catch (IOException e) {
      answer = null; // It has closed its end: it is told below.
    }
    if (answer == null) {
      String reason = death == null ? reason() : death;
      throw new PeerException(
          "the peer '%s' ended while it ran: %s".formatted(title, reason), reason);
    }
    return answer;
  }

  /**
   * The line of its log that says what went wrong. Lists of calls are indented; behind Python's
   * last one the error comes first and then advice, elsewhere the error comes last.
   */
  private String reason() {
    try {
      List<String> lines =
          Files.readAllLines(errors).stream().filter(line -> !line.isBlank()).toList();
      int calls = lines.lastIndexOf("Traceback (most recent call last):");
      return lines.subList(calls + 1, lines.size()).stream()
          .filter(line -> !Character.isWhitespace(line.charAt(0)))
          .reduce((first, second) -> calls < 0 ? second : first)
          .orElse("no output");
    } catch (IOException e) {
      return "its log cannot be read";
    }
  }

  @Override
  public void close() {
    try {
      questions.close();
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      process.destroyForcibly();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
