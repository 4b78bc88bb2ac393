// SPDX-License-Identifier: Apache-2.0
// A libcuda.so.1 without a GPU, for tests of the host side: one device of architecture sm_90, memory
// from malloc, and a log of every call. It is as strict as the driver, or stricter: a handle that is
// not alive, an address outside an allocation, or anything but a launch or the external record of an
// event within a capture is an error and is logged as such, and so is a copy that nothing puts in order
// with an earlier one of the same bytes on another stream. The nodes of a graph run as late in its order as their
// dependencies allow. A function named "add" adds two arrays of floats; others do nothing.
//
// Environment: STUB_LOG, the file to write; STUB_FAIL=CALL:N:CODE makes the N-th call of CALL fail,
// for good if CODE is one of the errors that a context does not survive; STUB_PARAMETERS, the sizes
// in bytes of every function's parameters, separated by commas.
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INVALID_VALUE = 1, INVALID_CONTEXT = 201, INVALID_HANDLE = 400, NOT_FOUND = 500,
       CAPTURE_UNSUPPORTED = 900, CAPTURE_INVALIDATED = 901 };
enum kind { CONTEXT, STREAM, MODULE, FUNCTION, EVENT, GRAPH, EXECUTABLE, MEMORY, PINNED, KINDS };
static const char *const NAMES[KINDS] = {"context", "stream", "module", "function", "event",
                                         "graph",   "executable", "memory", "pinned"};
enum { OBJECTS = 4096, PARAMETERS = 16, NODES = 1024, WORK_BYTES = 1024, STREAMS = 64, COPIES = 4096 };

// A launch, or what a library does, or the record of an event.
struct node {
  int (*work)(const void *);
  char of_work[WORK_BYTES];
  void *event;
  int function, shared;
  unsigned grid[3], block[3];
  uint64_t arguments[PARAMETERS];
  uint64_t behind[NODES / 64]; // a bit for each node of the graph that it waits for
};

struct object {
  int alive;
  enum kind kind;
  char name[64];           // a function's
  int owner;               // a function's module
  int shared;              // a function's limit of dynamic shared memory
  char *bytes;             // of memory
  size_t size;
  int capturing;           // a stream's
  int count;               // of a graph's nodes
  struct node *nodes;
  long stamp;              // an event's, in microseconds; 0 if it was not recorded
  int lane;                // a stream's place in clocks
  long clock[STREAMS];     // of each stream, how much of its work comes before what is queued next, or before an event
};

// A copy that may still be under way.
struct copy {
  const char *at;
  size_t size;
  int writes, lane;
  long time;
};

static struct object objects[OBJECTS];
static int used = 1;       // handle 0 is none
static int current;        // the context
static int retained;
static int sticky;
static long now = 1000;
static int streams;
static long host[STREAMS]; // what the host knows to be done
static struct copy copies[COPIES];
static int copied;
static FILE *out;

static void begin(void) {
  if (out == NULL) {
    const char *path = getenv("STUB_LOG");
    out = path == NULL ? stderr : fopen(path, "a");
    setvbuf(out, NULL, _IOLBF, 0);
  }
}

static int result(const char *call, int code, const char *format, ...) {
  begin();
  char arguments[1024];
  va_list list;
  va_start(list, format);
  vsnprintf(arguments, sizeof arguments, format, list);
  va_end(list);
  fprintf(out, "%s %s-> %d\n", call, arguments, code);
  return code;
}

// Whether this call is to fail, by request or because the context is lost.
static int failing(const char *call) {
  static int seen;
  if (sticky) return sticky;
  char wanted[64];
  int n, code;
  const char *request = getenv("STUB_FAIL");
  if (request == NULL || sscanf(request, "%63[^:]:%d:%d", wanted, &n, &code) != 3) return 0;
  if (strcmp(wanted, call) != 0 || ++seen != n) return 0;
  if (code == 214 || code == 220 || code == 700 || code == 702 || (code >= 709 && code <= 719)) sticky = code;
  return code;
}

#define ENTER(call, ...)                                                    \
  do {                                                                      \
    int code_ = failing(call);                                              \
    if (code_ != 0) return result(call, code_, __VA_ARGS__);                \
  } while (0)
#define NEED(call, condition, code)                                         \
  do {                                                                      \
    if (!(condition)) return result(call, code, "REFUSED %s ", #condition); \
  } while (0)

static int make(enum kind kind) {
  if (used == OBJECTS) abort();
  objects[used] = (struct object){.alive = 1, .kind = kind};
  return used++;
}

static struct object *get(void *handle, enum kind kind) {
  uintptr_t h = (uintptr_t)handle;
  return h > 0 && h < (uintptr_t)used && objects[h].alive && objects[h].kind == kind ? &objects[h] : NULL;
}

static void merge(long *clock, const long *other) {
  for (int i = 0; i < STREAMS; i++)
    if (clock[i] < other[i]) clock[i] = other[i];
}

// Queues a copy's use of some bytes; whether it comes behind all that it must not run beside.
static int ordered(void *stream, uint64_t address, size_t size, int writes) {
  struct object *s = get(stream, STREAM);
  const char *at = (const char *)(uintptr_t)address;
  merge(s->clock, host);
  int good = 1, kept = 0;
  for (int i = 0; i < copied; i++) {
    struct copy c = copies[i];
    if (c.time <= host[c.lane]) continue; // over
    if (c.at < at + size && at < c.at + c.size && (c.writes || writes)) good &= c.time <= s->clock[c.lane];
    copies[kept++] = c;
  }
  copied = kept;
  if (copied == COPIES) abort();
  copies[copied++] = (struct copy){at, size, writes, s->lane, ++s->clock[s->lane]};
  return good;
}

static int live(enum kind kind) {
  int n = 0;
  for (int i = 1; i < used; i++) n += objects[i].alive && objects[i].kind == kind;
  return n;
}

static int capturing(void) {
  for (int i = 1; i < used; i++)
    if (objects[i].alive && objects[i].capturing) return 1;
  return 0;
}

// The allocation that holds a range of bytes.
static int holder(uint64_t address, size_t size, enum kind kind) {
  for (int i = 1; i < used; i++) {
    uint64_t start = (uint64_t)(uintptr_t)objects[i].bytes;
    if (objects[i].alive && objects[i].kind == kind && address >= start
        && address + size <= start + objects[i].size) return i;
  }
  return 0;
}

static int parameter(int index) {
  const char *sizes = getenv("STUB_PARAMETERS");
  while (sizes != NULL && index-- > 0) {
    sizes = strchr(sizes, ',');
    if (sizes != NULL) sizes++;
  }
  return sizes == NULL ? 0 : atoi(sizes);
}

__attribute__((destructor)) static void end(void) {
  begin();
  fprintf(out, "LEFT");
  for (int k = 0; k < KINDS; k++)
    if (k != FUNCTION && k != CONTEXT) fprintf(out, " %s=%d", NAMES[k], live(k));
  fprintf(out, " context=%d\n", retained);
}

// For stubs of libraries on top of the driver, in tests/src/test/resources.
FILE *stub_log(void) {
  begin();
  return out;
}
int stub_failing(const char *call) { return failing(call); }
int stub_ready(void *stream) { return current && (stream == NULL || get(stream, STREAM)); }
// Numbers that are finite, 0.747 each, since no kernel puts others in their place: a run that found a
// NaN in what malloc happens to give would end.
static void fill(int m) { memset(objects[m].bytes, 0x3f, objects[m].size); }

// The bytes from an address to the end of its allocation; 0 if it is in none.
size_t stub_room(const void *address) {
  int m = holder((uint64_t)(uintptr_t)address, 1, MEMORY);
  return m ? objects[m].size - (size_t)((const char *)address - objects[m].bytes) : 0;
}

// Any function that the tests' device should not call.
int stub_unexpected(const char *call) { return result(call, 801, "UNEXPECTED "); }

int cuInit(unsigned flags) {
  ENTER("cuInit", "");
  return result("cuInit", 0, "%u ", flags);
}
// NVRTC opens the driver too, to share internal functions with it; it does without.
int cuGetExportTable(const void **table, const void *id) {
  (void)id;
  *table = NULL;
  return result("cuGetExportTable", NOT_FOUND, "");
}
int cuGetErrorName(int code, const char **name) {
  static char text[32];
  snprintf(text, sizeof text, "CUDA_ERROR_STUB_%d", code);
  *name = text;
  return 0;
}
int cuDriverGetVersion(int *version) {
  const char *given = getenv("STUB_VERSION");
  *version = given == NULL ? 13000 : atoi(given);
  return result("cuDriverGetVersion", 0, "");
}
int cuDeviceGetCount(int *count) {
  ENTER("cuDeviceGetCount", "");
  *count = 1;
  return result("cuDeviceGetCount", 0, "");
}
int cuDeviceGet(int *device, int ordinal) {
  NEED("cuDeviceGet", ordinal == 0, 101);
  *device = 0;
  return result("cuDeviceGet", 0, "%d ", ordinal);
}
int cuDeviceGetName(char *name, int length, int device) {
  snprintf(name, length, "Stub %d", device + 9000);
  return result("cuDeviceGetName", 0, "");
}
int cuDeviceTotalMem_v2(size_t *bytes, int device) {
  (void)device;
  *bytes = (size_t)64 << 20;
  return result("cuDeviceTotalMem", 0, "");
}
int cuDeviceGetAttribute(int *value, int attribute, int device) {
  (void)device;
  switch (attribute) {
    case 16: *value = 132; break;
    case 38: *value = 50 << 20; break;
    case 75: *value = 9; break;
    case 76: *value = 0; break;
    case 97: *value = 232448; break;
    default: return result("cuDeviceGetAttribute", 801, "UNEXPECTED %d ", attribute);
  }
  return result("cuDeviceGetAttribute", 0, "%d ", attribute);
}
int cuDevicePrimaryCtxRetain(void **context, int device) {
  ENTER("cuDevicePrimaryCtxRetain", "");
  static int primary;
  if (primary == 0) primary = make(CONTEXT);
  retained++;
  *context = (void *)(uintptr_t)primary;
  return result("cuDevicePrimaryCtxRetain", 0, "%d ", device);
}
int cuDevicePrimaryCtxRelease_v2(int device) {
  retained--;
  return result("cuDevicePrimaryCtxRelease", 0, "%d ", device);
}
int cuCtxSetCurrent(void *context) {
  ENTER("cuCtxSetCurrent", "");
  NEED("cuCtxSetCurrent", get(context, CONTEXT) && retained > 0, INVALID_CONTEXT);
  current = 1;
  return result("cuCtxSetCurrent", 0, "");
}

int cuStreamCreate(void **stream, unsigned flags) {
  ENTER("cuStreamCreate", "");
  NEED("cuStreamCreate", current, INVALID_CONTEXT);
  int m = make(STREAM);
  if (streams == STREAMS) abort();
  objects[m].lane = streams++;
  *stream = (void *)(uintptr_t)m;
  return result("cuStreamCreate", 0, "%u ", flags);
}
int cuStreamDestroy_v2(void *stream) {
  ENTER("cuStreamDestroy", "");
  NEED("cuStreamDestroy", get(stream, STREAM), INVALID_HANDLE);
  get(stream, STREAM)->alive = 0;
  return result("cuStreamDestroy", 0, "");
}
int cuStreamSynchronize(void *stream) {
  ENTER("cuStreamSynchronize", "");
  NEED("cuStreamSynchronize", get(stream, STREAM), INVALID_HANDLE);
  NEED("cuStreamSynchronize", !capturing(), CAPTURE_UNSUPPORTED);
  merge(host, get(stream, STREAM)->clock);
  return result("cuStreamSynchronize", 0, "");
}
int cuStreamWaitEvent(void *stream, void *event, unsigned flags) {
  ENTER("cuStreamWaitEvent", "");
  NEED("cuStreamWaitEvent", get(event, EVENT) && get(stream, STREAM) && !capturing() && flags == 0, INVALID_HANDLE);
  merge(get(stream, STREAM)->clock, get(event, EVENT)->clock);
  return result("cuStreamWaitEvent", 0, "");
}

int cuMemAlloc_v2(uint64_t *address, size_t size) {
  ENTER("cuMemAlloc", "%zu ", size);
  NEED("cuMemAlloc", current, INVALID_CONTEXT);
  NEED("cuMemAlloc", !capturing(), CAPTURE_UNSUPPORTED);
  size_t total = 0;
  for (int i = 1; i < used; i++)
    if (objects[i].alive && objects[i].kind == MEMORY) total += objects[i].size;
  if (total + size > (size_t)64 << 20) return result("cuMemAlloc", 2, "%zu ", size);
  int m = make(MEMORY);
  objects[m].bytes = aligned_alloc(256, (size + 255) / 256 * 256);
  objects[m].size = size;
  fill(m);
  *address = (uint64_t)(uintptr_t)objects[m].bytes;
  return result("cuMemAlloc", 0, "%zu ", size);
}
int cuMemFree_v2(uint64_t address) {
  ENTER("cuMemFree", "");
  int m = holder(address, 0, MEMORY);
  NEED("cuMemFree", m && objects[m].bytes == (char *)(uintptr_t)address, INVALID_VALUE);
  free(objects[m].bytes);
  objects[m].alive = 0;
  return result("cuMemFree", 0, "%zu ", objects[m].size);
}
int cuMemGetInfo_v2(size_t *left, size_t *total) {
  *left = (size_t)1 << 20;
  *total = (size_t)64 << 20;
  return result("cuMemGetInfo", 0, "");
}
int cuMemHostAlloc(void **address, size_t size, unsigned flags) {
  ENTER("cuMemHostAlloc", "%zu ", size);
  NEED("cuMemHostAlloc", current && !capturing(), INVALID_CONTEXT);
  int m = make(PINNED);
  objects[m].bytes = malloc(size);
  objects[m].size = size;
  fill(m);
  *address = objects[m].bytes;
  return result("cuMemHostAlloc", 0, "%zu %u ", size, flags);
}
int cuMemFreeHost(void *address) {
  ENTER("cuMemFreeHost", "");
  int m = holder((uint64_t)(uintptr_t)address, 0, PINNED);
  NEED("cuMemFreeHost", m, INVALID_VALUE);
  free(objects[m].bytes);
  objects[m].alive = 0;
  return result("cuMemFreeHost", 0, "");
}
int cuMemcpyHtoDAsync_v2(uint64_t target, const void *source, size_t size, void *stream) {
  ENTER("cuMemcpyHtoDAsync", "%zu ", size);
  NEED("cuMemcpyHtoDAsync", get(stream, STREAM) && !capturing(), CAPTURE_UNSUPPORTED);
  NEED("cuMemcpyHtoDAsync", holder(target, size, MEMORY), INVALID_VALUE);
  NEED("cuMemcpyHtoDAsync", holder((uint64_t)(uintptr_t)source, size, PINNED), INVALID_VALUE);
  NEED("cuMemcpyHtoDAsync", ordered(stream, target, size, 1), INVALID_VALUE);
  NEED("cuMemcpyHtoDAsync", ordered(stream, (uint64_t)(uintptr_t)source, size, 0), INVALID_VALUE);
  memcpy((void *)(uintptr_t)target, source, size);
  return result("cuMemcpyHtoDAsync", 0, "%zu ", size);
}
int cuMemcpyDtoDAsync_v2(uint64_t target, uint64_t source, size_t size, void *stream) {
  ENTER("cuMemcpyDtoDAsync", "%zu ", size);
  NEED("cuMemcpyDtoDAsync", get(stream, STREAM) && !capturing(), CAPTURE_UNSUPPORTED);
  NEED("cuMemcpyDtoDAsync", holder(source, size, MEMORY), INVALID_VALUE);
  NEED("cuMemcpyDtoDAsync", holder(target, size, MEMORY), INVALID_VALUE);
  NEED("cuMemcpyDtoDAsync", ordered(stream, source, size, 0), INVALID_VALUE);
  NEED("cuMemcpyDtoDAsync", ordered(stream, target, size, 1), INVALID_VALUE);
  memcpy((void *)(uintptr_t)target, (void *)(uintptr_t)source, size);
  return result("cuMemcpyDtoDAsync", 0, "%zu ", size);
}
int cuMemcpyHtoD_v2(uint64_t target, const void *source, size_t size) {
  ENTER("cuMemcpyHtoD", "%zu ", size);
  NEED("cuMemcpyHtoD", current && !capturing(), INVALID_CONTEXT);
  NEED("cuMemcpyHtoD", holder(target, size, MEMORY), INVALID_VALUE);
  memcpy((void *)(uintptr_t)target, source, size);
  return result("cuMemcpyHtoD", 0, "%zu ", size);
}
int cuMemcpyDtoHAsync_v2(void *target, uint64_t source, size_t size, void *stream) {
  ENTER("cuMemcpyDtoHAsync", "%zu ", size);
  NEED("cuMemcpyDtoHAsync", get(stream, STREAM) && !capturing(), CAPTURE_UNSUPPORTED);
  NEED("cuMemcpyDtoHAsync", holder(source, size, MEMORY), INVALID_VALUE);
  NEED("cuMemcpyDtoHAsync", holder((uint64_t)(uintptr_t)target, size, PINNED), INVALID_VALUE);
  NEED("cuMemcpyDtoHAsync", ordered(stream, source, size, 0), INVALID_VALUE);
  NEED("cuMemcpyDtoHAsync", ordered(stream, (uint64_t)(uintptr_t)target, size, 1), INVALID_VALUE);
  memcpy(target, (void *)(uintptr_t)source, size);
  return result("cuMemcpyDtoHAsync", 0, "%zu ", size);
}
int cuMemsetD32Async(uint64_t target, unsigned pattern, size_t count, void *stream) {
  ENTER("cuMemsetD32Async", "");
  NEED("cuMemsetD32Async", get(stream, STREAM) && !capturing(), CAPTURE_UNSUPPORTED);
  NEED("cuMemsetD32Async", holder(target, count * 4, MEMORY) && target % 4 == 0, INVALID_VALUE);
  for (size_t i = 0; i < count; i++) ((unsigned *)(uintptr_t)target)[i] = pattern;
  return result("cuMemsetD32Async", 0, "%zu ", count);
}

int cuModuleLoadData(void **module, const void *image) {
  ENTER("cuModuleLoadData", "");
  NEED("cuModuleLoadData", current && image, INVALID_VALUE);
  int elf = memcmp(image, "\177ELF", 4) == 0;
  *module = (void *)(uintptr_t)make(MODULE);
  return result("cuModuleLoadData", 0, "%s ", elf ? "ELF" : "other");
}
int cuModuleUnload(void *module) {
  ENTER("cuModuleUnload", "");
  NEED("cuModuleUnload", get(module, MODULE), INVALID_HANDLE);
  get(module, MODULE)->alive = 0;
  return result("cuModuleUnload", 0, "");
}
int cuModuleGetFunction(void **function, void *module, const char *name) {
  ENTER("cuModuleGetFunction", "%s ", name);
  NEED("cuModuleGetFunction", get(module, MODULE), INVALID_HANDLE);
  NEED("cuModuleGetFunction", strcmp(name, "missing") != 0, NOT_FOUND);
  int f = make(FUNCTION);
  snprintf(objects[f].name, sizeof objects[f].name, "%s", name);
  objects[f].owner = (int)(uintptr_t)module;
  objects[f].shared = 48 << 10;
  *function = (void *)(uintptr_t)f;
  return result("cuModuleGetFunction", 0, "%s ", name);
}
#ifndef BEFORE_12_4
int cuFuncGetParamInfo(void *function, size_t index, size_t *offset, size_t *size) {
  if (get(function, FUNCTION) == NULL || parameter((int)index) == 0) return INVALID_VALUE;
  *offset = 8 * index;
  *size = parameter((int)index);
  return 0;
}
#endif
int cuFuncGetAttribute(int *value, int attribute, void *function) {
  ENTER("cuFuncGetAttribute", "");
  NEED("cuFuncGetAttribute", get(function, FUNCTION), INVALID_HANDLE);
  *value = attribute == 0 ? 1024 : 16;
  return result("cuFuncGetAttribute", 0, "%d ", attribute);
}
int cuFuncSetAttribute(void *function, int attribute, int value) {
  ENTER("cuFuncSetAttribute", "");
  NEED("cuFuncSetAttribute", get(function, FUNCTION) && !capturing(), CAPTURE_UNSUPPORTED);
  NEED("cuFuncSetAttribute", attribute == 8 && value + 16 <= 232448, INVALID_VALUE);
  get(function, FUNCTION)->shared = value;
  return result("cuFuncSetAttribute", 0, "%d %d ", attribute, value);
}

// What the device does with one node.
static int run(const struct node *n) {
  if (n->work) return n->work(n->of_work);
  if (n->event) {
    if (!get(n->event, EVENT)) return INVALID_HANDLE;
    get(n->event, EVENT)->stamp = now;
    return 0;
  }
  struct object *f = &objects[n->function];
  size_t count = (size_t)n->grid[0] * n->grid[1] * n->grid[2] * n->block[0] * n->block[1] * n->block[2];
  char text[512] = "";
  for (int i = 0; i < PARAMETERS && parameter(i) > 0; i++) {
    char one[64];
    int m = parameter(i) == 8 ? holder(n->arguments[i], 1, MEMORY) : 0;
    if (m) snprintf(one, sizeof one, "memory[%zu]+%zu ", objects[m].size, (size_t)(n->arguments[i] - (uint64_t)(uintptr_t)objects[m].bytes));
    else snprintf(one, sizeof one, "%u ", (unsigned)n->arguments[i]);
    strncat(text, one, sizeof text - strlen(text) - 1);
  }
  fprintf(out, "RUN %s %ux%ux%u of %ux%ux%u + %d: %s\n", f->name, n->grid[0], n->grid[1], n->grid[2],
          n->block[0], n->block[1], n->block[2], n->shared, text);
  now += 10;
  if (!objects[f->owner].alive) return INVALID_HANDLE;
  if (strcmp(f->name, "add") == 0) {
    for (int i = 0; i < 3; i++)
      if (!holder(n->arguments[i], 4 * count, MEMORY)) return sticky = 700;
    const float *a = (float *)(uintptr_t)n->arguments[0], *b = (float *)(uintptr_t)n->arguments[1];
    float *y = (float *)(uintptr_t)n->arguments[2];
    for (size_t i = 0; i < count; i++) y[i] = a[i] + b[i];
  }
  return 0;
}

static void captured(struct object *stream, const struct node *n) {
  if (stream->count == NODES) abort();
  struct node *to = &stream->nodes[stream->count++];
  *to = *n;
  int last = stream->count - 2;
  if (last >= 0) to->behind[last / 64] |= (uint64_t)1 << last % 64;
}

// For stubs of libraries: does something with a copy of its arguments when the stream comes to it, which is at once,
// or whenever the graph is launched for which the stream is captured.
int stub_queue(void *stream, int (*work)(const void *), const void *arguments, size_t size) {
  struct object *s = get(stream, STREAM);
  if (s == NULL || size > WORK_BYTES) abort();
  struct node n = {.work = work};
  memcpy(n.of_work, arguments, size);
  if (!s->capturing) return run(&n);
  captured(s, &n);
  return 0;
}
void stub_work(long micros) { now += micros; }

int cuLaunchKernel(void *function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz,
                   unsigned shared, void *stream, void **arguments, void **extra) {
  ENTER("cuLaunchKernel", "");
  struct object *f = get(function, FUNCTION), *s = get(stream, STREAM);
  NEED("cuLaunchKernel", f && s && extra == NULL && objects[f->owner].alive, INVALID_HANDLE);
  NEED("cuLaunchKernel", gx * gy * gz > 0 && bx * by * bz > 0 && bx * by * bz <= 1024, INVALID_VALUE);
  NEED("cuLaunchKernel", (int)shared <= f->shared, INVALID_VALUE);
  struct node n = {.function = (int)(uintptr_t)function, .shared = (int)shared, .grid = {gx, gy, gz}, .block = {bx, by, bz}};
  for (int i = 0; i < PARAMETERS && parameter(i) > 0; i++) memcpy(&n.arguments[i], arguments[i], parameter(i));
  if (!s->capturing) {
    result("cuLaunchKernel", 0, "%s ", f->name);
    return run(&n);
  }
  captured(s, &n);
  return result("cuLaunchKernel", 0, "%s captured ", f->name);
}

int cuStreamBeginCapture_v2(void *stream, int mode) {
  ENTER("cuStreamBeginCapture", "");
  struct object *s = get(stream, STREAM);
  NEED("cuStreamBeginCapture", s && !s->capturing, INVALID_HANDLE);
  s->capturing = 1;
  s->count = 0;
  s->nodes = calloc(NODES, sizeof(struct node));
  return result("cuStreamBeginCapture", 0, "%d ", mode);
}
int cuStreamEndCapture(void *stream, void **graph) {
  struct object *s = get(stream, STREAM);
  NEED("cuStreamEndCapture", s && s->capturing, CAPTURE_INVALIDATED);
  int code = failing("cuStreamEndCapture");
  if (code != 0) {
    free(s->nodes);
    s->capturing = 0;
    s->nodes = NULL;
    *graph = NULL;
    return result("cuStreamEndCapture", code, "");
  }
  int g = make(GRAPH);
  s = get(stream, STREAM);
  objects[g].nodes = s->nodes;
  objects[g].count = s->count;
  s->capturing = 0;
  s->nodes = NULL;
  *graph = (void *)(uintptr_t)g;
  return result("cuStreamEndCapture", 0, "%d ", objects[g].count);
}
int cuGraphCreate(void **graph, unsigned flags) {
  ENTER("cuGraphCreate", "");
  NEED("cuGraphCreate", current && flags == 0, INVALID_VALUE);
  int g = make(GRAPH);
  objects[g].nodes = calloc(NODES, sizeof(struct node));
  *graph = (void *)(uintptr_t)g;
  return result("cuGraphCreate", 0, "");
}
// A node's handle holds its graph and its place there.
static int append(void **handle, void *graph, void *const *behind, size_t count, struct node n) {
  struct object *g = get(graph, GRAPH);
  if (g->count == NODES) abort();
  for (size_t i = 0; i < count; i++) {
    uintptr_t h = (uintptr_t)behind[i];
    int at = (int)(h & 0xffff) - 1;
    if (h >> 16 != (uintptr_t)graph || at < 0 || at >= g->count) return 0;
    n.behind[at / 64] |= (uint64_t)1 << at % 64;
  }
  g->nodes[g->count++] = n;
  *handle = (void *)((uintptr_t)graph << 16 | (uintptr_t)g->count);
  return 1;
}
struct kernel_node { // CUDA_KERNEL_NODE_PARAMS of the driver's second version
  void *function;
  unsigned grid[3], block[3], shared;
  void **arguments, **extra;
  void *kernel, *context;
};
int cuGraphAddKernelNode_v2(void **handle, void *graph, void *const *behind, size_t count, const struct kernel_node *p) {
  ENTER("cuGraphAddKernelNode", "");
  struct object *f = get(p->function, FUNCTION);
  NEED("cuGraphAddKernelNode", get(graph, GRAPH) && f && objects[f->owner].alive, INVALID_HANDLE);
  NEED("cuGraphAddKernelNode", p->extra == NULL && p->kernel == NULL && p->context == NULL, INVALID_VALUE);
  unsigned threads = p->block[0] * p->block[1] * p->block[2];
  NEED("cuGraphAddKernelNode", p->grid[0] * p->grid[1] * p->grid[2] > 0 && threads > 0 && threads <= 1024, INVALID_VALUE);
  NEED("cuGraphAddKernelNode", (int)p->shared <= f->shared, INVALID_VALUE);
  struct node n = {.function = (int)(uintptr_t)p->function, .shared = (int)p->shared};
  memcpy(n.grid, p->grid, sizeof n.grid);
  memcpy(n.block, p->block, sizeof n.block);
  for (int i = 0; i < PARAMETERS && parameter(i) > 0; i++) memcpy(&n.arguments[i], p->arguments[i], parameter(i));
  NEED("cuGraphAddKernelNode", append(handle, graph, behind, count, n), INVALID_HANDLE);
  return result("cuGraphAddKernelNode", 0, "%s behind %zu ", f->name, count);
}
int cuGraphAddEventRecordNode(void **handle, void *graph, void *const *behind, size_t count, void *event) {
  ENTER("cuGraphAddEventRecordNode", "");
  NEED("cuGraphAddEventRecordNode", get(graph, GRAPH) && get(event, EVENT), INVALID_HANDLE);
  struct node n = {.event = event};
  NEED("cuGraphAddEventRecordNode", append(handle, graph, behind, count, n), INVALID_HANDLE);
  return result("cuGraphAddEventRecordNode", 0, "behind %zu ", count);
}
int cuGraphInstantiateWithFlags(void **executable, void *graph, unsigned long long flags) {
  ENTER("cuGraphInstantiate", "");
  NEED("cuGraphInstantiate", get(graph, GRAPH) && flags == 0, INVALID_HANDLE);
  int e = make(EXECUTABLE);
  struct object *g = get(graph, GRAPH);
  objects[e].count = g->count;
  objects[e].nodes = malloc(sizeof(struct node) * NODES);
  memcpy(objects[e].nodes, g->nodes, sizeof(struct node) * NODES);
  *executable = (void *)(uintptr_t)e;
  return result("cuGraphInstantiate", 0, "");
}
int cuGraphDestroy(void *graph) {
  ENTER("cuGraphDestroy", "");
  NEED("cuGraphDestroy", get(graph, GRAPH), INVALID_HANDLE);
  free(get(graph, GRAPH)->nodes);
  get(graph, GRAPH)->alive = 0;
  return result("cuGraphDestroy", 0, "");
}
int cuGraphUpload(void *executable, void *stream) {
  ENTER("cuGraphUpload", "");
  NEED("cuGraphUpload", get(executable, EXECUTABLE) && get(stream, STREAM) && !capturing(), INVALID_HANDLE);
  return result("cuGraphUpload", 0, "");
}
int cuGraphLaunch(void *executable, void *stream) {
  ENTER("cuGraphLaunch", "");
  struct object *e = get(executable, EXECUTABLE);
  NEED("cuGraphLaunch", e && get(stream, STREAM) && !capturing(), INVALID_HANDLE);
  result("cuGraphLaunch", 0, "%d ", e->count);
  uint64_t done[NODES / 64] = {0};
  for (int left = e->count; left > 0; left--) {
    int i = e->count;
    for (int ready = 0; !ready;) {
      i--;
      ready = !(done[i / 64] >> i % 64 & 1);
      for (int w = 0; w < NODES / 64; w++) ready &= (e->nodes[i].behind[w] & ~done[w]) == 0;
    }
    done[i / 64] |= (uint64_t)1 << i % 64;
    int code = run(&e->nodes[i]);
    if (code != 0 && !sticky) return code;
  }
  return 0;
}
int cuGraphExecDestroy(void *executable) {
  ENTER("cuGraphExecDestroy", "");
  NEED("cuGraphExecDestroy", get(executable, EXECUTABLE), INVALID_HANDLE);
  free(get(executable, EXECUTABLE)->nodes);
  get(executable, EXECUTABLE)->alive = 0;
  return result("cuGraphExecDestroy", 0, "");
}

int cuEventCreate(void **event, unsigned flags) {
  ENTER("cuEventCreate", "");
  NEED("cuEventCreate", current, INVALID_CONTEXT);
  *event = (void *)(uintptr_t)make(EVENT);
  return result("cuEventCreate", 0, "%u ", flags);
}
int cuEventDestroy_v2(void *event) {
  ENTER("cuEventDestroy", "");
  NEED("cuEventDestroy", get(event, EVENT), INVALID_HANDLE);
  get(event, EVENT)->alive = 0;
  return result("cuEventDestroy", 0, "");
}
int cuEventRecord(void *event, void *stream) {
  ENTER("cuEventRecord", "");
  NEED("cuEventRecord", get(event, EVENT) && get(stream, STREAM) && !capturing(), INVALID_HANDLE);
  get(event, EVENT)->stamp = now;
  memcpy(get(event, EVENT)->clock, get(stream, STREAM)->clock, sizeof host);
  return result("cuEventRecord", 0, "");
}
int cuEventRecordWithFlags(void *event, void *stream, unsigned flags) {
  ENTER("cuEventRecordWithFlags", "");
  struct object *s = get(stream, STREAM);
  NEED("cuEventRecordWithFlags", get(event, EVENT) && s && s->capturing && flags == 1, INVALID_VALUE);
  struct node n = {.event = event};
  captured(s, &n);
  return result("cuEventRecordWithFlags", 0, "captured ");
}
int cuEventSynchronize(void *event) {
  ENTER("cuEventSynchronize", "");
  NEED("cuEventSynchronize", get(event, EVENT) && !capturing(), INVALID_HANDLE);
  merge(host, get(event, EVENT)->clock);
  return result("cuEventSynchronize", 0, "");
}
int cuEventElapsedTime(float *millis, void *from, void *to) {
  ENTER("cuEventElapsedTime", "");
  struct object *a = get(from, EVENT), *b = get(to, EVENT);
  NEED("cuEventElapsedTime", a && b && a->stamp && b->stamp, INVALID_HANDLE);
  *millis = (float)(b->stamp - a->stamp) / 1000;
  return result("cuEventElapsedTime", 0, "");
}
