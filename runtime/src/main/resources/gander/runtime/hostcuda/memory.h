// SPDX-License-Identifier: Apache-2.0
// Every access of a kernel to memory comes by here before it is made: the compiler's instrumentation for thread sanitizers
// calls a function for each, and these are those functions.
//
// Global memory may be touched within the buffers of the launch. Of shared memory every word has a shadow: who wrote it
// last and who read it, and when. Time is counted in barriers; two accesses between the same two barriers, by different
// threads, one of them a write, are a race, unless __syncwarp has put them in order.

namespace gander {

const unsigned char GAP = 1;    // between two shared arrays
const unsigned char FLIGHT = 2; // an asynchronous copy is under way to it

struct Access {
  unsigned epoch; // 0: never
  unsigned clock; // of the thread, which __syncwarp advances
  const void* pc;
  unsigned short thread;
  unsigned char bytes; // of the word, as a mask
};
struct Word {
  Access write;
  Access read[2]; // the last two by threads that did not know of each other
  unsigned char written; // which bytes have been, if the last write was in this block
  unsigned char marks;
};

extern "C" {
// The sections of device.h; without shared arrays there are none.
extern char __start_g_shared __attribute__((weak, visibility("hidden")));
extern char __stop_g_shared __attribute__((weak, visibility("hidden")));
extern const char* const __start_g_gaps __attribute__((weak, visibility("hidden")));
extern const char* const __stop_g_gaps __attribute__((weak, visibility("hidden")));
extern char __ehdr_start __attribute__((visibility("hidden")));
extern char _end __attribute__((visibility("hidden")));
}

const uintptr_t GAP_BYTES = 64;

static uintptr_t static_begin, static_bytes;
static uintptr_t dynamic_begin, dynamic_bytes;
static char* dynamic;    // shared memory of the launch
static Word* words;      // of the static shared memory, then of the dynamic
static uintptr_t word_count;
static unsigned epoch;   // counts barriers of the launch, from 1
static unsigned block_epoch;
static const Argument* last; // that was touched

void begin_launch_memory() {
  static_begin = (uintptr_t)&__start_g_shared;
  static_bytes = (uintptr_t)&__stop_g_shared - static_begin;
  dynamic_bytes = launch->shared_bytes;
  dynamic = (char*)aligned_alloc(128, (dynamic_bytes + 128) / 128 * 128);
  dynamic_begin = (uintptr_t)dynamic;
  word_count = (static_bytes + 3) / 4 + (dynamic_bytes + 3) / 4;
  words = (Word*)calloc(word_count + 1, sizeof(Word));
  for (const char* const* gap = &__start_g_gaps; gap != &__stop_g_gaps; gap++) {
    for (uintptr_t at = 0; at < GAP_BYTES; at += 4) {
      words[((uintptr_t)*gap + at - static_begin) / 4].marks = GAP;
    }
  }
  epoch = 0;
  last = launch->argument;
}

void end_launch_memory() {
  free(dynamic);
  free(words);
}

void begin_block_memory() { block_epoch = ++epoch; }
void after_barrier_memory() { epoch++; }
void* shared_begin() { return dynamic; }
uint64_t shared_bytes() { return static_bytes - GAP_BYTES * (&__stop_g_gaps - &__start_g_gaps) + dynamic_bytes; }

// Whether the current thread knows of an access, or it was before the last barrier.
static bool known(const Access& access) {
  if (access.epoch != epoch || access.thread == current->number) {
    return true;
  }
  return access.thread / WARP == current->number / WARP && current->seen[access.thread % WARP] >= access.clock;
}

[[noreturn]] static void fail_race(const Access& other, bool wrote, bool write, const void* pc) {
  char text[64];
  fail(
      pc, other.pc, "a race: it %s at {0} the shared memory that %s %s at {1}, with no barrier between", write ? "writes" : "reads",
      thread_text(threads[other.thread], text), wrote ? "writes" : "reads");
}

static void touch_word(Word& word, unsigned char bytes, bool write, bool landing, const void* pc) {
  if (word.marks != 0) {
    if (word.marks == GAP) {
      fail(pc, nullptr, "it %s outside a shared array at {0}", write ? "writes" : "reads");
    }
    if (!landing && word.write.epoch >= block_epoch) {
      fail(
          pc, word.write.pc, "it %s at {0} the shared memory to which an asynchronous copy of {1} is under way: a wait is missing",
          write ? "writes" : "reads");
    }
    word.marks = 0;
  }
  const bool fresh = word.write.epoch < block_epoch; // nobody of this block has written it
  if (!fresh && (word.write.bytes & bytes) != 0 && !known(word.write)) {
    fail_race(word.write, true, write, pc);
  }
  const Access access = {epoch, current->clock, pc, (unsigned short)current->number, bytes};
  if (write) {
    for (const Access& read : word.read) {
      if ((read.bytes & bytes) != 0 && !known(read)) {
        fail_race(read, false, true, pc);
      }
    }
    word.written = fresh ? bytes : word.written | bytes;
    word.write = access;
    return;
  }
  if (fresh || (word.written & bytes) != bytes) {
    fail(pc, nullptr, "it reads shared memory at {0} that no thread of its block has written");
  }
  // Of several readers two are enough for every later write to meet one that its thread does not know, if they are of
  // two warps; so the second makes room for one of another warp.
  if (known(word.read[0])) {
    word.read[0] = access;
  } else if (
      known(word.read[1]) || word.read[1].thread / WARP == word.read[0].thread / WARP) {
    word.read[1] = access;
  }
}

static void touch_shared(uintptr_t at, uintptr_t first_word, unsigned size, bool write, bool landing, const void* pc) {
  Word* word = words + first_word + at / 4;
  if (at % 4 == 0 && size % 4 == 0) {
    for (unsigned i = 0; i < size / 4; i++) {
      touch_word(word[i], 15, write, landing, pc);
    }
    return;
  }
  for (unsigned i = 0; i < size; i++) {
    touch_word(words[first_word + (at + i) / 4], 1 << (at + i) % 4, write, landing, pc);
  }
}

// The buffer nearest to an address, for the message.
[[noreturn]] static void fail_outside(uintptr_t at, unsigned size, bool write, const void* pc) {
  const char* does = write ? "writes" : "reads";
  const uintptr_t NEAR = 1 << 20;
  uintptr_t least = NEAR;
  unsigned nearest = 0;
  bool behind = false;
  for (unsigned i = 0; i < launch->arguments; i++) {
    const Argument& a = launch->argument[i];
    if (a.bytes == 0) {
      continue;
    }
    const uintptr_t after = at + size - (a.value + a.bytes); // wraps to a large number
    const uintptr_t before = a.value - at;
    if (after < least || before < least) {
      behind = after < before;
      least = behind ? after : before;
      nearest = i;
    }
  }
  if (at - dynamic_begin < dynamic_bytes + 4096 || (static_bytes > 0 && at - static_begin < static_bytes + 4096)) {
    fail(pc, nullptr, "it %s %u bytes at {0} outside the block's shared memory", does, size);
  }
  if (least == NEAR) {
    fail(pc, nullptr, "it %s %u bytes at {0} that are in no buffer of the launch (address 0x%lx)", does, size, (unsigned long)at);
  }
  const unsigned long bytes = launch->argument[nearest].bytes;
  if (behind) {
    fail(pc, nullptr, "it %s %u bytes at {0} that end %lu bytes past the end of argument %u, which has %lu bytes", does, size,
        (unsigned long)least, nearest, bytes);
  }
  fail(pc, nullptr, "it %s %u bytes at {0} that begin %lu bytes before argument %u, which has %lu bytes", does, size,
      (unsigned long)least, nearest, bytes);
}

static bool inside(uintptr_t at, unsigned size, const Argument& a) {
  return at - a.value < a.bytes && at - a.value + size <= a.bytes;
}

static void touch_global(uintptr_t at, unsigned size, bool write, const void* pc) {
  if (inside(at, size, *last)) {
    return;
  }
  for (unsigned i = 0; i < launch->arguments; i++) {
    if (inside(at, size, launch->argument[i])) {
      last = &launch->argument[i];
      return;
    }
  }
  const uintptr_t image = (uintptr_t)&__ehdr_start; // constant tables
  if (write || at - image >= (uintptr_t)&_end - image) {
    fail_outside(at, size, write, pc);
  }
}

static inline void touch(const void* address, unsigned size, bool write, bool landing, const void* pc) {
  const uintptr_t at = (uintptr_t)address;
  if (at - (uintptr_t)stack_begin < STACK_BYTES) {
    return; // the thread's own
  }
  if (at - static_begin < static_bytes && at - static_begin + size <= static_bytes) {
    touch_shared(at - static_begin, 0, size, write, landing, pc);
  } else if (at - dynamic_begin < dynamic_bytes && at - dynamic_begin + size <= dynamic_bytes) {
    touch_shared(at - dynamic_begin, (static_bytes + 3) / 4, size, write, landing, pc);
  } else {
    touch_global(at, size, write, pc);
  }
}

static inline void touch_aligned(const void* address, unsigned size, bool write, const void* pc) {
  if ((uintptr_t)address % size != 0) {
    fail(pc, nullptr, "it %s %u bytes at {0} whose address is no multiple of %u", write ? "writes" : "reads", size, size);
  }
  touch(address, size, write, false, pc);
}

// An asynchronous copy is issued: from now on until the wait that covers it nobody may touch what it writes.
void check_copy(void* to, const void* from, const void* pc) {
  const unsigned SIZE = 16;
  touch_aligned(to, SIZE, true, pc);
  if (from != nullptr) {
    touch_aligned(from, SIZE, false, pc);
  }
  const uintptr_t at = (uintptr_t)to;
  Word* word = nullptr;
  if (at - static_begin < static_bytes) {
    word = words + (at - static_begin) / 4;
  } else if (at - dynamic_begin < dynamic_bytes) {
    word = words + (static_bytes + 3) / 4 + (at - dynamic_begin) / 4;
  } else {
    fail(pc, nullptr, "an asynchronous copy at {0} is not to shared memory");
  }
  for (unsigned i = 0; i < SIZE / 4; i++) {
    word[i].marks = FLIGHT;
  }
}

void land_copy(const Copy& copy, const void* pc) {
  const unsigned SIZE = 16;
  touch(copy.to, SIZE, true, true, pc);
  if (copy.from == nullptr) {
    memset(copy.to, 0, SIZE);
  } else {
    memcpy(copy.to, copy.from, SIZE);
  }
}

} // namespace gander

// What the compiler's instrumentation calls

#define G_PC __builtin_return_address(0)
#define G_ACCESS(size)                                                                                        \
  void __tsan_read##size(void* at) { gander::touch_aligned(at, size, false, G_PC); }                          \
  void __tsan_write##size(void* at) { gander::touch_aligned(at, size, true, G_PC); }                          \
  void __tsan_unaligned_read##size(void* at) { gander::touch(at, size, false, false, G_PC); }                 \
  void __tsan_unaligned_write##size(void* at) { gander::touch(at, size, true, false, G_PC); }

extern "C" {
G_ACCESS(1)
G_ACCESS(2)
G_ACCESS(4)
G_ACCESS(8)
G_ACCESS(16)
void __tsan_read_range(void* at, unsigned long size) { gander::touch(at, size, false, false, G_PC); }
void __tsan_write_range(void* at, unsigned long size) { gander::touch(at, size, true, false, G_PC); }
void __tsan_init() {}
void __tsan_func_entry(void*) {}
void __tsan_func_exit() {}

// An index outside an array whose size is known, private arrays as well; and a pointer that is not aligned to what it
// points at, of which the compiler may make several smaller accesses.
void __ubsan_handle_out_of_bounds_abort(void*, unsigned long index) {
  gander::fail(G_PC, nullptr, "its index %ld at {0} is outside the array", (long)index);
}
struct Mismatch {
  const char* file;
  unsigned line, column;
  const void* type;
  unsigned char log_alignment;
};
void __ubsan_handle_type_mismatch_v1_abort(Mismatch* of, unsigned long) {
  gander::fail(G_PC, nullptr, "it touches memory at {0} whose address is no multiple of %u", 1u << of->log_alignment);
}
}
