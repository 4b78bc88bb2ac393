// SPDX-License-Identifier: Apache-2.0
package gander.runtime.hostcuda;

import static gander.runtime.Tests.message;
import static gander.runtime.Tests.read;
import static gander.runtime.Tests.write;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.runtime.CodeModule;
import gander.runtime.Device;
import gander.runtime.DeviceException;
import gander.runtime.Geometry;
import gander.runtime.Launch;
import gander.runtime.Memory;
import gander.runtime.Recording;
import gander.runtime.Source;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Every kind of fault is found, with the line and the thread, and the same kernel without it is
 * right; the device goes on after each.
 */
class FaultsTest {
  private static final int THREADS = 64;
  private static final int SHARED_BYTES = 1024;

  private Device device;

  @BeforeEach
  void open() {
    device = HostCuda.open();
  }

  @AfterEach
  void close() {
    if (device != null) {
      device.close();
    }
  }

  private void run(String body) {
    String declared =
        """
        extern "C" void* g_host_shared();
        extern "C" void g_host_copy16(void* to, const void* from, int bytes);
        extern "C" void g_host_copy_commit();
        extern "C" void g_host_copy_wait(int left);
        """;
    Source plain = HostCuda.kernel(body);
    Source source = new Source("k", declared + plain.text(), plain.functions());
    try (CodeModule module = device.load(source, device.compile(source));
        Memory x = device.allocate(4 * THREADS);
        Memory y = device.allocate(4 * THREADS);
        Recording recording =
            device.record(
                List.of(
                    new Launch(
                        "test",
                        module.kernel("k"),
                        new Geometry(1, 1, 1, THREADS, 1, 1, SHARED_BYTES),
                        List.of(x.all(), y.all()))))) {
      write(device, x.all(), new float[THREADS]);
      recording.replay();
      float[] got = read(device, y.all());
      for (float value : got) {
        assertEquals(0, value);
      }
    }
  }

  /**
   * Runs a body without and with a fault.
   *
   * @param body in which {@code FAULT} stands for what differs
   * @param said what the message must hold
   */
  private void finds(String body, String right, String wrong, String... said) {
    run(body.replace("FAULT", right));
    String message = message(DeviceException.class, () -> run(body.replace("FAULT", wrong)));
    for (String part : said) {
      assertTrue(message.contains(part), () -> "'" + part + "' is not in: " + message);
    }
  }

  /** How a message names a line of a body, from 1. */
  private static String line(int line) {
    return "test/k.cu:" + (HostCuda.LINES + line);
  }

  @Test
  void readsPastTheEnd() {
    finds(
        "y[at] = x[FAULT];",
        "at",
        "at + 1",
        "it reads 4 bytes at "
            + line(1)
            + " that end 4 bytes past the end of argument 0, which has 256 bytes",
        "thread (63,0,0) of block (0,0,0)");
  }

  @Test
  void writesBeforeTheBegin() {
    finds(
        "y[at] = x[at];\ny[FAULT] = 0;",
        "at",
        "at - 1",
        "it writes 4 bytes at " + line(2) + " that begin 4 bytes before argument 1",
        "thread (0,0,0)");
  }

  @Test
  void addressesOfNothing() {
    finds(
        "const float* from = FAULT;\ny[at] = from[at];",
        "x",
        "item == 9 ? (const float*)64 : x",
        "at " + line(2) + " that are in no buffer of the launch",
        "thread (9,0,0)");
  }

  @Test
  void readsOfSharedMemoryThatWasNotWritten() {
    finds(
        """
        __shared__ float tile[64];
        if (FAULT) tile[item] = x[at];
        __syncthreads();
        y[at] = tile[63 - item];
        """,
        "true",
        "item < 32",
        "it reads shared memory at " + line(4) + " that no thread of its block has written",
        "thread (0,0,0)");
  }

  @Test
  void whatAnotherBlockLeftInSharedMemoryIsNotWritten() {
    // Every block but the first would read what the first has left.
    Source source =
        HostCuda.kernel(
            """
            __shared__ float tile[64];
            if (blockIdx.x == 0) tile[item] = x[at];
            __syncthreads();
            y[at] = tile[item];
            """);
    try (CodeModule module = device.load(source, device.compile(source));
        Memory x = device.allocate(8 * THREADS);
        Memory y = device.allocate(8 * THREADS);
        Recording recording =
            device.record(
                List.of(
                    new Launch(
                        "test",
                        module.kernel("k"),
                        new Geometry(2, 1, 1, THREADS, 1, 1, 0),
                        List.of(x.all(), y.all()))))) {
      String said = message(DeviceException.class, recording::replay);
      assertTrue(said.contains("thread (0,0,0) of block (1,0,0)"), said);
    }
  }

  @Test
  void aMissingBarrierBeforeReading() {
    finds(
        """
        __shared__ float tile[64];
        tile[item] = x[at];
        FAULT;
        y[at] = tile[item < 32 ? item : item - 32];
        """,
        "__syncthreads()",
        "",
        "a race: it reads at " + line(4),
        "that thread (0,0,0) writes at " + line(2),
        "thread (32,0,0)");
  }

  @Test
  void aMissingBarrierBeforeWritingAgain() {
    finds(
        """
        __shared__ float tile[64];
        tile[item] = x[at];
        __syncthreads();
        const float other = tile[item ^ 32];
        FAULT;
        tile[item] = other;
        y[at] = tile[item];
        """,
        "__syncthreads()",
        "",
        "a race: it ",
        "at " + line(6));
  }

  @Test
  void twoThreadsThatWriteTheSame() {
    finds(
        """
        __shared__ float tile[64];
        tile[FAULT] = x[at];
        y[at] = 0 * tile[FAULT];
        """,
        "item",
        "item / 2",
        "a race: it writes at " + line(2),
        "that thread (0,0,0) writes at " + line(2),
        "thread (1,0,0)");
  }

  @Test
  void aWarpWithoutItsBarrier() {
    finds(
        """
        __shared__ float tile[64];
        tile[item] = x[at];
        FAULT;
        y[at] = tile[item ^ 1];
        """,
        "__syncwarp()",
        "",
        "at " + line(4));
  }

  @Test
  void aWarpsBarrierWhereTheBlocksIsNeeded() {
    finds(
        """
        __shared__ float tile[64];
        tile[item] = x[at];
        FAULT;
        y[at] = tile[item < 32 ? item : item - 32];
        """,
        "__syncthreads()",
        "__syncwarp()",
        "a race: it reads at " + line(4));
  }

  @Test
  void barriersThatSomeDoNotReach() {
    finds(
        """
        y[at] = x[at];
        if (FAULT) return;
        __syncthreads();
        """,
        "false",
        "item == 7",
        "waits at " + line(3) + " for its block, of which thread (7,0,0) has ended");
  }

  @Test
  void barriersAtTwoPlaces() {
    finds(
        """
        y[at] = x[at];
        if (FAULT) {
          __syncthreads();
        } else {
          __syncthreads();
        }
        """,
        "true",
        "item < 32",
        "thread (0,0,0) waits at "
            + line(3)
            + " for its block, of which thread (32,0,0) waits elsewhere, at "
            + line(5));
  }

  @Test
  void warpFunctionsThatSomeDoNotReach() {
    finds(
        """
        float v = x[at];
        if (FAULT) v = __shfl_xor_sync(0xffffffffu, v, 1);
        __syncthreads();
        y[at] = v;
        """,
        "true",
        "item != 3",
        "waits at "
            + line(2)
            + " for its warp, of which thread (3,0,0) waits elsewhere, at "
            + line(3));
  }

  @Test
  void shufflesFromALaneThatDoesNotTakePart() {
    finds(
        "y[at] = item % 32 < 16 ? __shfl_sync(0xffffu, x[at], FAULT) : 0.0f;",
        "15", "16", "the shuffle at " + line(1) + " takes the value of lane 16");
  }

  @Test
  void vectorsThatAreNotAligned() {
    finds(
        "const float4 v = *(const float4*)(x + FAULT);\ny[at] = v.x + v.w;",
        "4 * (item % 16)",
        "item % 16",
        "at " + line(1) + " whose address is no multiple of 16",
        "thread (1,0,0)");
    finds(
        "__shared__ float tile[64];\nif (item < 32) *(float2*)(tile + FAULT) = make_float2(0, 0);\ny[at] = x[at];",
        "item % 32 * 2",
        "item % 32",
        "whose address is no multiple of 8");
  }

  @Test
  void sharedArraysEndWhereTheyEnd() {
    finds(
        """
        __shared__ float first[64];
        __shared__ float second[64];
        first[item] = second[item] = x[at];
        __syncthreads();
        const float* from = first;
        y[at] = from[item + FAULT] + second[item];
        """,
        "0",
        "1",
        "it reads outside a shared array at " + line(6),
        "thread (63,0,0)");
    finds(
        "__shared__ float tile[4][16];\ntile[item / 16][item % 16 + FAULT] = 0;\n"
            + "__syncthreads();\ny[at] = tile[3][item % 16];",
        "0",
        "(item == 5 ? 16 : 0)",
        "its index 21 at " + line(2) + " is outside the array",
        "thread (5,0,0)");
    finds(
        "float* tile = (float*)g_host_shared();\ntile[item + FAULT] = 0;\ny[at] = tile[item + FAULT];",
        "192",
        "193",
        "it writes 4 bytes at " + line(2) + " outside the block's shared memory");
  }

  @Test
  void privateArraysEndWhereTheyEnd() {
    finds(
        """
        float own[4] = {0, 0, 0, 0};
        own[item % FAULT] = x[at];
        y[at] = own[item / 16];
        """,
        "4", "5", "its index 4 at " + line(2) + " is outside the array", "thread (4,0,0)");
  }

  @Test
  void asynchronousCopiesThatNobodyWaitedFor() {
    String body =
        """
        float* tile = (float*)g_host_shared();
        if (item < 16) g_host_copy16(tile + 4 * item, x + 4 * item, 16);
        g_host_copy_commit();
        FAULT;
        __syncthreads();
        y[at] = tile[63 - item];
        """;
    finds(
        body,
        "g_host_copy_wait(0)",
        "g_host_copy_wait(1)",
        "it reads at "
            + line(6)
            + " the shared memory to which an asynchronous copy of "
            + line(2));
    finds(
        body.replace("__syncthreads();", "OTHER;")
            .replace("FAULT", "g_host_copy_wait(0)")
            .replace("OTHER", "FAULT"),
        "__syncthreads()",
        "",
        "that no thread of its block has written");
  }
}
