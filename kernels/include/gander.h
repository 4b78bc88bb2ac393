// SPDX-License-Identifier: Apache-2.0
// The words that kernels of both dialects share; every kernel begins as if it included this file.
// No name here is a bare capital: dimensions and tunables (N, BM ...) are macros by the time it is read.
#ifndef GANDER_H
#define GANDER_H

#ifdef __OPENCL_VERSION__

#pragma OPENCL FP_CONTRACT OFF

#define KERNEL __kernel
#define GLOBAL __global
#define LOCAL __local // before an array declared in the kernel's body, of both dialects
#define LOCAL_AT __local // before what a pointer into local memory points at
#define RESTRICT restrict
#define DEVICE static inline
#define BARRIER() barrier(CLK_LOCAL_MEM_FENCE)

// Which group this is, and which work-item of it. Read them once into variables.
#define GROUP_X ((int)get_group_id(0))
#define GROUP_Y ((int)get_group_id(1))
#define GROUP_Z ((int)get_group_id(2))
#define ITEM_X ((int)get_local_id(0))
#define ITEM_Y ((int)get_local_id(1))

// Asks for a cache line ahead of its use; on CPUs alone, and a hint that any other compiler may ignore.
#if defined(__x86_64__) || defined(__aarch64__)
#define G_PREFETCH(pointer) __builtin_prefetch((const void*)(size_t)(pointer))
#define G_PREFETCH_FAR(pointer) __builtin_prefetch((const void*)(size_t)(pointer), 0, 2) // not into the first cache
#else
#define G_PREFETCH(pointer)
#define G_PREFETCH_FAR(pointer)
#endif

#else // CUDA, compiled by NVRTC, nvcc or (as hostcuda) the system's C++ compiler

#define KERNEL extern "C" __global__
#define GLOBAL
#define LOCAL __shared__
#define LOCAL_AT
#define RESTRICT __restrict__
#define DEVICE __device__ __forceinline__
#define BARRIER() __syncthreads()

#define GROUP_X ((int)blockIdx.x)
#define GROUP_Y ((int)blockIdx.y)
#define GROUP_Z ((int)blockIdx.z)
#define ITEM_X ((int)threadIdx.x)
#define ITEM_Y ((int)threadIdx.y)

typedef unsigned int uint;

#endif

#include "functions.h"
#include "philox.h"

#endif
