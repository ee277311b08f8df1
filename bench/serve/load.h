/*
 * bench/serve/load.h: a load client: one thread, many kept connections, the next request on each as soon as its
 * reply is in. Made for these benches: replies must have a Content-Length.
 */
#ifndef COX_BENCH_LOAD_H
#define COX_BENCH_LOAD_H

#include <stddef.h>
#include <stdint.h>

struct load {
    uint16_t port;
    const char *const *requests; /* as sent, terminated; connection i starts at the i-th */
    size_t request_count;
    int connections;
    double seconds;
};

struct load_result {
    double per_second, p50_ms, p99_ms, longest_ms;
    uint64_t count, refused; /* refused: replies that are not 2xx */
    int stuck;               /* connections without a reply in the last two seconds */
    size_t reply_size;       /* body of the last one */
};

/* Exits with a sentence when it cannot connect. */
void load_run(const struct load *load, struct load_result *ret_result);

#endif
