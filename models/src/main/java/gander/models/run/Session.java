// SPDX-License-Identifier: Apache-2.0
package gander.models.run;

import gander.models.io.AtomicFile;
import gander.runtime.GanderException;
import gander.runtime.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * One process that trained a run: a line of {@code sessions.jsonl}, written at each checkpoint and
 * at the end.
 *
 * @param device in words
 * @param began ISO 8601, with its offset
 * @param firstStep steps done before it
 * @param lastStep steps done by it and before it
 * @param seconds of training, with what is written meanwhile
 */
public record Session(String device, String began, long firstStep, long lastStep, double seconds) {
  private static final JsonMapper JSON = JsonMapper.shared();

  /** Milliseconds a step; NaN if it did none. */
  public double stepMillis() {
    return lastStep > firstStep ? 1e3 * seconds / (lastStep - firstStep) : Double.NaN;
  }

  /** The sessions of a run by time; none if there is no file yet. */
  public static List<Session> of(RunDirectory run) {
    Path file = run.sessionsFile();
    if (!Files.exists(file)) {
      return List.of();
    }
    var sessions = new ArrayList<Session>();
    try {
      for (String line : Files.readAllLines(file)) {
        sessions.add(JSON.readValue(line, Session.class));
      }
    } catch (IOException e) {
      throw new GanderException("cannot read %s: %s".formatted(file, Reason.of(e)), e);
    } catch (JacksonException e) {
      throw new GanderException(
          "%s is damaged: delete it, the run needs it for its report alone".formatted(file), e);
    }
    return sessions;
  }

  /** Writes the sessions of a run. */
  public static void write(RunDirectory run, List<Session> sessions) {
    var text = new StringBuilder();
    sessions.forEach(session -> text.append(JSON.writeValueAsString(session)).append('\n'));
    AtomicFile.writeText(run.sessionsFile(), text.toString());
  }
}
