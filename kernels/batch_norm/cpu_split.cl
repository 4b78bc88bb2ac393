//! batch_norm: parts of PART rows, each with its own mean and spread; these are joined; then every part is normalised
//! device  opencl cpu
//! tune    PART = 256 64 128
//! default N < 64 * units ? PART = 64
//! prefer  C < 16 || N >= 1024 && N * C >= 131072 ? 1 : 0 - 1
//! scratch parts 8 * ceil(N, PART) * C
//! pass    batch_norm_parts
//! grid    ceil(N, PART)
//! pass    batch_norm_join
//! grid    ceil(C, 16)
//! pass    batch_norm_apply
//! grid    ceil(N, PART)
// SPDX-License-Identifier: Apache-2.0

// parts [PARTS,2,C]: sums of x - x[0], and sums of squared differences from the part's own mean. Joining them (Chan,
// Golub and LeVeque) is as accurate as two passes over everything, since the first row takes a large common mean out;
// and every part is still in the cache for its second pass.
#define PARTS ((N + PART - 1) / PART)
#define LANES (C < 16 ? C : 16) // columns joined together
#define STRIP (C < 32 ? 1 : C < 64 ? 2 : C < 128 ? 4 : 8) // vectors of one row read together, for long reads

#define STRIPS _Pragma("unroll") for (int s = 0; s < STRIP; s++)
#define COLUMNS _Pragma("unroll") for (int c = 0; c < LANES; c++)

KERNEL void batch_norm_parts(PARAMS) {
  const int first = GROUP_X * PART;
  const int end = first + PART < N ? first + PART : N;
  GLOBAL float* to = parts + (size_t)GROUP_X * (2 * C);
#if C >= 16
  for (int strip = 0; strip < C; strip += 16 * STRIP) {
    int col[STRIP]; // a vector that would stick out at the right starts further left
    float16 sum[STRIP];
    float16 spread[STRIP];
    float16 base[STRIP];
    STRIPS {
      col[s] = strip + 16 * s < C - 16 ? strip + 16 * s : C - 16;
      base[s] = PROLOGUE_X16(0, col[s]);
      sum[s] = (float16)(0.0f);
      spread[s] = (float16)(0.0f);
    }
    for (int n = first; n < end; n++) {
      STRIPS { sum[s] += PROLOGUE_X16(n, col[s]) - base[s]; }
    }
    float16 average[STRIP];
    STRIPS { average[s] = sum[s] / (float)(end - first); }
    for (int n = first; n < end; n++) {
      STRIPS {
        const float16 d = PROLOGUE_X16(n, col[s]) - base[s] - average[s];
        spread[s] = fma(d, d, spread[s]);
      }
    }
    STRIPS {
      vstore16(sum[s], 0, to + col[s]);
      vstore16(spread[s], 0, to + C + col[s]);
    }
  }
#else
  float base[C];
  float sum[C];
  float spread[C];
  COLUMNS {
    base[c] = PROLOGUE_X(0, c);
    sum[c] = 0.0f;
    spread[c] = 0.0f;
  }
  for (int n = first; n < end; n++) {
    COLUMNS { sum[c] += PROLOGUE_X(n, c) - base[c]; }
  }
  for (int n = first; n < end; n++) {
    COLUMNS {
      const float d = PROLOGUE_X(n, c) - base[c] - sum[c] / (float)(end - first);
      spread[c] = fma(d, d, spread[c]);
    }
  }
  COLUMNS {
    to[c] = sum[c];
    to[C + c] = spread[c];
  }
#endif
}

KERNEL void batch_norm_join(PARAMS) {
  const int first = GROUP_X * 16;
  const int col = first < C - LANES ? first : C - LANES;
  float sum[LANES];
  float spread[LANES];
  COLUMNS {
    sum[c] = 0.0f;
    spread[c] = 0.0f;
  }
  for (int block = 0; block < PARTS; block += 32) { // 32 at a time, to keep rounding errors small
    const int end = block + 32 < PARTS ? block + 32 : PARTS;
    float some[LANES];
    COLUMNS { some[c] = 0.0f; }
    for (int p = block; p < end; p++) {
      COLUMNS { some[c] += parts[(size_t)p * (2 * C) + col + c]; }
    }
    COLUMNS { sum[c] += some[c]; }
  }
  for (int block = 0; block < PARTS; block += 32) {
    const int end = block + 32 < PARTS ? block + 32 : PARTS;
    float some[LANES];
    COLUMNS { some[c] = 0.0f; }
    for (int p = block; p < end; p++) {
      GLOBAL const float* from = parts + (size_t)p * (2 * C) + col;
      const float rows = p == PARTS - 1 ? N - (PARTS - 1) * PART : PART;
      COLUMNS {
        const float d = from[c] / rows - sum[c] / N;
        some[c] += fma(rows * d, d, from[C + c]);
      }
    }
    COLUMNS { spread[c] += some[c]; }
  }
  for (int c = first; c < col + LANES; c++) {
    mean[c] = PROLOGUE_X(0, c) + sum[c - col] / N;
    var[c] = spread[c - col] / N;
  }
}

KERNEL void batch_norm_apply(PARAMS) {
  const int first = GROUP_X * PART;
  const int end = first + PART < N ? first + PART : N;
#if C >= 16
  for (int strip = 0; strip < C; strip += 16 * STRIP) {
    int col[STRIP];
    float16 average[STRIP];
    float16 scale[STRIP];
    float16 shift[STRIP];
    STRIPS {
      col[s] = strip + 16 * s < C - 16 ? strip + 16 * s : C - 16;
      average[s] = vload16(0, mean + col[s]);
      scale[s] = vload16(0, gamma + col[s]) / sqrt(vload16(0, var + col[s]) + EPSILON);
      shift[s] = vload16(0, beta + col[s]);
    }
    for (int n = first; n < end; n++) {
      STRIPS {
        const int from = strip + 16 * s;
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
  }
#else
  float average[C];
  float scale[C];
  float shift[C];
  COLUMNS {
    average[c] = mean[c];
    scale[c] = gamma[c] / sqrt(var[c] + EPSILON);
    shift[c] = beta[c];
  }
  for (int n = first; n < end; n++) {
    COLUMNS {
      const float v = fma(PROLOGUE_X(n, c) - average[c], scale[c], shift[c]);
      EPILOGUE(n, c, v);
    }
  }
#endif
}
