/* manager/ticker.c: see ticker.h. */
#include "manager/ticker.h"

#include "jobs/repeat.h"
#include "record/switches.h"
#include "serve/server.h"

struct cox_ticker {
    struct cox_server *server;
    const struct cox_tick *tick;
    struct cox_repeat *repeat;
};

static void run(void *ctx)
{
    struct cox_ticker *ticker = ctx;
    const struct cox_tick *tick = ticker->tick;
    struct cox_err err = {0};

    if (!cox_store_is_off(cox_server_store(ticker->server), tick->feature) &&
        tick->run(ticker->server, &err) != COX_OK) {
        COX_LOG_EVENT(cox_server_log(ticker->server), COX_LOG_WARN, tick->name,
            COX_LOGT("code", cox_text_of(cox_rc_name(err.rc))));
    }
}

enum cox_rc cox_ticker_open(struct cox_server *server, const struct cox_tick *tick,
    struct cox_ticker **ret_ticker, struct cox_err *reterr)
{
    enum { MS_PER_S = 1000 };
    struct cox_ticker *ticker = cox_memory_alloc(sizeof(*ticker));
    enum cox_rc rc;

    if (ticker == NULL) {
        return cox_no_memory(reterr);
    }
    *ticker = (struct cox_ticker){.server = server, .tick = tick};
    rc = cox_repeat_open(run, ticker, tick->first_s * MS_PER_S, tick->every_s * MS_PER_S,
        &ticker->repeat, reterr);
    if (rc != COX_OK) {
        cox_memory_free(ticker);
        return rc;
    }
    *ret_ticker = ticker;
    return COX_OK;
}

void cox_ticker_close(struct cox_ticker *ticker)
{
    if (ticker != NULL) {
        cox_repeat_close(ticker->repeat);
        cox_memory_free(ticker);
    }
}
