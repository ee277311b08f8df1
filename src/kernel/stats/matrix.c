/* kernel/stats/matrix.c: Cholesky factor and what is solved with it. */
#include "kernel/stats/matrix.h"

#include <math.h>

bool cox_cholesky(double *a, size_t count)
{
    for (size_t j = 0; j < count; j++) {
        for (size_t i = j; i < count; i++) {
            double sum = a[i * count + j];
            for (size_t k = 0; k < j; k++) {
                sum -= a[i * count + k] * a[j * count + k];
            }
            if (i > j) {
                a[i * count + j] = sum / a[j * count + j];
            } else if (sum > 0.0) {
                a[j * count + j] = sqrt(sum);
            } else {
                return false;
            }
        }
    }
    return true;
}

void cox_cholesky_solve(const double *factor, size_t count, double *b)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < i; k++) {
            b[i] -= factor[i * count + k] * b[k];
        }
        b[i] /= factor[i * count + i];
    }
    for (size_t i = count; i-- > 0;) {
        for (size_t k = i + 1; k < count; k++) {
            b[i] -= factor[k * count + i] * b[k];
        }
        b[i] /= factor[i * count + i];
    }
}

double cox_cholesky_log_det(const double *factor, size_t count)
{
    double sum = 0.0;

    for (size_t i = 0; i < count; i++) {
        sum += 2.0 * log(factor[i * count + i]);
    }
    return sum;
}
