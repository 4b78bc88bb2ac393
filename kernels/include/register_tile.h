// SPDX-License-Identifier: Apache-2.0
// A tile of sums in the registers of OpenCL CPU devices: rows of VECS vectors of 16 columns, `float16 sum[rows][VECS]`.
// Between one stretch of the depth and the next it lies in memory, its rows `line` vectors apart.
#ifndef GANDER_REGISTER_TILE_H
#define GANDER_REGISTER_TILE_H

#define G_EACH_SUM(rows, statement)                      \
  {                                                      \
    _Pragma("unroll") for (int i = 0; i < (rows); i++) { \
      _Pragma("unroll") for (int x = 0; x < VECS; x++) { \
        statement;                                       \
      }                                                  \
    }                                                    \
  }

#define G_ZERO_SUMS(sum, rows) G_EACH_SUM(rows, sum[i][x] = (float16)(0.0f))
#define G_LOAD_SUMS(sum, rows, from, line) G_EACH_SUM(rows, sum[i][x] = (from)[i * (line) + x])
#define G_STORE_SUMS(sum, rows, to, line) G_EACH_SUM(rows, (to)[i * (line) + x] = sum[i][x])

// Adds a[i * a_row + d * a_step] times vector x of depth d, for all d below depth; the last argument is that vector, an
// expression of d and x.
#define G_ADD_PRODUCTS(sum, rows, a, a_row, a_step, depth, b)               \
  {                                                                         \
    _Pragma("unroll 4") for (int d = 0; d < (depth); d++) {                 \
      float16 bv[VECS];                                                     \
      _Pragma("unroll") for (int x = 0; x < VECS; x++) {                    \
        bv[x] = b;                                                          \
      }                                                                     \
      _Pragma("unroll") for (int i = 0; i < (rows); i++) {                  \
        const float16 av = (float16)((a)[i * (a_row) + d * (a_step)]);      \
        _Pragma("unroll") for (int x = 0; x < VECS; x++) {                  \
          sum[i][x] = fma(av, bv[x], sum[i][x]);                            \
        }                                                                   \
      }                                                                     \
    }                                                                       \
  }

#endif
