/*
 * leader/feedback.h: 360 feedback: a round about one person, opened by that person or by somebody who leads them, with
 * invited raters. What is answered lies sealed outside of all records (record/sealed.h) until the person closes
 * the round; then figures of groups of at least COX_FEEDBACK_LEAST are made, once, and the answers are thrown away.
 */
#ifndef COX_LEADER_FEEDBACK_H
#define COX_LEADER_FEEDBACK_H

#include "leader/instrument.h"
#include "record/feature.h"

enum {
    COX_FEEDBACK_LEAST = 5, /* raters of a group that is shown; nobody can lower it */
    COX_FEEDBACK_DAYS_MIN = 3,
    COX_FEEDBACK_DAYS_MAX = 60,
    COX_FEEDBACK_RATERS_MAX = 60,
};

/* ---- round ---- */

enum cox_feedback_state { COX_FEEDBACK_DRAFT, COX_FEEDBACK_OPEN, COX_FEEDBACK_CLOSED };

enum {
    COX_FEEDBACK_ROUND_AUTHOR,
    COX_FEEDBACK_ROUND_PERSON,
    COX_FEEDBACK_ROUND_INSTRUMENT,
    COX_FEEDBACK_ROUND_TO_DAY,
    COX_FEEDBACK_ROUND_STATE,
    COX_FEEDBACK_ROUND_OPENED_DAY,
    COX_FEEDBACK_ROUND_CLOSED_DAY,
    COX_FEEDBACK_ROUND_INVITED_COUNT,
    COX_FEEDBACK_ROUND_FIELD_COUNT
};

struct cox_feedback_round {
    struct cox_head head;
    int64_t author, person, instrument; /* instrument: none: the six aspects */
    int64_t to_day;                     /* first day on which nobody answers any more */
    int64_t state, opened_day, closed_day, invited_count;
};
extern const struct cox_entity cox_feedback_round;

/* ---- who is asked ---- */

enum cox_feedback_group {
    COX_FEEDBACK_SELF,
    COX_FEEDBACK_LEADER, /* leads the person, through however many steps */
    COX_FEEDBACK_REPORT, /* in the person's line */
    COX_FEEDBACK_PEER,   /* everybody else */
    COX_FEEDBACK_GROUP_COUNT
};

enum {
    COX_FEEDBACK_RATER_AUTHOR,
    COX_FEEDBACK_RATER_RATER,
    COX_FEEDBACK_RATER_ROUND,
    COX_FEEDBACK_RATER_PERSON,
    COX_FEEDBACK_RATER_GROUP,
    COX_FEEDBACK_RATER_FIELD_COUNT
};

struct cox_feedback_rater {
    struct cox_head head;
    int64_t author, rater, round, person, group;
};
extern const struct cox_entity cox_feedback_rater;

/* ---- what comes of it ---- */

/* Cells: the person's own answer, those below, everybody else, and all but the person. */
enum cox_feedback_cell {
    COX_FEEDBACK_CELL_SELF,
    COX_FEEDBACK_CELL_REPORTS,
    COX_FEEDBACK_CELL_COLLEAGUES,
    COX_FEEDBACK_CELL_ALL,
    COX_FEEDBACK_CELL_COUNT
};
extern const struct cox_choice cox_feedback_cells[];

enum cox_feedback_agreement { COX_AGREEMENT_LOW, COX_AGREEMENT_MODERATE, COX_AGREEMENT_HIGH };
extern const struct cox_choice cox_feedback_agreements[];

enum {
    COX_FEEDBACK_RESULT_PERSON,
    COX_FEEDBACK_RESULT_ROUND,
    COX_FEEDBACK_RESULT_DAY,
    COX_FEEDBACK_RESULT_INSTRUMENT,
    COX_FEEDBACK_RESULT_SCALE,
    COX_FEEDBACK_RESULT_CELL,
    COX_FEEDBACK_RESULT_COUNT,
    COX_FEEDBACK_RESULT_MEAN,
    COX_FEEDBACK_RESULT_ERROR,
    COX_FEEDBACK_RESULT_AGREEMENT,
    COX_FEEDBACK_RESULT_FIELD_COUNT
};

struct cox_feedback_result {
    struct cox_head head;
    int64_t person, round, day;
    struct cox_text instrument, scale; /* name and version; name of the scale */
    int64_t cell, count;
    double mean, error; /* 0..1, as published: in coarse steps */
    int64_t agreement;  /* COX_NULL: of one answer */
};
extern const struct cox_entity cox_feedback_result;

/* ---- answers, as they lie sealed: feedback_sheet.c ---- */

struct cox_feedback_sheet {
    int64_t rater, group;
    size_t count;
    double answers[COX_FORM_ITEMS_MAX];
};

enum cox_rc cox_feedback_sheet_open(const struct cox_exchange *x, struct cox_arena *arena,
    struct cox_text sealed, struct cox_feedback_sheet *ret_sheet,
    struct cox_err *reterr) COX_NODISCARD;

enum cox_rc cox_feedback_get(struct cox_exchange *x, struct cox_err *reterr);
enum cox_rc cox_feedback_answers_get(struct cox_exchange *x, struct cox_err *reterr);
enum cox_rc cox_feedback_answers_put(struct cox_exchange *x, struct cox_err *reterr);
enum cox_rc cox_feedback_answers_drop(struct cox_exchange *x, struct cox_err *reterr);

/* ---- feedback_remind.c ---- */

struct cox_notice_source;
struct cox_signal;
extern const struct cox_notice_source cox_notices_feedback;
extern const struct cox_signal cox_signal_feedback;

/* ---- feedback_close.c ---- */

enum cox_rc cox_feedback_open_post(struct cox_exchange *x, struct cox_err *reterr);
enum cox_rc cox_feedback_close_post(struct cox_exchange *x, struct cox_err *reterr);

/*
 * A mean of a group as it is published: within .1 and .9 in steps of .05, so that a group that answers as one at an end
 * looks like others; the error with what the steps add, .03 at least, in steps of .01.
 */
struct cox_mean;
struct cox_mean cox_feedback_publish(struct cox_mean mean);

#endif
