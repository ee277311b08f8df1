/*
 * leader/one_on_one.h: talks between a leader and a person of the team, private notes, promises.
 * Only the two people named ever read these rows; a private note's text only its author.
 */
#ifndef COX_LEADER_ONE_ON_ONE_H
#define COX_LEADER_ONE_ON_ONE_H

#include "record/feature.h"

enum cox_one_on_one_state {
    COX_ONE_ON_ONE_PLANNED,
    COX_ONE_ON_ONE_HELD,
    COX_ONE_ON_ONE_MISSED,
    COX_ONE_ON_ONE_CANCELLED,
};

enum cox_action_item_state {
    COX_ACTION_ITEM_OPEN,
    COX_ACTION_ITEM_DONE,
    COX_ACTION_ITEM_DROPPED,
};

enum {
    COX_ONE_ON_ONE_LEADER,
    COX_ONE_ON_ONE_PERSON,
    COX_ONE_ON_ONE_DAY,
    COX_ONE_ON_ONE_STATE,
    COX_ONE_ON_ONE_AGENDA,
    COX_ONE_ON_ONE_SHARED_NOTE,
    COX_ONE_ON_ONE_STARTS,
    COX_ONE_ON_ONE_MINUTES,
    COX_ONE_ON_ONE_COACHING_PLAN,
    COX_ONE_ON_ONE_FIELD_COUNT
};

struct cox_one_on_one {
    struct cox_head head;
    int64_t leader, person, day, state;
    struct cox_text agenda, shared_note;
    int64_t starts, minutes; /* an instant, when a time is agreed; else the day alone */
    int64_t coaching_plan;   /* the series it is part of, or COX_NULL */
};
extern const struct cox_entity cox_one_on_one;

enum {
    COX_PRIVATE_NOTE_AUTHOR,
    COX_PRIVATE_NOTE_OTHER,
    COX_PRIVATE_NOTE_ONE_ON_ONE,
    COX_PRIVATE_NOTE_TEXT,
    COX_PRIVATE_NOTE_FIELD_COUNT
};

struct cox_private_note {
    struct cox_head head;
    int64_t author, other, one_on_one;
    struct cox_text text;
};
extern const struct cox_entity cox_private_note;

enum {
    COX_ACTION_ITEM_AUTHOR,
    COX_ACTION_ITEM_OTHER,
    COX_ACTION_ITEM_OWNER,
    COX_ACTION_ITEM_ONE_ON_ONE,
    COX_ACTION_ITEM_TEXT,
    COX_ACTION_ITEM_DUE_DAY,
    COX_ACTION_ITEM_STATE,
    COX_ACTION_ITEM_REASON,
    COX_ACTION_ITEM_CREATED_DAY,
    COX_ACTION_ITEM_DONE_DAY,
    COX_ACTION_ITEM_FIELD_COUNT
};

struct cox_action_item {
    struct cox_head head;
    int64_t author, other, owner, one_on_one;
    struct cox_text text;
    int64_t due_day, state;
    struct cox_text reason;
    int64_t created_day, done_day;
};
extern const struct cox_entity cox_action_item;

extern const struct cox_feature cox_feature_one_on_one;

#endif
