/* command/as_of.c: the values of --as-of. */
#include "base/zone.h"
#include "command/command.h"
#include "record/query.h"
#include "sales/opportunity.h"

struct ask {
    struct cox_text text;
    struct cox_as_of as_of;
};

/* The store finds the commit's own instant. */
static enum cox_rc of_commit(struct ask *ask, struct cox_err *reterr)
{
    for (size_t i = 4; i < ask->text.size; i++) {
        int64_t digit = ask->text.ptr[i] - '0';
        if (digit < 0 || digit > 9 || i > 18) {
            return cox_fail_at(reterr, COX_INVALID, "as-of", 0, "a commit is written seq:123");
        }
        ask->as_of.seq = ask->as_of.seq * 10 + digit;
    }
    return COX_OK;
}

/* The last closing's day when it lies more than a month back: where an old export ends. Else now. */
static enum cox_rc of_last(struct cox_call *call, struct ask *ask, struct cox_err *reterr)
{
    enum { RECENT_DAYS = 31 };
    const struct cox_query query = {.entity = &cox_opportunity,
        .limit = 1,
        .order_count = 1,
        .order = {{COX_OPPORTUNITY_CLOSED_DAY, true}}};
    struct cox_page page;
    int64_t day;

    COX_TRY(cox_list(call, &query, &page, reterr));
    day = page.count == 0 ? COX_NULL : cox_row_int(&page.rows[0], COX_OPPORTUNITY_CLOSED_DAY);
    if (day != COX_NULL && day < cox_call_today(call) - RECENT_DAYS) {
        ask->as_of.at_us = cox_zone_day_start(cox_call_zone(call), day + 1) - 1;
    }
    return COX_OK;
}

static enum cox_rc resolve(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct ask *ask = ctx;
    const struct cox_date_opt opt = {.order = COX_DATE_YMD};
    const struct cox_zone *zone = cox_call_zone(call);
    struct cox_stamp stamp;
    struct cox_err why;

    if (cox_text_same(ask->text, COX_LIT("last"))) {
        return of_last(call, ask, reterr);
    }
    if (cox_text_starts(ask->text, COX_LIT("seq:"))) {
        return of_commit(ask, reterr);
    }
    if (cox_stamp_parse(ask->text, &opt, &stamp, &why) != COX_OK) {
        return cox_fail_at(reterr, COX_INVALID, "as-of", 0,
            "%s; write 2026-03-05, 2026-03-05T14:15, seq:123 or last", why.text);
    }
    if (stamp.has_time) {
        return cox_instant_parse(ask->text, &opt, zone, &ask->as_of.at_us, reterr);
    }
    ask->as_of.at_us =
        cox_zone_day_start(zone, stamp.day < COX_DAY_MAX ? stamp.day + 1 : stamp.day) - 1;
    return COX_OK;
}

enum cox_rc cox_cli_as_of(struct cox_store *store, const char *text, struct cox_as_of *ret_as_of,
    struct cox_err *reterr)
{
    const struct cox_read_opt opt = cox_cli_read_opt();
    struct ask ask = {.text = cox_text_of(text)};

    if (text != NULL) {
        COX_TRY(cox_store_read(store, &opt, resolve, &ask, reterr));
    }
    *ret_as_of = ask.as_of;
    return COX_OK;
}
