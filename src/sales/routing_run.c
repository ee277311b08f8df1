/*
 * sales/routing_run.c: one decision: rules in order, people of the first that is met, whose turn it is. Reads
 * only what is so at the call's instant, so a past decision can be replayed.
 */
#include "base/zone.h"
#include "org/duty.h"
#include "org/people.h"
#include "record/query.h"
#include "sales/lead.h"
#include "sales/routing.h"
#include "sales/routing_pick.h"

enum { WHY_MAX = 2000 };

const char *const cox_candidate_states[COX_CANDIDATE_STATE_COUNT] = {
    [COX_CANDIDATE_FREE] = "free",
    [COX_CANDIDATE_CHOSEN] = "chosen",
    [COX_CANDIDATE_AWAY] = "away",
    [COX_CANDIDATE_FULL] = "full",
    [COX_CANDIDATE_DAY_FULL] = "day_full",
    [COX_CANDIDATE_GONE] = "gone",
};

/* One rule at work: its people side by side with what the picker and the reader want to know. */
struct bench {
    struct cox_call *call;
    const struct cox_row *lead;
    const struct cox_routing_rule *rule;
    struct cox_routing_member *members;
    struct cox_turn *turns;
    struct cox_candidate *candidates;
    size_t count;
    int64_t weight_sum;
    struct cox_err *reterr;
};

/* ---- people of a rule ---- */

static enum cox_rc take_members(struct bench *bench, const struct cox_routing_rules *rules)
{
    int64_t day = cox_call_day(bench->call, cox_call_now_us(bench->call));
    struct cox_arena *arena = cox_call_arena(bench->call);

    bench->members = COX_NEW_ARRAY(arena, rules->member_count + 1, struct cox_routing_member);
    bench->turns = COX_NEW_ARRAY(arena, rules->member_count + 1, struct cox_turn);
    bench->candidates = COX_NEW_ARRAY(arena, rules->member_count + 1, struct cox_candidate);
    if (bench->members == NULL || bench->turns == NULL || bench->candidates == NULL) {
        return cox_no_memory(bench->reterr);
    }
    for (size_t i = 0; i < rules->member_count; i++) {
        const struct cox_routing_member *member = &rules->members[i];
        if (member->rule == bench->rule->head.id &&
            cox_days_hold(member->from_day, member->to_day, day)) {
            bench->members[bench->count] = *member;
            bench->turns[bench->count++] =
                (struct cox_turn){.user = member->user, .weight = member->weight};
            bench->weight_sum += member->weight;
        }
    }
    return COX_OK;
}

/* How many leads, whoever may see them. */
static enum cox_rc count_leads(struct bench *bench, const struct cox_filter_term *terms,
    size_t term_count, int64_t *ret_count)
{
    struct cox_query query = {.entity = &cox_lead, .limit = 1, .want_count = true};
    struct cox_page page;

    COX_TRY(
        cox_filter_build(bench->call, &cox_lead, terms, term_count, &query.filter, bench->reterr));
    COX_TRY(cox_peek_list(bench->call, &query, &page, bench->reterr));
    *ret_count = page.total;
    return COX_OK;
}

static enum cox_rc count_open(struct bench *bench, int64_t user, int64_t *ret_count)
{
    const struct cox_filter_term terms[] = {
        {COX_LEAD_OWNER, "eq", cox_int(user)},
        {COX_LEAD_PHASE, "eq", cox_int(COX_LEAD_OPEN)},
    };
    return count_leads(bench, terms, COX_COUNT(terms), ret_count);
}

/* Leads of the company day at hand, by person: one question for all who have a limit. */
static enum cox_rc count_today(struct bench *bench)
{
    int64_t today = cox_call_day(bench->call, cox_call_now_us(bench->call));
    const struct cox_filter_term terms[] = {{COX_LEAD_ROUTED_AT, "gte",
        cox_int(cox_zone_day_start(cox_call_zone(bench->call), today))}};
    struct cox_query query = {.entity = &cox_lead,
        .limit = COX_PAGE_MAX,
        .order = {{COX_LEAD_ROUTED_AT, true}},
        .order_count = 1};
    bool is_limited = false;
    struct cox_page page;

    for (size_t i = 0; i < bench->count; i++) {
        is_limited = is_limited || bench->members[i].day_max != COX_NULL;
    }
    COX_TRY(cox_filter_build(bench->call, &cox_lead, terms, COX_COUNT(terms), &query.filter,
        bench->reterr));
    do {
        page = (struct cox_page){0};
        if (is_limited) {
            COX_TRY(cox_peek_list(bench->call, &query, &page, bench->reterr));
        }
        for (size_t i = 0; i < page.count * bench->count; i++) {
            const struct cox_row *lead = &page.rows[i / bench->count];
            struct cox_turn *turn = &bench->turns[i % bench->count];
            turn->today += cox_row_int(lead, COX_LEAD_ROUTED_TO) == turn->user ? 1 : 0;
        }
        query.cursor = page.next;
    } while (page.next.ptr != NULL);
    return COX_OK;
}

static enum cox_rc look_at_person(struct bench *bench, size_t at)
{
    struct cox_candidate *candidate = &bench->candidates[at];
    int64_t day = cox_call_day(bench->call, cox_call_now_us(bench->call));
    const struct cox_row *row;
    struct cox_user user;
    enum cox_rc rc;

    rc = cox_peek(bench->call, &cox_user, candidate->user, &row, bench->reterr);
    if (rc == COX_MISSING || rc == COX_GONE) { /* not here yet, of an earlier instant */
        candidate->state = COX_CANDIDATE_GONE;
        return COX_OK;
    }
    COX_TRY(rc);
    cox_row_unpack(row, &user);
    candidate->name = user.name;
    if (user.is_active == 0 || (user.leave_day != COX_NULL && user.leave_day <= day) ||
        (user.hire_day != COX_NULL && user.hire_day > day)) {
        candidate->state = COX_CANDIDATE_GONE;
    }
    return COX_OK;
}

static enum cox_rc look_at_limits(struct bench *bench, size_t at)
{
    struct cox_candidate *candidate = &bench->candidates[at];
    const struct cox_routing_member *member = &bench->members[at];
    bool is_counted = member->open_max != COX_NULL || bench->rule->method == COX_LEAST_LOADED;
    int64_t count = 0;

    if (is_counted) {
        COX_TRY(count_open(bench, candidate->user, &count));
        bench->turns[at].load = count;
    }
    if (member->open_max != COX_NULL && count >= member->open_max) {
        candidate->state = COX_CANDIDATE_FULL;
        candidate->limit = member->open_max;
        return COX_OK;
    }
    if (member->day_max != COX_NULL && bench->turns[at].today >= member->day_max) {
        candidate->state = COX_CANDIDATE_DAY_FULL;
        candidate->limit = member->day_max;
    }
    return COX_OK;
}

static enum cox_rc look_at_hours(struct bench *bench, size_t at)
{
    struct cox_candidate *candidate = &bench->candidates[at];
    int64_t now_us = cox_call_now_us(bench->call);
    struct cox_duty duty;
    int64_t from_us;

    COX_TRY(cox_duty_load(bench->call, candidate->user, cox_call_day(bench->call, now_us), &duty,
        bench->reterr));
    from_us = cox_duty_add(&duty, now_us, 0);
    if (from_us != now_us) {
        candidate->state = COX_CANDIDATE_AWAY;
        candidate->until_us = from_us;
    }
    return COX_OK;
}

static enum cox_rc look_at_all(struct bench *bench)
{
    COX_TRY(count_today(bench));
    for (size_t i = 0; i < bench->count; i++) {
        struct cox_candidate *candidate = &bench->candidates[i];

        *candidate = (struct cox_candidate){.user = bench->turns[i].user,
            .limit = COX_NULL,
            .until_us = COX_NULL};
        COX_TRY(look_at_person(bench, i));
        if (candidate->state == COX_CANDIDATE_FREE) {
            COX_TRY(look_at_limits(bench, i));
        }
        if (candidate->state == COX_CANDIDATE_FREE && bench->rule->at_work == 1) {
            COX_TRY(look_at_hours(bench, i));
        }
    }
    return COX_OK;
}

/* ---- whose turn ---- */

/* Nobody free is at work: whoever begins first is as good as there, those who begin together alike. */
static void wake_first(struct bench *bench)
{
    int64_t first_us = INT64_MAX;

    for (size_t i = 0; i < bench->count; i++) {
        const struct cox_candidate *candidate = &bench->candidates[i];
        if (candidate->state == COX_CANDIDATE_FREE) {
            return;
        }
        if (candidate->state == COX_CANDIDATE_AWAY && candidate->until_us != COX_NULL &&
            candidate->until_us < first_us) {
            first_us = candidate->until_us;
        }
    }
    for (size_t i = 0; i < bench->count; i++) {
        bench->turns[i].is_eligible = bench->candidates[i].state == COX_CANDIDATE_AWAY &&
                                      bench->candidates[i].until_us == first_us;
    }
}

/*
 * Users of the rule's last decisions, oldest first; the lead at hand is decided as if for the first time.
 */
static enum cox_rc load_decided(struct bench *bench, int64_t **ret_users, size_t *ret_count)
{
    const struct cox_filter_term terms[] = {
        {COX_LEAD_ROUTING_RULE, "eq", cox_int(bench->rule->head.id)}};
    struct cox_query query = {.entity = &cox_lead,
        .order = {{COX_LEAD_ROUTED_AT, true}},
        .order_count = 1};
    size_t window = cox_turn_window(bench->weight_sum), at = window;
    struct cox_page page;
    int64_t *users;

    query.limit = (uint32_t)window + 1;
    COX_TRY(cox_filter_build(bench->call, &cox_lead, terms, COX_COUNT(terms), &query.filter,
        bench->reterr));
    COX_TRY(cox_peek_list(bench->call, &query, &page, bench->reterr));
    users = COX_NEW_ARRAY(cox_call_arena(bench->call), window, int64_t);
    if (users == NULL) {
        return cox_no_memory(bench->reterr);
    }
    for (size_t i = 0; i < page.count && at > 0; i++) {
        if (page.rows[i].id != bench->lead->id) {
            users[--at] = cox_row_int(&page.rows[i], COX_LEAD_ROUTED_TO);
        }
    }
    *ret_users = users + at;
    *ret_count = window - at;
    return COX_OK;
}

static enum cox_rc pick(struct bench *bench, int *ret_at)
{
    int64_t *decided = NULL;
    size_t decided_count = 0;

    for (size_t i = 0; i < bench->count; i++) {
        bench->turns[i].is_eligible = bench->candidates[i].state == COX_CANDIDATE_FREE;
    }
    wake_first(bench);
    COX_TRY(load_decided(bench, &decided, &decided_count));
    *ret_at = bench->rule->method == COX_LEAST_LOADED
                  ? cox_turn_least_loaded(bench->turns, bench->count, decided, decided_count)
                  : cox_turn_round_robin(bench->turns, bench->count, decided, decided_count);
    if (*ret_at != COX_NO_TURN) {
        bench->candidates[*ret_at].state =
            COX_CANDIDATE_CHOSEN; /* until_us stays: who begins then */
    }
    return COX_OK;
}

static enum cox_rc ask_people(struct bench *bench, const struct cox_routing_rules *rules,
    struct cox_routing_step *step, struct cox_routing_decision *decision)
{
    int at = COX_NO_TURN;

    COX_TRY(take_members(bench, rules));
    COX_TRY(look_at_all(bench));
    COX_TRY(pick(bench, &at));
    step->candidates = bench->candidates;
    step->candidate_count = bench->count;
    if (at != COX_NO_TURN) {
        decision->rule = bench->rule->head.id;
        decision->owner = bench->turns[at].user;
    }
    return COX_OK;
}

/* ---- the decision in words ---- */

/* Numbers, not names: it stays in the lead's history, where an erased person's name must not be. */
static void add_states(struct cox_buf *out, const struct cox_routing_step *step)
{
    static const char *const words[COX_CANDIDATE_STATE_COUNT] = {
        [COX_CANDIDATE_AWAY] = "not at work",
        [COX_CANDIDATE_FULL] = "with as many open leads as allowed",
        [COX_CANDIDATE_DAY_FULL] = "with as many leads that day as allowed",
        [COX_CANDIDATE_GONE] = "no longer here",
    };
    const char *between = ": ";

    for (int state = 0; state < COX_CANDIDATE_STATE_COUNT; state++) {
        int count = 0;
        for (size_t i = 0; i < step->candidate_count; i++) {
            count += step->candidates[i].state == (enum cox_candidate_state)state ? 1 : 0;
        }
        if (count > 0 && words[state] != NULL) {
            cox_buf_format(out, "%s%d %s", between, count, words[state]);
            between = ", ";
        }
    }
}

static void add_step(struct cox_buf *out, const struct cox_routing_step *step)
{
    cox_buf_add_string(out, out->size == 0 ? "\"" : "\n\"");
    cox_buf_add_text(out, step->name);
    if (!step->is_met) {
        cox_buf_add_string(out, "\" is not met");
        return;
    }
    cox_buf_format(out, "\" is met, %s %zu",
        step->method == COX_LEAST_LOADED ? "fewest open leads of" : "round robin among",
        step->candidate_count);
    add_states(out, step);
}

static enum cox_rc tell(struct cox_call *call, struct cox_routing_decision *decision,
    struct cox_err *reterr)
{
    struct cox_buf why;
    size_t size;

    cox_buf_init(&why, 1 << 20);
    for (size_t i = 0; i < decision->step_count; i++) {
        add_step(&why, &decision->steps[i]);
    }
    size = why.size < WHY_MAX ? why.size : WHY_MAX;
    while (size < why.size && size > 0 && ((unsigned char)why.ptr[size] & 0xc0U) == 0x80U) {
        size--; /* not within a character */
    }
    decision->why = cox_arena_text(cox_call_arena(call), (struct cox_text){why.ptr, size});
    size = why.failed ? SIZE_MAX : size;
    cox_buf_done(&why);
    return size == SIZE_MAX || (size > 0 && decision->why.ptr == NULL) ? cox_no_memory(reterr)
                                                                       : COX_OK;
}

/* ---- rules in order ---- */

static enum cox_rc ask_rule(struct cox_call *call, const struct cox_routing_rules *rules, size_t at,
    const struct cox_row *lead, struct cox_routing_step *step,
    struct cox_routing_decision *decision, struct cox_err *reterr)
{
    const struct cox_routing_rule *rule = &rules->rules[at];
    struct bench bench = {.call = call, .lead = lead, .rule = rule, .reterr = reterr};
    int64_t now_us = cox_call_now_us(call);
    const struct cox_filter *filter;
    struct cox_duty duty;

    *step = (struct cox_routing_step){.rule = rule->head.id,
        .name = rule->name,
        .condition = rule->condition,
        .method = rule->method};
    COX_TRY(cox_filter_parse(call, &cox_lead, rule->condition, &filter, reterr));
    COX_TRY(cox_filter_meets(call, filter, lead, &step->is_met, reterr));
    if (!step->is_met) {
        return COX_OK;
    }
    COX_TRY(ask_people(&bench, rules, step, decision));
    if (decision->owner == 0 || rule->respond_min == COX_NULL) {
        return COX_OK;
    }
    COX_TRY(cox_duty_load(call, decision->owner, cox_call_day(call, now_us), &duty, reterr));
    decision->respond_by_us = cox_duty_add(&duty, now_us, rule->respond_min);
    return COX_OK;
}

enum cox_rc cox_routing_decide(struct cox_call *call, const struct cox_routing_rules *rules,
    const struct cox_row *lead, struct cox_routing_decision *ret_decision, struct cox_err *reterr)
{
    struct cox_routing_step *steps =
        COX_NEW_ARRAY(cox_call_arena(call), rules->rule_count + 1, struct cox_routing_step);

    *ret_decision = (struct cox_routing_decision){.steps = steps, .respond_by_us = COX_NULL};
    if (steps == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < rules->rule_count && ret_decision->owner == 0; i++) {
        COX_TRY(ask_rule(call, rules, i, lead, &steps[i], ret_decision, reterr));
        ret_decision->step_count = i + 1;
    }
    return tell(call, ret_decision, reterr);
}

enum cox_rc cox_routing_fill(struct cox_call *call, struct cox_row *lead, bool *ret_is_routed,
    struct cox_err *reterr)
{
    struct cox_routing_rules rules;
    struct cox_routing_decision decision;

    COX_TRY(cox_routing_rules_load(call, cox_call_arena(call), &rules, reterr));
    COX_TRY(cox_routing_decide(call, &rules, lead, &decision, reterr));
    *ret_is_routed = decision.owner != 0;
    if (decision.owner == 0) {
        return COX_OK;
    }
    cox_row_set(lead, COX_LEAD_OWNER, cox_int(decision.owner));
    cox_row_set(lead, COX_LEAD_ROUTING_RULE, cox_int(decision.rule));
    cox_row_set(lead, COX_LEAD_ROUTED_TO, cox_int(decision.owner));
    cox_row_set(lead, COX_LEAD_ROUTED_AT, cox_int(cox_call_now_us(call)));
    cox_row_set(lead, COX_LEAD_ROUTED_WHY, cox_text_value(decision.why));
    cox_row_set(lead, COX_LEAD_RESPOND_BY, cox_int(decision.respond_by_us));
    cox_row_set(lead, COX_LEAD_RESPONDED_AT, cox_null());
    return COX_OK;
}
