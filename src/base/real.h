/* base/real.h: which reals the statistics take. */
#ifndef COX_BASE_REAL_H
#define COX_BASE_REAL_H

/* The largest magnitude: sums of its squares, and products of two such sums, are still finite. */
#define COX_REAL_MAX 1e75

#endif
