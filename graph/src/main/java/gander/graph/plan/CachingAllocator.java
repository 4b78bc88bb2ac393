// SPDX-License-Identifier: Apache-2.0
package gander.graph.plan;

import gander.graph.plan.PlanProblem.Buffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What an allocator that asks at run time, without a plan, would take from the device: PyTorch's
 * rules for CUDA as its settings are by default. Nothing is asked for no bytes. Sizes are rounded
 * up to 512 bytes. Up to 1 MiB come from segments of 2 MiB, below 10 MiB from segments of 20 MiB,
 * others from segments of their own, rounded up to 2 MiB. The smallest free block of the kind,
 * small or large, that holds a size is taken, of several the one at the lowest address, and split
 * where at least 512 bytes (of large segments more than 1 MiB) would be left; free neighbours
 * become one block; segments are never returned. Later segments are taken to lie at higher
 * addresses, which the driver does not promise.
 *
 * <p>Source: {@code c10/cuda/CUDACachingAllocator.cpp} of pytorch/pytorch at commit 001074d,
 * functions {@code round_size}, {@code get_pool}, {@code get_allocation_size}, {@code
 * get_free_block}, {@code should_split}, {@code try_merge_blocks} and {@code allocate}; the sizes
 * and defaults also in {@code c10/core/AllocatorConfig.h} of PyTorch 2.13.0 (no power-of-two
 * divisions, no limit to splits, no expandable segments, large segments of 20 MiB).
 */
final class CachingAllocator {
  private static final long MIB = 1L << 20;

  private static final class Block {
    private final int segment;
    private final boolean small;
    private final long begin;
    private long bytes;
    private boolean free = true;
    private @Nullable Block before;
    private @Nullable Block after;

    Block(int segment, boolean small, long begin, long bytes) {
      this.segment = segment;
      this.small = small;
      this.begin = begin;
      this.bytes = bytes;
    }
  }

  private final TreeSet<Block> free =
      new TreeSet<>(
          Comparator.comparingLong((Block b) -> b.bytes)
              .thenComparingInt(b -> b.segment)
              .thenComparingLong(b -> b.begin));
  private int segments;
  private long reserved;

  private CachingAllocator() {}

  /** The bytes of all segments at the end, in bytes. */
  static long peak(PlanProblem problem) {
    record Event(int step, boolean begins, Buffer buffer) {}
    List<Event> events = new ArrayList<>();
    for (Buffer buffer : problem.buffers()) {
      if (buffer.bytes() == 0) {
        continue;
      }
      events.add(new Event(buffer.lower(), true, buffer));
      events.add(new Event(buffer.upper(), false, buffer));
    }
    events.sort(
        Comparator.comparingInt(Event::step)
            .thenComparing(Event::begins)
            .thenComparingInt(event -> event.buffer.id()));
    var allocator = new CachingAllocator();
    Map<Integer, Block> blocks = new HashMap<>();
    for (Event event : events) {
      int id = event.buffer.id();
      if (event.begins) {
        blocks.put(id, allocator.take(event.buffer.bytes()));
      } else {
        Block block = blocks.remove(id);
        if (block != null) {
          allocator.give(block);
        }
      }
    }
    return allocator.reserved;
  }

  private Block take(long asked) {
    long bytes = Math.ceilDiv(asked, 512L) * 512;
    boolean small = bytes <= MIB;
    Block block =
        free.stream().filter(b -> b.small == small && b.bytes >= bytes).findFirst().orElse(null);
    if (block == null) {
      long segment =
          small ? 2 * MIB : bytes < 10 * MIB ? 20 * MIB : Math.ceilDiv(bytes, 2 * MIB) * 2 * MIB;
      block = new Block(segments++, small, 0, segment);
      reserved += segment;
    } else {
      free.remove(block);
    }
    long left = block.bytes - bytes;
    if (small ? left >= 512 : left > MIB) {
      var rest = new Block(block.segment, small, block.begin + bytes, left);
      block.bytes = bytes;
      rest.before = block;
      rest.after = block.after;
      if (rest.after != null) {
        rest.after.before = rest;
      }
      block.after = rest;
      free.add(rest);
    }
    block.free = false;
    return block;
  }

  private void give(Block block) {
    Block merged = block;
    merged.free = true;
    Block after = merged.after;
    if (after != null && after.free) {
      free.remove(after);
      join(merged, after);
    }
    Block before = merged.before;
    if (before != null && before.free) {
      free.remove(before);
      join(before, merged);
      merged = before;
    }
    free.add(merged);
  }

  private static void join(Block left, Block right) {
    left.bytes += right.bytes;
    left.after = right.after;
    if (left.after != null) {
      left.after.before = left;
    }
  }
}
