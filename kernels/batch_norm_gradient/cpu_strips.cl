//! batch_norm_gradient: each work-item owns 16 * STRIP columns: both sums in one walk down the rows, dx in another
//! device  opencl cpu
//! when    C % 16 == 0
//! tune    STRIP = 4 2 1
//! default C <= 32 * units ? STRIP = 1
//! default C < 192 * units ? STRIP = 2
//! grid    ceil(C, 16 * STRIP)
//! note    cpu_split wins where the rows are many and the columns few
// SPDX-License-Identifier: Apache-2.0

// With xhat = (x - mean) / sqrt(var + EPSILON): dbeta = sum dy, dgamma = sum dy xhat and
// dx = gamma / sqrt(var + EPSILON) (dy - (dbeta + xhat dgamma) / N).
#define BLOCK 64 // rows summed on their own, so that rounding errors grow with N / 64 + 64 instead of N

#define STRIPS _Pragma("unroll") for (int s = 0; s < STRIP; s++)

KERNEL void batch_norm_gradient(PARAMS) {
  const int first = GROUP_X * (16 * STRIP);
  int col[STRIP]; // strips beyond the last read that one, and write nothing
  float16 average[STRIP];
  float16 rstd[STRIP];
  float16 beta_sum[STRIP];
  float16 gamma_sum[STRIP];
  STRIPS {
    col[s] = first + 16 * s < C - 16 ? first + 16 * s : C - 16;
    average[s] = vload16(0, mean + col[s]);
    rstd[s] = 1.0f / sqrt(vload16(0, var + col[s]) + EPSILON);
    beta_sum[s] = (float16)(0.0f);
    gamma_sum[s] = (float16)(0.0f);
  }
  for (int block = 0; block < N; block += BLOCK) {
    const int end = block + BLOCK < N ? block + BLOCK : N;
    float16 beta_part[STRIP];
    float16 gamma_part[STRIP];
    STRIPS {
      beta_part[s] = (float16)(0.0f);
      gamma_part[s] = (float16)(0.0f);
    }
    for (int n = block; n < end; n++) {
      STRIPS {
        const float16 d = PROLOGUE_DY16(n, col[s]);
        beta_part[s] += d;
        gamma_part[s] = fma(d, vload16(0, x + (size_t)n * C + col[s]) - average[s], gamma_part[s]);
      }
    }
    STRIPS {
      beta_sum[s] += beta_part[s];
      gamma_sum[s] += gamma_part[s];
    }
  }
  float16 scale[STRIP];
  float16 slope[STRIP];
  float16 shift[STRIP];
  STRIPS {
    gamma_sum[s] *= rstd[s];
    scale[s] = vload16(0, gamma + col[s]) * rstd[s];
    slope[s] = rstd[s] * gamma_sum[s] / (float)N;
    shift[s] = beta_sum[s] / (float)N;
  }
  for (int n = 0; n < N; n++) {
    STRIPS {
      const int from = first + 16 * s;
      const float16 d = PROLOGUE_DY16(n, col[s]);
      const float16 pull = fma(vload16(0, x + (size_t)n * C + col[s]) - average[s], slope[s], shift[s]);
      const float16 v = scale[s] * (d - pull);
      if (from < C) {
        EPILOGUE16(n, from, v);
      }
    }
  }
  STRIPS {
    if (first + 16 * s < C) {
      vstore16(gamma_sum[s], 0, dgamma + col[s]);
      vstore16(beta_sum[s], 0, dbeta + col[s]);
    }
  }
}
