/*
 * sales/measure_parts.h: the inside of a reading of measures: its rows, and those who add to them. For
 * sales/measure*.c only.
 */
#ifndef COX_SALES_MEASURE_PARTS_H
#define COX_SALES_MEASURE_PARTS_H

#include "base/map.h"
#include "sales/measure.h"

struct cox_measure_axis {
    enum cox_measure_by by;
    struct cox_book_group group; /* but for the day that counts */
};

struct cox_measure_reading {
    struct cox_call *call;
    struct cox_arena *arena;
    const struct cox_measure_ask *ask;
    const struct cox_measure_frame *frame;
    const struct cox_book_generation *generation;
    struct cox_book_ask question;
    struct cox_measure_axis axes[2];
    struct cox_measure_row *rows;
    size_t row_count, row_room, last_row; /* last_row: the one asked for last */
    struct cox_map *by_key;
    unsigned char *kind_in; /* by stage: what a pass is about */
    struct cox_book_cell *cells;
};

/* What a sum is of: a person's on a day, or (team not 0) a team's own. */
struct cox_measure_place {
    int64_t user, team, day;
};

/* Adds to the row of the place; one that the question's dimensions have no group for is left out. */
enum cox_rc cox_measure_add(struct cox_measure_reading *r, const struct cox_measure_place *place,
    int sum, int64_t value, struct cox_err *reterr) COX_NODISCARD;

/* The row of these keys, made when there is none. */
enum cox_rc cox_measure_row_of(struct cox_measure_reading *r, int64_t first, int64_t second,
    struct cox_measure_row **ret_row, struct cox_err *reterr) COX_NODISCARD;

/* Is what is of this user asked for? */
bool cox_measure_counts(const struct cox_measure_ask *ask, int64_t user);

/* The first day after day, at most end, on which a group of the question may change for user (0: anybody). */
int64_t cox_measure_next_change(const struct cox_measure_reading *r, int64_t user, int64_t day,
    int64_t end);

/* The next day after day on which user (0: anybody) changes teams, at most end. */
int64_t cox_measure_next_team(const struct cox_measure_frame *frame, int64_t user, int64_t day,
    int64_t end);

/* Bits of no deal in the book, by part, in the arena; then those of deals. */
enum cox_rc cox_measure_bits(struct cox_measure_reading *r, uint64_t ***ret_bits,
    struct cox_err *reterr) COX_NODISCARD;
void cox_measure_mark(const struct cox_measure_reading *r, uint64_t **bits, int64_t deal);

/* Leaves of bits those that the question is about. */
void cox_measure_bits_within(const struct cox_measure_reading *r, uint64_t **bits);

/* Open deals with something done in the last COX_RISK_QUIET_DAYS days. */
enum cox_rc cox_measure_active_deals(struct cox_measure_reading *r, uint64_t ***ret_bits,
    struct cox_err *reterr) COX_NODISCARD;

/* Those who add: of deals that are shared, of quotas and working days, of activities, of deals pushed out. */
enum cox_rc cox_measure_add_credit(struct cox_measure_reading *r,
    struct cox_err *reterr) COX_NODISCARD;
enum cox_rc cox_measure_add_quotas(struct cox_measure_reading *r,
    struct cox_err *reterr) COX_NODISCARD;
enum cox_rc cox_measure_add_workdays(struct cox_measure_reading *r,
    struct cox_err *reterr) COX_NODISCARD;
enum cox_rc cox_measure_add_activities(struct cox_measure_reading *r,
    struct cox_err *reterr) COX_NODISCARD;
enum cox_rc cox_measure_add_slips(struct cox_measure_reading *r,
    struct cox_err *reterr) COX_NODISCARD;

#endif
