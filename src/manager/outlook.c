/* manager/outlook.c: the range to the period's end. */
#include "manager/outlook.h"

#include <math.h>

#include "base/zone.h"
#include "kernel/forecast/period.h"
#include "manager/attainment.h"
#include "sales/book.h"
#include "sales/deals.h"

enum { PAST_QUARTERS = 4, LEVELS = 3 };
static const double levels[LEVELS] = {.1, .5, .9};
static const double common_factor = .1; /* as coxswain forecast period has it */

static const struct cox_brief_column columns[] = {
    {"low", "At least, nine times in ten", COX_BRIEF_MONEY},
    {"middle", "As likely more as less", COX_BRIEF_MONEY},
    {"high", "More, once in ten times", COX_BRIEF_MONEY},
    {"chance", "Chance of the target", COX_BRIEF_SHARE},
    {"past_count", "Quarters it was tried on", COX_BRIEF_COUNT},
};

struct outlook {
    struct cox_brief *brief;
    struct cox_book_ask ask; /* the brief's deals, as its reader sees them */
    unsigned char *open, *won;
    double forecast[PAST_QUARTERS], actual[PAST_QUARTERS];
    size_t count;
};

static enum cox_rc prepare(struct outlook *o, struct cox_err *reterr)
{
    struct cox_brief *brief = o->brief;
    const struct cox_book_generation *g = brief->deals->generation;
    struct cox_arena *arena = cox_call_arena(brief->call);

    COX_TRY(cox_book_ask_of(brief->call, g, &o->ask, reterr));
    o->open = COX_NEW_ARRAY(arena, g->book.stage_count + 1, unsigned char);
    o->won = COX_NEW_ARRAY(arena, g->book.stage_count + 1, unsigned char);
    if (o->open == NULL || o->won == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < g->book.stage_count; i++) {
        o->open[i] = g->book.stages[i].kind == COX_BOOK_OPEN;
        o->won[i] = g->book.stages[i].kind == COX_BOOK_WON;
    }
    if (brief->members != NULL) {
        o->ask.owner_in = cox_book_owner_bits(brief->call, g, brief->members, brief->member_count);
        return o->ask.owner_in == NULL ? cox_no_memory(reterr) : COX_OK;
    }
    return COX_OK;
}

static enum cox_rc sum(const struct outlook *o, const struct cox_book_ask *ask,
    struct cox_book_cell *ret_cell, struct cox_err *reterr)
{
    const struct cox_book_group all = {.by = COX_BOOK_BY_NOTHING, .group_count = 1};

    *ret_cell = (struct cox_book_cell){0};
    return cox_book_sum(&o->brief->deals->generation->book, ask, &all, &all, ret_cell, reterr);
}

/* At the same point of an earlier quarter: what was due, weighted, and what was won from then on. */
static enum cox_rc look_back_at(struct outlook *o, struct cox_span span, struct cox_err *reterr)
{
    struct cox_brief *brief = o->brief;
    struct cox_span now = brief->period.span;
    int64_t day = span.from_day + (brief->day - now.from_day) * (span.to_day - span.from_day) /
                                      (now.to_day - now.from_day);
    struct cox_book_ask due = o->ask, won = o->ask;
    struct cox_book_cell forecast, actual;

    due.at_us = cox_zone_day_start(cox_call_zone(brief->call), day + 1) - 1;
    due.at_day = (int32_t)day;
    due.stage_in = o->open;
    due.close = (struct cox_book_days){COX_BOOK_NO_DAY + 1, (int32_t)span.to_day};
    due.wants = COX_BOOK_WEIGHTED;
    won.stage_in = o->won;
    won.closed = (struct cox_book_days){(int32_t)day + 1, (int32_t)span.to_day};
    COX_TRY(sum(o, &due, &forecast, reterr));
    COX_TRY(sum(o, &won, &actual, reterr));
    o->forecast[o->count] = (double)forecast.weighted_minor;
    o->actual[o->count] = (double)actual.amount_minor;
    o->count += forecast.weighted_minor > 0 && actual.amount_minor > 0 ? 1 : 0;
    return COX_OK;
}

static enum cox_rc look_back(struct outlook *o, struct cox_err *reterr)
{
    struct cox_period_at past = o->brief->period;

    for (int i = 0; i < PAST_QUARTERS && o->brief->day >= o->brief->period.span.from_day; i++) {
        COX_TRY(cox_fiscal_at_day(o->brief->call, COX_PERIOD_QUARTER, past.span.from_day - 1, &past,
            reterr));
        COX_TRY(look_back_at(o, past.span, reterr));
    }
    return COX_OK;
}

/* The open deals due by the end, with their chances. */
static enum cox_rc gather(const struct outlook *o, struct cox_period_deals *ret_deals,
    struct cox_err *reterr)
{
    const struct cox_brief *brief = o->brief;
    const struct cox_deals *deals = brief->deals;
    struct cox_arena *arena = cox_call_arena(brief->call);
    int64_t *amounts = COX_NEW_ARRAY(arena, deals->count + 1, int64_t);
    double *probs = COX_NEW_ARRAY(arena, deals->count + 1, double);
    size_t count = 0;

    if (amounts == NULL || probs == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < deals->count; i++) {
        const struct cox_deal *deal = &deals->at[i];

        if (cox_deal_is_open(deal) && deal->close_day != COX_NULL &&
            deal->close_day < brief->period.span.to_day && deal->amount_minor >= 0 &&
            !isnan(deal->win_prob) && cox_brief_counts(brief, deal->owner)) {
            amounts[count] = deal->amount_minor;
            probs[count++] = fmin(fmax(deal->win_prob, 0), 1);
        }
    }
    *ret_deals = (struct cox_period_deals){count, amounts, probs};
    return COX_OK;
}

static enum cox_rc fill(struct outlook *o, struct cox_brief_section *section,
    const struct cox_period_sum *period, struct cox_err *reterr)
{
    struct cox_period_opt opt = {.closed_minor = period->won_minor > 0 ? period->won_minor : 0,
        .target_minor = period->target_minor > 0 ? period->target_minor : 0,
        .rho = common_factor,
        .level = levels,
        .level_count = LEVELS,
        .is_rough = true,
        .without_swing = true};
    struct cox_period_result result;
    struct cox_period_deals deals;
    int64_t quantiles[LEVELS];
    bool is_wide;
    void *workspace;

    COX_TRY(gather(o, &deals, reterr));
    opt.error = cox_period_error_scale(o->forecast, o->actual, o->count, &is_wide);
    workspace =
        cox_arena_alloc(cox_call_arena(o->brief->call), cox_period_workspace_size(deals.count));
    if (workspace == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_period_forecast(&deals, &opt, workspace, quantiles, &result, reterr));
    section->note = is_wide
                        ? "Won, and the open deals due by the end with their chances. Too few "
                          "quarters to learn from: wide by default."
                        : "Won, and the open deals due by the end with their chances, corrected "
                          "by how that did at the same point of the quarters before.";
    const struct cox_value cells[] = {
        cox_int(quantiles[0]),
        cox_int(quantiles[1]),
        cox_int(quantiles[2]),
        opt.target_minor > 0 ? cox_real(result.prob_target) : cox_null(),
        cox_int((int64_t)o->count),
    };
    _Static_assert(COX_COUNT(cells) == COX_COUNT(columns), "one cell a column");
    return cox_brief_row(o->brief, section, cells, reterr);
}

enum cox_rc cox_outlook_add(struct cox_brief *brief, struct cox_err *reterr)
{
    struct outlook o = {.brief = brief};
    struct cox_brief_section *section;
    struct cox_period_sum period;

    if (brief->deals->generation == NULL || brief->period.span.to_day <= brief->day) {
        return COX_OK;
    }
    section = cox_brief_section(brief, "outlook", "By the end of the quarter", columns,
        COX_COUNT(columns));
    if (section == NULL) {
        return cox_no_memory(reterr);
    }
    section->is_facts = true;
    COX_TRY(cox_period_sum_load(brief, brief->period.span, COX_NULL, &period, reterr));
    COX_TRY(prepare(&o, reterr));
    COX_TRY(look_back(&o, reterr));
    return fill(&o, section, &period, reterr);
}
