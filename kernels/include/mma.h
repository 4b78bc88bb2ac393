// SPDX-License-Identifier: Apache-2.0
// Tensor cores and asynchronous copies of CUDA devices from sm_80 on, each instruction behind one inline function.
//
// A product of fragments, d += a b, is computed by the 32 threads of a warp together. With group = lane / 4 and
// t = lane % 4 a thread holds, of each matrix (PTX ISA, "Matrix Fragments for mma.m16n8k8" with .tf32 and "Matrix
// Fragments for mma.m16n8k16 with floating point type" with .bf16):
//   d [16,8]   d00 (group, 2t)   d01 (group, 2t+1)   d10 (group+8, 2t)   d11 (group+8, 2t+1), in both
//   TF32: a [16,8]   a[0] (group, t)   a[1] (group+8, t)   a[2] (group, t+4)   a[3] (group+8, t+4)
//         b [8,8]    b[0] (t, group)   b[1] (t+4, group)
//   BF16, two a register, the lower depth in the lower half:
//         a [16,16]  a[0] (group, 2t and 2t+1)   a[1] (group+8, the same)   a[2] (group, 2t+8 and 2t+9)   a[3] (group+8)
//         b [16,8]   b[0] (2t and 2t+1, group)   b[1] (2t+8 and 2t+9, group)
#ifndef GANDER_MMA_H
#define GANDER_MMA_H

#include "dynamic_local.h"

#ifdef GANDER_HOSTCUDA

// Compiled for the processor by hostcuda, whose machine has these functions. A product needs the fragments of a whole warp,
// so no body of one thread can compute it: each of the 32 threads calls with its own fragments, in the order above,
// and returns when all have and d is updated. Copies may be made as late as the wait that asks for them, which shows
// one that is missing.
extern "C" {
void g_host_mma_tf32(float* d, const uint* a, const uint* b); // d[4]: d00 d01 d10 d11
void g_host_mma_bf16(float* d, const uint* a, const uint* b);
void g_host_copy16(void* to, const void* from, int bytes);
void g_host_copy_commit();
void g_host_copy_wait(int left);
}

DEVICE uint g_bits(float x) {
  uint bits;
  __builtin_memcpy(&bits, &x, sizeof bits);
  return bits;
}
DEVICE uint g_tf32(float x) {
  const uint bits = g_bits(x);
  return x - x != 0 ? bits : (bits + 0x1000u) & 0xffffe000u;
}
DEVICE uint g_bf16(float x) {
  const uint bits = g_bits(x);
  return x != x ? 0x7fffu : (bits + 0x7fffu + (bits >> 16 & 1u)) >> 16;
}
DEVICE uint g_bf16x2(float low, float high) {
  return g_bf16(high) << 16 | g_bf16(low);
}
#define MMA(host)                        \
  float d[4] = {d00, d01, d10, d11};     \
  host(d, a, b);                         \
  d00 = d[0], d01 = d[1], d10 = d[2], d11 = d[3];
DEVICE void g_mma_tf32(float& d00, float& d01, float& d10, float& d11, const uint* a, const uint* b) {
  MMA(g_host_mma_tf32)
}
DEVICE void g_mma_bf16(float& d00, float& d01, float& d10, float& d11, const uint* a, const uint* b) {
  MMA(g_host_mma_bf16)
}
DEVICE void g_copy16(void* to, const void* from, int bytes) {
  g_host_copy16(to, from, bytes);
}
DEVICE void g_copy_commit() {
  g_host_copy_commit();
}
template <int LEFT>
DEVICE void g_copy_wait() {
  g_host_copy_wait(LEFT);
}

#else

// The nearest TF32 number, 10 bits of mantissa; ties away from zero. The 13 bits below, which tensor cores do not look at,
// are left as they are. A NaN as arithmetic makes it has all bits but the sign's, and the sum would overflow: it is kept
// by the comparison, which is one instruction with the addition on sm_90.
DEVICE uint g_tf32(float x) {
  const uint bits = __float_as_uint(x);
  return (uint)max((int)(bits + 0x1000u), (int)bits);
}

// The nearest BF16 numbers, 7 bits of mantissa; ties to even.
DEVICE uint g_bf16x2(float low, float high) {
  uint y;
  asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(y) : "f"(high), "f"(low));
  return y;
}

#define MMA(shape)                                                                                                   \
  asm("mma.sync.aligned." shape " {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"                  \
      : "+f"(d00), "+f"(d01), "+f"(d10), "+f"(d11)                                                                   \
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
DEVICE void g_mma_tf32(float& d00, float& d01, float& d10, float& d11, const uint* a, const uint* b) {
  MMA("m16n8k8.row.col.f32.tf32.tf32.f32")
}
DEVICE void g_mma_bf16(float& d00, float& d01, float& d10, float& d11, const uint* a, const uint* b) {
  MMA("m16n8k16.row.col.f32.bf16.bf16.f32")
}

// Begins to copy 16 bytes to shared memory, both addresses multiples of 16; the bytes from `bytes` on, which is 0 or 16,
// become zero and are not read.
DEVICE void g_copy16(void* to, const void* from, int bytes) {
  const uint at = (uint)__cvta_generic_to_shared(to);
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(at), "l"(from), "r"(bytes) : "memory");
}

// Ends a batch of this thread's copies, an empty one too.
DEVICE void g_copy_commit() {
  asm volatile("cp.async.commit_group;" ::: "memory");
}

// Waits until at most LEFT of this thread's last batches are under way; others see what is copied after a barrier.
template <int LEFT>
DEVICE void g_copy_wait() {
  asm volatile("cp.async.wait_group %0;" ::"n"(LEFT) : "memory");
}

#endif
#undef MMA

// A warp computes WM x WN; a thread of it TM x TN, as tile_sums.h counts them: rows group and group+8 of each 16,
// columns 2t and 2t+1 of each 8.
#define TM (WM / 8)
#define TN (WN / 4)

#endif
