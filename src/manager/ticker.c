/* manager/ticker.c: see ticker.h. */
#include "manager/ticker.h"

#include <pthread.h>
#include <time.h>

#include "record/switches.h"
#include "serve/server.h"

struct cox_ticker {
    struct cox_server *server;
    const struct cox_tick *tick;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t is_over;
    bool is_closing; /* under the lock */
};

/* false: the ticker closes. */
static bool rest(struct cox_ticker *ticker, unsigned seconds)
{
    struct timespec until;
    bool goes_on;
    int rc = 0;

    (void)clock_gettime(CLOCK_MONOTONIC, &until); /* cannot fail */
    until.tv_sec += (time_t)seconds;
    (void)pthread_mutex_lock(&ticker->lock); /* cannot fail: initialised, not recursive */
    while (!ticker->is_closing && rc == 0) {
        rc = pthread_cond_timedwait(&ticker->is_over, &ticker->lock, &until);
    }
    goes_on = !ticker->is_closing;
    (void)pthread_mutex_unlock(&ticker->lock); /* likewise */
    return goes_on;
}

static void *run(void *ctx)
{
    struct cox_ticker *ticker = ctx;
    const struct cox_tick *tick = ticker->tick;

    for (bool goes_on = rest(ticker, tick->first_s); goes_on;
         goes_on = rest(ticker, tick->every_s)) {
        struct cox_err err = {0};

        if (cox_store_is_off(cox_server_store(ticker->server), tick->feature)) {
            continue;
        }
        if (tick->run(ticker->server, &err) != COX_OK) {
            COX_LOG_EVENT(cox_server_log(ticker->server), COX_LOG_WARN, tick->name,
                COX_LOGT("code", cox_text_of(cox_rc_name(err.rc))));
        }
    }
    return NULL;
}

enum cox_rc cox_ticker_open(struct cox_server *server, const struct cox_tick *tick,
    struct cox_ticker **ret_ticker, struct cox_err *reterr)
{
    struct cox_ticker *ticker = cox_memory_alloc(sizeof(*ticker));
    pthread_condattr_t attributes;

    if (ticker == NULL) {
        return cox_no_memory(reterr);
    }
    *ticker = (struct cox_ticker){.server = server, .tick = tick};
    (void)pthread_mutex_init(&ticker->lock, NULL); /* default attributes: cannot fail */
    (void)pthread_condattr_init(&attributes);      /* likewise, and what follows */
    (void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&ticker->is_over, &attributes);
    (void)pthread_condattr_destroy(&attributes);
    if (pthread_create(&ticker->thread, NULL, run, ticker) != 0) {
        cox_memory_free(ticker);
        return cox_fail(reterr, COX_NO_MEMORY, "a thread cannot be made");
    }
    *ret_ticker = ticker;
    return COX_OK;
}

void cox_ticker_close(struct cox_ticker *ticker)
{
    if (ticker == NULL) {
        return;
    }
    (void)pthread_mutex_lock(&ticker->lock); /* cannot fail */
    ticker->is_closing = true;
    (void)pthread_cond_signal(&ticker->is_over);
    (void)pthread_mutex_unlock(&ticker->lock); /* likewise */
    (void)pthread_join(ticker->thread, NULL);  /* ours, joined once */
    cox_memory_free(ticker);
}
