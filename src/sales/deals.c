/* sales/deals.c: deals as of an instant, from the records. */
#include "sales/deals.h"

#include <stdlib.h>

#include "base/money.h"
#include "org/currency.h"
#include "record/query.h"
#include "sales/deals_parts.h"
#include "sales/opportunity.h"

/* Room for one more element of an arena array. */
static enum cox_rc grow(struct cox_arena *arena, void **array, size_t count, size_t *room,
    size_t size, struct cox_err *reterr)
{
    void *bigger;

    if (count < *room) {
        return COX_OK;
    }
    bigger = cox_arena_array(arena, *room == 0 ? 256 : 2 * *room, size);
    if (bigger == NULL) {
        return cox_no_memory(reterr);
    }
    if (count > 0) {
        memcpy(bigger, *array, count * size);
    }
    *array = bigger;
    *room = *room == 0 ? 256 : 2 * *room;
    return COX_OK;
}

/* ---- deals ---- */

enum cox_rc cox_deals_put(struct cox_deals_loading *load, const struct cox_deal *deal,
    struct cox_err *reterr)
{
    struct cox_deals *deals = load->deals;
    void *array = deals->at;

    COX_TRY(grow(load->arena, &array, deals->count, &deals->room, sizeof(*deal), reterr));
    deals->at = (struct cox_deal *)array;
    COX_TRY(cox_imap_put(load->by_id, deal->id, deals->count, reterr));
    deals->at[deals->count++] = *deal;
    return COX_OK;
}

enum cox_rc cox_deals_begin(struct cox_deals_loading *load, struct cox_call *call,
    struct cox_deals *deals, struct cox_err *reterr)
{
    *load = (struct cox_deals_loading){
        .call = call,
        .arena = cox_call_arena(call),
        .deals = deals,
        .day = cox_call_as_of_day(call),
        .rates = COX_NEW(cox_call_arena(call), struct cox_rate_memo),
    };
    if (load->rates == NULL) {
        return cox_no_memory(reterr);
    }
    *deals = (struct cox_deals){.currency = cox_call_currency(call)};
    COX_TRY(cox_imap_open_in(load->arena, 1024, &load->by_id, reterr));
    deals->by_id = load->by_id;
    return cox_deal_stages_load(call, &deals->stages, &deals->stage_count, reterr);
}

static enum cox_rc convert(struct cox_deals_loading *load, const struct cox_row *row,
    struct cox_deal *deal, struct cox_err *reterr)
{
    struct cox_text currency = cox_row_text(row, COX_OPPORTUNITY_CURRENCY);
    int64_t amount = cox_row_int(row, COX_OPPORTUNITY_AMOUNT);
    bool is_open = cox_deal_is_open(deal);
    int64_t day = is_open ? deal->close_day : deal->closed_day;

    deal->is_rated = true;
    deal->has_amount = amount != COX_NULL;
    if (amount == COX_NULL || currency.size == 0 ||
        cox_text_same(currency, load->deals->currency)) {
        deal->amount_minor = amount == COX_NULL ? 0 : amount;
        return COX_OK;
    }
    COX_TRY(cox_currency_convert_by(load->rates, load->call, amount, currency,
        load->deals->currency, day == COX_NULL ? load->day : day,
        is_open ? COX_RATE_PLAN : COX_RATE_SPOT, &deal->amount_minor, reterr));
    deal->is_rated = deal->amount_minor != COX_NULL;
    deal->amount_minor = deal->is_rated ? deal->amount_minor : 0;
    load->deals->unrated_count += deal->is_rated ? 0 : 1;
    return COX_OK;
}

static enum cox_rc note_deal(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct cox_deals_loading *load = (struct cox_deals_loading *)ctx;
    struct cox_deals *deals = load->deals;
    struct cox_deal deal = {
        .id = row->id,
        .from_us = row->from_us,
        .owner = cox_row_int(row, COX_OPPORTUNITY_OWNER),
        .account = cox_row_int(row, COX_OPPORTUNITY_ACCOUNT),
        .stage = (int64_t)cox_deal_stage_at(deals->stages, deals->stage_count,
            cox_row_int(row, COX_OPPORTUNITY_STAGE)),
        .has_next_step = cox_row_text(row, COX_OPPORTUNITY_NEXT_STEP).size > 0,
        .close_day = cox_row_int(row, COX_OPPORTUNITY_CLOSE_DAY),
        .created_day = cox_row_int(row, COX_OPPORTUNITY_CREATED_DAY),
        .closed_day = cox_row_int(row, COX_OPPORTUNITY_CLOSED_DAY),
        .won_day = cox_row_int(row, COX_OPPORTUNITY_WON_DAY),
        .stage_day = cox_row_int(row, COX_OPPORTUNITY_STAGE_DAY),
        .next_step_day = cox_row_int(row, COX_OPPORTUNITY_NEXT_STEP_DAY),
        .last_activity_day = cox_row_int(row, COX_OPPORTUNITY_LAST_ACTIVITY_DAY),
        .win_prob = cox_row_real(row, COX_OPPORTUNITY_WIN_PROB),
    };

    if (deal.stage == (int64_t)deals->stage_count) {
        return COX_OK; /* a stage that has been deleted since: nothing to sum under */
    }
    COX_TRY(convert(load, row, &deal, reterr));
    return cox_deals_put(load, &deal, reterr);
}

static enum cox_rc load_part(struct cox_deals_loading *load, const struct cox_filter_term *term,
    struct cox_err *reterr)
{
    const struct cox_filter *filter;

    COX_TRY(cox_filter_build(load->call, &cox_opportunity, term, 1, &filter, reterr));
    return cox_each(load->call, &cox_opportunity, filter, note_deal, load, reterr);
}

/* ---- activities: named analytical SQL ---- */

/*
 * activity-newest-by-deal: the newest day on which something was done about each deal. Deals that
 * the actor does not see are dropped in C, and with a deal one sees its activities, so this needs no
 * scope of its own. $1 instant, $2 seq, $3 day.
 */
static const char activity_sql[] =
    "SELECT \"opportunity\", MAX(\"done_day\") FROM ("
    "SELECT \"opportunity\", \"done_day\" FROM \"activity\" "
    "WHERE \"from_us\" <= $1 AND \"rev\" <= $2 AND \"done_day\" <= $3 "
    "UNION ALL SELECT \"opportunity\", \"done_day\" FROM \"activity_past\" "
    "WHERE \"from_us\" <= $1 AND \"to_us\" > $1 AND \"rev\" <= $2 AND \"seq_to\" > $2 "
    "AND \"done_day\" <= $3) AS \"a\" WHERE \"opportunity\" IS NOT NULL GROUP BY \"opportunity\"";

enum cox_rc cox_deal_activity_days(struct cox_call *call, cox_deal_day_fn fn, void *ctx,
    struct cox_err *reterr)
{
    struct cox_as_of as_of = cox_call_as_of(call);
    COX_AUTO_STMT stmt = NULL;
    bool is_row;

    COX_TRY(cox_db_prepare(cox_call_db(call), cox_text_of(activity_sql), &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, as_of.at_us);
    cox_stmt_bind_int(stmt, 2, as_of.seq);
    cox_stmt_bind_int(stmt, 3, cox_call_as_of_day(call));
    for (;;) {
        COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
        if (!is_row) {
            return COX_OK;
        }
        fn(ctx, cox_stmt_int(stmt, 0), cox_stmt_int(stmt, 1));
    }
}

static void note_activity(void *ctx, int64_t id, int64_t day)
{
    struct cox_deals_loading *load = ctx;
    uint64_t at;

    if (cox_imap_find(load->by_id, id, &at)) {
        struct cox_deal *deal = &load->deals->at[at];

        deal->last_activity_day = day > deal->last_activity_day ? day : deal->last_activity_day;
    }
}

/* ---- credit ---- */

enum { DEAL, USER, SHARE_BP };
static const uint32_t share_fields[] = {[DEAL] = COX_OPPORTUNITY_SPLIT_OPPORTUNITY,
    [USER] = COX_OPPORTUNITY_SPLIT_USER,
    [SHARE_BP] = COX_OPPORTUNITY_SPLIT_SHARE_BP};

static enum cox_rc note_share(void *ctx, int64_t id, const struct cox_value *values,
    struct cox_err *reterr)
{
    struct cox_deal_shares *shares = ctx;
    void *array = shares->at;

    (void)id;
    COX_TRY(grow(shares->arena, &array, shares->count, &shares->room, sizeof(*shares->at), reterr));
    shares->at = array;
    shares->at[shares->count++] =
        (struct cox_deal_share){values[DEAL].number, values[USER].number, values[SHARE_BP].number};
    return COX_OK;
}

static int compare_shares(const void *a, const void *b)
{
    const struct cox_deal_share *x = a, *y = b;

    if (x->deal != y->deal) {
        return x->deal < y->deal ? -1 : 1;
    }
    return (x->user > y->user) - (x->user < y->user);
}

enum cox_rc cox_deal_shares_load(struct cox_call *call, struct cox_deal_shares *ret_shares,
    struct cox_err *reterr)
{
    const struct cox_filter_term term = {COX_OPPORTUNITY_SPLIT_KIND, "eq",
        cox_int(COX_SPLIT_REVENUE)};
    struct cox_query query = {.entity = &cox_opportunity_split};

    *ret_shares = (struct cox_deal_shares){.arena = cox_call_arena(call)};
    COX_TRY(cox_filter_build(call, &cox_opportunity_split, &term, 1, &query.filter, reterr));
    COX_TRY(cox_scan(call, &query, share_fields, COX_COUNT(share_fields), note_share, ret_shares,
        reterr));
    if (ret_shares->count > 1) {
        qsort(ret_shares->at, ret_shares->count, sizeof(*ret_shares->at), compare_shares);
    }
    return COX_OK;
}

size_t cox_deal_shares_of(const struct cox_deal_shares *shares, int64_t deal,
    const struct cox_deal_share **ret_first)
{
    size_t low = 0, high = shares->count, count = 0;

    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (shares->at[mid].deal < deal) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    while (low + count < shares->count && shares->at[low + count].deal == deal) {
        count++;
    }
    *ret_first = count == 0 ? NULL : &shares->at[low];
    return count <= COX_DEAL_SHARES_MAX ? count : 0;
}

static enum cox_rc add_credit(struct cox_deals_loading *load, size_t deal, int64_t user,
    int64_t amount_minor, struct cox_err *reterr)
{
    struct cox_deals *deals = load->deals;
    void *array = deals->credits;

    COX_TRY(grow(load->arena, &array, deals->credit_count, &deals->credit_room,
        sizeof(*deals->credits), reterr));
    deals->credits = (struct cox_deal_credit *)array;
    deals->credits[deals->credit_count++] = (struct cox_deal_credit){deal, user, amount_minor};
    return COX_OK;
}

static enum cox_rc credit_deal(struct cox_deals_loading *load, size_t deal,
    const struct cox_deal_shares *shares, struct cox_err *reterr)
{
    int64_t amount_minor = load->deals->at[deal].amount_minor, parts[COX_DEAL_SHARES_MAX];
    const struct cox_deal_share *share;
    size_t count = cox_deal_shares_of(shares, load->deals->at[deal].id, &share);
    double weights[COX_DEAL_SHARES_MAX];

    if (count == 0) {
        return add_credit(load, deal, load->deals->at[deal].owner, amount_minor, reterr);
    }
    for (size_t i = 0; i < count; i++) {
        weights[i] = (double)share[i].share_bp;
    }
    COX_TRY(cox_money_split(amount_minor, weights, count, parts, reterr));
    for (size_t i = 0; i < count; i++) {
        COX_TRY(add_credit(load, deal, share[i].user, parts[i], reterr));
    }
    return COX_OK;
}

enum cox_rc cox_deals_credit(struct cox_deals_loading *load, const struct cox_deal_shares *shares,
    struct cox_err *reterr)
{
    for (size_t deal = 0; deal < load->deals->count; deal++) {
        if (load->deals->at[deal].won_day != COX_NULL) {
            COX_TRY(credit_deal(load, deal, shares, reterr));
        }
    }
    return COX_OK;
}

enum cox_rc cox_deal_name(struct cox_call *call, int64_t id, struct cox_text *ret_name,
    struct cox_err *reterr)
{
    const struct cox_row *row;

    COX_TRY(cox_get(call, &cox_opportunity, id, &row, reterr));
    *ret_name = cox_row_text(row, COX_OPPORTUNITY_NAME);
    return COX_OK;
}

enum cox_rc cox_deals_load(struct cox_call *call, int64_t closed_from, bool with_lost,
    struct cox_deals *ret_deals, struct cox_err *reterr)
{
    const struct cox_filter_term open = {COX_OPPORTUNITY_CLOSED_DAY, "is", cox_null()};
    const struct cox_filter_term closed = {with_lost ? COX_OPPORTUNITY_CLOSED_DAY
                                                     : COX_OPPORTUNITY_WON_DAY,
        "gte", cox_int(closed_from)};
    struct cox_deal_shares shares;
    struct cox_deals_loading load;

    COX_TRY(cox_deals_begin(&load, call, ret_deals, reterr));
    COX_TRY(load_part(&load, &open, reterr));
    COX_TRY(load_part(&load, &closed, reterr));
    COX_TRY(cox_deal_activity_days(call, note_activity, &load, reterr));
    COX_TRY(cox_deal_shares_load(call, &shares, reterr));
    return cox_deals_credit(&load, &shares, reterr);
}
