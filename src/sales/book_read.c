/* sales/book_read.c: versions of deals from the records into the book's columns. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "org/currency.h"
#include "sales/book_parts.h"

/*
 * deal-versions: every version known at a commit of the deals from one id to another, the current ones and
 * the closed ones. Rights are the readers' of the book, so this needs no scope. $1 first and $2 last id,
 * $3 commit.
 */
static const char versions_sql[] =
    "SELECT \"id\", \"from_us\", 9223372036854775807 AS \"to_us\", \"owner\", \"stage\", \"amount\", "
    "\"currency\", \"close_day\", \"closed_day\", \"win_prob\", \"created_day\", \"product\", "
    "\"loss_reason\" "
    "FROM \"opportunity\" WHERE \"id\" BETWEEN $1 AND $2 AND \"rev\" <= $3 "
    "UNION ALL SELECT \"id\", \"from_us\", \"to_us\", \"owner\", \"stage\", \"amount\", "
    "\"currency\", \"close_day\", \"closed_day\", \"win_prob\", \"created_day\", \"product\", "
    "\"loss_reason\" "
    "FROM \"opportunity_past\" WHERE \"id\" BETWEEN $1 AND $2 AND \"rev\" <= $3 AND \"seq_to\" > $3 "
    "ORDER BY 1, 2";

enum {
    ID,
    FROM_US,
    TO_US,
    OWNER,
    STAGE,
    AMOUNT,
    CURRENCY,
    CLOSE_DAY,
    CLOSED_DAY,
    WIN_PROB,
    CREATED_DAY,
    PRODUCT,
    LOSS_REASON
};

static int32_t day_of(int64_t day)
{
    return day == COX_NULL || day <= INT32_MIN || day >= INT32_MAX ? COX_BOOK_NO_DAY : (int32_t)day;
}

/* The rates of so many days are kept beside those of any others: deals come by id, not by day. */
enum { MEMO_DAYS = 16, MEMO_COUNT = 256 };

enum cox_rc cox_book_reader_open(struct cox_book_reader *reader, struct cox_err *reterr)
{
    size_t size = MEMO_COUNT * sizeof(*reader->rates);

    reader->rates = cox_memory_alloc(size);
    if (reader->rates == NULL) {
        return cox_no_memory(reterr);
    }
    memset(reader->rates, 0, size);
    return COX_OK;
}

void cox_book_reader_close(struct cox_book_reader *reader)
{
    cox_memory_free(reader->rates);
    reader->rates = NULL;
}

static enum cox_rc convert(struct cox_book_reader *reader, int64_t amount_minor,
    struct cox_text currency, int64_t day, enum cox_rate_kind kind, int64_t *ret_minor,
    struct cox_err *reterr)
{
    struct cox_text own = cox_call_currency(reader->call);
    int64_t minor;
    bool is_known;

    if (reader->rates == NULL) {
        COX_TRY(cox_currency_convert(reader->call, amount_minor, currency, own, day, kind,
            ret_minor, &is_known, reterr));
    } else {
        size_t memo = (uint64_t)day / MEMO_DAYS % MEMO_COUNT;
        COX_TRY(cox_currency_convert_by(&reader->rates[memo], reader->call, amount_minor, currency,
            own, day, kind, &minor, reterr));
        is_known = minor != COX_NULL;
        *ret_minor = is_known ? minor : 0;
    }
    reader->unrated_count += is_known ? 0 : 1;
    return COX_OK;
}

/* Open deals by the plan rate of their expected day, closed ones by the spot rate of the day of closing. */
static enum cox_rc read_amount(struct cox_book_reader *reader, struct cox_stmt *stmt,
    int64_t *ret_minor, struct cox_err *reterr)
{
    struct cox_text currency = cox_stmt_text(stmt, CURRENCY);
    int64_t amount = cox_stmt_int(stmt, AMOUNT), closed_day = cox_stmt_int(stmt, CLOSED_DAY);
    int64_t day = closed_day != COX_NULL ? closed_day : cox_stmt_int(stmt, CLOSE_DAY);

    *ret_minor = amount == COX_NULL ? 0 : amount;
    if (amount == COX_NULL || currency.size == 0 ||
        cox_text_same(currency, cox_call_currency(reader->call))) {
        return COX_OK;
    }
    currency = cox_arena_text(cox_call_arena(reader->call), currency);
    return convert(reader, amount, currency, day == COX_NULL ? cox_call_today(reader->call) : day,
        closed_day != COX_NULL ? COX_RATE_SPOT : COX_RATE_PLAN, ret_minor, reterr);
}

static enum cox_rc read_state(struct cox_book_reader *reader, struct cox_stmt *stmt,
    struct cox_book_state *ret_state, struct cox_err *reterr)
{
    int64_t owner = cox_stmt_int(stmt, OWNER), stage = cox_stmt_int(stmt, STAGE);
    double win_prob = cox_stmt_real(stmt, WIN_PROB);
    struct cox_book_state state = {.close_day = day_of(cox_stmt_int(stmt, CLOSE_DAY)),
        .closed_day = day_of(cox_stmt_int(stmt, CLOSED_DAY)),
        .owner = COX_BOOK_NO_OWNER,
        .stage = COX_BOOK_NO_STAGE,
        .win_bp = isnan(win_prob) ? COX_BOOK_NO_PROB : (uint16_t)lround(win_prob * 10000.0)};

    if (owner != COX_NULL) {
        COX_TRY(cox_book_directory_add(reader->owners, owner, &state.owner, reterr));
    }
    if (stage != COX_NULL) {
        COX_TRY(cox_book_directory_add(reader->stages, stage, &state.stage, reterr));
    }
    COX_TRY(read_amount(reader, stmt, &state.amount_minor, reterr));
    *ret_state = state;
    return COX_OK;
}

/* What the version before left open: a deal that was removed, and may have come back. */
static enum cox_rc close_gap(struct cox_book_fill *fill, int64_t ended_us, struct cox_err *reterr)
{
    struct cox_book_state gone = fill->last;

    gone.stage = COX_BOOK_NO_STAGE;
    return cox_book_add_state(fill, ended_us, &gone, reterr);
}

static enum cox_rc begin(struct cox_book_reader *reader, struct cox_stmt *stmt,
    struct cox_err *reterr)
{
    int64_t product = cox_stmt_int(stmt, PRODUCT);
    uint16_t code;

    COX_TRY(
        cox_book_directory_add(reader->codes, product == COX_NULL ? 0 : product, &code, reterr));
    return cox_book_begin_deal(&reader->columns->fill, cox_stmt_int(stmt, ID),
        day_of(cox_stmt_int(stmt, CREATED_DAY)), code, reterr);
}

/* A deal's created day, product and reason are those of its last version: the others are columns of events. */
static enum cox_rc end(struct cox_book_reader *reader, int64_t ended_us, struct cox_err *reterr)
{
    struct cox_book_fill *fill = &reader->columns->fill;

    if (ended_us != COX_FOREVER) {
        COX_TRY(close_gap(fill, ended_us, reterr));
    }
    cox_book_end_deal(fill);
    return COX_OK;
}

static enum cox_rc read_version(struct cox_book_reader *reader, struct cox_stmt *stmt,
    int64_t ended_us, struct cox_err *reterr)
{
    struct cox_book_fill *fill = &reader->columns->fill;
    int64_t from_us = cox_stmt_int(stmt, FROM_US), product = cox_stmt_int(stmt, PRODUCT);
    int64_t reason = cox_stmt_int(stmt, LOSS_REASON);
    struct cox_book_state state;

    if (ended_us != COX_FOREVER && ended_us < from_us) {
        COX_TRY(close_gap(fill, ended_us, reterr));
    }
    fill->created_day[fill->deal_count] = day_of(cox_stmt_int(stmt, CREATED_DAY));
    COX_TRY(cox_book_directory_add(reader->codes, product == COX_NULL ? 0 : product,
        &fill->code[fill->deal_count], reterr));
    COX_TRY(cox_book_directory_add(reader->causes, reason == COX_NULL ? 0 : reason,
        &fill->cause[fill->deal_count], reterr));
    COX_TRY(read_state(reader, stmt, &state, reterr));
    return cox_book_add_state(fill, from_us, &state, reterr);
}

enum cox_rc cox_book_read(struct cox_book_reader *reader, int64_t first, int64_t last,
    struct cox_err *reterr)
{
    struct cox_mark mark = cox_arena_mark(cox_call_arena(reader->call));
    int64_t id = 0, ended_us = COX_FOREVER;
    COX_AUTO_STMT stmt = NULL;
    bool is_row;

    COX_TRY(cox_db_prepare(cox_call_db(reader->call), cox_text_of(versions_sql), &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, first);
    cox_stmt_bind_int(stmt, 2, last);
    cox_stmt_bind_int(stmt, 3, cox_call_head_seq(reader->call));
    for (;;) {
        COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
        if (id != 0 && (!is_row || cox_stmt_int(stmt, ID) != id)) {
            COX_TRY(end(reader, ended_us, reterr));
            cox_arena_rewind(cox_call_arena(reader->call), mark);
        }
        if (!is_row) {
            return COX_OK;
        }
        /* One deal, and at most two changes of all kinds for a version (a gap and the version). */
        COX_TRY(cox_book_columns_reserve(reader->columns, 1, 2 * COX_BOOK_KIND_COUNT, reterr));
        if (cox_stmt_int(stmt, ID) != id) {
            COX_TRY(begin(reader, stmt, reterr));
            id = cox_stmt_int(stmt, ID);
            ended_us = COX_FOREVER;
        }
        COX_TRY(read_version(reader, stmt, ended_us, reterr));
        ended_us = cox_stmt_int(stmt, TO_US);
    }
}
