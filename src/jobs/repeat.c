/* jobs/repeat.c: see repeat.h. */
#include "jobs/repeat.h"

#include <pthread.h>
#include <time.h>

#include "base/arena.h"

struct cox_repeat {
    void (*fn)(void *ctx);
    void *ctx;
    unsigned first_ms, every_ms;
    pthread_t thread;
    pthread_mutex_t lock; /* guards is_stopping */
    pthread_cond_t woken;
    bool is_stopping;
};

bool cox_repeat_goes_on(struct cox_repeat *repeat)
{
    bool is_stopping;

    (void)pthread_mutex_lock(&repeat->lock); /* cannot fail: initialised, not recursive */
    is_stopping = repeat->is_stopping;
    (void)pthread_mutex_unlock(&repeat->lock); /* likewise */
    return !is_stopping;
}

/* False: it stops. */
static bool wait_ms(struct cox_repeat *repeat, unsigned ms)
{
    enum { MS_PER_S = 1000, NS_PER_MS = 1000000, NS_PER_S = 1000000000 };
    struct timespec until;
    bool is_stopping;
    int rc = 0;

    (void)clock_gettime(CLOCK_MONOTONIC, &until); /* cannot fail */
    until.tv_nsec += (long)(ms % MS_PER_S) * NS_PER_MS;
    until.tv_sec += ms / MS_PER_S + until.tv_nsec / NS_PER_S;
    until.tv_nsec %= NS_PER_S;
    (void)pthread_mutex_lock(&repeat->lock); /* cannot fail */
    while (!repeat->is_stopping && rc == 0) {
        rc = pthread_cond_timedwait(&repeat->woken, &repeat->lock, &until);
    }
    is_stopping = repeat->is_stopping;
    (void)pthread_mutex_unlock(&repeat->lock); /* likewise */
    return !is_stopping;
}

static void *run(void *ctx)
{
    struct cox_repeat *repeat = ctx;
    unsigned ms = repeat->first_ms;

    while (wait_ms(repeat, ms)) {
        repeat->fn(repeat->ctx);
        ms = repeat->every_ms;
    }
    return NULL;
}

enum cox_rc cox_repeat_open(void (*fn)(void *ctx), void *ctx, unsigned first_ms, unsigned every_ms,
    struct cox_repeat **ret_ticker, struct cox_err *reterr)
{
    struct cox_repeat *repeat = cox_memory_alloc(sizeof(*repeat));
    pthread_condattr_t clock;

    if (repeat == NULL) {
        return cox_no_memory(reterr);
    }
    *repeat = (struct cox_repeat){.fn = fn, .ctx = ctx, .first_ms = first_ms, .every_ms = every_ms};
    (void)pthread_condattr_init(&clock); /* these cannot fail with such values */
    (void)pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&repeat->woken, &clock);
    (void)pthread_condattr_destroy(&clock);
    (void)pthread_mutex_init(&repeat->lock, NULL);
    *ret_ticker = repeat; /* before the thread begins: fn may ask for it */
    if (pthread_create(&repeat->thread, NULL, run, repeat) != 0) {
        *ret_ticker = NULL;
        cox_memory_free(repeat);
        return cox_fail(reterr, COX_NO_MEMORY, "a thread cannot be made");
    }
    return COX_OK;
}

void cox_repeat_close(struct cox_repeat *repeat)
{
    if (repeat == NULL) {
        return;
    }
    (void)pthread_mutex_lock(&repeat->lock); /* cannot fail */
    repeat->is_stopping = true;
    (void)pthread_cond_signal(&repeat->woken);
    (void)pthread_mutex_unlock(&repeat->lock); /* likewise */
    (void)pthread_join(repeat->thread, NULL);  /* ours, joined once */
    cox_memory_free(repeat);
}
