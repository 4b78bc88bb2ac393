// SPDX-License-Identifier: Apache-2.0
// Sums in a group of 256 work-items that lie in rows of some columns: item = row * columns + column.
#ifndef GANDER_COLUMN_TREE_H
#define GANDER_COLUMN_TREE_H

// Adds up the totals of the work-items of each column in a halving tree; all of them then have their column's sum.
// partial is local memory for 256 numbers; columns is a power of two.
#define SUM_COLUMNS(partial, total, column, columns) \
  partial[item] = total;                             \
  BARRIER();                                         \
  for (int h = 128; h >= (columns); h >>= 1) {       \
    if (item < h) {                                  \
      partial[item] += partial[item + h];            \
    }                                                \
    BARRIER();                                       \
  }                                                  \
  total = partial[column];                           \
  BARRIER();

#endif
