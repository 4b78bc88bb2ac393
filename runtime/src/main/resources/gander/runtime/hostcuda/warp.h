// SPDX-License-Identifier: Apache-2.0
// What the threads of a warp do together: votes, shuffles, products of fragments; and asynchronous copies, which are made
// when a wait asks for them, so that one that is missing shows.

namespace gander {

// Whether every thread that this one names and that has not ended has come to the same place. Products need all 32.
static bool all_here(const Thread& t) {
  const unsigned first = t.number / WARP * WARP;
  for (unsigned lane = 0; lane < WARP && first + lane < thread_count; lane++) {
    const Thread& other = threads[first + lane];
    if ((t.mask >> lane & 1) == 0 || other.state == ENDED) {
      continue;
    }
    if (other.state != AT_WARP || other.place != t.place || other.mask != t.mask) {
      return false;
    }
  }
  return true;
}

static bool takes_part(const Thread& t, unsigned lane) {
  const unsigned number = t.number / WARP * WARP + lane;
  return (t.mask >> lane & 1) != 0 && number < thread_count && threads[number].state == AT_WARP;
}

static void vote(Thread& t, Thread* warp) {
  unsigned ballot = 0, all = 0;
  for (unsigned lane = 0; lane < WARP; lane++) {
    if (takes_part(t, lane)) {
      all |= 1u << lane;
      ballot |= (unsigned)(warp[lane].value != 0) << lane;
    }
  }
  if (t.kind == 0) { // __syncwarp, which alone puts accesses in order
    unsigned seen[WARP] = {};
    for (unsigned lane = 0; lane < WARP; lane++) {
      if (takes_part(t, lane)) {
        Thread& other = warp[lane];
        other.seen[lane] = other.clock++;
        for (unsigned l = 0; l < WARP; l++) {
          seen[l] = other.seen[l] > seen[l] ? other.seen[l] : seen[l];
        }
      }
    }
    for (unsigned lane = 0; lane < WARP; lane++) {
      if (takes_part(t, lane)) {
        memcpy(warp[lane].seen, seen, sizeof seen);
      }
    }
  }
  const unsigned result = t.kind == 1 ? ballot == all : t.kind == 2 ? ballot != 0 : ballot;
  for (unsigned lane = 0; lane < WARP; lane++) {
    if (takes_part(t, lane)) {
      warp[lane].value = result;
    }
  }
}

static void shuffle_lanes(Thread& t, Thread* warp) {
  uint64_t results[WARP];
  for (unsigned lane = 0; lane < WARP; lane++) {
    if (!takes_part(t, lane)) {
      continue;
    }
    Thread& own = warp[lane];
    const int width = own.width;
    const int begin = lane / width * width;
    int from = lane;
    switch (own.kind) {
      case 0: from = begin + (own.lane & (width - 1)); break;
      case 1: from = (int)lane - own.lane >= begin ? (int)lane - own.lane : (int)lane; break;
      case 2: from = (int)lane + own.lane < begin + width ? (int)lane + own.lane : (int)lane; break;
      default: from = (int)(lane ^ own.lane) < begin + width ? (int)(lane ^ own.lane) : (int)lane;
    }
    if (!takes_part(t, from)) {
      tell(own, own.pc, nullptr, "the shuffle at {0} takes the value of lane %d, which does not take part", from);
      return;
    }
    results[lane] = warp[from].value;
  }
  for (unsigned lane = 0; lane < WARP; lane++) {
    if (takes_part(t, lane)) {
      warp[lane].value = results[lane];
    }
  }
}

// Products of fragments. A tensor core multiplies exactly, then adds a few products and the sum so far at a time: each is
// cut off two bits below the last bit of the largest, and so is their sum to single precision (after Fasi, Higham,
// Mikaitis and Pranesh 2021, who measured an A100). Other generations keep more bits.

const int EXTRA_BITS = 2;

static float as_float(unsigned bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

static int exponent(double x) {
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  return (int)(bits >> 52 & 0x7ff) - 1023;
}

static double power_of_two(int e) {
  const uint64_t bits = (uint64_t)(e + 1023) << 52;
  double x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

static float cut_off(double x) {
  float nearest = (float)x;
  if (__builtin_fabs((double)nearest) > __builtin_fabs(x)) {
    unsigned bits;
    memcpy(&bits, &nearest, sizeof bits);
    nearest = as_float(bits - 1);
  }
  return nearest;
}

static float add_products(float sum, const float* a, const float* b, int count) {
  double terms[9];
  int highest = -1023;
  bool finite = true;
  double plain = sum;
  for (int k = 0; k <= count; k++) {
    terms[k] = k < count ? (double)a[k] * b[k] : sum;
    plain = k < count ? plain + terms[k] : plain;
    const int e = exponent(terms[k]);
    highest = e > highest ? e : highest;
    finite &= e < 1024;
  }
  if (!finite || highest == -1023) {
    return (float)plain; // infinite, NaN or zero
  }
  const int unit = highest - 23 - EXTRA_BITS;
  const double units = power_of_two(-unit);
  long long total = 0;
  for (int k = 0; k <= count; k++) {
    total += (long long)(terms[k] * units);
  }
  return cut_off((double)total * power_of_two(unit));
}

// d [16,8] += a [16,depth] b [depth,8], added `step` products at a time; fragments as kernels/include/mma.h has them.
static void multiply(Thread* warp, bool bf16) {
  const int depth = bf16 ? 16 : 8;
  const int step = bf16 ? 8 : 4;
  float a[16][16], b[8][16]; // by row and column; both along the depth
  for (unsigned lane = 0; lane < WARP; lane++) {
    const int group = lane / 4, t = lane % 4;
    for (int i = 0; i < 4; i++) {
      const unsigned bits = warp[lane].a[i];
      float* row = a[group + i % 2 * 8];
      if (bf16) {
        row[2 * t + i / 2 * 8] = as_float(bits << 16);
        row[2 * t + i / 2 * 8 + 1] = as_float(bits & 0xffff0000u);
      } else {
        row[t + i / 2 * 4] = as_float(bits & 0xffffe000u);
      }
    }
    for (int i = 0; i < 2; i++) {
      const unsigned bits = warp[lane].b[i];
      float* column = b[group];
      if (bf16) {
        column[2 * t + i * 8] = as_float(bits << 16);
        column[2 * t + i * 8 + 1] = as_float(bits & 0xffff0000u);
      } else {
        column[t + i * 4] = as_float(bits & 0xffffe000u);
      }
    }
  }
  for (unsigned lane = 0; lane < WARP; lane++) {
    const int group = lane / 4, t = lane % 4;
    for (int i = 0; i < 4; i++) {
      float sum = warp[lane].d[i];
      for (int k = 0; k < depth; k += step) {
        sum = add_products(sum, a[group + i / 2 * 8] + k, b[2 * t + i % 2] + k, step);
      }
      warp[lane].d[i] = sum;
    }
  }
}

void try_warp(unsigned number) {
  Thread* warp = threads + number * WARP;
  for (unsigned lane = 0; lane < WARP && number * WARP + lane < thread_count; lane++) {
    Thread& t = warp[lane];
    if (t.state != AT_WARP || !all_here(t)) {
      continue;
    }
    if (t.wait == VOTE) {
      vote(t, warp);
    } else if (t.wait == SHUFFLE) {
      shuffle_lanes(t, warp);
    } else {
      for (unsigned other = 0; other < WARP; other++) {
        if (!takes_part(t, other)) {
          tell(t, t.pc, nullptr, "the product of fragments at {0} needs 32 threads, but lane %u has ended or is none", other);
          return;
        }
      }
      multiply(warp, t.wait == MMA_BF16);
    }
    unsigned released = 0;
    for (unsigned other = 0; other < WARP; other++) {
      released |= (unsigned)takes_part(t, other) << other;
    }
    for (unsigned other = 0; other < WARP; other++) {
      if ((released >> other & 1) != 0) {
        warp[other].state = READY;
      }
    }
  }
}

static void meet(Wait wait_for, int place, int kind, unsigned mask, uint64_t value, const void* pc) {
  Thread& t = *current;
  if ((mask >> t.number % WARP & 1) == 0) {
    fail(pc, nullptr, "it calls a function of its warp at {0} with a mask that leaves it out");
  }
  t.wait = wait_for;
  t.place = place;
  t.kind = kind;
  t.mask = mask;
  t.value = value;
  t.pc = pc;
  t.state = AT_WARP;
  try_warp(t.number / WARP);
  if (t.state != READY || has_failed()) {
    wait();
  }
}

void end_copies(Thread& thread) { thread.copy_count = thread.batch_count = thread.open_batch = 0; }

} // namespace gander

extern "C" {

unsigned g_host_vote(int place, int kind, unsigned mask, int value) {
  gander::meet(gander::VOTE, place, kind, mask, value, G_PC);
  return (unsigned)gander::current->value;
}

uint64_t g_host_shuffle(int place, int kind, unsigned mask, uint64_t value, int lane, int width) {
  if (width < 1 || width > 32 || (width & (width - 1)) != 0) {
    gander::fail(G_PC, nullptr, "the shuffle at {0} has width %d, which is no power of two up to 32", width);
  }
  gander::current->lane = lane;
  gander::current->width = width;
  gander::meet(gander::SHUFFLE, place, kind, mask, value, G_PC);
  return gander::current->value;
}

// kernels/include/mma.h declares what follows and says what it does.

static void mma(gander::Wait wait, float* d, const unsigned* a, const unsigned* b, const void* pc) {
  gander::current->d = d;
  gander::current->a = a;
  gander::current->b = b;
  gander::meet(wait, -wait, 0, 0xffffffffu, 0, pc);
}
void g_host_mma_tf32(float* d, const unsigned* a, const unsigned* b) { mma(gander::MMA_TF32, d, a, b, G_PC); }
void g_host_mma_bf16(float* d, const unsigned* a, const unsigned* b) { mma(gander::MMA_BF16, d, a, b, G_PC); }

void* g_host_shared() { return gander::shared_begin(); }

void g_host_copy16(void* to, const void* from, int bytes) {
  if (bytes != 0 && bytes != 16) {
    gander::fail(G_PC, nullptr, "the asynchronous copy at {0} is of %d bytes, not 0 or 16", bytes);
  }
  gander::Thread& t = *gander::current;
  const gander::Copy copy = {to, bytes == 0 ? nullptr : from};
  gander::check_copy(copy.to, copy.from, G_PC);
  if (t.copy_count == t.copy_room) {
    t.copy_room = 2 * t.copy_room + 16;
    t.copies = (gander::Copy*)realloc(t.copies, t.copy_room * sizeof(gander::Copy));
  }
  t.copies[t.copy_count++] = copy;
  t.open_batch++;
}

void g_host_copy_commit() {
  gander::Thread& t = *gander::current;
  if (t.batch_count == t.batch_room) {
    t.batch_room = 2 * t.batch_room + 8;
    t.batches = (unsigned*)realloc(t.batches, t.batch_room * sizeof(unsigned));
  }
  t.batches[t.batch_count++] = t.open_batch;
  t.open_batch = 0;
}

void g_host_copy_wait(int left) {
  gander::Thread& t = *gander::current;
  unsigned copies = 0, batches = 0;
  for (; t.batch_count - batches > (unsigned)left; batches++) {
    for (unsigned i = 0; i < t.batches[batches]; i++) {
      gander::land_copy(t.copies[copies++], G_PC);
    }
  }
  t.copy_count -= copies;
  t.batch_count -= batches;
  memmove(t.copies, t.copies + copies, t.copy_count * sizeof(gander::Copy));
  memmove(t.batches, t.batches + batches, t.batch_count * sizeof(unsigned));
}
}
