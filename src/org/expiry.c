/* org/expiry.c: the part of the server that erases what has been kept as long as it may be, hour by hour. */
#include "jobs/repeat.h"
#include "org/settings_routes.h"
#include "record/expire.h"
#include "serve/server.h"

enum { EVERY_MS = 3600 * 1000 };

struct expiry {
    struct cox_server *server;
    struct cox_repeat *repeat;
};

static bool goes_on(void *ctx)
{
    const struct expiry *expiry = ctx;

    return cox_repeat_goes_on(expiry->repeat);
}

static void expire(void *ctx)
{
    const struct expiry *expiry = ctx;
    struct cox_expire_report report = {0};
    struct cox_err err = {0};
    enum cox_rc rc = cox_expire(cox_server_store(expiry->server), goes_on, ctx, &report, &err);

    if (rc != COX_OK || report.record_count > 0) {
        COX_LOG_EVENT(cox_server_log(expiry->server), rc == COX_OK ? COX_LOG_INFO : COX_LOG_WARN,
            "expire", COX_LOGT("code", cox_text_of(cox_rc_name(rc))),
            COX_LOGI("records", report.record_count));
    }
}

static enum cox_rc open_expiry(struct cox_server *server, void **ret_state, struct cox_err *reterr)
{
    struct expiry *expiry = cox_memory_alloc(sizeof(*expiry));
    enum cox_rc rc;

    if (expiry == NULL) {
        return cox_no_memory(reterr);
    }
    *expiry = (struct expiry){.server = server};
    /* Whoever has just started it is served first. */
    rc = cox_repeat_open(expire, expiry, cox_server_limit_table(server)->expire_ms, EVERY_MS,
        &expiry->repeat, reterr);
    if (rc != COX_OK) {
        cox_memory_free(expiry);
        return rc;
    }
    *ret_state = expiry;
    return COX_OK;
}

static void close_expiry(void *state)
{
    struct expiry *expiry = state;

    if (expiry != NULL) {
        cox_repeat_close(expiry->repeat);
        cox_memory_free(expiry);
    }
}

const struct cox_part cox_part_expiry = {
    .name = "expiry", .open = open_expiry, .close = close_expiry};
