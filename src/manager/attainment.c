/* manager/attainment.c: results against quotas. */
#include "manager/attainment.h"

#include <stdlib.h>

#include "base/map.h"
#include "kernel/book/book.h"
#include "org/calendar.h"
#include "org/currency.h"
#include "org/people.h"
#include "record/query.h"
#include "sales/activity.h"
#include "sales/deals.h"

struct load {
    struct cox_brief *brief;
    struct cox_span span;
    double pace;
    struct cox_attainment *rows;
    size_t count, room, unrated_count;
    bool needs_activities, has_results;
    struct load *next;
};

static struct cox_attainment *row_of(struct load *load, const struct cox_quota *quota,
    struct cox_err *reterr)
{
    for (size_t i = 0; i < load->count; i++) {
        struct cox_attainment *row = &load->rows[i];

        if (row->user == quota->user && row->team == quota->team &&
            (int64_t)row->measure == quota->measure) {
            return row;
        }
    }
    if (load->count == load->room) {
        size_t room = load->room == 0 ? 64 : 2 * load->room;
        struct cox_attainment *rows =
            COX_NEW_ARRAY(cox_call_arena(load->brief->call), room, struct cox_attainment);

        if (rows == NULL) {
            (void)cox_no_memory(reterr); /* the caller sees NULL */
            return NULL;
        }
        if (load->count > 0) {
            memcpy(rows, load->rows, load->count * sizeof(*rows));
        }
        load->rows = rows;
        load->room = room;
    }
    load->rows[load->count] = (struct cox_attainment){
        .user = quota->user,
        .team = quota->team,
        .measure = (enum cox_measure)quota->measure,
        .pace = load->pace,
    };
    return &load->rows[load->count++];
}

static enum cox_rc note_quota(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct load *load = (struct load *)ctx;
    struct cox_brief *brief = load->brief;
    struct cox_attainment *attainment;
    struct cox_quota quota;
    int64_t value;

    cox_row_unpack(row, &quota);
    if (!cox_brief_counts(brief, quota.user)) {
        return COX_OK;
    }
    value = quota.count;
    if (quota.measure == COX_MEASURE_REVENUE) {
        bool is_known = true;

        value = quota.amount;
        if (quota.currency.size > 0 && !cox_text_same(quota.currency, brief->currency)) {
            COX_TRY(cox_currency_convert(brief->call, quota.amount, quota.currency, brief->currency,
                quota.from_day, COX_RATE_PLAN, &value, &is_known, reterr));
        }
        if (!is_known) {
            load->unrated_count++;
            return COX_OK;
        }
    }
    attainment = row_of(load, &quota, reterr);
    if (attainment == NULL) {
        return COX_NO_MEMORY;
    }
    attainment->target += cox_quota_part(&brief->week,
        (struct cox_span){quota.from_day, quota.to_day}, value, load->span);
    load->needs_activities = load->needs_activities || quota.measure == COX_MEASURE_MEETINGS ||
                             quota.measure == COX_MEASURE_CALLS;
    return COX_OK;
}

/* ---- results ---- */

/* What one person did in the span. */
struct doing {
    int64_t user, credit_minor, count[COX_MEASURE_COUNT];
};

struct doings {
    struct cox_imap *by_user;
    struct doing *at; /* of the people of the brief and whoever else did something */
    size_t count, room;
    const struct load *load;
};

static enum cox_rc doing_of(struct doings *doings, int64_t user, struct doing **ret_doing,
    struct cox_err *reterr)
{
    struct cox_arena *arena = cox_call_arena(doings->load->brief->call);
    uint64_t at;

    if (!cox_imap_find(doings->by_user, user, &at)) {
        at = doings->count;
        COX_TRY(cox_imap_put(doings->by_user, user, at, reterr));
        if (doings->count == doings->room) {
            size_t room = 2 * doings->room + 64;
            struct doing *grown = COX_NEW_ARRAY(arena, room, struct doing);
            if (grown == NULL) {
                return cox_no_memory(reterr);
            }
            if (doings->count > 0) {
                memcpy(grown, doings->at, doings->count * sizeof(*grown));
            }
            doings->at = grown;
            doings->room = room;
        }
        doings->at[doings->count++] = (struct doing){.user = user};
    }
    *ret_doing = &doings->at[at];
    return COX_OK;
}

static enum cox_rc add_deals(struct doings *doings, struct cox_err *reterr)
{
    const struct cox_deals *deals = doings->load->brief->deals;
    struct cox_span span = doings->load->span;
    struct doing *doing;

    for (size_t i = 0; i < deals->count; i++) {
        bool is_won = cox_span_has(span, deals->at[i].won_day);
        bool is_created = cox_span_has(span, deals->at[i].created_day);
        if (is_won || is_created) {
            COX_TRY(doing_of(doings, deals->at[i].owner, &doing, reterr));
            doing->count[COX_MEASURE_DEALS] += is_won;
            doing->count[COX_MEASURE_CREATED] += is_created;
        }
    }
    for (size_t i = 0; i < deals->credit_count; i++) {
        const struct cox_deal_credit *credit = &deals->credits[i];
        if (cox_span_has(span, deals->at[credit->deal].won_day)) {
            COX_TRY(doing_of(doings, credit->user, &doing, reterr));
            doing->credit_minor += credit->amount_minor;
        }
    }
    return COX_OK;
}

enum { KIND, OWNER };
static const uint32_t act_fields[] = {[KIND] = COX_ACTIVITY_KIND, [OWNER] = COX_ACTIVITY_OWNER};

static enum cox_rc note_act(void *ctx, int64_t id, const struct cox_value *values,
    struct cox_err *reterr)
{
    struct doings *doings = ctx;
    struct doing *doing;

    (void)id;
    if (values[OWNER].kind == COX_VALUE_INT &&
        (values[KIND].number == COX_ACTIVITY_CALL || values[KIND].number == COX_ACTIVITY_MEETING)) {
        COX_TRY(doing_of(doings, values[OWNER].number, &doing, reterr));
        doing->count[values[KIND].number == COX_ACTIVITY_CALL ? COX_MEASURE_CALLS
                                                              : COX_MEASURE_MEETINGS]++;
    }
    return COX_OK;
}

static enum cox_rc add_acts(struct doings *doings, struct cox_err *reterr)
{
    const struct load *load = doings->load;
    const struct cox_filter_term terms[] = {
        {COX_ACTIVITY_DONE_DAY, "gte", cox_int(load->span.from_day)},
        {COX_ACTIVITY_DONE_DAY, "lt", cox_int(load->span.to_day)},
        {COX_ACTIVITY_DONE_DAY, "lte", cox_int(load->brief->day)},
    };
    struct cox_query query = {.entity = &cox_activity};

    COX_TRY(cox_filter_build(load->brief->call, &cox_activity, terms, COX_COUNT(terms),
        &query.filter, reterr));
    return cox_scan(load->brief->call, &query, act_fields, COX_COUNT(act_fields), note_act, doings,
        reterr);
}

static void add_result(const struct doings *doings, struct cox_attainment *row, int64_t user)
{
    uint64_t at;

    if (cox_imap_find(doings->by_user, user, &at)) {
        const struct doing *doing = &doings->at[at];
        row->result +=
            row->measure == COX_MEASURE_REVENUE ? doing->credit_minor : doing->count[row->measure];
    }
}

/* ---- teams ---- */

/* Team quotas by team: all of a team on the brief's day reach for it. */
struct team_adding {
    const struct doings *doings;
    struct load *load;
};

static enum cox_rc add_member(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct team_adding *adding = ctx;
    struct cox_team_member member;

    (void)reterr; /* nothing can fail */
    cox_row_unpack(row, &member);
    if (!cox_days_hold(member.from_day, member.to_day, adding->load->brief->day)) {
        return COX_OK;
    }
    for (size_t i = 0; i < adding->load->count; i++) {
        if (adding->load->rows[i].team == member.team) {
            add_result(adding->doings, &adding->load->rows[i], member.user);
        }
    }
    return COX_OK;
}

static enum cox_rc fill_results(struct load *load, struct cox_err *reterr)
{
    struct doings doings = {.load = load};
    struct team_adding adding = {&doings, load};
    bool has_teams = false;

    COX_TRY(cox_imap_open_in(cox_call_arena(load->brief->call), 256, &doings.by_user, reterr));
    COX_TRY(add_deals(&doings, reterr));
    if (load->needs_activities) {
        COX_TRY(add_acts(&doings, reterr));
    }
    for (size_t i = 0; i < load->count; i++) {
        if (load->rows[i].team == COX_NULL) {
            add_result(&doings, &load->rows[i], load->rows[i].user);
        } else {
            has_teams = true;
        }
    }
    return has_teams
               ? cox_each(load->brief->call, &cox_team_member, NULL, add_member, &adding, reterr)
               : COX_OK;
}

static int compare_rows(const void *a, const void *b)
{
    const struct cox_attainment *x = (const struct cox_attainment *)a;
    const struct cox_attainment *y = (const struct cox_attainment *)b;

    if (x->measure != y->measure) {
        return x->measure < y->measure ? -1 : 1;
    }
    if (x->team != y->team) {
        return x->team < y->team ? -1 : 1; /* people (no team) first */
    }
    return (x->user > y->user) - (x->user < y->user);
}

double cox_pace(const struct cox_brief *brief, struct cox_span span)
{
    int64_t whole = cox_workday_count(&brief->week, span.from_day, span.to_day);
    int64_t end = brief->day + 1 < span.to_day ? brief->day + 1 : span.to_day;

    if (whole <= 0 || end <= span.from_day) {
        return 0;
    }
    return (double)cox_workday_count(&brief->week, span.from_day, end) / (double)whole;
}

/* The quotas that touch the span, without what came of them. */
static enum cox_rc read_quotas(struct load *load, struct cox_err *reterr)
{
    const struct cox_filter_term terms[] = {
        {COX_QUOTA_FROM_DAY, "lt", cox_int(load->span.to_day)},
        {COX_QUOTA_TO_DAY, "gt", cox_int(load->span.from_day)},
    };
    const struct cox_filter *filter;

    COX_TRY(
        cox_filter_build(load->brief->call, &cox_quota, terms, COX_COUNT(terms), &filter, reterr));
    return cox_each(load->brief->call, &cox_quota, filter, note_quota, load, reterr);
}

/* Several sections ask for the same span: it is read once a brief. */
static enum cox_rc find_load(struct cox_brief *brief, struct cox_span span, struct load **ret_load,
    struct cox_err *reterr)
{
    struct load *load = brief->attainment;

    for (; load != NULL; load = load->next) {
        if (load->span.from_day == span.from_day && load->span.to_day == span.to_day) {
            *ret_load = load;
            return COX_OK;
        }
    }
    load = COX_NEW(cox_call_arena(brief->call), struct load);
    if (load == NULL) {
        return cox_no_memory(reterr);
    }
    *load = (struct load){.brief = brief, .span = span, .pace = cox_pace(brief, span)};
    COX_TRY(read_quotas(load, reterr));
    load->next = brief->attainment;
    brief->attainment = load;
    *ret_load = load;
    return COX_OK;
}

enum cox_rc cox_attainment_load(struct cox_brief *brief, struct cox_span span,
    struct cox_attainment **ret_rows, size_t *ret_count, size_t *ret_unrated_count,
    struct cox_err *reterr)
{
    struct load *load;

    COX_TRY(find_load(brief, span, &load, reterr));
    if (!load->has_results) {
        if (load->count > 1) {
            qsort(load->rows, load->count, sizeof(*load->rows), compare_rows);
        }
        COX_TRY(fill_results(load, reterr));
        load->has_results = true;
    }
    *ret_rows = load->rows;
    *ret_count = load->count;
    *ret_unrated_count = load->unrated_count;
    return COX_OK;
}

/* ---- sums of a period ---- */

static int64_t sum_targets(const struct cox_attainment *rows, size_t count)
{
    int64_t people = 0, teams = 0;

    for (size_t i = 0; i < count; i++) {
        if (rows[i].measure == COX_MEASURE_REVENUE) {
            *(rows[i].team == COX_NULL ? &people : &teams) += rows[i].target;
        }
    }
    return people > 0 ? people : teams;
}

int64_t cox_deal_weighted(const struct cox_deal *deal)
{
    return isnan(deal->win_prob)
               ? 0
               : cox_book_weigh(deal->amount_minor, (int64_t)nearbyint(deal->win_prob * 10000.0));
}

enum cox_rc cox_period_sum_load(struct cox_brief *brief, struct cox_span span, int64_t due_from,
    struct cox_period_sum *ret_sum, struct cox_err *reterr)
{
    const struct cox_deals *deals = brief->deals;
    struct cox_period_sum sum = {0};
    struct load *load;

    COX_TRY(find_load(brief, span, &load, reterr));
    sum.target_minor = sum_targets(load->rows, load->count);
    sum.unrated_count = load->unrated_count;
    for (size_t i = 0; i < deals->count; i++) {
        const struct cox_deal *deal = &deals->at[i];

        if (!cox_brief_counts(brief, deal->owner)) {
            continue;
        }
        if (cox_span_has(span, deal->won_day)) {
            sum.won_count++;
        } else if (cox_deal_is_open(deal) && deal->close_day != COX_NULL &&
                   deal->close_day < span.to_day &&
                   (due_from == COX_NULL || deal->close_day >= due_from)) {
            sum.due_count++;
            sum.due_minor += deal->amount_minor;
            sum.due_weighted_minor += cox_deal_weighted(deal);
        }
    }
    for (size_t i = 0; i < deals->credit_count; i++) {
        const struct cox_deal_credit *credit = &deals->credits[i];
        sum.won_minor += cox_span_has(span, deals->at[credit->deal].won_day) &&
                                 cox_brief_counts(brief, credit->user)
                             ? credit->amount_minor
                             : 0;
    }
    *ret_sum = sum;
    return COX_OK;
}
