// SPDX-License-Identifier: Apache-2.0
package gander.graph.program;

import gander.graph.plan.Plan;
import gander.graph.plan.PlanProblem;
import gander.graph.plan.PlanProblem.Buffer;
import gander.graph.program.Residents.Range;
import gander.runtime.Argument;
import gander.runtime.Device;
import gander.runtime.GanderException;
import gander.runtime.Launch;
import gander.runtime.Memory;
import gander.runtime.Recording;
import gander.runtime.Slice;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * Launches that are watched, one after the other, for debugging: slow, and with a copy of the
 * program's memory on the host.
 *
 * <p>A run begins with an arena full of {@link #POISON}, and what a launch frees is filled with it
 * again: who reads memory that is dead, or not written yet, computes NaN. After every launch, the
 * arena, variables and inputs must be what they were before, but for what the launch writes.
 */
final class ArenaGuard implements Recording {
  /** A signalling NaN, which no arithmetic gives: what comes of it is a quiet one. */
  static final int POISON = 0x7FA5A5A5;

  private final Device device;
  private final List<Launch> launches;
  private final List<Integer> steps;
  private final Residents residents;
  private final Memory memory;
  private final List<Recording> recordings = new ArrayList<>();
  private final List<Watched> lasting = new ArrayList<>();
  private final Arena host = Arena.ofShared();
  private final MemorySegment before;
  private final MemorySegment now;

  /** Memory that outlives a run, with what it held after the launch before. */
  private record Watched(String label, Memory memory, MemorySegment before) {
    boolean isWrittenBy(Launch launch) {
      for (Argument argument :
          launch.arguments().subList(launch.inputs(), launch.arguments().size())) {
        if (argument instanceof Slice slice && slice.memory().equals(memory)) {
          return true;
        }
      }
      return false;
    }
  }

  /**
   * Records each launch by itself.
   *
   * @param steps of each launch, the step that it belongs to
   * @param residents of the arena
   * @param memory the arena, which stays the caller's, as all other memory does
   * @param lasting variables and inputs, with what messages call them
   */
  ArenaGuard(
      Device device,
      List<Launch> launches,
      List<Integer> steps,
      Residents residents,
      Memory memory,
      Map<String, Memory> lasting) {
    this.device = device;
    this.launches = List.copyOf(launches);
    this.steps = List.copyOf(steps);
    this.residents = residents;
    this.memory = memory;
    before = host.allocate(memory.bytes(), Long.BYTES);
    long most = memory.bytes();
    for (Map.Entry<String, Memory> entry : lasting.entrySet()) {
      Memory watched = entry.getValue();
      most = Math.max(most, watched.bytes());
      MemorySegment copy = host.allocate(watched.bytes(), Long.BYTES);
      this.lasting.add(new Watched(entry.getKey(), watched, copy));
    }
    now = host.allocate(most, Long.BYTES);
    for (Launch launch : launches) {
      recordings.add(device.record(List.of(launch)));
    }
  }

  /** A plan in which at least an alignment's bytes behind every buffer are nobody's. */
  static Plan spaced(PlanProblem problem, long enough) {
    List<Buffer> wider =
        problem.buffers().stream()
            .map(b ->
                new Buffer(
                    b.id(), b.label(), b.lower(), b.upper(), b.bytes() + problem.alignment()))
            .toList();
    Plan plan = Planning.FREE.offsets().of(new PlanProblem(wider, problem.alignment()), enough);
    return new Plan(problem, plan.offsets(), plan.peak());
  }

  @Override
  public void replay() {
    run(recording -> {
      recording.replay();
      device.finish();
      return 0;
    });
  }

  @Override
  public long[] time() {
    return run(recording -> recording.time()[0]);
  }

  private long[] run(ToLongFunction<Recording> launcher) {
    device.fill(memory.all(), POISON);
    device.read(memory.all(), before);
    lasting.forEach(watched -> device.read(watched.memory.all(), watched.before));
    var nanos = new long[launches.size()];
    for (int at = 0; at < nanos.length; at++) {
      nanos[at] = launcher.applyAsLong(recordings.get(at));
      checkArena(at);
      checkLasting(at);
      int step = steps.get(at);
      if (at + 1 == nanos.length || steps.get(at + 1) != step) {
        residents.freed(step).forEach(this::poison);
      }
    }
    return nanos;
  }

  private void poison(Range range) {
    var slice = new Slice(memory, range.begin(), range.end() - range.begin());
    device.fill(slice, POISON);
    device.read(slice, before.asSlice(slice.offset(), slice.bytes()));
  }

  private void checkArena(int at) {
    MemorySegment held = now.asSlice(0, memory.bytes());
    device.read(memory.all(), held);
    for (Range range : residents.guarded(steps.get(at))) {
      long off =
          MemorySegment.mismatch(
              before, range.begin(), range.end(), held, range.begin(), range.end());
      if (off >= 0) {
        throw damaged(at, residents.owner(steps.get(at), range.begin() + off));
      }
    }
    before.copyFrom(held);
  }

  private void checkLasting(int at) {
    for (Watched watched : lasting) {
      MemorySegment held = now.asSlice(0, watched.memory.bytes());
      device.read(watched.memory.all(), held);
      long off = watched.before.mismatch(held);
      if (off < 0) {
        continue;
      }
      if (!watched.isWrittenBy(launches.get(at))) {
        throw damaged(
            at,
            "%s (%d bytes), which it does not write, first at byte %d"
                .formatted(watched.label, watched.memory.bytes(), off));
      }
      watched.before.copyFrom(held);
    }
  }

  private GanderException damaged(int at, String what) {
    return new GanderException(
        "launch %d of %d, %s, damaged %s; try its kernel with 'gander check', else the memory plan is wrong"
            .formatted(at + 1, launches.size(), launches.get(at).describe(), what));
  }

  @Override
  public void close() {
    recordings.forEach(Recording::close);
    host.close();
  }
}
