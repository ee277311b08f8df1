/*
 * sales/analysis.h: what questions about the pipeline have in common over HTTP: which deals, as of when, and
 * the head of the reply. Every figure is of the book, within the asker's rights.
 */
#ifndef COX_SALES_ANALYSIS_H
#define COX_SALES_ANALYSIS_H

#include "base/money.h"
#include "org/calendar.h"
#include "sales/book.h"
#include "serve/http.h"
#include "serve/part.h"

/* The books of the server's store. */
extern const struct cox_part cox_part_book;
struct cox_books *cox_books_of(const struct cox_server *server);

/* For those who can do without: NULL until the book has been read, which is begun in the background. */
struct cox_books *cox_books_if_filled(const struct cox_server *server);

struct cox_analysis {
    struct cox_exchange *x;
    bool as_it_is; /* people, teams and calendar of today, not of the instant */
    /* Of the frame: read as of the instant, or as of now where things are shown as they are. In x->arena. */
    int64_t frame_day;
    struct cox_period_at period; /* of the parameter, where the route has it */
    const int64_t *people;       /* of the parameter team; NULL: no limit */
    size_t people_count;
    int64_t pipeline; /* 0: all */
    bool has_given;   /* filters of deals */
    /* Of the answer. */
    struct cox_call *call;
    struct cox_books *books;
    const struct cox_book_generation *generation;
    struct cox_book_ask ask; /* the deals asked for, visible, at the call's instant */
    /* The same as a filter of opportunities, ending with & or empty: begins the filter of every figure. */
    struct cox_text filter;
    const struct cox_iso_currency *iso; /* of the company; NULL: unknown */
    struct cox_json json;
    void *ctx; /* the route's own */
};

typedef enum cox_rc (*cox_analysis_fn)(struct cox_analysis *a, struct cox_err *reterr);

/*
 * Reads the parameters team, pipeline, period, view, as_of, to (the same) and the filters, as far as the route
 * declares them. frame (may be NULL) reads people, teams and calendar by a->call into x->arena; fn adds its members
 * to the reply, which has as_of, as_of_seq, day, view, currency, unrated_count and, where asked, period.
 */
enum cox_rc cox_analysis_reply(struct cox_exchange *x, cox_analysis_fn frame, cox_analysis_fn fn,
    void *ctx, struct cox_err *reterr) COX_NODISCARD;

/* For a question that is no request: people of a team on frame_day, kept in arena; ask and filter of them alone. */
enum cox_rc cox_analysis_load_people(struct cox_analysis *a, struct cox_arena *arena, int64_t team,
    struct cox_err *reterr) COX_NODISCARD;
enum cox_rc cox_analysis_narrow(struct cox_analysis *a, struct cox_err *reterr) COX_NODISCARD;

/*
 * "2026-Q1" and "2026" of the fiscal calendar, "2026-03", "2026-01-05..2026-02-10" (the last day included), or a day,
 * whose fiscal quarter is meant. Errors: COX_INVALID names "period".
 */
enum cox_rc cox_analysis_period(struct cox_call *call, struct cox_text text,
    struct cox_period_at *ret_period, struct cox_err *reterr) COX_NODISCARD;

/* as_of, as_of_seq, day, view, currency, unrated_count, period; also for a question that is no request. */
void cox_analysis_put_head(struct cox_analysis *a);

/* Money in units of the company's currency. */
void cox_analysis_put_money(struct cox_analysis *a, const char *key, int64_t minor);
void cox_analysis_put_period(struct cox_analysis *a, const char *key,
    const struct cox_period_at *period);

/* key: the filter of the records behind a figure: that of the question and what the format adds. */
enum cox_rc cox_analysis_put_filter(struct cox_analysis *a, const char *key, struct cox_err *reterr,
    const char *format, ...) COX_PRINTF(4, 5) COX_NODISCARD;

/* "name_key": the name of a record that is referred to, "key": its id (0: null). */
enum cox_rc cox_analysis_put_ref(struct cox_analysis *a, const char *key, const char *name_key,
    const struct cox_entity *entity, int64_t id, struct cox_err *reterr) COX_NODISCARD;

/* Begins a row {id, name, owner, owner_name, ...} of a deal, which the caller adds to and ends. */
enum cox_rc cox_analysis_begin_deal(struct cox_analysis *a, int64_t id,
    struct cox_err *reterr) COX_NODISCARD;

/*
 * The first of the deals behind a figure, and how many more there are: reads the parameter limit, is asked before each
 * deal (false: not shown), begins and ends the member "deals", with "more_count" behind it.
 */
struct cox_shown {
    int64_t limit, count, more;
};
enum cox_rc cox_shown_read(struct cox_exchange *x, struct cox_shown *ret_shown,
    struct cox_err *reterr) COX_NODISCARD;
bool cox_shown_next(struct cox_shown *shown);
void cox_shown_begin(struct cox_analysis *a, const char *key);
void cox_shown_end(struct cox_analysis *a, const struct cox_shown *shown);

/* By stage: 1 when it is of this kind and of the pipeline asked for. In x->arena; NULL without memory. */
unsigned char *cox_analysis_stages(struct cox_analysis *a, enum cox_book_stage_kind kind);

/* A parameter's text; ptr NULL when it is absent or the route has none of this name. */
enum cox_rc cox_analysis_parameter(struct cox_exchange *x, const char *name,
    struct cox_text *ret_text, struct cox_err *reterr) COX_NODISCARD;

#endif
