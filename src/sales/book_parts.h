/* sales/book_parts.h: the book's columns as they grow, and the reading of them. For sales/book*.c only. */
#ifndef COX_SALES_BOOK_PARTS_H
#define COX_SALES_BOOK_PARTS_H

#include "base/map.h"
#include "kernel/book/pack.h"
#include "org/currency.h"
#include "sales/book.h"

/* Ids of owners, stages, products and reasons as positions, which never move. */
struct cox_book_directory {
    int64_t *ids;
    size_t count, room;
    struct cox_imap *at;
};

struct cox_book_columns {
    struct cox_book_fill fill;
    struct cox_book_extent extent; /* and who owned what: once they are surveyed */
    struct cox_book_owned owned;
    uint32_t *owned_from;
    uint16_t *owned_at;
    unsigned users; /* generations that hold it */
    bool is_base;   /* of the last split; the others are what was read since */
};

enum { COX_BOOK_BASE_MAX = 18, COX_BOOK_PART_MAX = 48 };

struct cox_book_reader {
    struct cox_call *call;
    struct cox_book_directory *owners, *stages, *codes, *causes;
    struct cox_book_columns *columns;
    struct cox_rate_memo *rates; /* NULL: few deals are read, each asks for its rate */
    size_t unrated_count;
};

/* For reading many: keeps rates until it is closed. */
enum cox_rc cox_book_reader_open(struct cox_book_reader *reader,
    struct cox_err *reterr) COX_NODISCARD;
void cox_book_reader_close(struct cox_book_reader *reader);

/* COX_TOO_LARGE past 65,534 of them. */
enum cox_rc cox_book_directory_add(struct cox_book_directory *directory, int64_t id,
    uint16_t *ret_at, struct cox_err *reterr) COX_NODISCARD;
void cox_book_directory_done(struct cox_book_directory *directory);

/* NULL without memory. */
struct cox_book_columns *cox_book_columns_open(void);
void cox_book_columns_close(struct cox_book_columns *columns);
enum cox_rc cox_book_columns_reserve(struct cox_book_columns *columns, size_t deals, size_t events,
    struct cox_err *reterr) COX_NODISCARD;
/* Once nothing more is added. owner_count: of the directory. */
enum cox_rc cox_book_columns_survey(struct cox_book_columns *columns, size_t owner_count,
    struct cox_err *reterr) COX_NODISCARD;
size_t cox_book_columns_size(const struct cox_book_columns *columns);

/* The live deals of two sets of columns in one. */
enum cox_rc cox_book_columns_merge(const struct cox_book_columns *a, const uint64_t *a_dead,
    const struct cox_book_columns *b, const uint64_t *b_dead, struct cox_book_columns *ret_columns,
    struct cox_err *reterr) COX_NODISCARD;

/* Room for them must be there. */
void cox_book_columns_copy(struct cox_book_columns *columns, const struct cox_book_fill *from,
    size_t deal);

/* The live deals of all of the sources in new parts, NULL where there are none. */
struct cox_book_source {
    const struct cox_book_columns *columns;
    const uint64_t *dead; /* NULL: none */
};
enum cox_rc cox_book_split(const struct cox_book_source *sources, size_t source_count,
    struct cox_book_columns *ret_parts[static COX_BOOK_BASE_MAX],
    struct cox_err *reterr) COX_NODISCARD;

/* Appends every deal with first <= id <= last that has or had a version, as known at the call. */
enum cox_rc cox_book_read(struct cox_book_reader *reader, int64_t first, int64_t last,
    struct cox_err *reterr) COX_NODISCARD;

#endif
