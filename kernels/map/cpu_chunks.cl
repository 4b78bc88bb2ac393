//! map: each work-item takes CHUNK elements: a piece of one row, or as many short rows
//! device  opencl cpu
//! tune    CHUNK = 2048 512 1024 4096 8192
//! grid    ceil(COLS, CHUNK)  ceil(ROWS, max(1, CHUNK / COLS))
// SPDX-License-Identifier: Apache-2.0

KERNEL void map(PARAMS) {
#if COLS <= CHUNK // constant bounds: the compiler makes vectors of short rows, and of a single column
  const int first = 0;
  const int end = COLS;
  const int step = CHUNK / COLS;
#else
  const int first = GROUP_X * CHUNK;
  const int end = first + CHUNK < COLS ? first + CHUNK : COLS;
  const int step = 1;
#endif
  const int first_row = GROUP_Y * step;
  const int end_row = first_row + step < ROWS ? first_row + step : ROWS;
  for (int row = first_row; row < end_row; row++) {
    int col = first;
#if VECTORS
    for (; col + 16 <= end; col += 16) {
      MAP16(row, col);
    }
#endif
    for (; col < end; col++) {
      MAP(row, col);
    }
  }
}
