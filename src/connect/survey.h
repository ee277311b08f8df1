/*
 * connect/survey.h: one pass over a file before anything is written: how many rows it has, how its
 * dates and numbers are written, which stages it speaks of.
 */
#ifndef COX_CONNECT_SURVEY_H
#define COX_CONNECT_SURVEY_H

#include "connect/mapping.h"

enum { COX_SURVEY_STAGES_MAX = 500 };

/* A stage as the rows of a file tell it. */
struct cox_seen_stage {
    struct cox_text name, pipeline; /* as the file has them; pipeline ptr NULL: none given */
    int64_t count;                  /* rows */
    int64_t closed_count, won_count, lost_count; /* of them, by the flags of the row */
    double chance_sum;
    int64_t chance_count;
};

struct cox_survey {
    int64_t row_count;
    int64_t empty_count; /* of them: refused as they stand, or without a word for any field */
    struct cox_seen_stage *stages; /* in the order of their first row */
    size_t stage_count;
    int64_t
        span_months; /* from one from_day to the next, all being alike days of a month; 0: not so */
};

struct cox_seen;

struct cox_survey_ask {
    struct cox_feed *feed;
    struct cox_mapping *mapping;
    uint32_t stage;        /* field of the table that holds the stage, or COX_NO_FIELD */
    struct cox_seen *seen; /* takes note of the row's id; NULL: not wanted */
    uint32_t file;         /* place of the file in the order of the import */
};

/* Reads the feed to its end and closes it (it is rewound to be read); settles the mapping. */
enum cox_rc cox_survey_take(struct cox_arena *arena, const struct cox_survey_ask *ask,
    struct cox_survey *ret_survey, struct cox_err *reterr) COX_NODISCARD;

#endif
