// SPDX-License-Identifier: Apache-2.0
package gander.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Launches wait for those whose memory they need, and for no others. */
class LaunchOrderTest {
  /** 256 bytes, the same as none but itself. */
  private static final class Allocation implements Memory {
    @Override
    public long bytes() {
      return 256;
    }

    @Override
    public void close() {}
  }

  private record Named(String function) implements CodeModule.Kernel {}

  private final Memory memory = new Allocation();

  private final List<Launch> launches = new ArrayList<>();

  private Slice part(long offset, long bytes) {
    return new Slice(memory, offset, bytes);
  }

  /** A launch that reads some parts and writes one. */
  private void launch(Slice written, Slice... read) {
    List<Argument> arguments = new ArrayList<>(List.of(read));
    arguments.add(new Argument.Word(3));
    arguments.add(written);
    launches.add(
        new Launch(
            "launch", new Named("f"), new Geometry(1, 1, 1, 1, 1, 1, 0), arguments, read.length));
  }

  private List<List<Integer>> waits() {
    return LaunchOrder.waits(launches);
  }

  @Test
  void whatReadsWaitsForWhatWrote() {
    launch(part(0, 64));
    launch(part(64, 64));
    launch(part(128, 64), part(32, 8));
    assertEquals(List.of(List.of(), List.of(), List.of(0)), waits());
  }

  @Test
  void whatWritesWaitsForAllThatReadOrWrote() {
    launch(part(64, 64), part(0, 64));
    launch(part(128, 64), part(0, 64));
    launch(part(0, 16));
    launch(part(8, 16));
    assertEquals(List.of(List.of(), List.of(), List.of(1, 0), List.of(2)), waits());
  }

  @Test
  void readersOfTheSameDoNotWaitForEachOther() {
    launch(part(128, 8), part(0, 64));
    launch(part(136, 8), part(0, 64), part(32, 64));
    launch(part(144, 8), part(32, 8));
    assertEquals(List.of(List.of(), List.of(), List.of()), waits());
  }

  @Test
  void whatOthersWaitForAlreadyIsNotNamedAgain() {
    launch(part(0, 8));
    launch(part(8, 8), part(0, 8));
    launch(part(16, 8), part(0, 16));
    assertEquals(List.of(1), waits().get(2));
  }

  @Test
  void otherMemoryAndNeighboursAreNoReason() {
    launch(part(0, 8));
    launch(new Slice(new Allocation(), 0, 8));
    launch(part(8, 8));
    assertEquals(List.of(List.of(), List.of(), List.of()), waits());
  }

  @Test
  void aLaunchThatDoesNotSayWhatItReadsMayWriteToAllOfIt() {
    launch(part(64, 8), part(0, 8));
    launches.add(
        new Launch(
            "launch",
            new Named("f"),
            new Geometry(1, 1, 1, 1, 1, 1, 0),
            List.of(part(0, 8), part(128, 8))));
    assertEquals(List.of(0), waits().get(1));
  }
}
