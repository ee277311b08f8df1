/*
 * leader/coaching.h: what coach and coached share beside the 1:1: how often they meet, points for the next
 * talk, coaching sessions with scores, the card each person writes, development plans. Each of these
 * records is read by its two people alone. Rubrics, templates and questions are the company's.
 */
#ifndef COX_LEADER_COACHING_H
#define COX_LEADER_COACHING_H

#include "record/feature.h"

/* ---- how often ---- */

enum {
    COX_CADENCE_LEADER,
    COX_CADENCE_PERSON,
    COX_CADENCE_EVERY_DAYS,
    COX_CADENCE_FROM_DAY,
    COX_CADENCE_FIELD_COUNT
};

struct cox_cadence {
    struct cox_head head;
    int64_t leader, person, every_days, from_day;
};
extern const struct cox_entity cox_cadence;

/* ---- points for the next talk ---- */

enum cox_agenda_state { COX_AGENDA_OPEN, COX_AGENDA_TALKED, COX_AGENDA_DROPPED };

enum {
    COX_AGENDA_ITEM_AUTHOR,
    COX_AGENDA_ITEM_OTHER,
    COX_AGENDA_ITEM_ONE_ON_ONE,
    COX_AGENDA_ITEM_TEXT,
    COX_AGENDA_ITEM_STATE,
    COX_AGENDA_ITEM_DAY,
    COX_AGENDA_ITEM_POSITION,
    COX_AGENDA_ITEM_FIELD_COUNT
};

struct cox_agenda_item {
    struct cox_head head;
    int64_t author, other, one_on_one; /* one_on_one: none yet: the next one */
    struct cox_text text;
    int64_t state, day;
    int64_t position; /* order on the agenda; COX_NULL: after those that have one */
};
extern const struct cox_entity cox_agenda_item;

/* ---- the card a person writes ---- */

enum {
    COX_CARD_PERSON,
    COX_CARD_MANAGER,
    COX_CARD_DRIVES,
    COX_CARD_FEEDBACK,
    COX_CARD_HELPS,
    COX_CARD_HINDERS,
    COX_CARD_FIELD_COUNT
};

struct cox_card {
    struct cox_head head;
    int64_t person, manager;
    struct cox_text drives, feedback, helps, hinders;
};
extern const struct cox_entity cox_card;

/* ---- sessions ---- */

enum cox_coaching_kind {
    COX_COACHING_TALK,
    COX_COACHING_DEAL,
    COX_COACHING_CALL,
    COX_COACHING_FIELD,
    COX_COACHING_KIND_COUNT
};
extern const struct cox_choice cox_coaching_kinds[];

enum cox_coaching_state { COX_COACHING_PLANNED, COX_COACHING_HELD, COX_COACHING_MISSED };

enum {
    COX_COACHING_SESSION_COACH,
    COX_COACHING_SESSION_PERSON,
    COX_COACHING_SESSION_KIND,
    COX_COACHING_SESSION_DAY,
    COX_COACHING_SESSION_MINUTES,
    COX_COACHING_SESSION_OPPORTUNITY,
    COX_COACHING_SESSION_RUBRIC,
    COX_COACHING_SESSION_PLAN,
    COX_COACHING_SESSION_SKILL,
    COX_COACHING_SESSION_NOTE,
    COX_COACHING_SESSION_AGREED,
    COX_COACHING_SESSION_RATING,
    COX_COACHING_SESSION_RATED_DAY,
    COX_COACHING_SESSION_STATE,
    COX_COACHING_SESSION_COACHING_PLAN,
    COX_COACHING_SESSION_FIELD_COUNT
};

struct cox_coaching_session {
    struct cox_head head;
    int64_t coach, person, kind, day, minutes, opportunity, rubric, plan;
    struct cox_text skill, note, agreed;
    int64_t rating, rated_day; /* 1..5, by the coached */
    int64_t state;             /* COX_NULL, from before there were planned ones: held */
    int64_t coaching_plan;     /* the series it is part of: leader/coaching_plan.h */
};
extern const struct cox_entity cox_coaching_session;

/* Only what was held counts anywhere. */
bool cox_coaching_is_held(const struct cox_coaching_session *session);

enum {
    COX_COACHING_SCORE_SESSION,
    COX_COACHING_SCORE_LINE,
    COX_COACHING_SCORE_SCORE,
    COX_COACHING_SCORE_EVIDENCE,
    COX_COACHING_SCORE_FIELD_COUNT
};

struct cox_coaching_score {
    struct cox_head head;
    int64_t session, line, score;
    struct cox_text evidence;
};
extern const struct cox_entity cox_coaching_score;

/* ---- development plan: the sessions and steps towards something ---- */

enum cox_plan_state { COX_PLAN_ACTIVE, COX_PLAN_DONE, COX_PLAN_DROPPED };

enum {
    COX_PLAN_PERSON,
    COX_PLAN_MANAGER,
    COX_PLAN_GOAL,
    COX_PLAN_SKILL,
    COX_PLAN_FROM_DAY,
    COX_PLAN_TO_DAY,
    COX_PLAN_STATE,
    COX_PLAN_FIELD_COUNT
};

struct cox_plan {
    struct cox_head head;
    int64_t person, manager;
    struct cox_text goal, skill;
    int64_t from_day, to_day, state;
};
extern const struct cox_entity cox_plan;

enum {
    COX_PLAN_STEP_PLAN,
    COX_PLAN_STEP_TEXT,
    COX_PLAN_STEP_DUE_DAY,
    COX_PLAN_STEP_IS_DONE,
    COX_PLAN_STEP_EVIDENCE,
    COX_PLAN_STEP_SKILL,
    COX_PLAN_STEP_FIELD_COUNT
};

struct cox_plan_step {
    struct cox_head head;
    int64_t plan;
    struct cox_text text;
    int64_t due_day, is_done;
    struct cox_text evidence;
    int64_t skill;
};
extern const struct cox_entity cox_plan_step;

/* ---- of the company: leader/coaching_library.c ---- */

/* Everybody reads; managers, leaders and administrators write. */
extern const struct cox_grant cox_grants_library[];

enum {
    COX_RUBRIC_NAME,
    COX_RUBRIC_KIND,
    COX_RUBRIC_HELP,
    COX_RUBRIC_ALSO,
    COX_RUBRIC_POSITION,
    COX_RUBRIC_IS_RETIRED,
    COX_RUBRIC_FIELD_COUNT
};

struct cox_rubric {
    struct cox_head head;
    struct cox_text name;
    int64_t kind;
    struct cox_text help;
    int64_t also; /* another kind that it serves, or COX_NULL */
    int64_t position, is_retired;
};
extern const struct cox_entity cox_rubric;

enum {
    COX_RUBRIC_LINE_RUBRIC,
    COX_RUBRIC_LINE_TEXT,
    COX_RUBRIC_LINE_LOW,
    COX_RUBRIC_LINE_HIGH,
    COX_RUBRIC_LINE_POSITION,
    COX_RUBRIC_LINE_SKILL,
    COX_RUBRIC_LINE_SECOND,
    COX_RUBRIC_LINE_MIDDLE,
    COX_RUBRIC_LINE_FOURTH,
    COX_RUBRIC_LINE_IS_RETIRED,
    COX_RUBRIC_LINE_FIELD_COUNT
};

struct cox_rubric_line {
    struct cox_head head;
    int64_t rubric;
    struct cox_text text, low, high; /* low: what a 1 looks like; high: a 5 */
    int64_t position, skill;
    struct cox_text second, middle, fourth; /* 2, 3 and 4, if said */
    int64_t is_retired;
};
extern const struct cox_entity cox_rubric_line;

enum {
    COX_COACHING_QUESTION_TEXT,
    COX_COACHING_QUESTION_KIND,
    COX_COACHING_QUESTION_STEP,
    COX_COACHING_QUESTION_TEMPLATE,
    COX_COACHING_QUESTION_POSITION,
    COX_COACHING_QUESTION_IS_RETIRED,
    COX_COACHING_QUESTION_FIELD_COUNT
};

/* A question of the company's own; step: of a template ("goal"), or free. */
struct cox_coaching_question {
    struct cox_head head;
    struct cox_text text;
    int64_t kind;
    struct cox_text step;
    int64_t template_id, position, is_retired; /* template_id: COX_NULL: of none */
};
extern const struct cox_entity cox_coaching_question;

enum {
    COX_TALK_TEMPLATE_NAME,
    COX_TALK_TEMPLATE_HELP,
    COX_TALK_TEMPLATE_KIND,
    COX_TALK_TEMPLATE_POSITION,
    COX_TALK_TEMPLATE_IS_RETIRED,
    COX_TALK_TEMPLATE_FIELD_COUNT
};

/* How a talk can go, as steps with questions: the company's own, beside GROW. */
struct cox_talk_template {
    struct cox_head head;
    struct cox_text name, help;
    int64_t kind, position, is_retired;
};
extern const struct cox_entity cox_talk_template;

extern const struct cox_feature cox_feature_coaching;

#endif
