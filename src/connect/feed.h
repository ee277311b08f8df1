/*
 * connect/feed.h: the records of a file as rows of texts, whatever the file is: delimited text in any
 * encoding (.gz too) or a JSON reply of a vendor's API. Bounded memory: a row lives until the next.
 */
#ifndef COX_CONNECT_FEED_H
#define COX_CONNECT_FEED_H

#include "base/arena.h"
#include "base/csv.h"

struct cox_feed;

struct cox_feed_row {
    const struct cox_text *cells; /* header_count of them; ptr NULL: absent or null */
    int64_t row;                  /* records count from 1; 0: the end */
    int64_t line;                 /* of the file; JSON: the record's number */
    const char *fault;            /* why the row cannot be told cell from cell; NULL: it can */
};

/*
 * Opens the file and reads its headers. JSON is read once to its end for that. Closed with the
 * arena. Errors: those of base/file.h and base/csv.h; COX_INVALID: not a table ("no header line").
 */
enum cox_rc cox_feed_open(struct cox_arena *arena, const char *path, struct cox_feed **ret_feed,
    struct cox_err *reterr) COX_NODISCARD;
void cox_feed_close(struct cox_feed *feed); /* accepts NULL; twice is once */

const struct cox_text *cox_feed_headers(const struct cox_feed *feed, size_t *ret_count);
struct cox_text cox_feed_object(const struct cox_feed *feed); /* ptr NULL: not named inside */
const char *cox_feed_format(const struct cox_feed *feed);     /* "CSV, comma, UTF-8" */

/*
 * The next record. Trailer lines of reports (totals, copyright) are passed over and end nothing.
 * A short row's missing cells are absent, one longer than the headers is
 * at fault unless what is beyond is empty.
 */
enum cox_rc cox_feed_next(struct cox_feed *feed, struct cox_feed_row *ret_row,
    struct cox_err *reterr) COX_NODISCARD;

/* From the first record again. */
enum cox_rc cox_feed_rewind(struct cox_feed *feed, struct cox_err *reterr) COX_NODISCARD;

/* Did the pass that ended find groups of rows that an earlier one did not know of? Then it is worth another. */
bool cox_feed_has_new_groups(const struct cox_feed *feed);

/* What was odd so far: "3 rows shorter than the header; 1 row with bytes of another encoding". */
const char *cox_feed_oddities(const struct cox_feed *feed, struct cox_arena *arena);

/* 0..1: how much of the file has been read; negative: not known. */
double cox_feed_share(const struct cox_feed *feed);

/* ---- the JSON half, connect/feed_json.c ---- */

struct cox_feed_json;

enum cox_rc cox_feed_json_open(struct cox_arena *arena, struct cox_source source,
    struct cox_feed_json **ret_json, struct cox_err *reterr) COX_NODISCARD;
void cox_feed_json_close(struct cox_feed_json *json);
/* A cell of the record just read; called for each member, nested ones as "Owner.id". */
typedef enum cox_rc (
    *cox_cell_fn)(void *ctx, struct cox_text header, struct cox_text value, struct cox_err *reterr);
/* ret_is_row false: the end. Texts live until the next call. */
enum cox_rc cox_feed_json_next(struct cox_feed_json *json, cox_cell_fn cell, void *ctx,
    bool *ret_is_row, struct cox_err *reterr) COX_NODISCARD;
struct cox_text cox_feed_json_object(const struct cox_feed_json *json);

#endif
