// SPDX-License-Identifier: Apache-2.0
// A libcublas without a GPU, on the stub of libcuda.so.1: its products are computed by the host, in
// the memory that the stub gave out. A matrix must fill its allocation to the byte.
// A handle must have a workspace: without one a product may allocate its own, in a capture too. STUB_CUBLAS_MAJOR
// is the version that it says it has; STUB_FAIL works as it does for the driver.
#include "stub_library.h"

enum { NOT_INITIALIZED = 1, INVALID_VALUE = 7, NOT_SUPPORTED = 15 };
enum { R_32F = 0, R_16BF = 14, COMPUTE_32F = 68, COMPUTE_32F_FAST_TF32 = 77 };

struct handle {
  int alive;
  void *stream, *workspace;
};

static struct handle handles[16];
static int used;

__attribute__((destructor)) static void end(void) {
  int alive = 0;
  for (int i = 0; i < used; i++) alive += handles[i].alive;
  fprintf(stub_log(), "LEFT cublas=%d\n", alive);
}

int cublasCreate_v2(void **handle) {
  ENTER("cublasCreate");
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
int cublasSetWorkspace_v2(void *handle, void *workspace, size_t bytes) {
  struct handle *h = handle;
  NEED("cublasSetWorkspace", h >= handles && h < handles + used && h->alive, NOT_INITIALIZED);
  NEED("cublasSetWorkspace", stub_room(workspace) == bytes && (uintptr_t)workspace % 256 == 0, INVALID_VALUE);
  h->workspace = workspace;
  return result("cublasSetWorkspace", 0, "");
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

// Matrices are column-major and lie one behind the other.
struct product {
  const char *call;
  int ta, tb, m, n, k, type, compute, batches;
  float alpha, beta;
  const void *a, *b;
  void *c;
};

static int multiply(const void *arguments) {
  struct product p = *(const struct product *)arguments;
  size_t as = (size_t)p.batches * p.m * p.k, bs = (size_t)p.batches * p.k * p.n, cs = (size_t)p.batches * p.m * p.n;
  size_t size = bytes_of(p.type);
  NEED(p.call, stub_room(p.a) == as * size && stub_room(p.b) == bs * size && stub_room(p.c) == cs * size, INVALID_VALUE);
  for (int batch = 0; batch < p.batches; batch++)
    for (int i = 0; i < p.m; i++)
      for (int j = 0; j < p.n; j++) {
        double sum = 0;
        for (int l = 0; l < p.k; l++)
          sum += (double)load(p.a, p.type, (size_t)batch * p.m * p.k + (p.ta ? l + (size_t)i * p.k : i + (size_t)l * p.m))
               * load(p.b, p.type, (size_t)batch * p.k * p.n + (p.tb ? j + (size_t)l * p.n : l + (size_t)j * p.k));
        size_t at = (size_t)batch * p.m * p.n + i + (size_t)j * p.m;
        store(p.c, p.type, at, (float)(p.alpha * sum + (p.beta == 0 ? 0 : p.beta * load(p.c, p.type, at))));
      }
  fprintf(stub_log(), "CALL %s type=%d compute=%d ", p.call, p.type, p.compute);
  print(p.a, p.type, as);
  print(p.b, p.type, bs);
  print(p.c, p.type, cs);
  fprintf(stub_log(), "\n");
  stub_work(100);
  return 0;
}

static int gemm(const char *call, void *handle, int ta, int tb, int m, int n, int k, const float *alpha,
                const void *a, int atype, int lda, long long astride, const void *b, int btype, int ldb,
                long long bstride, const float *beta, void *c, int ctype, int ldc, long long cstride,
                int batches, int compute, int algorithm) {
  ENTER(call);
  struct handle *h = handle;
  NEED(call, h >= handles && h < handles + used && h->alive && stub_ready(h->stream), NOT_INITIALIZED);
  NEED(call, stub_room(h->workspace) > 0, NOT_INITIALIZED);
  NEED(call, m > 0 && n > 0 && k > 0 && batches > 0 && (ta | tb | 1) == 1, INVALID_VALUE);
  NEED(call, lda == (ta ? k : m) && ldb == (tb ? n : k) && ldc == m, INVALID_VALUE);
  NEED(call, batches == 1 || (astride == (long long)m * k && bstride == (long long)k * n && cstride == (long long)m * n), INVALID_VALUE);
  NEED(call, atype == btype && btype == ctype && (atype == R_32F || atype == R_16BF), NOT_SUPPORTED);
  NEED(call, compute == COMPUTE_32F || (compute == COMPUTE_32F_FAST_TF32 && atype == R_32F), NOT_SUPPORTED);
  NEED(call, algorithm == -1, INVALID_VALUE);
  struct product p = {call, ta, tb, m, n, k, atype, compute, batches, *alpha, *beta, a, b, c};
  return stub_queue(h->stream, multiply, &p, sizeof p);
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
