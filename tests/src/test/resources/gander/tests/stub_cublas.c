// SPDX-License-Identifier: Apache-2.0
// A libcublas without a GPU, on the stub of libcuda.so.1: its products are computed by the host, in
// the memory that the stub gave out. A matrix must fill its allocation to the byte. STUB_CUBLAS_MAJOR
// is the version that it says it has; STUB_FAIL works as it does for the driver.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

FILE *stub_log(void);
int stub_failing(const char *call);
int stub_ready(void *stream);
size_t stub_room(const void *address);
void stub_work(long micros);

enum { NOT_INITIALIZED = 1, INVALID_VALUE = 7, NOT_SUPPORTED = 15 };
enum { R_32F = 0, R_16BF = 14, COMPUTE_32F = 68, COMPUTE_32F_FAST_TF32 = 77 };

struct handle {
  int alive;
  void *stream;
};

static struct handle handles[16];
static int used;

static int result(const char *call, int code, const char *why) {
  fprintf(stub_log(), "%s %s-> %d\n", call, why, code);
  return code;
}

#define NEED(call, condition, code) \
  do {                              \
    if (!(condition)) return result(call, code, "REFUSED " #condition " "); \
  } while (0)

__attribute__((destructor)) static void end(void) {
  int alive = 0;
  for (int i = 0; i < used; i++) alive += handles[i].alive;
  fprintf(stub_log(), "LEFT cublas=%d\n", alive);
}

int cublasCreate_v2(void **handle) {
  int code = stub_failing("cublasCreate");
  if (code != 0) return result("cublasCreate", code, "");
  NEED("cublasCreate", stub_ready(NULL) && used < 16, NOT_INITIALIZED);
  handles[used].alive = 1;
  *handle = &handles[used++];
  return result("cublasCreate", 0, "");
}
int cublasDestroy_v2(void *handle) {
  struct handle *h = handle;
  NEED("cublasDestroy", h >= handles && h < handles + used && h->alive, NOT_INITIALIZED);
  h->alive = 0;
  return result("cublasDestroy", 0, "");
}
int cublasSetStream_v2(void *handle, void *stream) {
  struct handle *h = handle;
  NEED("cublasSetStream", h >= handles && h < handles + used && h->alive, NOT_INITIALIZED);
  NEED("cublasSetStream", stream && stub_ready(stream), INVALID_VALUE);
  h->stream = stream;
  return result("cublasSetStream", 0, "");
}
int cublasGetProperty(int type, int *value) {
  const char *major = getenv("STUB_CUBLAS_MAJOR");
  NEED("cublasGetProperty", type >= 0 && type < 3, INVALID_VALUE);
  *value = type == 0 ? (major == NULL ? 13 : atoi(major)) : type;
  return 0;
}
const char *cublasGetStatusName(int status) {
  return status == NOT_SUPPORTED ? "CUBLAS_STATUS_NOT_SUPPORTED" : "CUBLAS_STATUS_OTHER";
}

static float load(const void *numbers, int type, size_t i) {
  if (type == R_32F) return ((const float *)numbers)[i];
  union { uint32_t bits; float value; } wide = {(uint32_t)((const uint16_t *)numbers)[i] << 16};
  return wide.value;
}
static void store(void *numbers, int type, size_t i, float value) {
  union { float value; uint32_t bits; } wide = {value};
  if (type == R_32F) ((float *)numbers)[i] = value;
  else ((uint16_t *)numbers)[i] = (uint16_t)(wide.bits >> 16);
}
static void print(const void *numbers, int type, size_t count) {
  fprintf(stub_log(), "|");
  for (size_t i = 0; i < count; i++) fprintf(stub_log(), " %.9g", load(numbers, type, i));
}

static int gemm(const char *call, void *handle, int ta, int tb, int m, int n, int k, const float *alpha,
                const void *a, int atype, int lda, long long astride, const void *b, int btype, int ldb,
                long long bstride, const float *beta, void *c, int ctype, int ldc, long long cstride,
                int batches, int compute, int algorithm) {
  int code = stub_failing(call);
  if (code != 0) return result(call, code, "");
  struct handle *h = handle;
  NEED(call, h >= handles && h < handles + used && h->alive && stub_ready(h->stream), NOT_INITIALIZED);
  NEED(call, m > 0 && n > 0 && k > 0 && batches > 0 && (ta | tb | 1) == 1, INVALID_VALUE);
  NEED(call, lda == (ta ? k : m) && ldb == (tb ? n : k) && ldc == m, INVALID_VALUE);
  NEED(call, batches == 1 || (astride == (long long)m * k && bstride == (long long)k * n && cstride == (long long)m * n), INVALID_VALUE);
  NEED(call, atype == btype && btype == ctype && (atype == R_32F || atype == R_16BF), NOT_SUPPORTED);
  NEED(call, compute == COMPUTE_32F || (compute == COMPUTE_32F_FAST_TF32 && atype == R_32F), NOT_SUPPORTED);
  NEED(call, algorithm == -1, INVALID_VALUE);
  size_t size = atype == R_32F ? 4 : 2, as = (size_t)batches * m * k, bs = (size_t)batches * k * n, cs = (size_t)batches * m * n;
  NEED(call, stub_room(a) == as * size && stub_room(b) == bs * size && stub_room(c) == cs * size, INVALID_VALUE);
  for (int batch = 0; batch < batches; batch++)
    for (int i = 0; i < m; i++)
      for (int j = 0; j < n; j++) {
        double sum = 0;
        for (int l = 0; l < k; l++)
          sum += (double)load(a, atype, batch * astride + (ta ? l + (long long)i * lda : i + (long long)l * lda))
               * load(b, btype, batch * bstride + (tb ? j + (long long)l * ldb : l + (long long)j * ldb));
        size_t at = batch * cstride + i + (long long)j * ldc;
        store(c, ctype, at, (float)(*alpha * sum + (*beta == 0 ? 0 : *beta * load(c, ctype, at))));
      }
  fprintf(stub_log(), "CALL %s type=%d compute=%d ", call, atype, compute);
  print(a, atype, as);
  print(b, btype, bs);
  print(c, ctype, cs);
  fprintf(stub_log(), "\n");
  stub_work(100);
  return 0;
}

int cublasGemmEx(void *handle, int ta, int tb, int m, int n, int k, const void *alpha, const void *a, int atype,
                 int lda, const void *b, int btype, int ldb, const void *beta, void *c, int ctype, int ldc,
                 int compute, int algorithm) {
  return gemm("cublasGemmEx", handle, ta, tb, m, n, k, alpha, a, atype, lda, 0, b, btype, ldb, 0, beta, c, ctype,
              ldc, 0, 1, compute, algorithm);
}
int cublasGemmStridedBatchedEx(void *handle, int ta, int tb, int m, int n, int k, const void *alpha, const void *a,
                               int atype, int lda, long long astride, const void *b, int btype, int ldb,
                               long long bstride, const void *beta, void *c, int ctype, int ldc, long long cstride,
                               int batches, int compute, int algorithm) {
  return gemm("cublasGemmStridedBatchedEx", handle, ta, tb, m, n, k, alpha, a, atype, lda, astride, b, btype, ldb,
              bstride, beta, c, ctype, ldc, cstride, batches, compute, algorithm);
}
