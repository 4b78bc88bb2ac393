// SPDX-License-Identifier: Apache-2.0
// What the stubs of libraries share: the stub of libcuda.so.1 on which they lie, its log, and numbers
// of their type 0, which is float, or else of BF16.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

FILE *stub_log(void);
int stub_failing(const char *call);
int stub_ready(void *stream);
int stub_queue(void *stream, int (*work)(const void *), const void *arguments, size_t size);
size_t stub_room(const void *address);
void stub_work(long micros);

static int result(const char *call, int code, const char *why) {
  fprintf(stub_log(), "%s %s-> %d\n", call, why, code);
  return code;
}

#define NEED(call, condition, code) \
  do {                              \
    if (!(condition)) return result(call, code, "REFUSED " #condition " "); \
  } while (0)
#define ENTER(call)                                 \
  do {                                              \
    int code_ = stub_failing(call);                 \
    if (code_ != 0) return result(call, code_, ""); \
  } while (0)

static size_t bytes_of(int type) { return type == 0 ? sizeof(float) : sizeof(uint16_t); }
static float load(const void *numbers, int type, size_t i) {
  if (type == 0) return ((const float *)numbers)[i];
  union { uint32_t bits; float value; } wide = {(uint32_t)((const uint16_t *)numbers)[i] << 16};
  return wide.value;
}
static void store(void *numbers, int type, size_t i, float value) {
  union { float value; uint32_t bits; } wide = {value};
  if (type == 0) ((float *)numbers)[i] = value;
  else ((uint16_t *)numbers)[i] = (uint16_t)(wide.bits >> 16);
}
static void print(const void *numbers, int type, size_t count) {
  fprintf(stub_log(), "|");
  for (size_t i = 0; i < count; i++) fprintf(stub_log(), " %.9g", load(numbers, type, i));
}
