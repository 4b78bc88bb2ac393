// SPDX-License-Identifier: Apache-2.0
package gander.bench;

import gander.models.run.RunConfig;
import gander.models.zoo.Zoo;
import gander.runtime.GanderException;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Another framework's training step in a process of its own, which runs steps when it is told to
 * and sleeps otherwise. Closed by its owner.
 */
final class Peer implements AutoCloseable {
  /** The modes of PyTorch's step that its script knows. */
  static final List<String> MODES = List.of("eager", "fused", "compiled");

  private final String mode;
  private final Process process;
  private final BufferedReader answers;
  private final BufferedWriter questions;
  private final String description;

  private Peer(
      String mode,
      Process process,
      BufferedReader answers,
      BufferedWriter questions,
      String description) {
    this.mode = mode;
    this.process = process;
    this.answers = answers;
    this.questions = questions;
    this.description = description;
  }

  /**
   * Starts a PyTorch step and waits until it is warm.
   *
   * @param python an interpreter that has torch
   * @throws GanderException if it cannot be started; the message has the process's last line
   */
  static Peer pytorch(String python, RunConfig config, String mode, int threads) {
    Path script = script("pytorch_step.py");
    List<String> command =
        List.of(
            python,
            script.toString(),
            config.model(),
            "--batch",
            Integer.toString(config.batch()),
            "--size",
            Integer.toString(Zoo.size(config)),
            "--mode",
            mode,
            "--threads",
            Integer.toString(threads));
    try {
      Path errors = Files.createTempFile("gander-peer", ".log");
      errors.toFile().deleteOnExit();
      Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
      var answers =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
      var questions =
          new BufferedWriter(
              new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
      String first = answers.readLine();
      if (first == null) {
        List<String> log = Files.readAllLines(errors);
        throw new GanderException(
            "the peer '%s' did not start: %s; --python names an interpreter that has torch"
                .formatted(String.join(" ", command), log.isEmpty() ? "no output" : log.getLast()));
      }
      return new Peer(mode, process, answers, questions, first);
    } catch (IOException e) {
      throw new GanderException(
          "%s cannot be started (%s); --python names an interpreter that has torch"
              .formatted(python, e.getMessage()),
          e);
    }
  }

  private static Path script(String name) {
    @Nullable String root = System.getProperty("gander.root");
    Path script = Path.of(root == null ? "." : root, "bench", "peers", name);
    if (!Files.isRegularFile(script)) {
      throw new GanderException("the peer's script %s is not there".formatted(script));
    }
    return script;
  }

  String mode() {
    return mode;
  }

  /** What it said of itself: framework, version, device, as JSON. */
  String description() {
    return description;
  }

  /** Runs steps and gives the milliseconds a step took. */
  double millisAStep(int steps) {
    try {
      questions.write(steps + "\n");
      questions.flush();
      String answer = answers.readLine();
      if (answer == null) {
        throw new GanderException("the peer in mode %s ended while it ran".formatted(mode));
      }
      return Double.parseDouble(answer) * 1e3 / steps;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
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
