// SPDX-License-Identifier: Apache-2.0
// A libcudnn without a GPU, on the stub of libcuda.so.1: its convolutions are computed by the host, in
// the memory that the stub gave out. A tensor must fill its allocation to the byte. Of the algorithms
// that it lists, 1 is the fastest, in the layout that STUB_LAYOUT names (1, which is NHWC, if not set);
// 2 wants 2 GiB, 6 is said not to be supported, 7 is listed and then refuses, and any with conversion
// to half precision may not be used at all. STUB_FAIL works as it does for the driver.
#include "stub_library.h"

enum { NOT_INITIALIZED = 1001, BAD_PARAM = 2000, NOT_SUPPORTED = 3000 };
enum { FLOAT = 0, BF16 = 9 };
enum { DEFAULT_MATH, TENSOR_OP_MATH, TENSOR_OP_MATH_ALLOW_CONVERSION, FMA_MATH };
enum kind { HANDLE, TENSOR, FILTER, CONVOLUTION, KINDS };
static const char *const NAMES[KINDS] = {"cudnn", "tensor", "filter", "convolution"};
enum { OBJECTS = 4096 };

// Fields of a kind that is not the object's are 0.
struct object {
  int alive;
  enum kind kind;
  void *stream;
  int layout, type, n, c, h, w;  // of a filter n is K, h is R and w is S
  int pad[2], stride[2], dilation[2], mode, compute, groups, math;
};

static struct object objects[OBJECTS];
static int used;

static int is(const void *object, enum kind kind) {
  const struct object *o = object;
  return o >= objects && o < objects + used && o->alive && o->kind == kind;
}

static int make(const char *call, enum kind kind, void **object) {
  ENTER(call);
  NEED(call, stub_ready(NULL) && used < OBJECTS, NOT_INITIALIZED);
  objects[used] = (struct object){.alive = 1, .kind = kind, .groups = 1};
  *object = &objects[used++];
  return 0;
}

static int destroy(const char *call, enum kind kind, void *object) {
  NEED(call, is(object, kind), BAD_PARAM);
  ((struct object *)object)->alive = 0;
  return 0;
}

__attribute__((destructor)) static void end(void) {
  fprintf(stub_log(), "LEFT");
  for (int k = 0; k < KINDS; k++) {
    int alive = 0;
    for (int i = 0; i < used; i++) alive += objects[i].alive && objects[i].kind == k;
    fprintf(stub_log(), " %s=%d", NAMES[k], alive);
  }
  fprintf(stub_log(), "\n");
}

int cudnnGetProperty(int type, int *value) {
  *value = type == 0 ? 9 : type;
  return 0;
}
const char *cudnnGetErrorString(int status) {
  return status == NOT_SUPPORTED ? "CUDNN_STATUS_NOT_SUPPORTED" : "CUDNN_STATUS_OTHER";
}

int cudnnCreate(void **handle) { return make("cudnnCreate", HANDLE, handle); }
int cudnnDestroy(void *handle) { return destroy("cudnnDestroy", HANDLE, handle); }
int cudnnSetStream(void *handle, void *stream) {
  NEED("cudnnSetStream", is(handle, HANDLE) && stream && stub_ready(stream), BAD_PARAM);
  ((struct object *)handle)->stream = stream;
  return 0;
}
int cudnnCreateTensorDescriptor(void **tensor) { return make("cudnnCreateTensorDescriptor", TENSOR, tensor); }
int cudnnDestroyTensorDescriptor(void *tensor) { return destroy("cudnnDestroyTensorDescriptor", TENSOR, tensor); }
int cudnnCreateFilterDescriptor(void **filter) { return make("cudnnCreateFilterDescriptor", FILTER, filter); }
int cudnnDestroyFilterDescriptor(void *filter) { return destroy("cudnnDestroyFilterDescriptor", FILTER, filter); }
int cudnnCreateConvolutionDescriptor(void **c) { return make("cudnnCreateConvolutionDescriptor", CONVOLUTION, c); }
int cudnnDestroyConvolutionDescriptor(void *c) { return destroy("cudnnDestroyConvolutionDescriptor", CONVOLUTION, c); }

static int shape(const char *call, struct object *o, int layout, int type, int n, int c, int h, int w) {
  NEED(call, (layout == 0 || layout == 1) && (type == FLOAT || type == BF16), BAD_PARAM);
  NEED(call, n > 0 && c > 0 && h > 0 && w > 0, BAD_PARAM);
  o->layout = layout;
  o->type = type;
  o->n = n;
  o->c = c;
  o->h = h;
  o->w = w;
  return 0;
}
int cudnnSetTensor4dDescriptor(void *tensor, int layout, int type, int n, int c, int h, int w) {
  NEED("cudnnSetTensor4dDescriptor", is(tensor, TENSOR), BAD_PARAM);
  return shape("cudnnSetTensor4dDescriptor", tensor, layout, type, n, c, h, w);
}
int cudnnSetFilter4dDescriptor(void *filter, int type, int layout, int k, int c, int r, int s) {
  NEED("cudnnSetFilter4dDescriptor", is(filter, FILTER), BAD_PARAM);
  return shape("cudnnSetFilter4dDescriptor", filter, layout, type, k, c, r, s);
}
int cudnnSetConvolution2dDescriptor(void *convolution, int ph, int pw, int sh, int sw, int dh, int dw, int mode,
                                    int compute) {
  NEED("cudnnSetConvolution2dDescriptor", is(convolution, CONVOLUTION) && compute == FLOAT, BAD_PARAM);
  NEED("cudnnSetConvolution2dDescriptor", ph >= 0 && pw >= 0 && sh > 0 && sw > 0 && dh > 0 && dw > 0, BAD_PARAM);
  struct object *o = convolution;
  o->pad[0] = ph;
  o->pad[1] = pw;
  o->stride[0] = sh;
  o->stride[1] = sw;
  o->dilation[0] = dh;
  o->dilation[1] = dw;
  o->mode = mode;
  return 0;
}
int cudnnSetConvolutionGroupCount(void *convolution, int groups) {
  NEED("cudnnSetConvolutionGroupCount", is(convolution, CONVOLUTION) && groups > 0, BAD_PARAM);
  ((struct object *)convolution)->groups = groups;
  return 0;
}
int cudnnSetConvolutionMathType(void *convolution, int math) {
  NEED("cudnnSetConvolutionMathType", is(convolution, CONVOLUTION) && math >= 0 && math <= FMA_MATH, BAD_PARAM);
  ((struct object *)convolution)->math = math;
  return 0;
}

static int extent(const struct object *conv, int axis, int image, int filter) {
  return (image + 2 * conv->pad[axis] - conv->dilation[axis] * (filter - 1) - 1) / conv->stride[axis] + 1;
}
int cudnnGetConvolution2dForwardOutputDim(const void *convolution, const void *x, const void *w, int *n, int *c,
                                          int *h, int *width) {
  const struct object *conv = convolution, *xd = x, *wd = w;
  NEED("cudnnGetConvolution2dForwardOutputDim", is(conv, CONVOLUTION) && is(xd, TENSOR) && is(wd, FILTER), BAD_PARAM);
  NEED("cudnnGetConvolution2dForwardOutputDim", xd->c == wd->c * conv->groups, BAD_PARAM);
  *n = xd->n;
  *c = wd->n;
  *h = extent(conv, 0, xd->h, wd->h);
  *width = extent(conv, 1, xd->w, wd->w);
  return 0;
}

struct performance {
  int algorithm, status;
  float time;
  size_t memory;
  int determinism, math, reserved[3];
};

static int fitting(const char *call, const struct object *x, const struct object *w, const struct object *y,
                   const struct object *conv) {
  NEED(call, is(x, TENSOR) && is(w, FILTER) && is(y, TENSOR) && is(conv, CONVOLUTION), BAD_PARAM);
  NEED(call, x->layout == w->layout && w->layout == y->layout, NOT_SUPPORTED);
  NEED(call, x->type == w->type && w->type == y->type, NOT_SUPPORTED);
  NEED(call, x->n == y->n && x->c == w->c * conv->groups && y->c == w->n && w->n % conv->groups == 0, BAD_PARAM);
  NEED(call, y->h == extent(conv, 0, x->h, w->h) && y->w == extent(conv, 1, x->w, w->w), BAD_PARAM);
  return 0;
}

static const size_t WORKSPACE[] = {0, 4096, (size_t)2 << 30, 64, 64, 64, 64, 100};

static int list(const char *call, const void *handle, const struct object *x, const struct object *w,
                const struct object *y, const struct object *conv, int wanted, int *count, struct performance *out) {
  ENTER(call);
  NEED(call, is(handle, HANDLE), NOT_INITIALIZED);
  int code = fitting(call, x, w, y, conv);
  if (code != 0) return code;
  const int numbers[] = {7, 2, 6, 0, 1, 1};
  *count = 0;
  for (int i = 0; i < 6 && i < wanted; i++) {
    int a = numbers[i];
    int math = conv->math == FMA_MATH ? FMA_MATH : i == 4 ? TENSOR_OP_MATH_ALLOW_CONVERSION : i == 3 ? DEFAULT_MATH : TENSOR_OP_MATH;
    out[(*count)++] = (struct performance){.algorithm = a, .status = a == 6 ? NOT_SUPPORTED : 0, .time = -1,
                                           .memory = WORKSPACE[a], .math = math, .reserved = {-1, -1, -1}};
  }
  fprintf(stub_log(), "LIST %s layout=%d type=%d math=%d\n", call, x->layout, x->type, conv->math);
  return 0;
}
int cudnnGetConvolutionForwardAlgorithm_v7(void *handle, const void *x, const void *w, const void *conv,
                                           const void *y, int wanted, int *count, void *out) {
  return list("cudnnGetConvolutionForwardAlgorithm", handle, x, w, y, conv, wanted, count, out);
}
int cudnnGetConvolutionBackwardDataAlgorithm_v7(void *handle, const void *w, const void *dy, const void *conv,
                                                const void *dx, int wanted, int *count, void *out) {
  return list("cudnnGetConvolutionBackwardDataAlgorithm", handle, dx, w, dy, conv, wanted, count, out);
}
int cudnnGetConvolutionBackwardFilterAlgorithm_v7(void *handle, const void *x, const void *dy, const void *conv,
                                                  const void *dw, int wanted, int *count, void *out) {
  return list("cudnnGetConvolutionBackwardFilterAlgorithm", handle, x, dw, dy, conv, wanted, count, out);
}

static size_t elements(const struct object *o) { return (size_t)o->n * o->c * o->h * o->w; }
static size_t at(const struct object *o, int n, int c, int h, int w) {
  return o->layout == 0 ? ((size_t)(n * o->c + c) * o->h + h) * o->w + w : ((size_t)(n * o->h + h) * o->w + w) * o->c + c;
}
static int fills(const struct object *o, const void *memory) {
  return stub_room(memory) == elements(o) * bytes_of(o->type);
}

// Exactly one of the three arrays is written. Descriptors are as they were at the call.
struct convolution {
  const char *call;
  struct object conv, x, w, y;
  enum written { X, W, Y } written;
  float alpha, beta;
  int algorithm;
  const void *workspace;
  void *xm, *wm, *ym;
};

static int compute(const void *arguments) {
  const struct convolution *a = arguments;
  const struct object *conv = &a->conv, *x = &a->x, *w = &a->w, *y = &a->y;
  NEED(a->call, fills(x, a->xm) && fills(w, a->wm) && fills(y, a->ym), BAD_PARAM);
  NEED(a->call, stub_room(a->workspace) >= WORKSPACE[a->algorithm], BAD_PARAM);
  const struct object *written = a->written == X ? x : a->written == W ? w : y;
  void *out = a->written == X ? a->xm : a->written == W ? a->wm : a->ym;
  double *sums = calloc(elements(written), sizeof *sums);
  int k_of_group = w->n / conv->groups;
  for (int n = 0; n < y->n; n++)
    for (int k = 0; k < y->c; k++)
      for (int p = 0; p < y->h; p++)
        for (int q = 0; q < y->w; q++)
          for (int c = 0; c < w->c; c++)
            for (int r = 0; r < w->h; r++)
              for (int s = 0; s < w->w; s++) {
                int rr = conv->mode == 1 ? r : w->h - 1 - r, ss = conv->mode == 1 ? s : w->w - 1 - s;
                int h = p * conv->stride[0] - conv->pad[0] + rr * conv->dilation[0];
                int v = q * conv->stride[1] - conv->pad[1] + ss * conv->dilation[1];
                if (h < 0 || h >= x->h || v < 0 || v >= x->w) continue;
                size_t xi = at(x, n, k / k_of_group * w->c + c, h, v), wi = at(w, k, c, r, s), yi = at(y, n, k, p, q);
                if (a->written == Y) sums[yi] += (double)load(a->xm, x->type, xi) * load(a->wm, w->type, wi);
                else if (a->written == X) sums[xi] += (double)load(a->ym, y->type, yi) * load(a->wm, w->type, wi);
                else sums[wi] += (double)load(a->xm, x->type, xi) * load(a->ym, y->type, yi);
              }
  for (size_t i = 0; i < elements(written); i++)
    store(out, written->type, i, (float)(a->alpha * sums[i] + (a->beta == 0 ? 0 : a->beta * load(out, written->type, i))));
  free(sums);
  fprintf(stub_log(), "CALL %s type=%d math=%d ", a->call, x->type, conv->math);
  print(a->xm, x->type, elements(x));
  print(a->wm, w->type, elements(w));
  print(a->ym, y->type, elements(y));
  fprintf(stub_log(), "\n");
  const char *layout = getenv("STUB_LAYOUT");
  stub_work((a->algorithm == 1 ? 20 : 60) + (x->layout == (layout == NULL ? 1 : atoi(layout)) ? 0 : 10));
  return 0;
}

static int convolve(const char *call, void *handle, const float *alpha, const float *beta, const struct object *conv,
                    int algorithm, const void *workspace, size_t bytes, const struct object *x, const void *xm,
                    const struct object *w, const void *wm, const struct object *y, const void *ym,
                    enum written written) {
  ENTER(call);
  NEED(call, is(handle, HANDLE) && stub_ready(((struct object *)handle)->stream), NOT_INITIALIZED);
  int code = fitting(call, x, w, y, conv);
  if (code != 0) return code;
  NEED(call, algorithm == 0 || algorithm == 1 || algorithm == 7, NOT_SUPPORTED);
  NEED(call, bytes >= WORKSPACE[algorithm], BAD_PARAM);
  NEED(call, conv->math != TENSOR_OP_MATH_ALLOW_CONVERSION, NOT_SUPPORTED);
  NEED(call, conv->math == FMA_MATH || (algorithm == 0) == (conv->math == DEFAULT_MATH), NOT_SUPPORTED);
  if (algorithm == 7) return result(call, NOT_SUPPORTED, "");
  struct convolution a = {.call = call, .conv = *conv, .x = *x, .w = *w, .y = *y, .written = written, .alpha = *alpha,
                          .beta = *beta, .algorithm = algorithm, .workspace = workspace, .xm = (void *)xm,
                          .wm = (void *)wm, .ym = (void *)ym};
  return stub_queue(((struct object *)handle)->stream, compute, &a, sizeof a);
}
int cudnnConvolutionForward(void *handle, const void *alpha, const void *xd, const void *x, const void *wd,
                            const void *w, const void *conv, int algorithm, void *workspace, size_t bytes,
                            const void *beta, const void *yd, void *y) {
  return convolve("cudnnConvolutionForward", handle, alpha, beta, conv, algorithm, workspace, bytes, xd, x, wd, w, yd,
                  y, Y);
}
int cudnnConvolutionBackwardData(void *handle, const void *alpha, const void *wd, const void *w, const void *yd,
                                 const void *dy, const void *conv, int algorithm, void *workspace, size_t bytes,
                                 const void *beta, const void *xd, void *dx) {
  return convolve("cudnnConvolutionBackwardData", handle, alpha, beta, conv, algorithm, workspace, bytes, xd, dx, wd,
                  w, yd, dy, X);
}
int cudnnConvolutionBackwardFilter(void *handle, const void *alpha, const void *xd, const void *x, const void *yd,
                                   const void *dy, const void *conv, int algorithm, void *workspace, size_t bytes,
                                   const void *beta, const void *wd, void *dw) {
  return convolve("cudnnConvolutionBackwardFilter", handle, alpha, beta, conv, algorithm, workspace, bytes, xd, x, wd,
                  dw, yd, dy, W);
}
