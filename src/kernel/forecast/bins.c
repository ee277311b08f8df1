/* kernel/forecast/bins.c: quantile bins that respect ties. */
#include "kernel/forecast/bins.h"

#include <math.h>

#include "kernel/stats/order.h"

struct cox_bins cox_bins_fit(const double *value, size_t count, size_t bin_max, double *scratch)
{
    struct cox_bins bins = {.count = 1};
    size_t n = 0, in_bin = 0, left, bins_left = bin_max < COX_BINS_MAX ? bin_max : COX_BINS_MAX;

    for (size_t i = 0; i < count; i++) {
        if (!isnan(value[i])) {
            scratch[n++] = value[i];
        }
    }
    cox_sort_doubles(scratch, n, scratch + count);
    left = n;
    for (size_t i = 0; i < n && bins_left > 1;) {
        size_t ties = 1;
        while (i + ties < n && scratch[i + ties] == scratch[i]) {
            ties++;
        }
        /* Close the bin before a value that would overfill it by more than it lacks now. */
        double share = (double)left / (double)bins_left;
        if (in_bin > 0 && (double)(in_bin + ties) - share > share - (double)in_bin) {
            bins.edge[bins.count - 1] = 0.5 * (scratch[i - 1] + scratch[i]);
            bins.count++;
            bins_left--;
            left -= in_bin;
            in_bin = 0;
        }
        in_bin += ties;
        i += ties;
    }
    return bins;
}

size_t cox_bins_code(const struct cox_bins *bins, double value)
{
    size_t low = 0, high = bins->count - 1;

    if (isnan(value)) {
        return bins->count;
    }
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (value <= bins->edge[mid]) {
            high = mid;
        } else {
            low = mid + 1;
        }
    }
    return low;
}
