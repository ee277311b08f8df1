/* kernel/stats/order.h: sorting without allocation, and quantiles of a sample. */
#ifndef COX_KERNEL_STATS_ORDER_H
#define COX_KERNEL_STATS_ORDER_H

#include <stddef.h>
#include <stdint.h>

/*
 * Stable order of count keys, smallest first: ret_order[r] is the row of rank r. NaN must not
 * occur. scratch has count elements too. O(n log n).
 */
void cox_order_doubles(const double *key, size_t count, uint32_t *ret_order, uint32_t *scratch);

/* Sorts value in place; scratch has count elements. */
void cox_sort_doubles(double *value, size_t count, double *scratch);

/* Quantile of sorted values, linear between order statistics (R's type 7); count > 0. */
double cox_sorted_quantile(const double *sorted, size_t count, double p);

#endif
