/* bench/serve/constant.h: the HTTP library with nothing behind it: what any server on it could reach. */
#ifndef COX_BENCH_CONSTANT_H
#define COX_BENCH_CONSTANT_H

#include <stddef.h>
#include <stdint.h>

/* Answers every request with a constant of size bytes, in loop_count threads, each with its own daemon, socket
 * and loop as in serve/. Never returns the threads: ends with its process. */
uint16_t constant_start(size_t size, unsigned loop_count);

#endif
