/*
 * bench/bench.h: one line a figure: {bench, metric, value, unit, baseline, ratio, bar, met}. A ratio is
 * value / baseline of the same run; bars are stated as the program calls for them. Shared by all bench programs.
 */
#ifndef COX_BENCH_H
#define COX_BENCH_H

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct bench_line {
    const char *bench, *metric, *unit;
    double value;
    double baseline; /* NaN: none */
    const char *bar; /* in words; NULL: none */
    bool is_met;     /* with a bar */
};

static inline double bench_now(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail for this clock */
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static inline double bench_cpu(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now); /* likewise */
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static inline void bench_print(const struct bench_line *line)
{
    printf("{\"bench\":\"%s\",\"metric\":\"%s\",\"value\":%.6g,\"unit\":\"%s\"", line->bench,
        line->metric, line->value, line->unit);
    if (isnan(line->baseline)) {
        printf(",\"baseline\":null,\"ratio\":null");
    } else {
        printf(",\"baseline\":%.6g,\"ratio\":%.4g", line->baseline, line->value / line->baseline);
    }
    if (line->bar == NULL) {
        printf(",\"bar\":null,\"met\":null}\n");
    } else {
        printf(",\"bar\":\"%s\",\"met\":%s}\n", line->bar, line->is_met ? "true" : "false");
    }
    (void)fflush(stdout);
}

static inline int bench_compare(const void *a, const void *b)
{
    const double *left = a, *right = b;

    return *left < *right ? -1 : *left > *right;
}

/* Sorts values. share 0.5: median, 0.95: p95. */
static inline double bench_quantile(double *values, size_t count, double share)
{
    qsort(values, count, sizeof(*values), bench_compare);
    size_t at = (size_t)(share * (double)(count - 1) + 0.5);
    return values[at];
}

#endif
