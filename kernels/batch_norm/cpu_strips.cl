//! batch_norm: each work-item owns 16 * STRIP columns: mean, then variance, then the result, each in one walk down
//! device  opencl cpu
//! when    C >= 16
//! tune    STRIP = 1 2 4
//! grid    ceil(C, 16 * STRIP)
//! note    cpu_split wins where the rows are many and the columns few
// SPDX-License-Identifier: Apache-2.0

#define BLOCK 64 // rows summed on their own, so that rounding errors grow with N / 64 + 64 instead of N

#define STRIPS _Pragma("unroll") for (int s = 0; s < STRIP; s++)

KERNEL void batch_norm(PARAMS) {
  const int first = GROUP_X * (16 * STRIP);
  int col[STRIP]; // a vector that would stick out at the right starts further left
  float16 average[STRIP];
  float16 spread[STRIP];
  STRIPS {
    col[s] = first + 16 * s < C - 16 ? first + 16 * s : C - 16;
    average[s] = (float16)(0.0f);
    spread[s] = (float16)(0.0f);
  }
  for (int block = 0; block < N; block += BLOCK) {
    const int end = block + BLOCK < N ? block + BLOCK : N;
    float16 part[STRIP];
    STRIPS { part[s] = (float16)(0.0f); }
    for (int n = block; n < end; n++) {
      STRIPS { part[s] += PROLOGUE_X16(n, col[s]); }
    }
    STRIPS { average[s] += part[s]; }
  }
  STRIPS { average[s] /= (float)N; }
  for (int block = 0; block < N; block += BLOCK) {
    const int end = block + BLOCK < N ? block + BLOCK : N;
    float16 part[STRIP];
    STRIPS { part[s] = (float16)(0.0f); }
    for (int n = block; n < end; n++) {
      STRIPS {
        const float16 d = PROLOGUE_X16(n, col[s]) - average[s];
        part[s] = fma(d, d, part[s]);
      }
    }
    STRIPS { spread[s] += part[s]; }
  }
  float16 scale[STRIP];
  float16 shift[STRIP];
  STRIPS {
    spread[s] /= (float)N;
    scale[s] = vload16(0, gamma + col[s]) / sqrt(spread[s] + EPSILON);
    shift[s] = vload16(0, beta + col[s]);
  }
  for (int n = 0; n < N; n++) {
    STRIPS {
      const int from = first + 16 * s;
      const float16 v = fma(PROLOGUE_X16(n, col[s]) - average[s], scale[s], shift[s]);
      if (from + 16 <= C) {
        EPILOGUE16(n, from, v);
      } else if (from < C) {
        float lane[16];
        vstore16(v, 0, lane);
        for (int c = from; c < C; c++) {
          EPILOGUE(n, c, lane[c - col[s]]);
        }
      }
    }
  }
  STRIPS {
    float lane[2][16];
    vstore16(average[s], 0, lane[0]);
    vstore16(spread[s], 0, lane[1]);
    for (int c = first + 16 * s; c < col[s] + 16; c++) {
      mean[c] = lane[0][c - col[s]];
      var[c] = lane[1][c - col[s]];
    }
  }
}
