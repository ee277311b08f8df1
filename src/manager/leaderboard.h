/*
 * manager/leaderboard.h: lists of who does best by a measure in the running period, and the own choice to
 * stay off all of them. Whoever has chosen so is left out before anything is counted: the list others
 * see is made of the others' figures alone.
 */
#ifndef COX_MANAGER_LEADERBOARD_H
#define COX_MANAGER_LEADERBOARD_H

#include "record/entity.h"

enum cox_leaderboard_period {
    COX_LEADERBOARD_MONTH,
    COX_LEADERBOARD_QUARTER, /* fiscal */
    COX_LEADERBOARD_YEAR,    /* fiscal */
    COX_LEADERBOARD_90_DAYS, /* the last 90 days, today included */
};

enum {
    COX_LEADERBOARD_NAME,
    COX_LEADERBOARD_OWNER,
    COX_LEADERBOARD_MEASURE,
    COX_LEADERBOARD_PERIOD,
    COX_LEADERBOARD_AMONG,
    COX_LEADERBOARD_TEAM,
    COX_LEADERBOARD_BASE_MIN,
    COX_LEADERBOARD_IS_OPEN,
    COX_LEADERBOARD_FIELD_COUNT
};

struct cox_leaderboard {
    struct cox_head head;
    struct cox_text name;
    int64_t owner;
    struct cox_text measure;
    int64_t period, among;
    int64_t team; /* whose people; COX_NULL: all of the owner's line */
    int64_t base_min, is_open;
};
extern const struct cox_entity cox_leaderboard;

enum { COX_BOARD_CHOICE_USER, COX_BOARD_CHOICE_IS_HIDDEN, COX_BOARD_CHOICE_FIELD_COUNT };

struct cox_board_choice {
    struct cox_head head;
    int64_t user, is_hidden;
};
extern const struct cox_entity cox_board_choice;

#endif
