/*
 * leader/profile_kinds.c: which acts count for what, and the ranges that roles ask for. Both are judgements of ours to
 * begin with, not findings: they stand in the open, a company changes them, and each act can be contested.
 */
#include "leader/profile.h"

const struct cox_act_kind cox_act_kinds[COX_ACT_COUNT] = {
    /* focus */
    [COX_ACT_TALK_HELD] = {"talk_held", "1:1 held", COX_ASPECT_FOCUS, true, 1,
        "Time for a person, as planned."},
    [COX_ACT_TALK_MISSED] = {"talk_missed", "1:1 that did not take place", COX_ASPECT_FOCUS, false,
        1,
        "Other work came first. Whose, the record does not say: contest it if it was not yours."},
    [COX_ACT_VISION_WRITTEN] = {"vision_written", "Vision or pillar written", COX_ASPECT_FOCUS,
        true, 2, "Says what the work is for."},
    [COX_ACT_VISION_ANSWERED] = {"vision_answered", "Question on the vision answered",
        COX_ASPECT_FOCUS, true, 1, "Speaks with people about what the work is for."},
    [COX_ACT_CHECK_IN] = {"check_in", "Figure of a goal told", COX_ASPECT_FOCUS, false, .5,
        "Looks after the figures."},
    [COX_ACT_VIEW_SAVED] = {"view_saved", "List or board saved", COX_ASPECT_FOCUS, false, .5,
        "Sets up how tasks are looked at."},
    /* approach */
    [COX_ACT_AGENDA_MINE] = {"agenda_mine", "Point for a talk brought by you", COX_ASPECT_APPROACH,
        false, .5, "You set what is talked about."},
    [COX_ACT_AGENDA_THEIRS] = {"agenda_theirs", "Point for a talk brought by them",
        COX_ASPECT_APPROACH, true, .5, "They set what is talked about."},
    [COX_ACT_DEAL_EDITED] = {"deal_edited", "Somebody else's deal changed", COX_ASPECT_APPROACH,
        false, 1, "You changed amount, day or other facts of a deal that one of your line owns."},
    /* time horizon */
    [COX_ACT_GOAL_SHORT] = {"goal_short", "Goal of up to 100 days", COX_ASPECT_HORIZON, false, 1,
        "Looks a quarter ahead."},
    [COX_ACT_GOAL_LONG] = {"goal_long", "Goal of more than 100 days", COX_ASPECT_HORIZON, true, 1,
        "Looks beyond the quarter."},
    [COX_ACT_PROMISE_SHORT] = {"promise_short", "Promise due within two weeks", COX_ASPECT_HORIZON,
        false, .5, "What is agreed is for the next days."},
    [COX_ACT_PROMISE_LONG] = {"promise_long", "Promise due later than that", COX_ASPECT_HORIZON,
        true, .5, "What is agreed takes time."},
    /* relationship */
    [COX_ACT_SESSION] = {"session", "Coaching session", COX_ASPECT_RELATIONSHIP, true, 1,
        "You coached."},
    [COX_ACT_PLAN_HELPED] = {"plan_helped", "Development plan helped with", COX_ASPECT_RELATIONSHIP,
        true, 1, "You help somebody to learn."},
    [COX_ACT_STAGE_MOVED] = {"stage_moved", "Somebody else's deal moved to a stage",
        COX_ASPECT_RELATIONSHIP, false, 1, "You did a step in the owner's place."},
    /* decision making */
    [COX_ACT_ESCALATION_ANSWERED] = {"escalation_answered", "Problem answered", COX_ASPECT_DECISION,
        false, 1, "A single case was settled with your answer."},
    [COX_ACT_ESCALATION_DECIDED] = {"escalation_decided", "Problem decided", COX_ASPECT_DECISION,
        false, 1, "You decided a single case."},
    [COX_ACT_GOAL_WRITTEN] = {"goal_written", "Goal set", COX_ASPECT_DECISION, true, 1,
        "Decides where to, not how."},
    [COX_ACT_RULES_WRITTEN] = {"rules_written", "Rule or set-up changed", COX_ASPECT_DECISION, true,
        1, "Stages, territories, products, routing: one decision for many cases."},
    /* motivation */
    [COX_ACT_PROMISE_GIVEN] = {"promise_given", "Task you wrote down for somebody",
        COX_ASPECT_MOTIVATION, false, 1, "Somebody promised what you put down."},
    [COX_ACT_QUOTA_SET] = {"quota_set", "Quota set", COX_ASPECT_MOTIVATION, false, 1,
        "A target is to move people."},
    [COX_ACT_PROMISE_CHOSEN] = {"promise_chosen", "Task somebody wrote down themselves",
        COX_ASPECT_MOTIVATION, true, 1, "They chose what to promise."},
    [COX_ACT_PROMISE_KEPT] = {"promise_kept", "Your promise kept in time", COX_ASPECT_MOTIVATION,
        true, .5, "Trust comes from promises kept."},
};

const struct cox_choice cox_range_roles[] = {
    [COX_RANGE_MANAGER] = {"manager", "Manager", NULL},
    [COX_RANGE_LEADER] = {"leader", "Leader", NULL},
    {0},
};

/* Rows: manager, leader. Columns: focus, approach, time horizon, relationship, decision making, motivation. */
const struct cox_range cox_ranges[] = {
    {"steady", "Steady team", {{.30, .35, .25, .45, .25, .35}, {.45, .50, .50, .50, .50, .50}},
        {{.60, .60, .55, .70, .55, .65}, {.75, .80, .80, .80, .80, .80}}},
    {"growing", "Growing team", {{.40, .45, .35, .50, .35, .45}, {.50, .55, .55, .55, .55, .55}},
        {{.65, .70, .60, .80, .65, .75}, {.80, .85, .85, .85, .85, .85}}},
    {"turnaround", "Turnaround", {{.20, .20, .15, .35, .20, .25}, {.35, .35, .30, .40, .35, .40}},
        {{.50, .50, .40, .60, .45, .55}, {.65, .65, .60, .70, .65, .70}}},
};
const size_t cox_range_count = COX_COUNT(cox_ranges);
