/* manager/attainment.c: results against quotas. */
#include "manager/attainment.h"

#include <stdlib.h>

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
    bool needs_activities;
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

int64_t cox_credit_sum(const struct cox_brief *brief, int64_t user, struct cox_span span)
{
    const struct cox_deals *deals = brief->deals;
    int64_t sum = 0;

    for (size_t i = 0; i < deals->credit_count; i++) {
        const struct cox_deal_credit *credit = &deals->credits[i];

        if (credit->user == user && cox_span_has(span, deals->at[credit->deal].won_day)) {
            sum += credit->amount_minor;
        }
    }
    return sum;
}

static int64_t count_deals(const struct load *load, enum cox_measure measure, int64_t user)
{
    const struct cox_deals *deals = load->brief->deals;
    int64_t count = 0;

    for (size_t i = 0; i < deals->count; i++) {
        const struct cox_deal *deal = &deals->at[i];

        if (deal->owner == user &&
            cox_span_has(load->span,
                measure == COX_MEASURE_DEALS ? deal->won_day : deal->created_day)) {
            count++;
        }
    }
    return count;
}

/* Members of a row: one person, or everybody of the team on the brief's day. */
struct team_members {
    int64_t team, day;
    int64_t users[1024];
    size_t count;
};

static enum cox_rc note_team_member(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct team_members *members = (struct team_members *)ctx;
    struct cox_team_member member;

    (void)reterr; /* nothing can fail */
    cox_row_unpack(row, &member);
    if (cox_days_hold(member.from_day, member.to_day, members->day) &&
        members->count < COX_COUNT(members->users)) {
        members->users[members->count++] = member.user;
    }
    return COX_OK;
}

static enum cox_rc members_of(const struct load *load, const struct cox_attainment *row,
    struct team_members *members, struct cox_err *reterr)
{
    const struct cox_filter_term term = {COX_TEAM_MEMBER_TEAM, "eq", cox_int(row->team)};
    const struct cox_filter *filter;

    members->count = 0;
    if (row->team == COX_NULL) {
        members->users[members->count++] = row->user;
        return COX_OK;
    }
    members->team = row->team;
    members->day = load->brief->day;
    COX_TRY(cox_filter_build(load->brief->call, &cox_team_member, &term, 1, &filter, reterr));
    return cox_each(load->brief->call, &cox_team_member, filter, note_team_member, members, reterr);
}

struct acts {
    const struct load *load;
    const struct team_members *members;
    enum cox_activity_kind kind;
    int64_t count;
};

static enum cox_rc note_act(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct acts *acts = (struct acts *)ctx;
    int64_t owner = cox_row_int(row, COX_ACTIVITY_OWNER);

    (void)reterr; /* nothing can fail */
    for (size_t i = 0; i < acts->members->count; i++) {
        acts->count += acts->members->users[i] == owner ? 1 : 0;
    }
    return COX_OK;
}

static enum cox_rc count_acts(const struct load *load, const struct cox_attainment *row,
    const struct team_members *members, int64_t *ret_count, struct cox_err *reterr)
{
    struct acts acts = {
        .load = load,
        .members = members,
        .kind = row->measure == COX_MEASURE_CALLS ? COX_ACTIVITY_CALL : COX_ACTIVITY_MEETING,
    };
    const struct cox_filter_term terms[] = {
        {COX_ACTIVITY_KIND, "eq", cox_int((int64_t)acts.kind)},
        {COX_ACTIVITY_DONE_DAY, "gte", cox_int(load->span.from_day)},
        {COX_ACTIVITY_DONE_DAY, "lt", cox_int(load->span.to_day)},
        {COX_ACTIVITY_DONE_DAY, "lte", cox_int(load->brief->day)},
    };
    const struct cox_filter *filter;

    COX_TRY(cox_filter_build(load->brief->call, &cox_activity, terms, COX_COUNT(terms), &filter,
        reterr));
    COX_TRY(cox_each(load->brief->call, &cox_activity, filter, note_act, &acts, reterr));
    *ret_count = acts.count;
    return COX_OK;
}

static enum cox_rc fill_result(const struct load *load, struct cox_attainment *row,
    struct team_members *members, struct cox_err *reterr)
{
    COX_TRY(members_of(load, row, members, reterr));
    if (row->measure == COX_MEASURE_MEETINGS || row->measure == COX_MEASURE_CALLS) {
        return count_acts(load, row, members, &row->result, reterr);
    }
    for (size_t i = 0; i < members->count; i++) {
        row->result += row->measure == COX_MEASURE_REVENUE
                           ? cox_credit_sum(load->brief, members->users[i], load->span)
                           : count_deals(load, row->measure, members->users[i]);
    }
    return COX_OK;
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

enum cox_rc cox_attainment_load(struct cox_brief *brief, struct cox_span span,
    struct cox_attainment **ret_rows, size_t *ret_count, size_t *ret_unrated_count,
    struct cox_err *reterr)
{
    const struct cox_filter_term terms[] = {
        {COX_QUOTA_FROM_DAY, "lt", cox_int(span.to_day)},
        {COX_QUOTA_TO_DAY, "gt", cox_int(span.from_day)},
    };
    struct load load = {.brief = brief, .span = span, .pace = cox_pace(brief, span)};
    struct team_members *members = COX_NEW(cox_call_arena(brief->call), struct team_members);
    const struct cox_filter *filter;

    if (members == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_filter_build(brief->call, &cox_quota, terms, COX_COUNT(terms), &filter, reterr));
    COX_TRY(cox_each(brief->call, &cox_quota, filter, note_quota, &load, reterr));
    for (size_t i = 0; i < load.count; i++) {
        COX_TRY(fill_result(&load, &load.rows[i], members, reterr));
    }
    if (load.count > 1) {
        qsort(load.rows, load.count, sizeof(*load.rows), compare_rows);
    }
    *ret_rows = load.rows;
    *ret_count = load.count;
    *ret_unrated_count = load.unrated_count;
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

enum cox_rc cox_period_sum_load(struct cox_brief *brief, struct cox_span span, int64_t due_from,
    struct cox_period_sum *ret_sum, struct cox_err *reterr)
{
    const struct cox_deals *deals = brief->deals;
    struct cox_period_sum sum = {0};
    struct cox_attainment *rows;
    size_t count;

    COX_TRY(cox_attainment_load(brief, span, &rows, &count, &sum.unrated_count, reterr));
    sum.target_minor = sum_targets(rows, count);
    for (size_t i = 0; i < deals->count; i++) {
        const struct cox_deal *deal = &deals->at[i];

        if (!cox_brief_counts(brief, deal->owner)) {
            continue;
        }
        if (cox_span_has(span, deal->won_day)) {
            sum.won_count++;
            sum.won_minor += deal->amount_minor;
        } else if (cox_deal_is_open(deal) && deal->close_day != COX_NULL &&
                   deal->close_day < span.to_day &&
                   (due_from == COX_NULL || deal->close_day >= due_from)) {
            sum.due_count++;
            sum.due_minor += deal->amount_minor;
            sum.due_weighted_minor +=
                isnan(deal->win_prob) ? 0 : (double)deal->amount_minor * deal->win_prob;
        }
    }
    *ret_sum = sum;
    return COX_OK;
}
