// SPDX-License-Identifier: Apache-2.0
package gander.runtime.check;

import gander.runtime.DeviceInfo;
import gander.runtime.GanderException;
import gander.runtime.catalogue.KernelFile;
import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A process of this same program that runs variants one at a time, so that one that does not end
 * can be ended, and one that crashes takes nothing with it. The process is started when it is
 * needed, and anew after such an end.
 *
 * <p>Used by one thread at a time.
 */
public final class WorkerProcess implements AutoCloseable {
  /** Starting takes a second or so; where it takes this long, something is wrong. */
  private static final Duration START = Duration.ofMinutes(2);

  private static final Pattern SIGNAL = Pattern.compile("\\bSIG[A-Z]{2,}\\b");

  private final DeviceInfo device;
  private final List<Path> folders;
  private final Duration limit;
  private @Nullable Process process;
  private @Nullable DataOutputStream requests;
  private BlockingQueue<String> answers = new LinkedBlockingQueue<>();
  private volatile @Nullable String signal;
  private @Nullable Workload workload;
  private Workload.@Nullable Data data;
  private boolean sent;

  /**
   * @param device which, and what is asked of its matrix products
   * @param folders of kernels beside those shipped
   * @param limit for one variant, compiling included
   */
  public WorkerProcess(DeviceInfo device, List<Path> folders, Duration limit) {
    this.device = device;
    this.folders = folders;
    this.limit = limit;
  }

  /** Gives the numbers that the following variants run on. */
  public void take(Workload next, Workload.Data itsData) {
    workload = next;
    data = itsData;
    sent = false;
  }

  /**
   * Runs a variant on what was taken last.
   *
   * @throws GanderException if the process cannot be started or has no such device
   */
  public Verdict run(KernelFile kernel, Map<String, Integer> setting) {
    if (process == null) {
      start();
    }
    try {
      DataOutputStream out = Objects.requireNonNull(requests);
      if (!sent) {
        Wire.send(out, Objects.requireNonNull(workload), Objects.requireNonNull(data));
        sent = true;
      }
      Wire.send(out, new Wire.Run(kernel.path(), setting));
      String answer = await(limit);
      if (answer != null) {
        return Wire.verdict(answer);
      }
      stop();
      return new Verdict.Hanging(limit.toSeconds());
    } catch (IOException e) {
      return new Verdict.Crashed(end());
    }
  }

  private void start() {
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
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Worker.class.getName()));
    command.addAll(List.of(device.id(), device.math().word()));
    folders.forEach(folder -> command.add(folder.toString()));
    String answer = null;
    try {
      begin(new ProcessBuilder(command).start());
      answer = await(START);
    } catch (IOException e) {
      // It ended, or there is no such program: both are told below.
    }
    if (answer == null || !answer.equals(Wire.READY)) {
      stop();
      throw new GanderException(
          answer != null && answer.startsWith(Wire.UNABLE)
              ? answer.substring(Wire.UNABLE.length())
              : "the process that runs kernels does not start: " + String.join(" ", command));
    }
  }

  private void begin(Process started) {
    process = started;
    signal = null;
    sent = false;
    answers = new LinkedBlockingQueue<>();
    listen(started.getInputStream(), answers);
    listen(started.getErrorStream(), null);
    requests = new DataOutputStream(new BufferedOutputStream(started.getOutputStream()));
  }

  /**
   * The next answer; null if there is none in time.
   *
   * @throws IOException if the process has ended
   */
  private @Nullable String await(Duration time) throws IOException {
    try {
      String answer = answers.poll(time.toMillis(), TimeUnit.MILLISECONDS);
      if (answer != null && answer.isEmpty()) {
        throw new IOException("the worker has ended");
      }
      return answer;
    } catch (InterruptedException e) {
      stop();
      Thread.currentThread().interrupt();
      throw new GanderException("interrupted", e);
    }
  }

  /** Collects marked lines, and an empty one at the end; watches for a signal's name. */
  private void listen(InputStream stream, @Nullable BlockingQueue<String> queue) {
    Thread.ofVirtual()
        .start(() -> {
          try (var lines =
              new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
              Matcher named = SIGNAL.matcher(line);
              if (queue != null && line.startsWith(Wire.MARK)) {
                queue.add(line.substring(Wire.MARK.length()));
              } else if (signal == null && named.find()) {
                signal = named.group();
              }
            }
          } catch (IOException e) {
            // The process is gone, which the end of the stream says as well.
            return;
          } finally {
            if (queue != null) {
              queue.add("");
            }
          }
        });
  }

  /** How the process ended. */
  private String end() {
    Process ended = process;
    stop();
    int code = ended == null ? 0 : ended.exitValue();
    return Optional.ofNullable(signal).orElse("exit code " + code);
  }

  private void stop() {
    Process running = process;
    process = null;
    requests = null;
    if (running == null) {
      return;
    }
    running.destroyForcibly();
    try {
      running.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    stop();
  }
}
