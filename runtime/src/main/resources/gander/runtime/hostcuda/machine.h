// SPDX-License-Identifier: Apache-2.0
// What the parts of the machine that runs kernels have in common. One launch runs at a time, one block of it at a time,
// one thread of that at a time, in an order that is the same each time.
#ifndef GANDER_MACHINE_H
#define GANDER_MACHINE_H

#include <stdint.h>

namespace gander {

const unsigned WARP = 32;
const unsigned MOST_THREADS = 1024;

struct Index {
  unsigned x, y, z;
};

// What the host asks for. The layout is HostCudaRecording's.
struct Argument {
  uint64_t value; // an address, or a word in the lower half
  uint64_t bytes; // of the buffer; 0 for a word
};
struct Launch {
  Index grid;
  Index block;
  unsigned shared_bytes; // dynamic
  unsigned shared_most;  // that a block may have in all
  unsigned arguments;
  unsigned seed; // 0: threads run in order; else in an order that differs from block to block
  const Argument* argument;
};

// What the host is told. In the text, {0} and {1} stand for the source lines of the places, which are offsets of
// instructions in this library.
struct Fault {
  uint64_t place[2];
  char text[1008];
};

enum State { READY, AT_BARRIER, AT_WARP, ENDED };

// What a thread waits for.
enum Wait { BARRIER, VOTE, SHUFFLE, MMA_TF32, MMA_BF16 };

struct Copy {
  void* to;
  const void* from; // null: zeros
};

struct Thread {
  void* sp;    // where its fiber goes on
  char* stack; // null before it begins and after it has ended
  Index index;
  unsigned number;
  State state;

  // While it waits, and what it gets
  Wait wait;
  int place;      // in the text
  int kind;       // of the operation
  const void* pc; // of the call
  unsigned mask;
  uint64_t value;
  int lane;
  int width;
  float* d;
  const unsigned* a;
  const unsigned* b;

  // What it has seen of its own warp: a lane's accesses up to clock seen[lane]
  unsigned clock;
  unsigned seen[WARP];

  // Its asynchronous copies that are under way, oldest first, and how many are in each batch
  Copy* copies;
  unsigned copy_count, copy_room;
  unsigned* batches;
  unsigned batch_count, batch_room;
  unsigned open_batch; // copies since the last commit
};

extern const Launch* launch;
extern Thread threads[MOST_THREADS];
extern unsigned thread_count;
extern Thread* current;
extern Index block;
extern char* stack_begin; // of the current thread
const uintptr_t STACK_BYTES = 128 << 10;

// Ends the launch with a fault of the current thread, or of another one when all wait. No thread goes on.
[[noreturn]] void fail(const void* place0, const void* place1, const char* format, ...)
    __attribute__((format(printf, 3, 4)));
void tell(Thread& of, const void* place0, const void* place1, const char* format, ...)
    __attribute__((format(printf, 4, 5)));
bool has_failed();
const char* thread_text(const Thread& t, char* text);

// Lets others run until the current thread is ready again.
void wait();

// Memory
void begin_launch_memory();
void end_launch_memory();
void begin_block_memory();
void after_barrier_memory(); // what was done before is seen by every thread of the block
void check_copy(void* to, const void* from, const void* pc);
void land_copy(const Copy& copy, const void* pc);
void* shared_begin(); // of the dynamic shared memory
uint64_t shared_bytes(); // static and dynamic, without gaps

// Warps
void try_warp(unsigned warp); // goes on with it if all that are expected have come
void end_copies(Thread& thread);

} // namespace gander

#endif
