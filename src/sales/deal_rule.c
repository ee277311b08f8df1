/* sales/deal_rule.c: the rule of a deal: its stage, its days, its chance. */
#include <stdio.h>

#include "record/query.h"
#include "sales/opportunity.h"
#include "sales/pipeline.h"
#include "sales/rule.h"

struct deal {
    struct cox_call *call;
    const struct cox_row *before;
    struct cox_row *after;
    struct cox_stage stage;
    int64_t day;   /* on which this version was so */
    bool is_moved; /* new, or in another stage than before */
    bool is_history;
};

/* Undo, restore and other systems' history put back what was so: gates are for new moves. */
static bool has_gates(const struct deal *deal)
{
    enum cox_cause cause = cox_call_cause(deal->call);

    return !deal->is_history && cause != COX_CAUSE_UNDO && cause != COX_CAUSE_RESTORE &&
           cause != COX_CAUSE_ERASE && cause != COX_CAUSE_MIGRATE;
}

static bool was_given(const struct deal *deal, uint32_t field)
{
    return deal->before == NULL
               ? deal->after->values[field].kind != COX_VALUE_NULL
               : !cox_value_same(&deal->before->values[field], &deal->after->values[field]);
}

static enum cox_rc load_stage(struct deal *deal, struct cox_err *reterr)
{
    int64_t id = cox_row_int(deal->after, COX_OPPORTUNITY_STAGE);
    const struct cox_row *row;

    if (id == COX_NULL) {
        return cox_fail_at(reterr, COX_INVALID, "stage", 0, "a deal is always in some stage");
    }
    COX_TRY(cox_peek(deal->call, &cox_stage, id, &row, reterr));
    cox_row_unpack(row, &deal->stage);
    cox_fill_int(deal->after, COX_OPPORTUNITY_PIPELINE, deal->stage.pipeline);
    if (cox_row_int(deal->after, COX_OPPORTUNITY_PIPELINE) != deal->stage.pipeline) {
        return cox_fail_at(reterr, COX_INVALID, "stage", 0,
            "the stage \"%.*s\" belongs to another pipeline", (int)deal->stage.label.size,
            deal->stage.label.ptr);
    }
    return COX_OK;
}

/* ---- gates ---- */

static enum cox_rc check_move(const struct deal *deal, struct cox_err *reterr)
{
    int64_t from = cox_row_int(deal->before, COX_OPPORTUNITY_STAGE);
    const struct cox_filter_term term = {COX_STAGE_MOVE_FROM_STAGE, "eq", cox_int(from)};
    struct cox_query query = {.entity = &cox_stage_move, .limit = COX_PAGE_MAX};
    const struct cox_row *row;
    struct cox_page page;
    struct cox_text label;

    COX_TRY(cox_filter_build(deal->call, &cox_stage_move, &term, 1, &query.filter, reterr));
    COX_TRY(cox_list(deal->call, &query, &page, reterr));
    if (page.count == 0) {
        return COX_OK;
    }
    for (size_t i = 0; i < page.count; i++) {
        if (cox_row_int(&page.rows[i], COX_STAGE_MOVE_TO_STAGE) == deal->stage.head.id) {
            return COX_OK;
        }
    }
    COX_TRY(cox_peek(deal->call, &cox_stage, from, &row, reterr));
    label = cox_row_text(row, COX_STAGE_LABEL);
    return cox_fail_at(reterr, COX_INVALID, "stage", 0,
        "a deal may not go from \"%.*s\" to \"%.*s\"", (int)label.size, label.ptr,
        (int)deal->stage.label.size, deal->stage.label.ptr);
}

static enum cox_rc check_required(const struct deal *deal, struct cox_err *reterr)
{
    struct cox_text list = deal->stage.required_fields;

    while (list.ptr != NULL && list.size > 0) {
        struct cox_text name = cox_text_trim(cox_text_split(&list, ','));
        uint32_t field = cox_table_field(deal->after->table, name);
        char field_name[64];

        if (field == COX_NO_FIELD || deal->after->values[field].kind != COX_VALUE_NULL) {
            continue;
        }
        (void)snprintf(field_name, sizeof(field_name), "%.*s", (int)name.size, name.ptr);
        return cox_fail_at(reterr, COX_INVALID, field_name, 0, "the stage \"%.*s\" asks for %s",
            (int)deal->stage.label.size, deal->stage.label.ptr, field_name);
    }
    return COX_OK;
}

static enum cox_rc check_gates(const struct deal *deal, struct cox_err *reterr)
{
    if (!deal->is_moved || !has_gates(deal)) {
        return COX_OK;
    }
    if (deal->before != NULL) {
        COX_TRY(check_move(deal, reterr));
    }
    if (deal->stage.is_active == 0) {
        return cox_fail_at(reterr, COX_INVALID, "stage", 0, "the stage \"%.*s\" is out of use",
            (int)deal->stage.label.size, deal->stage.label.ptr);
    }
    return check_required(deal, reterr);
}

/* ---- what follows ---- */

static void fill_prob(const struct deal *deal)
{
    double override = cox_row_real(deal->after, COX_OPPORTUNITY_WIN_PROB_OVERRIDE);
    bool is_open = deal->stage.kind == COX_STAGE_OPEN;
    bool is_followed = isnan(cox_row_real(deal->after, COX_OPPORTUNITY_WIN_PROB)) ||
                       (deal->is_moved && !was_given(deal, COX_OPPORTUNITY_WIN_PROB));

    if (is_open && !isnan(override)) {
        cox_row_set(deal->after, COX_OPPORTUNITY_WIN_PROB, cox_real(override));
    } else if (!is_open || is_followed) { /* closed is certain, whatever was hoped for */
        cox_row_set(deal->after, COX_OPPORTUNITY_WIN_PROB, cox_real(deal->stage.win_prob));
    }
}

static void fill_category(const struct deal *deal)
{
    int64_t category = cox_row_int(deal->after, COX_OPPORTUNITY_FORECAST_CATEGORY);

    if (deal->stage.kind != COX_STAGE_OPEN || category == COX_NULL ||
        (deal->is_moved && !was_given(deal, COX_OPPORTUNITY_FORECAST_CATEGORY))) {
        cox_row_set(deal->after, COX_OPPORTUNITY_FORECAST_CATEGORY,
            cox_int(deal->stage.forecast_category));
    }
}

/* The day it came into its stage; an import that does not say leaves it unknown. */
static void fill_stage_day(const struct deal *deal)
{
    int64_t day = cox_row_int(deal->after, COX_OPPORTUNITY_STAGE_DAY);
    int64_t day_before =
        deal->before == NULL ? COX_NULL : cox_row_int(deal->before, COX_OPPORTUNITY_STAGE_DAY);
    bool is_known = deal->is_history || cox_is_own_entry(deal->call) || deal->before != NULL;

    if (deal->is_moved && is_known && (day == COX_NULL || day == day_before)) {
        day = deal->day;
    } else if (!deal->is_moved && day == COX_NULL) {
        day = day_before;
    }
    cox_row_set(deal->after, COX_OPPORTUNITY_STAGE_DAY, cox_int(day));
}

/*
 * The day a deal was won or lost. An import without it takes the expected close day, which is what
 * the other systems' reports do.
 */
static enum cox_rc fill_closed_day(const struct deal *deal, struct cox_err *reterr)
{
    int64_t closed_day = cox_row_int(deal->after, COX_OPPORTUNITY_CLOSED_DAY);
    int64_t close_day = cox_row_int(deal->after, COX_OPPORTUNITY_CLOSE_DAY);
    bool is_own = cox_is_own_entry(deal->call) && !deal->is_history;

    if (deal->stage.kind == COX_STAGE_OPEN) {
        closed_day = COX_NULL;
    } else if (closed_day == COX_NULL) {
        closed_day = is_own || (deal->is_history && close_day == COX_NULL) ? deal->day : close_day;
        if (closed_day == COX_NULL) {
            return cox_fail_at(reterr, COX_INVALID, "closed_day", 0,
                "a closed deal needs the day on which it was closed");
        }
    }
    cox_row_set(deal->after, COX_OPPORTUNITY_CLOSED_DAY, cox_int(closed_day));
    cox_row_set(deal->after, COX_OPPORTUNITY_WON_DAY,
        cox_int(deal->stage.kind == COX_STAGE_WON ? closed_day : COX_NULL));
    return COX_OK;
}

/* Other systems hold deals closed before they were created; nobody enters such a thing here. */
static enum cox_rc check_days(const struct deal *deal, struct cox_err *reterr)
{
    int64_t created_day = cox_row_int(deal->after, COX_OPPORTUNITY_CREATED_DAY);
    int64_t closed_day = cox_row_int(deal->after, COX_OPPORTUNITY_CLOSED_DAY);
    int64_t close_day = cox_row_int(deal->after, COX_OPPORTUNITY_CLOSE_DAY);

    if (deal->is_history || !cox_is_own_entry(deal->call) || created_day == COX_NULL) {
        return COX_OK;
    }
    if (closed_day != COX_NULL && closed_day < created_day) {
        return cox_fail_at(reterr, COX_INVALID, "closed_day", 0,
            "the deal was closed before it was created");
    }
    if (close_day != COX_NULL && close_day < created_day &&
        (was_given(deal, COX_OPPORTUNITY_CLOSE_DAY) ||
            was_given(deal, COX_OPPORTUNITY_CREATED_DAY))) {
        return cox_fail_at(reterr, COX_INVALID, "close_day", 0,
            "the sale is expected before the deal was created");
    }
    return COX_OK;
}

enum cox_rc cox_opportunity_check(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    struct deal deal = {.call = call, .before = before, .after = after};

    if (after == NULL) {
        return COX_OK;
    }
    deal.is_history = after->imported;
    deal.day = cox_call_day(call, cox_row_at_us(call, after));
    deal.is_moved = before == NULL || cox_row_int(before, COX_OPPORTUNITY_STAGE) !=
                                          cox_row_int(after, COX_OPPORTUNITY_STAGE);
    COX_TRY(load_stage(&deal, reterr));
    cox_fill_currency(call, after, COX_OPPORTUNITY_CURRENCY);
    cox_fill_created_day(call, before, after, COX_OPPORTUNITY_CREATED_DAY);
    fill_prob(&deal);
    fill_category(&deal);
    fill_stage_day(&deal);
    COX_TRY(fill_closed_day(&deal, reterr));
    COX_TRY(check_days(&deal, reterr));
    return check_gates(&deal, reterr);
}
