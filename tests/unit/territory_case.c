/* tests/unit/territory_case.c: see the header. */
#include "territory_case.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"

static void *block(size_t size)
{
    void *ptr = calloc(1, size > 0 ? size : 1);

    assert(ptr != NULL);
    return ptr;
}

static void draw_accounts(struct territory_case *kase, size_t n, size_t k,
    struct cox_random *random)
{
    for (size_t i = 0; i < n; i++) {
        kase->x[i] = (double)cox_random_below(random, 500000);
        kase->y[i] = (double)cox_random_below(random, 500000);
        kase->visits[i] = (double)cox_random_range(random, 4, 24);
        kase->work[i] = kase->visits[i] * (double)cox_random_range(random, 30, 90);
        kase->potential[i] = (double)cox_random_range(random, 1000, 20000);
        kase->owner[i] = cox_random_chance(random, 0.8) ? (uint32_t)cox_random_below(random, k)
                                                        : COX_TERRITORY_NONE;
        kase->relation_km[i] = (double)cox_random_below(random, 200);
        kase->need[i] = cox_random_chance(random, 0.2) ? 1U << cox_random_below(random, 2) : 0;
    }
}

void territory_case_open(struct territory_case *kase, size_t n, size_t k, uint64_t seed)
{
    struct cox_random random;

    *kase = (struct territory_case){.workspace = NULL};
    cox_random_init(&random, seed);
    kase->x = block(n * sizeof(double));
    kase->y = block(n * sizeof(double));
    kase->visits = block(n * sizeof(double));
    kase->work = block(n * sizeof(double));
    kase->potential = block(n * sizeof(double));
    kase->relation_km = block(n * sizeof(double));
    kase->owner = block(n * sizeof(uint32_t));
    kase->need = block(n * sizeof(uint32_t));
    kase->fixed = block(n);
    kase->home_x = block(k * sizeof(double));
    kase->home_y = block(k * sizeof(double));
    kase->share = block(k * sizeof(double));
    kase->skills = block(k * sizeof(uint32_t));
    kase->plan.rep = block(n * sizeof(uint32_t));
    kase->plan.work_price = block(k * sizeof(double));
    kase->plan.potential_price = block(k * sizeof(double));
    draw_accounts(kase, n, k, &random);
    for (size_t j = 0; j < k; j++) {
        kase->home_x[j] = (double)cox_random_below(&random, 500000);
        kase->home_y[j] = (double)cox_random_below(&random, 500000);
        kase->share[j] = cox_random_chance(&random, 0.2) ? 0.8 : 1;
        kase->skills[j] = j % 3 == 0 ? 3 : (uint32_t)cox_random_below(&random, 4);
    }
    kase->problem = (struct cox_territory_problem){
        .account_count = n,
        .rep_count = k,
        .x = kase->x,
        .y = kase->y,
        .visits = kase->visits,
        .work = kase->work,
        .potential = kase->potential,
        .relation_km = kase->relation_km,
        .owner = kase->owner,
        .need = kase->need,
        .fixed = kase->fixed,
        .home_x = kase->home_x,
        .home_y = kase->home_y,
        .share = kase->share,
        .skills = kase->skills,
        .work_tol = 0.05,
        .potential_tol = 0.10,
        .relation_factor = 1,
    };
}

void territory_case_close(struct territory_case *kase)
{
    free(kase->x);
    free(kase->y);
    free(kase->visits);
    free(kase->work);
    free(kase->potential);
    free(kase->relation_km);
    free(kase->owner);
    free(kase->need);
    free(kase->fixed);
    free(kase->home_x);
    free(kase->home_y);
    free(kase->share);
    free(kase->skills);
    free(kase->plan.rep);
    free(kase->plan.work_price);
    free(kase->plan.potential_price);
    free(kase->workspace);
}

enum cox_rc territory_case_solve(struct territory_case *kase, const struct cox_territory_opt *opt,
    const struct cox_territory_host *host)
{
    free(kase->workspace);
    kase->workspace_size = cox_territory_workspace_size(&kase->problem);
    kase->workspace = malloc(kase->workspace_size);
    assert(kase->workspace != NULL);
    memset(kase->workspace, 0xA5, kase->workspace_size);
    return cox_territory_solve(&kase->problem, opt, host, kase->workspace, kase->workspace_size,
        &kase->plan, &kase->err);
}

struct crew {
    void (*body)(void *, size_t);
    void *arg;
    size_t count, next;
};

static void *crew_work(void *ctx)
{
    struct crew *crew = ctx;

    for (;;) {
        size_t at = __atomic_fetch_add(&crew->next, 1, __ATOMIC_RELAXED);

        if (at >= crew->count) {
            return NULL;
        }
        crew->body(crew->arg, at);
    }
}

static void crew_run(void *ctx, size_t count, void (*body)(void *, size_t), void *arg)
{
    const size_t *thread_count = ctx;
    struct crew crew = {body, arg, count, 0};
    pthread_t thread[16];

    assert(*thread_count <= 16);
    for (size_t t = 1; t < *thread_count; t++) {
        assert(pthread_create(&thread[t], NULL, crew_work, &crew) == 0);
    }
    (void)crew_work(&crew); /* always NULL */
    for (size_t t = 1; t < *thread_count; t++) {
        assert(pthread_join(thread[t], NULL) == 0);
    }
}

struct cox_territory_host territory_case_host(size_t *thread_count)
{
    return (struct cox_territory_host){.ctx = thread_count, .parallel_for = crew_run};
}
