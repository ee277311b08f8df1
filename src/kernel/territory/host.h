/*
 * kernel/territory/host.h: what the kernels ask of their caller: threads, a time limit, a place to
 * report to, and memory. All may be left out; the plan is the same for any number of threads.
 */
#ifndef COX_KERNEL_TERRITORY_HOST_H
#define COX_KERNEL_TERRITORY_HOST_H

#include <stdbool.h>
#include <stddef.h>

struct cox_territory_progress {
    const char *stage; /* "prices", "rounding" ...: static text */
    double done;       /* 0..1 of the stage */
    double bound_km;   /* best lower bound so far; 0 before there is one */
    double cost_km;    /* best feasible plan so far; 0 before there is one */
};

struct cox_territory_host {
    void *ctx;
    /* Calls body(arg, 0) .. body(arg, count - 1), in any order, on any threads; NULL: a loop. */
    void (*parallel_for)(void *ctx, size_t count, void (*body)(void *arg, size_t index), void *arg);
    /* False: stop soon and return the best so far. Called from any thread; NULL: go on. */
    bool (*keep_going)(void *ctx);
    /* Called from the thread that called the kernel, a few times a second at most; may be NULL. */
    void (*progress)(void *ctx, const struct cox_territory_progress *progress);
};

#endif
