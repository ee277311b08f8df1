/* sales/measure_slip.c: what was due in a period and moved out of it. */
#include "base/zone.h"
#include "sales/measure_parts.h"

int64_t cox_slip_due(const struct cox_book_flow *flow)
{
    int64_t due = flow->opening_count;

    for (int m = 0; m < COX_BOOK_MOVE_COUNT; m++) {
        due += flow->moves[m].in_count > 0 ? flow->moves[m].in_count : 0;
    }
    return due;
}

int64_t cox_slip_out(const struct cox_book_flow *flow)
{
    return -flow->moves[COX_BOOK_PUSHED].in_count;
}

enum cox_rc cox_slip_window(struct cox_call *call, const struct cox_book_generation *generation,
    struct cox_span span, struct cox_book_ask *ask, int64_t *ret_from_us, bool *ret_has_begun,
    struct cox_err *reterr)
{
    const struct cox_zone *zone = cox_call_zone(call);
    int64_t now_us = cox_call_as_of(call).at_us;
    int64_t end_us = cox_zone_day_start(zone, span.to_day) - 1;

    *ret_from_us = cox_zone_day_start(zone, span.from_day) - 1;
    *ret_has_begun = *ret_from_us >= 0 && *ret_from_us <= now_us;
    if (!*ret_has_begun) {
        return COX_OK;
    }
    COX_TRY(cox_book_scope_since(call, generation, *ret_from_us, &ask->scope, reterr));
    ask->close = (struct cox_book_days){(int32_t)span.from_day, (int32_t)span.to_day};
    if (end_us < now_us) {
        ask->at_us = end_us; /* rights stay those of the instant that is read */
    }
    return COX_OK;
}

/* ---- as sums ---- */

/* Owners that belong together: as in a waterfall, by the teams of the frame's day. */
struct groups {
    uint32_t *map;  /* by owner position */
    int64_t *users; /* one of each group */
    size_t count;
    bool by_owner, by_team;
    struct cox_book_flow *flows;
};

static int64_t team_of(const struct cox_measure_reading *r, int64_t user)
{
    return cox_measure_team_of(r->frame, user, r->frame->day);
}

static enum cox_rc make_groups(struct cox_measure_reading *r, struct groups *g,
    struct cox_err *reterr)
{
    size_t owner_count = r->generation->book.owner_count;

    for (size_t at = 0; at < 2; at++) {
        g->by_owner = g->by_owner || r->axes[at].by == COX_BY_OWNER;
        g->by_team = g->by_team || r->axes[at].by == COX_BY_TEAM;
    }
    g->map = COX_NEW_ARRAY(r->arena, owner_count + 1, uint32_t);
    g->users = COX_NEW_ARRAY(r->arena, owner_count + 1, int64_t);
    g->flows = COX_NEW_ARRAY(r->arena, owner_count + 1, struct cox_book_flow);
    if (g->map == NULL || g->users == NULL || g->flows == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < owner_count; i++) {
        int64_t user = r->generation->owners[i];
        size_t at = g->by_owner ? g->count : 0;
        while (g->by_team && at < g->count && team_of(r, g->users[at]) != team_of(r, user)) {
            at++;
        }
        if (at == g->count) {
            g->users[g->count++] = user;
        }
        g->map[i] = (uint32_t)at;
    }
    return COX_OK;
}

static int64_t key_of(const struct cox_measure_reading *r, size_t at, int64_t user, int64_t bucket)
{
    enum cox_measure_by by = r->axes[at].by;

    return by == COX_BY_OWNER           ? user
           : by == COX_BY_TEAM          ? team_of(r, user)
           : cox_measure_by_is_time(by) ? bucket
                                        : 0;
}

static enum cox_rc add_window(struct cox_measure_reading *r, struct groups *g, struct cox_span span,
    int64_t bucket, struct cox_err *reterr)
{
    struct cox_book_ask ask = r->question;
    int64_t from_us;
    bool has_begun;

    COX_TRY(cox_slip_window(r->call, r->generation, span, &ask, &from_us, &has_begun, reterr));
    if (!has_begun) {
        return COX_OK;
    }
    if (g->by_owner || g->by_team) {
        memset(g->flows, 0, g->count * sizeof(*g->flows));
        COX_TRY(cox_book_waterfall_by(&r->generation->book, &ask, from_us, g->map, g->count,
            g->flows, reterr));
    } else {
        COX_TRY(cox_book_waterfall(&r->generation->book, &ask, from_us, NULL, NULL, &g->flows[0],
            reterr));
    }
    for (size_t i = 0; i < (g->by_owner || g->by_team ? g->count : 1); i++) {
        struct cox_measure_row *row;
        if (cox_slip_due(&g->flows[i]) == 0) {
            continue;
        }
        COX_TRY(cox_measure_row_of(r, key_of(r, 0, g->users[i], bucket),
            key_of(r, 1, g->users[i], bucket), &row, reterr));
        row->sums[COX_SUM_SLIP_DUE] += cox_slip_due(&g->flows[i]);
        row->sums[COX_SUM_SLIP_OUT] += cox_slip_out(&g->flows[i]);
    }
    return COX_OK;
}

enum cox_rc cox_measure_add_slips(struct cox_measure_reading *r, struct cox_err *reterr)
{
    struct cox_span period = r->ask->period;
    struct groups g = {0};

    COX_TRY(make_groups(r, &g, reterr));
    for (size_t at = 0; at < 2; at++) {
        const int32_t *bounds = r->frame->bounds[at];
        if (!cox_measure_by_is_time(r->axes[at].by)) {
            continue;
        }
        for (size_t i = 0; i + 1 < r->frame->bound_count[at]; i++) {
            const struct cox_span span = {bounds[i] > period.from_day ? bounds[i] : period.from_day,
                bounds[i + 1] < period.to_day ? bounds[i + 1] : period.to_day};
            COX_TRY(add_window(r, &g, span, bounds[i], reterr));
        }
        return COX_OK;
    }
    return add_window(r, &g, period, 0, reterr);
}
