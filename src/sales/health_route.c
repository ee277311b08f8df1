/* sales/health_route.c: open deals that wait for something: hygiene, and risk with its reasons. */
#include <stdlib.h>

#include "base/map.h"
#include "org/people.h"
#include "record/cell.h"
#include "record/query.h"
#include "sales/open_deals.h"
#include "sales/opportunity.h"
#include "sales/pipeline.h"
#include "sales/pipeline_route.h"
#include "sales/risk.h"

enum { SHOWN = 100, SHOWN_MAX = 1000 };

struct tally {
    int64_t count, minor;
};

struct health {
    int64_t limit;
    int only; /* a reason or problem whose deals alone are shown; -1: all */
};

static bool add_to(struct tally *tally, int64_t minor)
{
    tally->count++;
    return !__builtin_add_overflow(tally->minor, minor, &tally->minor);
}

static void put_tally(struct cox_analysis *a, const struct tally *tally)
{
    cox_json_put_int(&a->json, "count", tally->count);
    cox_analysis_put_money(a, "amount", tally->minor);
}

static enum cox_rc too_large(struct cox_err *reterr)
{
    return cox_fail(reterr, COX_TOO_LARGE, "the sum is too large");
}

/* push_count is told and decides nothing: 0 where nobody asks. */
static struct cox_risk judge(const struct cox_open_deals *deals, const struct cox_open_deal *deal,
    uint32_t push_count)
{
    const struct cox_risk_facts facts = {.day = cox_call_as_of_day(deals->a->call),
        .stage_day = deal->stage_day,
        .usual_days = cox_open_deal_usual(deals, deal),
        .close_day = deal->close_day,
        .created_day = deal->created_day,
        .last_activity_day = deal->last_activity_day,
        .next_step_day = deal->next_step_day,
        .has_next_step = deal->has_next_step,
        .push_count = push_count};

    return cox_risk_judge(&facts);
}

static struct cox_risk judge_with_pushes(const struct cox_open_deals *deals,
    const struct cox_open_deal *deal)
{
    return judge(deals, deal,
        cox_book_pushes(&deals->a->generation->book, deal->part, deal->at, deals->a->ask.at_us));
}

/* Which of the names a parameter is: -1 when it is absent. */
static enum cox_rc read_name(struct cox_exchange *x, const char *parameter,
    const char *const *names, int count, int *ret_at, struct cox_err *reterr)
{
    struct cox_text text;

    COX_TRY(cox_exchange_parameter(x, parameter, &text, reterr));
    *ret_at = text.size == 0 ? -1 : 0;
    while (text.size > 0 && *ret_at < count && !cox_text_same(text, cox_text_of(names[*ret_at]))) {
        *ret_at += 1;
    }
    return *ret_at < count
               ? COX_OK
               : cox_fail_at(reterr, COX_INVALID, parameter, 0, "is none of those of the reply");
}

/* ---- risk ---- */

static enum cox_rc put_reasons(struct cox_analysis *a, const struct cox_risk *risk, int64_t usual)
{
    cox_json_key(&a->json, "reasons");
    cox_json_begin_array(&a->json);
    for (int r = 0; r < COX_RISK_COUNT; r++) {
        if (!cox_risk_has(risk, (enum cox_risk_reason)r)) {
            continue;
        }
        cox_json_begin_object(&a->json);
        cox_json_put_string(&a->json, "key", cox_risk_reasons[r]);
        cox_json_put_int(&a->json, r == COX_RISK_PUSHED ? "times" : "days", risk->days[r]);
        if (r == COX_RISK_STAGE_AGE) {
            cox_json_put_int(&a->json, "usual_days", usual);
        }
        cox_json_end_object(&a->json);
    }
    cox_json_end_array(&a->json);
    return COX_OK;
}

static void put_by_reason(struct cox_analysis *a, const struct tally *reasons)
{
    cox_json_key(&a->json, "reasons");
    cox_json_begin_array(&a->json);
    for (int r = 0; r < COX_RISK_COUNT; r++) {
        cox_json_begin_object(&a->json);
        cox_json_put_string(&a->json, "key", cox_risk_reasons[r]);
        put_tally(a, &reasons[r]);
        cox_json_end_object(&a->json);
    }
    cox_json_end_array(&a->json);
}

struct at_risk {
    const struct health *health;
    struct cox_open_deals deals;
    struct cox_open_first first;
    struct tally all, reasons[COX_RISK_COUNT];
    bool fits;
};

static enum cox_rc note_risk(void *ctx, const struct cox_open_deal *deal, struct cox_err *reterr)
{
    struct at_risk *r = ctx;
    struct cox_risk risk = judge(&r->deals, deal, 0);

    (void)reterr;
    if (!risk.is_at_risk) {
        return COX_OK;
    }
    risk = judge_with_pushes(&r->deals, deal);
    r->fits &= add_to(&r->all, deal->amount_minor);
    for (int i = 0; i < COX_RISK_COUNT; i++) {
        r->fits &= !cox_risk_has(&risk, (enum cox_risk_reason)i) ||
                   add_to(&r->reasons[i], deal->amount_minor);
    }
    if (r->health->only < 0 || cox_risk_has(&risk, (enum cox_risk_reason)r->health->only)) {
        cox_open_first_offer(&r->first, deal);
    }
    return COX_OK;
}

static enum cox_rc put_risk(struct cox_analysis *a, struct cox_err *reterr)
{
    struct at_risk r = {.health = a->ctx, .fits = true};

    COX_TRY(cox_open_deals_begin(a, &r.deals, reterr));
    COX_TRY(cox_open_first_begin(a, r.health->limit, &r.first, reterr));
    COX_TRY(cox_open_deals_each(&r.deals, note_risk, &r, reterr));
    cox_open_first_sort(&r.first);
    cox_json_key(&a->json, "rows");
    cox_json_begin_array(&a->json);
    for (size_t i = 0; i < r.first.count; i++) {
        const struct cox_open_deal *deal = &r.first.at[i];
        struct cox_risk risk = judge_with_pushes(&r.deals, deal);
        COX_TRY(cox_open_deal_begin(a, deal, reterr));
        COX_TRY(put_reasons(a, &risk, cox_open_deal_usual(&r.deals, deal)));
        cox_json_end_object(&a->json);
    }
    cox_json_end_array(&a->json);
    cox_json_put_int(&a->json, "more_count", r.first.offered - (int64_t)r.first.count);
    put_tally(a, &r.all);
    put_by_reason(a, r.reasons);
    return r.fits ? COX_OK : too_large(reterr);
}

enum cox_rc cox_risk_get(struct cox_exchange *x, struct cox_err *reterr)
{
    struct health *h = COX_NEW(x->arena, struct health);

    if (h == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_exchange_integer(x, "limit", 1, SHOWN_MAX, SHOWN, &h->limit, reterr));
    COX_TRY(read_name(x, "reason", cox_risk_reasons, COX_RISK_COUNT, &h->only, reterr));
    return cox_analysis_reply(x, NULL, put_risk, h, reterr);
}

/* ---- hygiene ---- */

enum problem {
    NO_NEXT_STEP,
    STEP_OVERDUE,
    PAST_CLOSE,
    NO_CLOSE_DAY,
    NO_AMOUNT,
    QUIET,
    PROBLEM_COUNT
};
static const char *const problem_names[PROBLEM_COUNT] = {"no_next_step", "next_step_overdue",
    "past_close", "no_close_day", "no_amount", "quiet"};

static unsigned problems_of(const struct cox_open_deal *deal, const struct cox_risk *risk)
{
    return (cox_risk_has(risk, COX_RISK_NO_NEXT_STEP) ? 1U << NO_NEXT_STEP : 0U) |
           (cox_risk_has(risk, COX_RISK_STEP_OVERDUE) ? 1U << STEP_OVERDUE : 0U) |
           (cox_risk_has(risk, COX_RISK_PAST_CLOSE) ? 1U << PAST_CLOSE : 0U) |
           (deal->close_day == COX_NULL ? 1U << NO_CLOSE_DAY : 0U) |
           (!deal->has_amount ? 1U << NO_AMOUNT : 0U) |
           (cox_risk_has(risk, COX_RISK_QUIET) ? 1U << QUIET : 0U);
}

static enum cox_rc put_problem_filter(struct cox_analysis *a, enum problem problem,
    struct cox_err *reterr)
{
    char day[COX_DAY_SIZE];

    cox_day_format(cox_call_as_of_day(a->call), day);
    switch (problem) {
    case NO_NEXT_STEP:
        return cox_analysis_put_filter(a, "filter", reterr, "closed_day=is.null&next_step=is.null");
    case STEP_OVERDUE:
        return cox_analysis_put_filter(a, "filter", reterr,
            "closed_day=is.null&next_step=not.is.null&next_step_day=lt.%s", day);
    case PAST_CLOSE:
        return cox_analysis_put_filter(a, "filter", reterr, "closed_day=is.null&close_day=lt.%s",
            day);
    case NO_CLOSE_DAY:
        return cox_analysis_put_filter(a, "filter", reterr, "closed_day=is.null&close_day=is.null");
    case NO_AMOUNT:
        return cox_analysis_put_filter(a, "filter", reterr, "closed_day=is.null&amount=is.null");
    case QUIET: /* activities are other records: problem=quiet lists them */
    case PROBLEM_COUNT:
        break;
    }
    cox_json_put_string(&a->json, "filter", NULL);
    return COX_OK;
}

struct owner_row {
    int64_t owner;
    struct tally open, problems[PROBLEM_COUNT];
};

static enum cox_rc put_problems(struct cox_analysis *a, const struct owner_row *row,
    bool has_filters, struct cox_err *reterr)
{
    put_tally(a, &row->open);
    cox_json_key(&a->json, "problems");
    cox_json_begin_array(&a->json);
    for (int p = 0; p < PROBLEM_COUNT; p++) {
        cox_json_begin_object(&a->json);
        cox_json_put_string(&a->json, "key", problem_names[p]);
        put_tally(a, &row->problems[p]);
        if (has_filters) {
            COX_TRY(put_problem_filter(a, (enum problem)p, reterr));
        }
        cox_json_end_object(&a->json);
    }
    cox_json_end_array(&a->json);
    return COX_OK;
}

static bool add_problems(struct owner_row *row, unsigned problems, int64_t minor)
{
    bool fits = add_to(&row->open, minor);

    for (int p = 0; p < PROBLEM_COUNT; p++) {
        fits &= (problems >> p & 1U) == 0 || add_to(&row->problems[p], minor);
    }
    return fits;
}

static int compare_owners(const void *a, const void *b)
{
    const struct owner_row *x = a, *y = b;

    return (x->owner > y->owner) - (x->owner < y->owner);
}

static enum cox_rc put_owners(struct cox_analysis *a, struct owner_row *rows, size_t count,
    struct cox_err *reterr)
{
    if (count > 1) {
        qsort(rows, count, sizeof(*rows), compare_owners);
    }
    cox_json_key(&a->json, "rows");
    cox_json_begin_array(&a->json);
    for (size_t i = 0; i < count; i++) {
        cox_json_begin_object(&a->json);
        COX_TRY(cox_analysis_put_ref(a, "id", "name", &cox_user, rows[i].owner, reterr));
        COX_TRY(put_problems(a, &rows[i], false, reterr));
        cox_json_end_object(&a->json);
    }
    cox_json_end_array(&a->json);
    return COX_OK;
}

static enum cox_rc put_problem_deals(struct cox_analysis *a, struct cox_open_first *first,
    struct cox_err *reterr)
{
    cox_open_first_sort(first);
    cox_json_key(&a->json, "deals");
    cox_json_begin_array(&a->json);
    for (size_t i = 0; i < first->count; i++) {
        COX_TRY(cox_open_deal_begin(a, &first->at[i], reterr));
        cox_cell_put_day(&a->json, "last_activity_day", first->at[i].last_activity_day);
        cox_cell_put_day(&a->json, "next_step_day", first->at[i].next_step_day);
        cox_json_end_object(&a->json);
    }
    cox_json_end_array(&a->json);
    cox_json_put_int(&a->json, "more_count", first->offered - (int64_t)first->count);
    return COX_OK;
}

struct hygiene {
    const struct health *health;
    struct cox_open_deals deals;
    struct cox_open_first first;
    struct owner_row all, *rows;
    struct cox_imap *at_of;
    size_t count;
    bool fits;
};

static enum cox_rc note_hygiene(void *ctx, const struct cox_open_deal *deal, struct cox_err *reterr)
{
    struct hygiene *h = ctx;
    struct cox_risk risk = judge(&h->deals, deal, 0);
    unsigned problems = problems_of(deal, &risk);
    uint64_t at = h->count;

    if (!cox_imap_find(h->at_of, deal->owner, &at)) {
        COX_TRY(cox_imap_put(h->at_of, deal->owner, h->count, reterr));
        h->rows[h->count++].owner = deal->owner;
    }
    h->fits &= add_problems(&h->rows[at], problems, deal->amount_minor) &&
               add_problems(&h->all, problems, deal->amount_minor);
    if (h->health->only >= 0 && (problems >> h->health->only & 1U) != 0) {
        cox_open_first_offer(&h->first, deal);
    }
    return COX_OK;
}

static enum cox_rc put_hygiene(struct cox_analysis *a, struct cox_err *reterr)
{
    struct hygiene h = {.health = a->ctx, .fits = true};

    h.rows = COX_NEW_ARRAY(a->x->arena, a->generation->book.owner_count + 2, struct owner_row);
    if (h.rows == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_imap_open_in(a->x->arena, 64, &h.at_of, reterr));
    COX_TRY(cox_open_deals_begin(a, &h.deals, reterr));
    COX_TRY(cox_open_first_begin(a, h.health->limit, &h.first, reterr));
    COX_TRY(cox_open_deals_each(&h.deals, note_hygiene, &h, reterr));
    COX_TRY(put_problems(a, &h.all, true, reterr));
    COX_TRY(put_owners(a, h.rows, h.count, reterr));
    if (h.health->only >= 0) {
        COX_TRY(put_problem_deals(a, &h.first, reterr));
    }
    return h.fits ? COX_OK : too_large(reterr);
}

enum cox_rc cox_hygiene_get(struct cox_exchange *x, struct cox_err *reterr)
{
    struct health *h = COX_NEW(x->arena, struct health);

    if (h == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_exchange_integer(x, "limit", 1, SHOWN_MAX, SHOWN, &h->limit, reterr));
    COX_TRY(read_name(x, "problem", problem_names, PROBLEM_COUNT, &h->only, reterr));
    return cox_analysis_reply(x, NULL, put_hygiene, h, reterr);
}
