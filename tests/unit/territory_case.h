/* tests/unit/territory_case.h: small random territory problems, and plans with room for the answer. */
#ifndef COX_TESTS_TERRITORY_CASE_H
#define COX_TESTS_TERRITORY_CASE_H

#include "kernel/territory/solve.h"

/* A problem whose arrays may be changed, and what a solver needs. Everything is malloced. */
struct territory_case {
    struct cox_territory_problem problem;
    double *x, *y, *visits, *work, *potential, *relation_km, *home_x, *home_y, *share;
    uint32_t *owner, *need, *skills;
    uint8_t *fixed;
    struct cox_territory_plan plan;
    void *workspace;
    size_t workspace_size;
    struct cox_err err;
};

/* n accounts and k reps on a square of 500 km, deterministic by seed; owners, skills, no fixed ones. */
void territory_case_open(struct territory_case *kase, size_t n, size_t k, uint64_t seed);
void territory_case_close(struct territory_case *kase);

/* Solves with exactly the workspace asked for. */
enum cox_rc territory_case_solve(struct territory_case *kase, const struct cox_territory_opt *opt,
    const struct cox_territory_host *host);

/* A host that runs the pieces on thread_count threads. */
struct cox_territory_host territory_case_host(size_t *thread_count);

#endif
