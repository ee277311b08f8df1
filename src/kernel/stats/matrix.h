/* kernel/stats/matrix.h: small dense symmetric systems, row by row in one array. */
#ifndef COX_KERNEL_STATS_MATRIX_H
#define COX_KERNEL_STATS_MATRIX_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Lower Cholesky factor of the symmetric count x count matrix a, in place (the upper part is left
 * as it was). false when a is not positive definite; a is then half overwritten.
 */
bool cox_cholesky(double *a, size_t count);

/* Solves L L' x = b in place, with the factor from cox_cholesky. */
void cox_cholesky_solve(const double *factor, size_t count, double *b);

/* log of the determinant of the matrix whose factor this is. */
double cox_cholesky_log_det(const double *factor, size_t count);

#endif
