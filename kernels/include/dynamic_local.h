// SPDX-License-Identifier: Apache-2.0
// DYNAMIC_LOCAL(type, name): the dynamic shared memory of a CUDA kernel, which the header's `shared` asks for.
#ifndef GANDER_DYNAMIC_LOCAL_H
#define GANDER_DYNAMIC_LOCAL_H

#ifdef GANDER_HOSTCUDA
extern "C" void* g_host_shared(); // the block's dynamic shared memory
#define DYNAMIC_LOCAL(type, name) type* name = (type*)g_host_shared()
#else
#define DYNAMIC_LOCAL(type, name) extern __shared__ type name[]
#endif

#endif
