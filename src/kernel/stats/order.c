/* kernel/stats/order.c: bottom-up merge sort of rows by key, and of values. */
#include "kernel/stats/order.h"

#include <math.h>
#include <string.h>

static void merge_rows(const double *key, const uint32_t *from, size_t low, size_t mid, size_t high,
    uint32_t *to)
{
    size_t a = low, b = mid;

    for (size_t i = low; i < high; i++) {
        if (a < mid && (b >= high || key[from[a]] <= key[from[b]])) {
            to[i] = from[a++];
        } else {
            to[i] = from[b++];
        }
    }
}

void cox_order_doubles(const double *key, size_t count, uint32_t *ret_order, uint32_t *scratch)
{
    uint32_t *from = ret_order, *to = scratch;

    for (size_t i = 0; i < count; i++) {
        ret_order[i] = (uint32_t)i;
    }
    for (size_t width = 1; width < count; width *= 2) {
        for (size_t low = 0; low < count; low += 2 * width) {
            size_t mid = low + width < count ? low + width : count;
            size_t high = mid + width < count ? mid + width : count;
            merge_rows(key, from, low, mid, high, to);
        }
        uint32_t *swap = from;
        from = to;
        to = swap;
    }
    if (from != ret_order) {
        memcpy(ret_order, from, count * sizeof(*ret_order));
    }
}

static void merge_values(const double *from, size_t low, size_t mid, size_t high, double *to)
{
    size_t a = low, b = mid;

    for (size_t i = low; i < high; i++) {
        if (a < mid && (b >= high || from[a] <= from[b])) {
            to[i] = from[a++];
        } else {
            to[i] = from[b++];
        }
    }
}

void cox_sort_doubles(double *value, size_t count, double *scratch)
{
    double *from = value, *to = scratch;

    for (size_t width = 1; width < count; width *= 2) {
        for (size_t low = 0; low < count; low += 2 * width) {
            size_t mid = low + width < count ? low + width : count;
            size_t high = mid + width < count ? mid + width : count;
            merge_values(from, low, mid, high, to);
        }
        double *swap = from;
        from = to;
        to = swap;
    }
    if (from != value) {
        memcpy(value, from, count * sizeof(*value));
    }
}

double cox_sorted_quantile(const double *sorted, size_t count, double p)
{
    double place = p * (double)(count - 1);
    size_t low = (size_t)floor(place);
    size_t high = low + 1 < count ? low + 1 : low;

    return sorted[low] + (place - (double)low) * (sorted[high] - sorted[low]);
}
