/*
 * base/random.h: a deterministic generator: the same seed gives the same numbers on every machine
 * that computes IEEE 754 doubles. Not for secrets. One generator belongs to one thread.
 */
#ifndef COX_BASE_RANDOM_H
#define COX_BASE_RANDOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* xoshiro256** seeded by splitmix64. Source: D. Blackman, S. Vigna, "Scrambled linear
 * pseudorandom number generators", ACM TOMS 47, 2021. */
struct cox_random {
    uint64_t state[4];
};

void cox_random_init(struct cox_random *random, uint64_t seed);

/* A generator of its own for a part of the work (worker, entity, row): the same whatever the other
 * parts draw. */
struct cox_random cox_random_part(uint64_t seed, uint64_t part);

uint64_t cox_random_bits(struct cox_random *random);

/* 0..below-1 without bias, below > 0. Source: D. Lemire, "Fast random integer generation in an interval", 2019. */
uint64_t cox_random_below(struct cox_random *random, uint64_t below);

/* from..to, both included, from <= to. */
int64_t cox_random_range(struct cox_random *random, int64_t from, int64_t to);

double cox_random_unit(struct cox_random *random);              /* [0, 1): 53 bits */
bool cox_random_chance(struct cox_random *random, double prob); /* true with prob */

/* Mean 0, variance 1. Inverse of the normal distribution by M. J. Wichura's AS 241 (relative error
 * 1e-16): exactly one draw each. log and exp below are our own, so that libraries do not differ. */
double cox_random_normal(struct cox_random *random);
double cox_random_exponential(struct cox_random *random, double mean); /* mean > 0 */

/* exp(mu + sigma * normal): median exp(mu). */
double cox_random_lognormal(struct cox_random *random, double mu, double sigma);

/* mean 0..1e6; by products of uniforms, in parts of 16 (the sum of Poissons is Poisson). */
int64_t cox_random_poisson(struct cox_random *random, double mean);

/* Position by weight: weights >= 0, not all 0, count > 0. O(count). */
size_t cox_random_pick(struct cox_random *random, const double *weights, size_t count);

/* A random order of count positions, each equally likely. */
void cox_random_shuffle(struct cox_random *random, size_t *positions, size_t count);

#endif
