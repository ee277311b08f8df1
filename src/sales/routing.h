/*
 * sales/routing.h: lead routing: which rule takes a new lead, whose turn it is, and by when it is to be
 * answered. What was decided, and why, stands on the lead and so in its history.
 */
#ifndef COX_SALES_ROUTING_H
#define COX_SALES_ROUTING_H

#include "record/record.h"

enum cox_routing_method { COX_ROUND_ROBIN, COX_LEAST_LOADED };

enum {
    COX_ROUTING_RULE_NAME,
    COX_ROUTING_RULE_POSITION,
    COX_ROUTING_RULE_IS_ACTIVE,
    COX_ROUTING_RULE_CONDITION,
    COX_ROUTING_RULE_METHOD,
    COX_ROUTING_RULE_AT_WORK,
    COX_ROUTING_RULE_RESPOND_MIN,
    COX_ROUTING_RULE_FIELD_COUNT
};

struct cox_routing_rule {
    struct cox_head head;
    struct cox_text name;
    int64_t position, is_active;
    struct cox_text condition; /* a filter of leads; no value: every lead */
    int64_t method;
    int64_t at_work;     /* only people who are at work at that minute */
    int64_t respond_min; /* minutes of working time until the first answer; no value: no clock */
};
extern const struct cox_entity cox_routing_rule;

enum {
    COX_ROUTING_MEMBER_RULE,
    COX_ROUTING_MEMBER_USER,
    COX_ROUTING_MEMBER_WEIGHT,
    COX_ROUTING_MEMBER_OPEN_MAX,
    COX_ROUTING_MEMBER_DAY_MAX,
    COX_ROUTING_MEMBER_FROM_DAY,
    COX_ROUTING_MEMBER_TO_DAY,
    COX_ROUTING_MEMBER_FIELD_COUNT
};

struct cox_routing_member {
    struct cox_head head;
    int64_t rule, user, weight;
    int64_t open_max, day_max; /* open leads at a time; leads a company day; no value: any number */
    int64_t from_day, to_day;
};
extern const struct cox_entity cox_routing_member;

/* ---- a decision ---- */

enum cox_candidate_state {
    COX_CANDIDATE_FREE, /* might have been chosen */
    COX_CANDIDATE_CHOSEN,
    COX_CANDIDATE_AWAY,     /* not at work; until_us: from when on */
    COX_CANDIDATE_FULL,     /* limit leads open already */
    COX_CANDIDATE_DAY_FULL, /* limit leads on that day already */
    COX_CANDIDATE_GONE,     /* no longer here, or not active */
    COX_CANDIDATE_STATE_COUNT
};
extern const char *const cox_candidate_states[COX_CANDIDATE_STATE_COUNT]; /* in the API */

struct cox_candidate {
    int64_t user;
    struct cox_text name;
    enum cox_candidate_state state;
    int64_t limit, until_us; /* as the state says; else COX_NULL */
};

struct cox_routing_step {
    int64_t rule;
    struct cox_text name, condition;
    int64_t method;
    bool is_met;
    const struct cox_candidate *candidates; /* of a rule that is met */
    size_t candidate_count;
};

struct cox_routing_decision {
    const struct cox_routing_step *steps; /* rules in order, up to the one that decided */
    size_t step_count;
    int64_t rule, owner;   /* 0: no rule took it */
    int64_t respond_by_us; /* COX_NULL: no clock */
    struct cox_text why;   /* the steps in words */
};

/* The active rules in order, with their people. */
struct cox_routing_rules {
    const struct cox_routing_rule *rules;
    size_t rule_count;
    const struct cox_routing_member *members; /* of all rules */
    size_t member_count;
};

/* As of the call's instant, into arena: they may outlive the call (today's rules on an earlier lead). */
enum cox_rc cox_routing_rules_load(struct cox_call *call, struct cox_arena *arena,
    struct cox_routing_rules *ret_rules, struct cox_err *reterr) COX_NODISCARD;

/*
 * Which rule takes this lead at the call's instant, and whom it goes to. Whoever the actor is: the people and
 * the number of their leads are read as the program sees them. In the call's arena.
 */
enum cox_rc cox_routing_decide(struct cox_call *call, const struct cox_routing_rules *rules,
    const struct cox_row *lead, struct cox_routing_decision *ret_decision,
    struct cox_err *reterr) COX_NODISCARD;

/* Decides and fills owner, routing_rule, routed_to, routed_at, routed_why, respond_by. Nothing when no rule
 * takes it. */
enum cox_rc cox_routing_fill(struct cox_call *call, struct cox_row *lead, bool *ret_is_routed,
    struct cox_err *reterr) COX_NODISCARD;

#endif
