/*
 * tests/fuzz/fuzz.h: what a fuzz target is: a function over any bytes, which aborts when something
 * is not as it should be. libFuzzer drives it (clang, see meson.build), or replay.c in every build.
 */
#ifndef COX_TESTS_FUZZ_FUZZ_H
#define COX_TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
