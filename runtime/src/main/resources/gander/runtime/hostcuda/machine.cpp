// SPDX-License-Identifier: Apache-2.0
// The machine that runs CUDA kernels on a CPU, linked into each: a block's threads are fibers of one thread of the system,
// each running until it waits for others.
#include "machine.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

extern "C" char __ehdr_start __attribute__((visibility("hidden"))); // where this library begins

namespace gander {

const Launch* launch;
Thread threads[MOST_THREADS];
unsigned thread_count;
Thread* current;
Index block;
char* stack_begin;

static Fault* fault;
static bool failed;
static uint64_t values[512]; // of the arguments, for which CUDA has 4 KiB
static void (*entry)(const uint64_t* values);
static unsigned short order[MOST_THREADS];

// Fibers

#if defined(__x86_64__) && !defined(GANDER_UCONTEXT)

static void* scheduler;

extern "C" void g_switch(void** from, void* to) __attribute__((visibility("hidden")));
asm(R"(
.text
.hidden g_switch
.globl g_switch
g_switch:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
)");

static void to_thread(Thread& t) { g_switch(&scheduler, t.sp); }
static void to_scheduler(Thread& t) { g_switch(&t.sp, scheduler); }

static void prepare(Thread& t, void (*run)()) {
  void** top = (void**)(t.stack + STACK_BYTES);
  *--top = nullptr; // no caller; a function begins 8 bytes off a multiple of 16
  *--top = (void*)run;
  for (int saved = 0; saved < 6; saved++) {
    *--top = nullptr;
  }
  t.sp = top;
}

#else

} // namespace gander
#include <ucontext.h>
namespace gander {

static ucontext_t scheduler;
static ucontext_t contexts[MOST_THREADS];

static void to_thread(Thread& t) { swapcontext(&scheduler, &contexts[t.number]); }
static void to_scheduler(Thread& t) { swapcontext(&contexts[t.number], &scheduler); }

static void prepare(Thread& t, void (*run)()) {
  ucontext_t& context = contexts[t.number];
  getcontext(&context);
  context.uc_stack.ss_sp = t.stack;
  context.uc_stack.ss_size = STACK_BYTES;
  context.uc_link = &scheduler;
  makecontext(&context, run, 0);
}

#endif

// Stacks, each with a page below it that nothing may touch. A thread that ends before the next one begins leaves it its
// own, so a kernel without barriers needs one.

static char* free_stacks[MOST_THREADS];
static unsigned free_count;

static char* take_stack() {
  if (free_count > 0) {
    return free_stacks[--free_count];
  }
  const uintptr_t page = sysconf(_SC_PAGESIZE);
  void* all = mmap(nullptr, page + STACK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (all == MAP_FAILED || mprotect(all, page, PROT_NONE) != 0) {
    abort();
  }
  return (char*)all + page;
}

static void leave_stack(Thread& t) {
  if (t.stack != nullptr) {
    free_stacks[free_count++] = t.stack;
    t.stack = nullptr;
  }
}

__attribute__((destructor)) static void unmap_stacks() {
  const uintptr_t page = sysconf(_SC_PAGESIZE);
  while (free_count > 0) {
    munmap(free_stacks[--free_count] - page, page + STACK_BYTES);
  }
}

static void run_kernel() {
  entry(values);
  end_copies(*current);
  current->state = ENDED;
  to_scheduler(*current);
  abort(); // nobody goes on with a thread that has ended
}

static void run(Thread& t) {
  if (t.stack == nullptr) {
    t.stack = take_stack();
    prepare(t, run_kernel);
  }
  current = &t;
  stack_begin = t.stack;
  to_thread(t);
  if (t.state == ENDED) {
    leave_stack(t);
    try_warp(t.number / WARP); // the others of its warp no longer wait for it
  }
}

void wait() { to_scheduler(*current); }

bool has_failed() { return failed; }

static void vtell(const void* place0, const void* place1, const char* format, va_list list) {
  const uint64_t base = (uint64_t)&__ehdr_start;
  fault->place[0] = place0 == nullptr ? 0 : (uint64_t)place0 - 1 - base; // a call's own, before where it returns
  fault->place[1] = place1 == nullptr ? 0 : (uint64_t)place1 - 1 - base;
  vsnprintf(fault->text, sizeof fault->text, format, list);
  failed = true;
}

void tell(Thread& of, const void* place0, const void* place1, const char* format, ...) {
  current = &of;
  va_list list;
  va_start(list, format);
  vtell(place0, place1, format, list);
  va_end(list);
}

void fail(const void* place0, const void* place1, const char* format, ...) {
  va_list list;
  va_start(list, format);
  vtell(place0, place1, format, list);
  va_end(list);
  to_scheduler(*current);
  abort();
}

// Barriers

const char* thread_text(const Thread& t, char* text) {
  sprintf(text, "thread (%u,%u,%u)", t.index.x, t.index.y, t.index.z);
  return text;
}

static bool expects(const Thread& waiting, const Thread& other) {
  return waiting.state == AT_BARRIER ||
      (other.number / WARP == waiting.number / WARP && (waiting.mask >> other.number % WARP & 1) != 0);
}

// Two threads of which one waits for the other in vain.
static void tell_of_wait(Thread& first) {
  char one[64], another[64];
  const char* whom = first.state == AT_WARP ? "its warp" : "its block";
  for (unsigned i = 0; i < thread_count; i++) {
    Thread& other = threads[i];
    if (!expects(first, other) || (other.state == first.state && other.place == first.place)) {
      continue;
    }
    thread_text(first, one);
    thread_text(other, another);
    if (other.state == ENDED) {
      tell(first, first.pc, nullptr, "%s waits at {0} for %s, of which %s has ended", one, whom, another);
    } else {
      tell(first, first.pc, other.pc, "%s waits at {0} for %s, of which %s waits elsewhere, at {1}", one, whom, another);
    }
    return;
  }
  tell(first, first.pc, nullptr, "%s waits at {0} for %s in vain", thread_text(first, one), whom);
}

// Nobody can run: either all wait at one barrier, or some will wait for ever.
static void release_barrier() {
  Thread* first = nullptr;
  bool together = true;
  for (unsigned i = 0; i < thread_count; i++) {
    Thread& t = threads[i];
    if (t.state != ENDED && (first == nullptr || t.state == AT_WARP)) {
      first = &t;
    }
    together &= t.state == AT_BARRIER && t.place == threads[0].place;
  }
  if (!together) {
    tell_of_wait(*first);
    return;
  }
  unsigned count = 0;
  for (unsigned i = 0; i < thread_count; i++) {
    count += threads[i].value != 0;
  }
  for (unsigned i = 0; i < thread_count; i++) {
    Thread& t = threads[i];
    t.value = t.kind == 1 ? count == thread_count : t.kind == 2 ? count > 0 : count;
    t.state = READY;
  }
  after_barrier_memory();
}

extern "C" int g_host_barrier(int place, int kind, int value) {
  Thread& t = *current;
  t.wait = BARRIER;
  t.place = place;
  t.kind = kind;
  t.value = value;
  t.pc = __builtin_return_address(0);
  t.state = AT_BARRIER;
  wait();
  return (int)t.value;
}

// Where a thread is

extern "C" Index g_host_thread() { return current->index; }
extern "C" Index g_host_block() { return block; }
extern "C" Index g_host_block_size() { return launch->block; }
extern "C" Index g_host_grid_size() { return launch->grid; }

// Launches

// A permutation that the seed and the block decide.
static void shuffle(uint64_t block_number) {
  uint64_t state = launch->seed * 0x9e3779b97f4a7c15u + block_number * 0xbf58476d1ce4e5b9u + 1;
  for (unsigned i = thread_count; i > 1; i--) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    const unsigned other = (state >> 33) % i;
    const unsigned short swapped = order[i - 1];
    order[i - 1] = order[other];
    order[other] = swapped;
  }
}

static void run_block(uint64_t block_number) {
  begin_block_memory();
  for (unsigned i = 0; i < thread_count; i++) {
    Thread& t = threads[i];
    t.number = i;
    const Index size = launch->block;
    t.index = {i % size.x, i / size.x % size.y, i / size.x / size.y};
    t.state = READY;
    t.clock = 1;
    memset(t.seen, 0, sizeof t.seen);
    t.copy_count = t.batch_count = t.open_batch = 0;
    order[i] = i;
  }
  if (launch->seed != 0) {
    shuffle(block_number);
  }
  for (;;) {
    bool ran = false;
    bool left = false;
    for (unsigned i = 0; i < thread_count; i++) {
      Thread& t = threads[order[i]];
      if (t.state == READY) {
        run(t);
        if (failed) {
          return;
        }
        ran = true;
      }
      left |= t.state != ENDED;
    }
    if (!left) {
      return;
    }
    if (!ran) {
      release_barrier();
    }
    if (failed) {
      return;
    }
  }
}

static void run_grid() {
  uint64_t number = 0;
  for (block.z = 0; block.z < launch->grid.z; block.z++) {
    for (block.y = 0; block.y < launch->grid.y; block.y++) {
      for (block.x = 0; block.x < launch->grid.x; block.x++) {
        run_block(number++);
        if (failed) {
          return;
        }
      }
    }
  }
}

// Runs a launch to its end. 0 if it is right; else the fault is told, and what the kernel has written stays written.
extern "C" __attribute__((visibility("default"))) int g_host_launch(
    const Launch* what, void (*kernel)(const uint64_t* values), Fault* told) {
  launch = what;
  entry = kernel;
  fault = told;
  failed = false;
  thread_count = what->block.x * what->block.y * what->block.z;
  for (unsigned i = 0; i < what->arguments; i++) {
    values[i] = what->argument[i].value;
  }
  begin_launch_memory();
  current = threads;
  current->index = block = {0, 0, 0};
  if (shared_bytes() > what->shared_most) {
    tell(
        *current, nullptr, nullptr, "it wants %lu bytes of shared memory, of which a block has %u",
        (unsigned long)shared_bytes(), what->shared_most);
  } else {
    run_grid();
  }
  for (unsigned i = 0; i < thread_count; i++) {
    leave_stack(threads[i]); // of those that a fault has left half-way
  }
  if (failed) {
    char* text = fault->text;
    const size_t length = strlen(text);
    snprintf(
        text + length, sizeof fault->text - length, " (thread (%u,%u,%u) of block (%u,%u,%u))", current->index.x,
        current->index.y, current->index.z, block.x, block.y, block.z);
  }
  end_launch_memory();
  return failed;
}

} // namespace gander

#include "memory.h"
#include "warp.h"
