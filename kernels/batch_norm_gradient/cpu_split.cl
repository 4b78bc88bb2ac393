//! batch_norm_gradient: both sums over parts of PART rows; these are joined; then dx, part by part
//! device  opencl cpu
//! tune    PART = 256 64 128
//! default N < 64 * units ? PART = 64
//! prefer  C < 16 || N >= 1024 && N * C >= 131072 ? 1 : 0 - 1
//! scratch parts 8 * ceil(N, PART) * C
//! pass    batch_norm_gradient_parts
//! grid    ceil(N, PART)
//! pass    batch_norm_gradient_join
//! grid    ceil(C, 16)
//! pass    batch_norm_gradient_apply
//! grid    ceil(N, PART)
// SPDX-License-Identifier: Apache-2.0

// parts [PARTS,2,C]: sums of dy, and of dy (x - mean)
#define PARTS ((N + PART - 1) / PART)
#define LANES (C < 16 ? C : 16) // columns joined together
#define STRIP (C < 32 ? 1 : C < 64 ? 2 : 4) // vectors of one row read together, for long reads

#define STRIPS _Pragma("unroll") for (int s = 0; s < STRIP; s++)
#define COLUMNS _Pragma("unroll") for (int c = 0; c < LANES; c++)

KERNEL void batch_norm_gradient_parts(PARAMS) {
  const int first = GROUP_X * PART;
  const int end = first + PART < N ? first + PART : N;
  GLOBAL float* to = parts + (size_t)GROUP_X * (2 * C);
#if C >= 16
  for (int strip = 0; strip < C; strip += 16 * STRIP) {
    int col[STRIP]; // a vector that would stick out at the right starts further left
    float16 average[STRIP];
    float16 beta_sum[STRIP];
    float16 gamma_sum[STRIP];
    STRIPS {
      col[s] = strip + 16 * s < C - 16 ? strip + 16 * s : C - 16;
      average[s] = vload16(0, mean + col[s]);
      beta_sum[s] = (float16)(0.0f);
      gamma_sum[s] = (float16)(0.0f);
    }
    for (int n = first; n < end; n++) {
      STRIPS {
        const float16 d = PROLOGUE_DY16(n, col[s]);
        beta_sum[s] += d;
        gamma_sum[s] = fma(d, vload16(0, x + (size_t)n * C + col[s]) - average[s], gamma_sum[s]);
      }
    }
    STRIPS {
      vstore16(beta_sum[s], 0, to + col[s]);
      vstore16(gamma_sum[s], 0, to + C + col[s]);
    }
  }
#else
  float average[C];
  float beta_sum[C];
  float gamma_sum[C];
  COLUMNS {
    average[c] = mean[c];
    beta_sum[c] = 0.0f;
    gamma_sum[c] = 0.0f;
  }
  for (int n = first; n < end; n++) {
    COLUMNS {
      const float d = PROLOGUE_DY(n, c);
      beta_sum[c] += d;
      gamma_sum[c] = fma(d, x[(size_t)n * C + c] - average[c], gamma_sum[c]);
    }
  }
  COLUMNS {
    to[c] = beta_sum[c];
    to[C + c] = gamma_sum[c];
  }
#endif
}

KERNEL void batch_norm_gradient_join(PARAMS) {
  const int first = GROUP_X * 16;
  const int col = first < C - LANES ? first : C - LANES;
  float beta_sum[LANES];
  float gamma_sum[LANES];
  COLUMNS {
    beta_sum[c] = 0.0f;
    gamma_sum[c] = 0.0f;
  }
  for (int block = 0; block < PARTS; block += 32) { // 32 at a time, to keep rounding errors small
    const int end = block + 32 < PARTS ? block + 32 : PARTS;
    float beta_some[LANES];
    float gamma_some[LANES];
    COLUMNS {
      beta_some[c] = 0.0f;
      gamma_some[c] = 0.0f;
    }
    for (int p = block; p < end; p++) {
      GLOBAL const float* from = parts + (size_t)p * (2 * C) + col;
      COLUMNS {
        beta_some[c] += from[c];
        gamma_some[c] += from[C + c];
      }
    }
    COLUMNS {
      beta_sum[c] += beta_some[c];
      gamma_sum[c] += gamma_some[c];
    }
  }
  for (int c = first; c < col + LANES; c++) {
    dbeta[c] = beta_sum[c - col];
    dgamma[c] = gamma_sum[c - col] / sqrt(var[c] + EPSILON);
  }
}

KERNEL void batch_norm_gradient_apply(PARAMS) {
  const int first = GROUP_X * PART;
  const int end = first + PART < N ? first + PART : N;
#if C >= 16
  for (int strip = 0; strip < C; strip += 16 * STRIP) {
    int col[STRIP];
    float16 average[STRIP];
    float16 scale[STRIP];
    float16 slope[STRIP];
    float16 shift[STRIP];
    STRIPS {
      col[s] = strip + 16 * s < C - 16 ? strip + 16 * s : C - 16;
      average[s] = vload16(0, mean + col[s]);
      const float16 rstd = 1.0f / sqrt(vload16(0, var + col[s]) + EPSILON);
      scale[s] = vload16(0, gamma + col[s]) * rstd;
      slope[s] = rstd * vload16(0, dgamma + col[s]) / (float)N;
      shift[s] = vload16(0, dbeta + col[s]) / (float)N;
    }
    for (int n = first; n < end; n++) {
      STRIPS {
        const int from = strip + 16 * s;
        const float16 d = PROLOGUE_DY16(n, col[s]);
        const float16 pull = fma(vload16(0, x + (size_t)n * C + col[s]) - average[s], slope[s], shift[s]);
        const float16 v = scale[s] * (d - pull);
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
  float slope[C];
  float shift[C];
  COLUMNS {
    const float rstd = 1.0f / sqrt(var[c] + EPSILON);
    average[c] = mean[c];
    scale[c] = gamma[c] * rstd;
    slope[c] = rstd * dgamma[c] / (float)N;
    shift[c] = dbeta[c] / (float)N;
  }
  for (int n = first; n < end; n++) {
    COLUMNS {
      const float d = PROLOGUE_DY(n, c);
      const float pull = fma(x[(size_t)n * C + c] - average[c], slope[c], shift[c]);
      const float v = scale[c] * (d - pull);
      EPILOGUE(n, c, v);
    }
  }
#endif
}
