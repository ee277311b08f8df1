/* sales/reasons_route.c: why deals were lost in a period, beside what was won. */
#include <stdio.h>
#include <stdlib.h>

#include "base/map.h"
#include "record/query.h"
#include "sales/analysis.h"
#include "sales/opportunity.h"
#include "sales/pipeline.h"
#include "sales/pipeline_route.h"

struct closed {
    int64_t amount_minor;
    bool is_won, is_told;
};

struct reason {
    int64_t id, count, minor; /* id 0: none given */
};

struct reasons {
    struct cox_analysis *a;
    struct cox_imap *by_id; /* deal -> position in closed */
    struct closed *closed;
    size_t count, room;
    struct cox_imap *at_of; /* reason -> position */
    struct reason *at;
    size_t reason_count, reason_room;
    int64_t won_count, won_minor, lost_count, lost_minor;
    bool fits;
};

static enum cox_rc grow(struct cox_arena *arena, void **array, size_t count, size_t *room,
    size_t size, struct cox_err *reterr)
{
    if (count == *room) {
        size_t more = *room == 0 ? 64 : 2 * *room;
        char *bigger = COX_NEW_ARRAY(arena, more * size, char);
        if (bigger == NULL) {
            return cox_no_memory(reterr);
        }
        if (count > 0) {
            memcpy(bigger, *array, count * size);
        }
        *array = bigger;
        *room = more;
    }
    return COX_OK;
}

static enum cox_rc note_closed(void *ctx, const struct cox_book_deal *deal, struct cox_err *reterr)
{
    struct reasons *r = ctx;
    enum cox_book_stage_kind kind = r->a->generation->book.stages[deal->state.stage].kind;
    void *array = r->closed;

    if (kind == COX_BOOK_OPEN) {
        return COX_OK;
    }
    COX_TRY(grow(r->a->x->arena, &array, r->count, &r->room, sizeof(*r->closed), reterr));
    r->closed = array;
    COX_TRY(cox_imap_put(r->by_id, deal->id, r->count, reterr));
    r->closed[r->count++] =
        (struct closed){.amount_minor = deal->state.amount_minor, .is_won = kind == COX_BOOK_WON};
    return COX_OK;
}

static enum cox_rc reason_of(struct reasons *r, int64_t id, struct reason **ret_reason,
    struct cox_err *reterr)
{
    void *array = r->at;
    uint64_t at = r->reason_count;

    if (!cox_imap_find(r->at_of, id, &at)) {
        COX_TRY(
            grow(r->a->x->arena, &array, r->reason_count, &r->reason_room, sizeof(*r->at), reterr));
        r->at = array;
        COX_TRY(cox_imap_put(r->at_of, id, r->reason_count, reterr));
        r->at[r->reason_count++] = (struct reason){.id = id};
    }
    *ret_reason = &r->at[at];
    return COX_OK;
}

static enum cox_rc note_reason(void *ctx, int64_t id, const struct cox_value *values,
    struct cox_err *reterr)
{
    struct reasons *r = ctx;
    struct reason *reason;
    struct closed *closed;
    uint64_t at;

    if (!cox_imap_find(r->by_id, id, &at) || r->closed[at].is_told) {
        return COX_OK;
    }
    closed = &r->closed[at];
    closed->is_told = true;
    if (closed->is_won) {
        r->won_count++;
        r->fits &= !__builtin_add_overflow(r->won_minor, closed->amount_minor, &r->won_minor);
        return COX_OK;
    }
    COX_TRY(reason_of(r, values[0].kind == COX_VALUE_INT ? values[0].number : 0, &reason, reterr));
    r->lost_count++;
    reason->count++;
    r->fits &= !__builtin_add_overflow(r->lost_minor, closed->amount_minor, &r->lost_minor) &&
               !__builtin_add_overflow(reason->minor, closed->amount_minor, &reason->minor);
    return COX_OK;
}

static int compare_reasons(const void *a, const void *b)
{
    const struct reason *x = a, *y = b;

    if (x->count != y->count) {
        return x->count > y->count ? -1 : 1;
    }
    return (x->id > y->id) - (x->id < y->id);
}

static enum cox_rc put_end(struct cox_analysis *a, const char *key, int64_t count, int64_t minor,
    const char *more, struct cox_err *reterr)
{
    char from[COX_DAY_SIZE], to[COX_DAY_SIZE];

    cox_day_format(a->period.span.from_day, from);
    cox_day_format(a->period.span.to_day, to);
    cox_json_key(&a->json, key);
    cox_json_begin_object(&a->json);
    cox_json_put_int(&a->json, "count", count);
    cox_analysis_put_money(a, "amount", minor);
    COX_TRY(cox_analysis_put_filter(a, "filter", reterr,
        "closed_day=gte.%s&closed_day=lt.%s&won_day=%s", from, to, more));
    cox_json_end_object(&a->json);
    return COX_OK;
}

static enum cox_rc put_rows(struct cox_analysis *a, const struct reasons *r, struct cox_err *reterr)
{
    char from[COX_DAY_SIZE], to[COX_DAY_SIZE], which[40];

    cox_day_format(a->period.span.from_day, from);
    cox_day_format(a->period.span.to_day, to);
    cox_json_key(&a->json, "rows");
    cox_json_begin_array(&a->json);
    for (size_t i = 0; i < r->reason_count; i++) {
        (void)snprintf(which, sizeof(which), "eq.%lld", (long long)r->at[i].id); /* fits */
        cox_json_begin_object(&a->json);
        COX_TRY(cox_analysis_put_ref(a, "reason", "label", &cox_loss_reason, r->at[i].id, reterr));
        cox_json_put_int(&a->json, "count", r->at[i].count);
        cox_analysis_put_money(a, "amount", r->at[i].minor);
        cox_json_put_real(&a->json, "share", (double)r->at[i].count / (double)r->lost_count);
        COX_TRY(cox_analysis_put_filter(a, "filter", reterr,
            "closed_day=gte.%s&closed_day=lt.%s&won_day=is.null&loss_reason=%s", from, to,
            r->at[i].id == 0 ? "is.null" : which));
        cox_json_end_object(&a->json);
    }
    cox_json_end_array(&a->json);
    return COX_OK;
}

/* ---- now: of the book alone ---- */

static enum cox_rc sum_kind(struct reasons *r, enum cox_book_stage_kind kind,
    const struct cox_book_group *rows, struct cox_book_cell *cells, struct cox_err *reterr)
{
    const struct cox_book_group all = {.by = COX_BOOK_BY_NOTHING, .group_count = 1};
    struct cox_analysis *a = r->a;
    struct cox_book_ask ask = a->ask;

    ask.stage_in = cox_analysis_stages(a, kind);
    if (ask.stage_in == NULL) {
        return cox_no_memory(reterr);
    }
    ask.closed =
        (struct cox_book_days){(int32_t)a->period.span.from_day, (int32_t)a->period.span.to_day};
    return cox_book_sum(&a->generation->book, &ask, rows, &all, cells, reterr);
}

static enum cox_rc sum_now(struct reasons *r, struct cox_err *reterr)
{
    const struct cox_book_generation *g = r->a->generation;
    const struct cox_book_group all = {.by = COX_BOOK_BY_NOTHING, .group_count = 1};
    const struct cox_book_group causes = {.by = COX_BOOK_BY_CAUSE,
        .group_count = g->cause_count,
        .map_count = g->cause_count};
    struct cox_book_cell won = {0};
    struct cox_book_cell *lost =
        COX_NEW_ARRAY(r->a->x->arena, g->cause_count + 1, struct cox_book_cell);

    r->at = COX_NEW_ARRAY(r->a->x->arena, g->cause_count + 1, struct reason);
    if (lost == NULL || r->at == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(sum_kind(r, COX_BOOK_WON, &all, &won, reterr));
    COX_TRY(sum_kind(r, COX_BOOK_LOST, &causes, lost, reterr));
    r->won_count = won.count;
    r->won_minor = won.amount_minor;
    for (size_t i = 0; i < g->cause_count; i++) {
        r->lost_count += lost[i].count;
        r->fits &= !__builtin_add_overflow(r->lost_minor, lost[i].amount_minor, &r->lost_minor);
        if (lost[i].count > 0) {
            r->at[r->reason_count++] =
                (struct reason){g->causes[i], lost[i].count, lost[i].amount_minor};
        }
    }
    return COX_OK;
}

/* ---- as of an instant: the reasons of then are in the records ---- */

static enum cox_rc sum_then(struct reasons *r, struct cox_err *reterr)
{
    static const uint32_t fields[] = {COX_OPPORTUNITY_LOSS_REASON};
    struct cox_analysis *a = r->a;
    struct cox_query query = {.entity = &cox_opportunity};
    struct cox_book_ask ask = a->ask;
    char from[COX_DAY_SIZE], to[COX_DAY_SIZE], filter[80];

    cox_day_format(a->period.span.from_day, from);
    cox_day_format(a->period.span.to_day, to);
    (void)snprintf(filter, sizeof(filter), "closed_day=gte.%s&closed_day=lt.%s", from, to);
    ask.wants = COX_BOOK_NO_PAST;
    ask.closed =
        (struct cox_book_days){(int32_t)a->period.span.from_day, (int32_t)a->period.span.to_day};
    COX_TRY(cox_imap_open_in(a->x->arena, 256, &r->by_id, reterr));
    COX_TRY(cox_imap_open_in(a->x->arena, 16, &r->at_of, reterr));
    COX_TRY(cox_book_each(&a->generation->book, &ask, note_closed, r, reterr));
    COX_TRY(
        cox_filter_parse(a->call, &cox_opportunity, cox_text_of(filter), &query.filter, reterr));
    return cox_scan(a->call, &query, fields, COX_COUNT(fields), note_reason, r, reterr);
}

static enum cox_rc put_answer(struct cox_analysis *a, struct cox_err *reterr)
{
    struct reasons r = {.a = a, .fits = true};

    COX_TRY(cox_call_is_now(a->call) ? sum_now(&r, reterr) : sum_then(&r, reterr));
    if (!r.fits) {
        return cox_fail(reterr, COX_TOO_LARGE, "the sum is too large");
    }
    if (r.reason_count > 1) {
        qsort(r.at, r.reason_count, sizeof(*r.at), compare_reasons);
    }
    COX_TRY(put_end(a, "won", r.won_count, r.won_minor, "not.is.null", reterr));
    COX_TRY(put_end(a, "lost", r.lost_count, r.lost_minor, "is.null", reterr));
    return put_rows(a, &r, reterr);
}

enum cox_rc cox_reasons_get(struct cox_exchange *x, struct cox_err *reterr)
{
    return cox_analysis_reply(x, NULL, put_answer, NULL, reterr);
}
