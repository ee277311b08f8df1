/* org/expiry.c: the part of the server that erases what has been kept as long as it may be, hour by hour. */
#include <pthread.h>
#include <time.h>

#include "org/settings_routes.h"
#include "record/expire.h"
#include "serve/server.h"

enum { EVERY_MS = 3600 * 1000 };

struct expiry {
    struct cox_server *server;
    pthread_t thread;
    pthread_mutex_t lock; /* guards is_stopping */
    pthread_cond_t woken;
    bool is_stopping;
};

static bool goes_on(void *ctx)
{
    struct expiry *expiry = ctx;
    bool is_stopping;

    (void)pthread_mutex_lock(&expiry->lock); /* cannot fail: initialised, not recursive */
    is_stopping = expiry->is_stopping;
    (void)pthread_mutex_unlock(&expiry->lock); /* likewise */
    return !is_stopping;
}

/* False: the server stops. */
static bool wait_ms(struct expiry *expiry, unsigned ms)
{
    struct timespec until;
    bool is_stopping;
    int rc = 0;

    (void)clock_gettime(CLOCK_MONOTONIC, &until); /* cannot fail */
    until.tv_sec += ms / 1000 + (until.tv_nsec + ms % 1000 * 1000000L >= 1000000000L);
    until.tv_nsec = (until.tv_nsec + ms % 1000 * 1000000L) % 1000000000L;
    (void)pthread_mutex_lock(&expiry->lock); /* cannot fail */
    while (!expiry->is_stopping && rc == 0) {
        rc = pthread_cond_timedwait(&expiry->woken, &expiry->lock, &until);
    }
    is_stopping = expiry->is_stopping;
    (void)pthread_mutex_unlock(&expiry->lock); /* likewise */
    return !is_stopping;
}

static void *run(void *ctx)
{
    struct expiry *expiry = ctx;
    /* Whoever has just started it is served first. */
    unsigned ms = cox_server_limit_table(expiry->server)->expire_ms;

    while (wait_ms(expiry, ms)) {
        struct cox_expire_report report = {0};
        struct cox_err err = {0};
        enum cox_rc rc =
            cox_expire(cox_server_store(expiry->server), goes_on, expiry, &report, &err);
        if (rc != COX_OK || report.record_count > 0) {
            COX_LOG_EVENT(cox_server_log(expiry->server),
                rc == COX_OK ? COX_LOG_INFO : COX_LOG_WARN, "expire",
                COX_LOGT("code", cox_text_of(cox_rc_name(rc))),
                COX_LOGI("records", report.record_count));
        }
        ms = EVERY_MS;
    }
    return NULL;
}

static enum cox_rc open_expiry(struct cox_server *server, void **ret_state, struct cox_err *reterr)
{
    struct expiry *expiry = cox_memory_alloc(sizeof(*expiry));
    pthread_condattr_t clock;

    if (expiry == NULL) {
        return cox_no_memory(reterr);
    }
    *expiry = (struct expiry){.server = server};
    (void)pthread_condattr_init(&clock); /* these cannot fail with such values */
    (void)pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&expiry->woken, &clock);
    (void)pthread_condattr_destroy(&clock);
    (void)pthread_mutex_init(&expiry->lock, NULL);
    if (pthread_create(&expiry->thread, NULL, run, expiry) != 0) {
        cox_memory_free(expiry);
        return cox_fail(reterr, COX_NO_MEMORY, "a thread for what expires cannot be made");
    }
    *ret_state = expiry;
    return COX_OK;
}

static void close_expiry(void *state)
{
    struct expiry *expiry = state;

    if (expiry == NULL) {
        return;
    }
    (void)pthread_mutex_lock(&expiry->lock); /* cannot fail */
    expiry->is_stopping = true;
    (void)pthread_cond_signal(&expiry->woken);
    (void)pthread_mutex_unlock(&expiry->lock); /* likewise */
    (void)pthread_join(expiry->thread, NULL);  /* ours, joined once */
    cox_memory_free(expiry);
}

const struct cox_part cox_part_expiry = {
    .name = "expiry", .open = open_expiry, .close = close_expiry};
