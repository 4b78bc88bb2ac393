// SPDX-License-Identifier: Apache-2.0
// CUDA C++ for the system's own compiler, as far as kernels use it: included before every kernel that hostcuda compiles.
// What it declares and does not define is in machine.cpp. No header of the system is included, which would take most of
// the time of compiling a kernel.
#ifndef GANDER_HOSTCUDA
#define GANDER_HOSTCUDA 1

typedef decltype(sizeof 0) size_t;

// Qualifiers

#define __global__
#define __device__
#define __host__
#define __constant__ static
#define __forceinline__ inline __attribute__((always_inline))
#define __noinline__ __attribute__((noinline))
#define __launch_bounds__(...)

// A shared array lies in a section of its own, whose begin and end the linker knows, and behind a gap that nobody may
// touch. The second section lists the gaps.
#define G_SHARED __attribute__((section("g_shared"), aligned(16), used))
#define G_JOIN2(a, b) a##b
#define G_JOIN(a, b) G_JOIN2(a, b)
#define G_GAP(name)                          \
  static char name[64] G_SHARED;             \
  static const void* const G_JOIN(name, _at) \
      __attribute__((section("g_gaps"), used)) = name;
#define __shared__ G_GAP(G_JOIN(g_gap_, __COUNTER__)) static G_SHARED

// Types

struct uint3 {
  unsigned x, y, z;
};
struct dim3 {
  unsigned x, y, z;
};
#define G_VECTORS(type, name, bytes)                                                       \
  struct __attribute__((aligned(2 * bytes))) name##2 {                                     \
    type x, y;                                                                             \
  };                                                                                       \
  struct __attribute__((aligned(4 * bytes > 16 ? 16 : 4 * bytes))) name##4 {               \
    type x, y, z, w;                                                                       \
  };                                                                                       \
  inline name##2 make_##name##2(type x, type y) { return {x, y}; }                         \
  inline name##4 make_##name##4(type x, type y, type z, type w) { return {x, y, z, w}; }
G_VECTORS(float, float, 4)
G_VECTORS(int, int, 4)
G_VECTORS(unsigned, uint, 4)
G_VECTORS(double, double, 8)
#undef G_VECTORS

// Where a thread is. It stays there, so reading once is enough, however many fibers have run meanwhile.

extern "C" {
uint3 g_host_thread() __attribute__((const));
uint3 g_host_block() __attribute__((const));
uint3 g_host_block_size() __attribute__((const));
uint3 g_host_grid_size() __attribute__((const));
}
#define threadIdx (g_host_thread())
#define blockIdx (g_host_block())
#define blockDim (g_host_block_size())
#define gridDim (g_host_grid_size())
#define warpSize 32

// Barriers and what a warp does together. A place in the text has a number, which inlining does not change.

extern "C" {
int g_host_barrier(int place, int kind, int value);
unsigned g_host_vote(int place, int kind, unsigned mask, int value);
unsigned long long g_host_shuffle(
    int place, int kind, unsigned mask, unsigned long long value, int lane, int width);
}
#define __syncthreads() ((void)g_host_barrier(__COUNTER__, 0, 0))
#define __syncthreads_and(value) g_host_barrier(__COUNTER__, 1, (value) != 0)
#define __syncthreads_or(value) g_host_barrier(__COUNTER__, 2, (value) != 0)
#define __syncthreads_count(value) g_host_barrier(__COUNTER__, 3, (value) != 0)

inline unsigned g_all_lanes() { return 0xffffffffu; }
inline unsigned g_all_lanes(unsigned mask) { return mask; }
#define __syncwarp(...) ((void)g_host_vote(__COUNTER__, 0, g_all_lanes(__VA_ARGS__), 0))
#define __all_sync(mask, value) ((int)g_host_vote(__COUNTER__, 1, mask, (value) != 0))
#define __any_sync(mask, value) ((int)g_host_vote(__COUNTER__, 2, mask, (value) != 0))
#define __ballot_sync(mask, value) g_host_vote(__COUNTER__, 3, mask, (value) != 0)

template <class T>
inline T g_shuffle(int place, int kind, unsigned mask, T value, int lane, int width = 32) {
  static_assert(sizeof(T) == 4 || sizeof(T) == 8, "a shuffle moves 4 or 8 bytes");
  unsigned long long bits = 0;
  __builtin_memcpy(&bits, &value, sizeof value);
  bits = g_host_shuffle(place, kind, mask, bits, lane, width);
  __builtin_memcpy(&value, &bits, sizeof value);
  return value;
}
#define __shfl_sync(mask, ...) g_shuffle(__COUNTER__, 0, mask, __VA_ARGS__)
#define __shfl_up_sync(mask, ...) g_shuffle(__COUNTER__, 1, mask, __VA_ARGS__)
#define __shfl_down_sync(mask, ...) g_shuffle(__COUNTER__, 2, mask, __VA_ARGS__)
#define __shfl_xor_sync(mask, ...) g_shuffle(__COUNTER__, 3, mask, __VA_ARGS__)

// Functions: NAME for float and double, NAMEf, and CUDA's own. None of them is contracted or approximate here, so an
// intrinsic whose error CUDA bounds is as good as the function it stands for.

#define G_FUNCTION(name)                                        \
  inline float name(float x) { return __builtin_##name##f(x); } \
  inline double name(double x) { return __builtin_##name(x); }  \
  inline float name##f(float x) { return __builtin_##name##f(x); }
G_FUNCTION(acos) G_FUNCTION(asin) G_FUNCTION(atan) G_FUNCTION(cbrt) G_FUNCTION(ceil) G_FUNCTION(cos)
G_FUNCTION(cosh) G_FUNCTION(erf) G_FUNCTION(erfc) G_FUNCTION(exp) G_FUNCTION(exp2) G_FUNCTION(expm1)
G_FUNCTION(fabs) G_FUNCTION(floor) G_FUNCTION(log) G_FUNCTION(log10) G_FUNCTION(log1p) G_FUNCTION(log2)
G_FUNCTION(rint) G_FUNCTION(round) G_FUNCTION(sin) G_FUNCTION(sinh) G_FUNCTION(sqrt) G_FUNCTION(tan)
G_FUNCTION(tanh) G_FUNCTION(trunc)
#undef G_FUNCTION
#define G_FUNCTION(name)                                                    \
  inline float name(float x, float y) { return __builtin_##name##f(x, y); } \
  inline double name(double x, double y) { return __builtin_##name(x, y); } \
  inline float name##f(float x, float y) { return __builtin_##name##f(x, y); }
G_FUNCTION(atan2) G_FUNCTION(copysign) G_FUNCTION(fmax) G_FUNCTION(fmin) G_FUNCTION(fmod) G_FUNCTION(pow)
#undef G_FUNCTION
inline float fma(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
inline double fma(double a, double b, double c) { return __builtin_fma(a, b, c); }
inline float fmaf(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
inline float rsqrtf(float x) { return 1.0f / sqrtf(x); }
inline bool isnan(float x) { return __builtin_isnan(x); }
inline bool isinf(float x) { return __builtin_isinf(x); }
inline int abs(int x) { return x < 0 ? -x : x; }

#define G_LEAST(type)                                          \
  inline type min(type a, type b) { return b < a ? b : a; }    \
  inline type max(type a, type b) { return a < b ? b : a; }
G_LEAST(int) G_LEAST(unsigned) G_LEAST(long) G_LEAST(unsigned long) G_LEAST(long long) G_LEAST(unsigned long long)
#undef G_LEAST
inline unsigned min(int a, unsigned b) { return min((unsigned)a, b); }
inline unsigned min(unsigned a, int b) { return min(a, (unsigned)b); }
inline unsigned max(int a, unsigned b) { return max((unsigned)a, b); }
inline unsigned max(unsigned a, int b) { return max(a, (unsigned)b); }
inline float min(float a, float b) { return fminf(a, b); }
inline float max(float a, float b) { return fmaxf(a, b); }
inline double min(double a, double b) { return fmin(a, b); }
inline double max(double a, double b) { return fmax(a, b); }

template <class To, class From>
inline To g_same_bits(From from) {
  static_assert(sizeof(To) == sizeof(From), "as many bits");
  To to;
  __builtin_memcpy(&to, &from, sizeof to);
  return to;
}
inline int __float_as_int(float x) { return g_same_bits<int>(x); }
inline unsigned __float_as_uint(float x) { return g_same_bits<unsigned>(x); }
inline float __int_as_float(int x) { return g_same_bits<float>(x); }
inline float __uint_as_float(unsigned x) { return g_same_bits<float>(x); }
inline unsigned __umulhi(unsigned a, unsigned b) { return (unsigned)((unsigned long long)a * b >> 32); }
inline int __mulhi(int a, int b) { return (int)((long long)a * b >> 32); }
inline int __popc(unsigned x) { return __builtin_popcount(x); }
inline int __clz(int x) { return x == 0 ? 32 : __builtin_clz((unsigned)x); }
inline int __ffs(int x) { return __builtin_ffs(x); }
inline float __expf(float x) { return expf(x); }
inline float __logf(float x) { return logf(x); }
inline float __sinf(float x) { return sinf(x); }
inline float __cosf(float x) { return cosf(x); }
inline float __powf(float x, float y) { return powf(x, y); }
inline float __fdividef(float x, float y) { return x / y; }
inline float __frcp_rn(float x) { return 1.0f / x; }
inline float __fsqrt_rn(float x) { return sqrtf(x); }
inline float __fmaf_rn(float a, float b, float c) { return fmaf(a, b, c); }
inline float __fadd_rn(float a, float b) { return a + b; }
inline float __fmul_rn(float a, float b) { return a * b; }
inline float __saturatef(float x) { return x > 0 ? (x < 1 ? x : 1) : 0; } // NaN becomes 0
template <class T>
inline T __ldg(const T* from) {
  return *from;
}

// How the machine calls a kernel: with its arguments as 64-bit values, of which each parameter takes its own bytes.

template <int... I>
struct g_places {};
template <int N, int... I>
struct g_count : g_count<N - 1, N - 1, I...> {};
template <int... I>
struct g_count<0, I...> {
  typedef g_places<I...> places;
};
template <class... P>
struct g_kernel {
  static const int parameters = sizeof...(P);
  template <int... I>
  static inline void call(void (*kernel)(P...), const unsigned long long* values, g_places<I...>) {
    kernel(value<P>(values[I])...);
  }
  template <class T>
  static inline T value(unsigned long long bits) {
    static_assert(sizeof(T) == 4 || sizeof(T) == 8, "a parameter is a pointer or a 32-bit word");
    T value;
    __builtin_memcpy(&value, &bits, sizeof value);
    return value;
  }
};
template <class... P>
inline g_kernel<P...> g_kernel_of(void (*)(P...)) {
  return {};
}
#define G_ENTRY(kernel)                                                                      \
  extern "C" {                                                                               \
  __attribute__((visibility("default"))) extern const int g_parameters_##kernel =            \
      decltype(g_kernel_of(kernel))::parameters;                                             \
  __attribute__((visibility("default"), no_sanitize("thread"))) void g_call_##kernel(        \
      const unsigned long long* values) {                                                    \
    decltype(g_kernel_of(kernel))::call(                                                     \
        kernel, values, g_count<decltype(g_kernel_of(kernel))::parameters>::places());       \
  }                                                                                          \
  }

#endif
