/*
 * sales/brief.h: the daily brief of a hat, as data: sections of rows that features add to and the
 * command line (later the home page) shows. Every figure is of one call: its actor, its instant.
 */
#ifndef COX_SALES_BRIEF_H
#define COX_SALES_BRIEF_H

#include "org/calendar.h"
#include "record/record.h"

struct cox_books;
struct cox_deals;
struct cox_book_generation;
struct cox_open_facts;

enum cox_brief_kind {
    COX_BRIEF_TEXT,
    COX_BRIEF_COUNT,
    COX_BRIEF_MONEY, /* minor units of the brief's currency */
    COX_BRIEF_SHARE, /* real: 1 is all of it */
    COX_BRIEF_RATIO, /* real: times */
    COX_BRIEF_DAY,
    COX_BRIEF_DAYS, /* a number of days */
    COX_BRIEF_ID,   /* of a record, so that a figure leads to it; JSON alone shows it */
    COX_BRIEF_KEY   /* a word for programs, the same in every language; JSON alone shows it */
};

struct cox_brief_column {
    const char *name;  /* in JSON; money in minor units gets "_minor" behind it */
    const char *label; /* for people; of an ID the name of its entity */
    enum cox_brief_kind kind;
};

struct cox_brief_section {
    const char *name, *title;
    const char *note;    /* what the figures mean: formula, period; may be NULL */
    const char *empty;   /* said when there is no row; may be NULL */
    bool is_facts;       /* one row, shown as a list of label and value */
    bool is_for_screens; /* a series to draw: left out of text */
    unsigned shared; /* 1u << column: words of two people's record, on the page alone, in no mail */
    const struct cox_brief_column *columns;
    size_t column_count;
    struct cox_value *cells; /* row_count * column_count */
    size_t row_count, row_room;
    size_t more_count; /* rows that were left out for length */
    struct cox_brief_section *next;
};

struct cox_person {
    int64_t id, hire_day, leave_day;
    struct cox_text name;
    bool is_active; /* works here on the brief's day */
};

/* One brief in the making. Everything lives in the call's arena. */
struct cox_brief {
    struct cox_call *call;
    enum cox_role hat; /* COX_MANAGER, COX_LEADER or COX_REP */
    int64_t user;      /* whose brief; 0: the operator's, of the whole company */
    int64_t team;      /* only this team's people; 0: all that the actor sees */
    int64_t day;       /* company day of the as-of instant */
    int64_t since_us;  /* what has moved is told from here on */
    struct cox_period_at period;
    struct cox_workweek week;
    struct cox_text currency;
    const struct cox_person *people; /* by id */
    size_t people_count;
    const struct cox_person **seen; /* by id % COX_BRIEF_SEEN: looked for before */
    const int64_t
        *members; /* of team and those below it, ascending; a rep's: oneself; NULL: no limit */
    size_t member_count;
    const struct cox_deals *deals;
    void *attainment; /* of manager/attainment.c: what was read already */
    struct cox_brief_section *first, **last;
};

/* What a feature contributes: adds its sections to the brief of the hats it names. */
struct cox_signal {
    const char *name;
    unsigned hats; /* COX_ROLE_BIT(COX_MANAGER) | ... */
    enum cox_rc (*add)(struct cox_brief *brief, struct cox_err *reterr);
};

struct cox_brief_ask {
    enum cox_role hat;
    int64_t user, team;
    bool has_period_day;
    int64_t period_day; /* the quarter of this day; without it that of the as-of day */
    int64_t since_us;   /* 0: a week before the as-of instant */
    /* Where the deals come from, for a call of now: NULL, or a generation without unrated deals: the records. They
     * must live as long as the brief. */
    const struct cox_book_generation *generation;
    const struct cox_open_facts *facts;
};

enum { COX_BRIEF_SINCE_DAYS = 7, COX_BRIEF_SEEN = 4096 };

/*
 * Loads what all sections need: people, team, period, working week, deals. A rep's brief needs a
 * user and is of that user's work alone.
 */
enum cox_rc cox_brief_open(struct cox_call *call, const struct cox_brief_ask *ask,
    struct cox_brief *ret_brief, struct cox_err *reterr) COX_NODISCARD;

typedef enum cox_rc (*cox_brief_fn)(struct cox_brief *brief, void *ctx, struct cox_err *reterr);

/* Opens a brief of the books (NULL, not read yet or no help for this call: of the records) and hands it to fn. */
enum cox_rc cox_brief_with_books(struct cox_call *call, const struct cox_brief_ask *ask,
    struct cox_books *books, cox_brief_fn fn, void *ctx, struct cox_err *reterr) COX_NODISCARD;

/* A new section at the end; columns must be static. NULL without memory. */
struct cox_brief_section *cox_brief_section(struct cox_brief *brief, const char *name,
    const char *title, const struct cox_brief_column *columns, size_t column_count);

/* A row; cells has column_count values, whose texts must live in the arena. */
enum cox_rc cox_brief_row(struct cox_brief *brief, struct cox_brief_section *section,
    const struct cox_value *cells, struct cox_err *reterr) COX_NODISCARD;

/* NULL when unknown. */
const struct cox_person *cox_brief_person(const struct cox_brief *brief, int64_t id);

/* What of the brief's deals is whose, by the place of a person among people; in the call's arena. */
struct cox_person_deals {
    int64_t open_count, open_minor;
    int64_t first_won_day;        /* COX_NULL: none until the brief's day */
    int64_t won_count, won_minor; /* won after won_after, until the brief's day */
};
enum cox_rc cox_brief_sum_people(const struct cox_brief *brief, int64_t won_after,
    struct cox_person_deals **ret_sums, struct cox_err *reterr) COX_NODISCARD;

/* The person's name, "(nobody)" for nobody. */
struct cox_value cox_brief_name(const struct cox_brief *brief, int64_t user);

/* The cell's text for people: its own, or written into room. Whole units of money; "-" for no figure. */
enum { COX_BRIEF_CELL_SIZE = 64 };
struct cox_text cox_brief_cell(const struct cox_brief *brief, enum cox_brief_kind kind,
    const struct cox_value *value, char room[COX_BRIEF_CELL_SIZE]);

/* Is this user's work part of the brief (the team's, when one was asked for)? */
bool cox_brief_counts(const struct cox_brief *brief, int64_t user);

#endif
