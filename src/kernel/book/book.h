/*
 * kernel/book/book.h: the pipeline in memory: columns of deals as they are now, and of everything that
 * happened to them, from which any earlier state is read in one pass.
 *
 * A deal costs 38 bytes and what an owner's deals are found by (2 bytes for each owner it had), an event 14. An event is one changed value; the changes of one save have the
 * same instant and come in the order of enum cox_book_kind, the stage last, so that a deal exists only
 * once all of its first values are there. Nothing here allocates, locks or reads a clock; what readers
 * hold is constant, and a newer generation is other columns (sales/book.h).
 *
 * Units: amounts in minor units of the company's currency, converted by whoever fills the book; days since
 * 1970-01-01 of the company's calendar, COX_BOOK_NO_DAY where there is none; instants in microseconds UTC
 * since 1970, earlier ones count as 0; chances in basis points.
 */
#ifndef COX_KERNEL_BOOK_BOOK_H
#define COX_KERNEL_BOOK_BOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define COX_BOOK_NO_DAY   INT32_MIN
#define COX_BOOK_NO_STAGE UINT16_MAX /* the deal is not there: not yet, or removed */
#define COX_BOOK_NO_OWNER UINT16_MAX
#define COX_BOOK_NO_PROB  UINT16_MAX /* the stage's */
#define COX_BOOK_NOW      INT64_MAX  /* as an instant: the columns of now, without reading events */

enum cox_book_kind {
    COX_BOOK_AMOUNT,
    COX_BOOK_CLOSE_DAY,
    COX_BOOK_CLOSED_DAY,
    COX_BOOK_OWNER,
    COX_BOOK_WIN_BP,
    COX_BOOK_STAGE,
    COX_BOOK_KIND_COUNT
};

/* A deal at an instant. */
struct cox_book_state {
    int64_t amount_minor;
    int32_t close_day, closed_day; /* closed_day: of a won or lost deal */
    uint16_t owner, stage;         /* positions in the directories that the filler keeps */
    uint16_t win_bp;               /* own chance of winning; COX_BOOK_NO_PROB: that of the stage */
};

/* What there is in a part, dead deals included: wider than what counts is allowed, narrower is not. */
enum { COX_BOOK_STAGE_MARKS = 256 };
struct cox_book_range {
    int32_t from, to; /* both included; from > to: none */
};
struct cox_book_extent {
    bool is_known; /* false: the part is looked at whatever is asked */
    struct cox_book_range close, created, closed; /* close, closed: of deals that are there */
    uint32_t first_s, last_s;                     /* seconds of the first and the last event */
    uint64_t stages[COX_BOOK_STAGE_MARKS / 64];   /* bit stage % COX_BOOK_STAGE_MARKS: held now */
};

/* By chunks of deals, the places in it of those that each owner has or ever had. */
enum { COX_BOOK_CHUNK = 65536 };
struct cox_book_owned {
    size_t chunk_count;   /* 0: not known, every deal is looked at */
    size_t owner_count;   /* owners from there on have none */
    const uint32_t *from; /* [chunk * (owner_count + 1) + owner]: the first of the owner's in at */
    const uint16_t *at;
};

/*
 * Deals by id, ascending. A part is never changed once it is read; dead marks deals that a later part
 * replaces (bit i: deal i), NULL when there are none.
 */
struct cox_book_part {
    size_t deal_count, event_count;
    const uint32_t *id;
    const uint32_t
        *event_end; /* events of deal i: from event_end[i - 1] (0 for the first) to here */
    const int64_t *amount_minor;
    const int32_t *close_day, *created_day, *closed_day;
    const uint16_t *owner, *stage, *win_bp;
    const uint16_t *code;  /* of one dimension that the filler chooses (product, segment) */
    const uint16_t *cause; /* of another: why it was lost */
    const uint32_t *at_s;  /* of events: second */
    const uint16_t *at_us;
    const uint64_t *word; /* value, kind, rest of the instant: pack.h */
    const uint64_t *dead;
    struct cox_book_extent extent;
    struct cox_book_owned owned;
};

enum cox_book_stage_kind { COX_BOOK_OPEN, COX_BOOK_WON, COX_BOOK_LOST };

struct cox_book_stage {
    enum cox_book_stage_kind kind;
    uint16_t win_bp;
};

/* One generation. */
struct cox_book {
    const struct cox_book_part *parts;
    size_t part_count;
    const struct cox_book_stage *stages;
    size_t stage_count, owner_count;
};

/* From and up to, the end not included. */
struct cox_book_days {
    int32_t from, to;
};
#define COX_BOOK_ANY_DAY ((struct cox_book_days){INT32_MIN, INT32_MAX})

/* Whose deals are visible: by the owner now, by the owner at the instant, or by id. */
struct cox_book_scope {
    const uint64_t *now, *then; /* bit per owner; both NULL: every deal; one NULL: none by it */
    const uint64_t *gone;     /* waterfalls: deals no longer there, by the last owner; NULL: none */
    const int64_t *extra_ids; /* ascending: visible whoever owns them */
    size_t extra_count;
};

/* What a sum's cells are to hold beyond counts and amounts; of single deals, that their past is not wanted. */
enum cox_book_want {
    COX_BOOK_WEIGHTED = 1 << 0,
    COX_BOOK_DAYS = 1 << 1,
    COX_BOOK_NO_PAST = 1 << 2, /* stage_at_us and push_count are 0: no event is read */
};

/* Which deals a figure is about. Zeroed but for days: set them to COX_BOOK_ANY_DAY. */
struct cox_book_ask {
    int64_t at_us;  /* COX_BOOK_NOW or an instant */
    int32_t at_day; /* its day: the age of open deals counts to it */
    struct cox_book_scope scope;
    const unsigned char *stage_in; /* by stage: not 0 is in; NULL: all */
    const uint64_t *owner_in;      /* bit per owner at the instant; NULL: all */
    /* Days without a limit also take deals without a day. */
    struct cox_book_days close, created, closed;
    const uint64_t *const *picked; /* by part: bit per deal; NULL: all */
    unsigned wants;                /* enum cox_book_want */
    /* One of several slices of the deals, whose results add up: for several threads. 0, 0: all. */
    unsigned slice_at, slice_count;
};

/* ---- sums ---- */

enum cox_book_by {
    COX_BOOK_BY_NOTHING,
    COX_BOOK_BY_OWNER,     /* group = map[owner] */
    COX_BOOK_BY_STAGE,     /* group = map[stage] */
    COX_BOOK_BY_CODE,      /* group = map[code] */
    COX_BOOK_BY_CAUSE,     /* group = map[cause] */
    COX_BOOK_BY_CLOSE_DAY, /* group = that of the bounds in which the day lies */
    COX_BOOK_BY_CREATED_DAY,
    COX_BOOK_BY_CLOSED_DAY,
};

/* Deals of a group past group_count, of no owner, or outside the bounds are left out. */
struct cox_book_group {
    enum cox_book_by by;
    size_t group_count;  /* 1 for BY_NOTHING */
    const uint32_t *map; /* NULL: the number itself */
    size_t map_count;
    const int32_t *bounds; /* BY_..._DAY: group_count + 1 days, ascending */
};

struct cox_book_cell {
    int64_t count, amount_minor;
    int64_t weighted_minor; /* wanted: amount x chance, half-even per deal; of open deals only */
    int64_t days;           /* wanted: closed - created, for open deals the age at at_day */
};

/*
 * Adds to ret_cells[row * columns->group_count + column], which the caller has set to zero, every deal
 * that ask is about. One pass over deals; as of an instant also over their events until then.
 * Errors: COX_TOO_LARGE when a sum does not fit.
 */
enum cox_rc cox_book_sum(const struct cox_book *book, const struct cox_book_ask *ask,
    const struct cox_book_group *rows, const struct cox_book_group *columns,
    struct cox_book_cell *ret_cells, struct cox_err *reterr) COX_NODISCARD;

/* amount x bp / 10,000, half-even, without overflow for amounts of the record engine. */
int64_t cox_book_weigh(int64_t amount_minor, int64_t bp);

/* ---- single deals ---- */

struct cox_book_deal {
    int64_t id;
    struct cox_book_state state;
    int32_t created_day;
    int64_t stage_at_us; /* since when it is in its stage */
    uint32_t push_count; /* times its close day was moved to a later day, until the instant */
    size_t part, at;
};
typedef enum cox_rc (
    *cox_book_deal_fn)(void *ctx, const struct cox_book_deal *deal, struct cox_err *reterr);

/* Every deal that ask is about: by part, then id. ask->wants: COX_BOOK_NO_PAST or nothing. */
enum cox_rc cox_book_each(const struct cox_book *book, const struct cox_book_ask *ask,
    cox_book_deal_fn fn, void *ctx, struct cox_err *reterr) COX_NODISCARD;

/* Times the close day of a deal was moved to a later day until the instant, for those told without their past. */
uint32_t cox_book_pushes(const struct cox_book *book, size_t part, size_t at, int64_t at_us);

/* ---- waterfall ---- */

enum cox_book_move {
    COX_BOOK_NEW, /* came to be, or was restored */
    COX_BOOK_RAISED,
    COX_BOOK_LOWERED,
    COX_BOOK_PULLED,   /* close day moved into the window */
    COX_BOOK_PUSHED,   /* close day moved out of it */
    COX_BOOK_RECEIVED, /* owner changed to one of owner_in */
    COX_BOOK_HANDED,   /* owner changed from one of owner_in to another */
    COX_BOOK_REOPENED,
    COX_BOOK_DONE_WON,
    COX_BOOK_DONE_LOST,
    COX_BOOK_REMOVED,
    COX_BOOK_MOVE_COUNT
};

/*
 * opening + sum of moves = closing, in deals (in_count) and in money, exactly: every event between the
 * two instants is looked at, not the two ends. inside: the part of a move that belongs to deals which are
 * in neither end, came and went in between.
 */
struct cox_book_flow {
    int64_t opening_count, opening_minor, closing_count, closing_minor;
    struct {
        int64_t count;        /* of moves */
        int64_t in_count;     /* deals that came in by it, less those that went out */
        int64_t amount_minor; /* signed */
        int64_t inside_count, inside_minor;
    } moves[COX_BOOK_MOVE_COUNT];
};

struct cox_book_moved {
    int64_t id, at_us, amount_minor; /* signed */
    enum cox_book_move move;
    bool is_inside;
};
typedef enum cox_rc (
    *cox_book_move_fn)(void *ctx, const struct cox_book_moved *moved, struct cox_err *reterr);

/*
 * The open deals of ask (stage_in, owner_in, close are the window; created, closed are not looked at) from
 * the instant from_us to ask->at_us, which is not before it. A deal is visible or not as it is at
 * ask->at_us, for the whole flow. fn (may be NULL) is told every move. Errors: COX_INVALID, COX_TOO_LARGE.
 */
enum cox_rc cox_book_waterfall(const struct cox_book *book, const struct cox_book_ask *ask,
    int64_t from_us, cox_book_move_fn fn, void *ctx, struct cox_book_flow *ret_flow,
    struct cox_err *reterr) COX_NODISCARD;

/*
 * The same for groups of owners in one pass: ret_flows[g] is the flow of the deals whose owner's map[owner] is g;
 * owners past group_count are of no group. A change of owner within a group is no move. Errors: as above.
 */
enum cox_rc cox_book_waterfall_by(const struct cox_book *book, const struct cox_book_ask *ask,
    int64_t from_us, const uint32_t *map, size_t group_count, struct cox_book_flow *ret_flows,
    struct cox_err *reterr) COX_NODISCARD;

/* ---- funnel ---- */

/*
 * By position of the stages: how many of the cohort got there (or further), and what became of them:
 * entered = onward + still + lost. Position of a deal is the furthest it has been; won is beyond all.
 */
struct cox_book_step {
    int64_t entered, onward, still, lost;
    int64_t entered_minor; /* amounts as they are at the instant */
};

/*
 * position: by stage, 0 up to step_count - 1 for open stages in order; other stages and those of other
 * pipelines -1; a won stage counts as reached all. Deals that never were in a stage with a position or won
 * are left out. The cohort is ask's (created days above all), as of ask->at_us.
 */
enum cox_rc cox_book_funnel(const struct cox_book *book, const struct cox_book_ask *ask,
    const int16_t *position, size_t step_count, struct cox_book_step *ret_steps,
    struct cox_err *reterr) COX_NODISCARD;

/* The deals behind a funnel, each with the furthest position it has been at; step_count: won. */
struct cox_book_arrival {
    int64_t id, amount_minor;
    size_t furthest;
    uint16_t stage; /* at the instant */
};
typedef enum cox_rc (*cox_book_arrival_fn)(void *ctx, const struct cox_book_arrival *arrival,
    struct cox_err *reterr);
enum cox_rc cox_book_arrivals(const struct cox_book *book, const struct cox_book_ask *ask,
    const int16_t *position, size_t step_count, cox_book_arrival_fn fn, void *ctx,
    struct cox_err *reterr) COX_NODISCARD;

/*
 * Stays in stages that began in [from_us, at_us]: whole days until the deal moved on (or was won), was lost,
 * or had stayed by at_us. ret_days[(stage * COX_BOOK_STAY_COUNT + stay) * day_max + days]; longer stays
 * are put at day_max - 1. For thresholds learnt per stage and time to the next, with censoring.
 */
enum cox_book_stay {
    COX_BOOK_STAY_ONWARD,
    COX_BOOK_STAY_LOST,
    COX_BOOK_STAY_STILL,
    COX_BOOK_STAY_COUNT
};
enum cox_rc cox_book_stays(const struct cox_book *book, const struct cox_book_ask *ask,
    int64_t from_us, size_t day_max, uint32_t *ret_days, struct cox_err *reterr) COX_NODISCARD;

/*
 * The same by segments: those of segment map[code] are added to the segment-th of segment_count histograms in
 * ret_days, each as above; codes past segment_count are left out.
 */
enum cox_rc cox_book_stays_by(const struct cox_book *book, const struct cox_book_ask *ask,
    int64_t from_us, size_t day_max, const uint32_t *map, size_t map_count, size_t segment_count,
    uint32_t *ret_days, struct cox_err *reterr) COX_NODISCARD;

/*
 * Days by which share (0..1) of the deals have left the stage for a later one, lost ones aside as censored at
 * their end: the Kaplan-Meier estimate (JASA 53, 1958) from one stage's histogram of cox_book_stays. -1: fewer
 * than least moved on, or the curve does not reach the share.
 */
int64_t cox_book_stay_quantile(const uint32_t *days, size_t day_max, double share, int64_t least);

#endif
