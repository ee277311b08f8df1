/*
 * sales/book.c: generations of the book. What a refresh reads becomes a small part of its own; the deals it
 * replaces are marked dead in the older parts, in bits that belong to the generation. Such parts are merged
 * as in a log-structured tree, when the last one is at least half as large as the one before it; once they
 * hold an eighth of the book, all of it is split anew (sales/book_split.c).
 */
#include "sales/book.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "org/currency.h"
#include "sales/book_parts.h"
#include "sales/open_facts.h"
#include "sales/opportunity.h"
#include "sales/pipeline.h"

enum {
    RANGE = 20000,     /* ids read at once: bounds what PostgreSQL sends in one answer */
    SPLIT_LEAST = 2000 /* deals read since the last split, before another is worth it */
};

struct generation {
    struct cox_book_generation shown; /* first: what readers hold */
    struct cox_book_part parts[COX_BOOK_PART_MAX];
    struct cox_book_columns *columns[COX_BOOK_PART_MAX];
    uint64_t *dead[COX_BOOK_PART_MAX];
    struct cox_book_stage *kinds;
    struct cox_book_stage_row *stages;
    int64_t *owners, *codes, *causes;
    const struct cox_book_directory *owner_ids; /* of the books */
    char currency[8];
    unsigned users; /* readers, and the keeper while it is the newest */
};

struct cox_books {
    pthread_mutex_t lock; /* guards newest and users */
    pthread_mutex_t refreshing;
    struct generation *newest; /* NULL: not read yet */
    struct cox_book_directory owner_ids, stage_ids, code_ids, cause_ids;
    size_t unrated_count;
    struct cox_facts_keeper *facts;
    atomic_bool is_stopping;
};

/* ---- life of a generation ---- */

static void drop_columns(struct cox_book_columns *columns)
{
    if (columns != NULL && --columns->users == 0) {
        cox_book_columns_close(columns);
    }
}

/* Under the lock: parts are shared between generations. */
static void close_generation(struct generation *generation)
{
    for (size_t i = 0; i < generation->shown.book.part_count; i++) {
        drop_columns(generation->columns[i]);
        cox_memory_free(generation->dead[i]);
    }
    cox_memory_free(generation->kinds);
    cox_memory_free(generation->stages);
    cox_memory_free(generation->owners);
    cox_memory_free(generation->codes);
    cox_memory_free(generation->causes);
    cox_memory_free(generation);
}

static void leave(struct cox_books *books, struct generation *generation)
{
    (void)pthread_mutex_lock(&books->lock);
    if (generation != NULL && --generation->users == 0) {
        close_generation(generation);
    }
    (void)pthread_mutex_unlock(&books->lock);
}

static struct generation *enter(struct cox_books *books)
{
    struct generation *generation;

    (void)pthread_mutex_lock(&books->lock);
    generation = books->newest;
    if (generation != NULL) {
        generation->users++;
    }
    (void)pthread_mutex_unlock(&books->lock);
    return generation;
}

static void publish(struct cox_books *books, struct generation *generation)
{
    struct generation *before;

    (void)pthread_mutex_lock(&books->lock);
    before = books->newest;
    books->newest = generation;
    (void)pthread_mutex_unlock(&books->lock);
    leave(books, before);
}

/* ---- parts ---- */

static void *copy_of(const void *from, size_t size)
{
    void *copy = cox_memory_alloc(size == 0 ? 1 : size);

    if (copy != NULL && size > 0) {
        memcpy(copy, from, size);
    }
    return copy;
}

static size_t dead_size(const struct cox_book_columns *columns)
{
    return (columns->fill.deal_count + 63) / 64 * sizeof(uint64_t);
}

static enum cox_rc add_part(struct generation *generation, struct cox_book_columns *columns,
    const uint64_t *dead, struct cox_err *reterr)
{
    size_t at = generation->shown.book.part_count, size = dead_size(columns);

    COX_TRY(cox_book_columns_survey(columns, generation->owner_ids->count, reterr));
    generation->dead[at] = cox_memory_alloc(size == 0 ? 1 : size);
    if (generation->dead[at] == NULL) {
        return cox_no_memory(reterr);
    }
    if (dead != NULL) {
        memcpy(generation->dead[at], dead, size);
    } else {
        memset(generation->dead[at], 0, size);
    }
    columns->users++;
    generation->columns[at] = columns;
    generation->shown.book.part_count++;
    return COX_OK;
}

static bool find_deal(const struct cox_book_fill *fill, int64_t id, size_t *ret_at)
{
    size_t low = 0, high = fill->deal_count;

    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (fill->id[mid] < id) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    *ret_at = low;
    return low < fill->deal_count && fill->id[low] == id;
}

static void mark_dead(struct generation *generation, size_t part_count, int64_t id)
{
    for (size_t part = 0; part < part_count; part++) {
        size_t at;
        if (find_deal(&generation->columns[part]->fill, id, &at)) {
            generation->dead[part][at / 64] |= UINT64_C(1) << at % 64;
        }
    }
}

/* The generation's parts from the first-th on: given up. Their users are counted under the lock. */
static void drop_parts(struct cox_books *books, struct generation *generation, size_t first)
{
    (void)pthread_mutex_lock(&books->lock); /* cannot fail: initialised, not recursive */
    for (size_t i = first; i < generation->shown.book.part_count; i++) {
        drop_columns(generation->columns[i]);
        cox_memory_free(generation->dead[i]);
    }
    (void)pthread_mutex_unlock(&books->lock); /* likewise */
    generation->shown.book.part_count = first;
}

static enum cox_rc merge_last(struct cox_books *books, struct generation *generation,
    struct cox_err *reterr)
{
    size_t at = generation->shown.book.part_count - 2;
    struct cox_book_columns *merged = cox_book_columns_open();
    enum cox_rc rc;

    if (merged == NULL) {
        return cox_no_memory(reterr);
    }
    rc = cox_book_columns_merge(generation->columns[at], generation->dead[at],
        generation->columns[at + 1], generation->dead[at + 1], merged, reterr);
    if (rc == COX_OK) {
        drop_parts(books, generation, at);
        rc = add_part(generation, merged, NULL, reterr);
    }
    if (rc != COX_OK) {
        cox_book_columns_close(merged);
    }
    return rc;
}

/* parts: those that a split gave; taken over or closed. */
static enum cox_rc add_base(struct generation *generation,
    struct cox_book_columns *parts[static COX_BOOK_BASE_MAX], struct cox_err *reterr)
{
    enum cox_rc rc = COX_OK;

    for (size_t i = 0; i < COX_BOOK_BASE_MAX; i++) {
        rc = rc == COX_OK && parts[i] != NULL ? add_part(generation, parts[i], NULL, reterr) : rc;
        if (rc != COX_OK) {
            cox_book_columns_close(parts[i]);
        }
    }
    return rc;
}

static enum cox_rc split_anew(struct cox_books *books, struct generation *generation,
    struct cox_err *reterr)
{
    struct cox_book_columns *parts[COX_BOOK_BASE_MAX];
    struct cox_book_source sources[COX_BOOK_PART_MAX];
    size_t count = generation->shown.book.part_count;

    for (size_t i = 0; i < count; i++) {
        sources[i] = (struct cox_book_source){generation->columns[i], generation->dead[i]};
    }
    COX_TRY(cox_book_split(sources, count, parts, reterr));
    drop_parts(books, generation, 0);
    return add_base(generation, parts, reterr);
}

static enum cox_rc merge_small(struct cox_books *books, struct generation *generation,
    struct cox_err *reterr)
{
    size_t base = 0, newer = 0;

    for (;;) {
        size_t count = generation->shown.book.part_count;
        size_t last = count < 2 ? 0 : generation->columns[count - 1]->fill.deal_count;
        size_t before = count < 2 ? 0 : generation->columns[count - 2]->fill.deal_count;
        if (count < 2 || generation->columns[count - 2]->is_base || last * 2 < before) {
            break;
        }
        COX_TRY(merge_last(books, generation, reterr));
    }
    for (size_t i = 0; i < generation->shown.book.part_count; i++) {
        *(generation->columns[i]->is_base ? &base : &newer) +=
            generation->columns[i]->fill.deal_count;
    }
    return newer > SPLIT_LEAST + base / 8 ||
                   generation->shown.book.part_count > COX_BOOK_PART_MAX - 2
               ? split_anew(books, generation, reterr)
               : COX_OK;
}

/* ---- directories as the generation shows them ---- */

/*
 * stage-rows: every stage as it was last, the ones that are no more among them, whatever instant the call
 * reads: a position stands for the stage, not for a version of it. Everybody reads stages.
 */
static const char stages_sql[] =
    "SELECT \"id\", \"from_us\", \"pipeline\", \"position\", \"kind\", \"win_prob\", \"label\" "
    "FROM \"stage\" UNION ALL SELECT \"id\", \"from_us\", \"pipeline\", \"position\", \"kind\", "
    "\"win_prob\", \"label\" FROM \"stage_past\" WHERE \"seq_to\" = 9223372036854775807 "
    "ORDER BY 1, 2";

static void note_stage(struct generation *generation, uint64_t at, struct cox_stmt *stmt)
{
    struct cox_book_stage_row *row = &generation->stages[at];
    int64_t kind = cox_stmt_int(stmt, 4);
    double win_prob = cox_stmt_real(stmt, 5);
    struct cox_text label = cox_stmt_text(stmt, 6);

    generation->kinds[at] =
        (struct cox_book_stage){.kind = kind == COX_STAGE_WON    ? COX_BOOK_WON
                                        : kind == COX_STAGE_LOST ? COX_BOOK_LOST
                                                                 : COX_BOOK_OPEN,
            .win_bp = win_prob > 0 ? (uint16_t)(win_prob * 10000.0 + 0.5) : 0};
    *row = (struct cox_book_stage_row){.id = cox_stmt_int(stmt, 0),
        .pipeline = cox_stmt_int(stmt, 2),
        .position = cox_stmt_int(stmt, 3)};
    (void)snprintf(row->label, sizeof(row->label), "%.*s", (int)label.size,
        label.size == 0 ? "" : label.ptr);
}

static enum cox_rc read_stages(struct cox_books *books, struct generation *generation,
    struct cox_call *call, struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;
    bool is_row;

    if (books->stage_ids.count == 0) {
        return COX_OK;
    }
    COX_TRY(cox_db_prepare(cox_call_db(call), cox_text_of(stages_sql), &stmt, reterr));
    for (;;) {
        uint64_t at;
        COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
        if (!is_row) {
            return COX_OK;
        }
        if (cox_imap_find(books->stage_ids.at, cox_stmt_int(stmt, 0), &at)) {
            note_stage(generation, at, stmt);
        }
    }
}

static enum cox_rc show_directories(struct cox_books *books, struct generation *generation,
    struct cox_call *call, struct cox_err *reterr)
{
    struct cox_book_generation *shown = &generation->shown;
    size_t stage_count = books->stage_ids.count;

    generation->owners =
        copy_of(books->owner_ids.ids, books->owner_ids.count * sizeof(*generation->owners));
    generation->codes =
        copy_of(books->code_ids.ids, books->code_ids.count * sizeof(*generation->codes));
    generation->causes =
        copy_of(books->cause_ids.ids, books->cause_ids.count * sizeof(*generation->causes));
    generation->kinds = cox_memory_alloc((stage_count + 1) * sizeof(*generation->kinds));
    generation->stages = cox_memory_alloc((stage_count + 1) * sizeof(*generation->stages));
    if (generation->owners == NULL || generation->codes == NULL || generation->causes == NULL ||
        generation->kinds == NULL || generation->stages == NULL) {
        return cox_no_memory(reterr);
    }
    memset(generation->kinds, 0, (stage_count + 1) * sizeof(*generation->kinds));
    memset(generation->stages, 0, (stage_count + 1) * sizeof(*generation->stages));
    COX_TRY(read_stages(books, generation, call, reterr));
    shown->owners = generation->owners;
    shown->codes = generation->codes;
    shown->code_count = books->code_ids.count;
    shown->causes = generation->causes;
    shown->cause_count = books->cause_ids.count;
    shown->stages = generation->stages;
    shown->book.stages = generation->kinds;
    shown->book.stage_count = stage_count;
    shown->book.owner_count = books->owner_ids.count;
    return COX_OK;
}

static void show_parts(struct cox_books *books, struct generation *generation)
{
    struct cox_book_generation *shown = &generation->shown;

    shown->unrated_count = books->unrated_count;
    for (size_t i = 0; i < shown->book.part_count; i++) {
        size_t dead = 0, words = dead_size(generation->columns[i]) / sizeof(uint64_t);
        for (size_t w = 0; w < words; w++) {
            dead += (size_t)__builtin_popcountll(generation->dead[i][w]);
        }
        generation->parts[i] = cox_book_filled(&generation->columns[i]->fill);
        generation->parts[i].dead = dead > 0 ? generation->dead[i] : NULL;
        generation->parts[i].extent = generation->columns[i]->extent;
        generation->parts[i].owned = generation->columns[i]->owned;
        shown->deal_count += generation->parts[i].deal_count - dead;
        shown->event_count += generation->parts[i].event_count;
        shown->memory_size += cox_book_columns_size(generation->columns[i]) + words * 8;
    }
    shown->book.parts = generation->parts;
}

/* ---- reading ---- */

static struct cox_book_reader reader_of(struct cox_books *books, struct cox_call *call,
    struct cox_book_columns *columns)
{
    return (struct cox_book_reader){.call = call,
        .owners = &books->owner_ids,
        .stages = &books->stage_ids,
        .codes = &books->code_ids,
        .causes = &books->cause_ids,
        .columns = columns};
}

static enum cox_rc last_id(struct cox_call *call, int64_t *ret_id, struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;
    bool is_row;

    COX_TRY(cox_db_prepare(cox_call_db(call),
        COX_LIT(
            "SELECT MAX(\"id\") FROM (SELECT MAX(\"id\") AS \"id\" FROM \"opportunity\" UNION ALL "
            "SELECT MAX(\"id\") FROM \"opportunity_past\") AS \"m\""),
        &stmt, reterr));
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    *ret_id = !is_row || cox_stmt_is_null(stmt, 0) ? 0 : cox_stmt_int(stmt, 0);
    return COX_OK;
}

static enum cox_rc read_all(struct cox_books *books, struct generation *generation,
    struct cox_call *call, struct cox_err *reterr)
{
    struct cox_book_columns *columns = cox_book_columns_open(), *parts[COX_BOOK_BASE_MAX];
    struct cox_book_reader reader = reader_of(books, call, columns);
    enum cox_rc rc = columns == NULL ? cox_no_memory(reterr) : COX_OK;
    int64_t last = 0;

    rc = rc == COX_OK ? cox_book_reader_open(&reader, reterr) : rc;
    rc = rc == COX_OK ? last_id(call, &last, reterr) : rc;
    for (int64_t first = 1; rc == COX_OK && first <= last; first += RANGE) {
        rc = atomic_load(&books->is_stopping)
                 ? cox_fail(reterr, COX_CANCELLED, "the server is stopping")
                 : cox_book_read(&reader, first, first + RANGE - 1, reterr);
    }
    if (rc == COX_OK) {
        rc = cox_book_split(&(const struct cox_book_source){columns, NULL}, 1, parts, reterr);
    }
    cox_book_reader_close(&reader);
    cox_book_columns_close(columns);
    COX_TRY(rc);
    books->unrated_count = reader.unrated_count;
    return add_base(generation, parts, reterr);
}

/*
 * changed-deals: the deals that commits from one to another touched. $1 and $2 commits, $3 entity. Ids
 * only; the readers' rights are asked where figures are.
 */
static const char changed_sql[] =
    "SELECT DISTINCT \"id\" FROM \"log_row\" WHERE \"seq\" > $1 AND \"seq\" <= $2 AND "
    "\"entity\" = $3 ORDER BY \"id\"";

static enum cox_rc read_changed(struct generation *generation, struct cox_book_reader *reader,
    int64_t after_seq, struct cox_err *reterr)
{
    size_t older = generation->shown.book.part_count;
    COX_AUTO_STMT stmt = NULL;
    bool is_row;

    COX_TRY(cox_db_prepare(cox_call_db(reader->call), cox_text_of(changed_sql), &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, after_seq);
    cox_stmt_bind_int(stmt, 2, cox_call_head_seq(reader->call));
    cox_stmt_bind_int(stmt, 3, cox_opportunity.number);
    for (;;) {
        int64_t id;
        COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
        if (!is_row) {
            return COX_OK;
        }
        id = cox_stmt_int(stmt, 0);
        mark_dead(generation, older, id);
        COX_TRY(cox_book_read(reader, id, id, reterr));
    }
}

static enum cox_rc share_parts(struct generation *from, struct generation *to,
    struct cox_err *reterr)
{
    for (size_t i = 0; i < from->shown.book.part_count; i++) {
        COX_TRY(add_part(to, from->columns[i], from->dead[i], reterr));
    }
    return COX_OK;
}

static enum cox_rc read_newer(struct cox_books *books, struct generation *before,
    struct generation *generation, struct cox_call *call, struct cox_err *reterr)
{
    struct cox_book_columns *columns = cox_book_columns_open();
    struct cox_book_reader reader = reader_of(books, call, columns);
    enum cox_rc rc = columns == NULL ? cox_no_memory(reterr) : COX_OK;

    if (rc == COX_OK) {
        (void)pthread_mutex_lock(&books->lock); /* the parts' users are counted there */
        rc = share_parts(before, generation, reterr);
        (void)pthread_mutex_unlock(&books->lock);
    }
    if (rc == COX_OK) {
        rc = read_changed(generation, &reader, before->shown.seq, reterr);
    }
    if (rc == COX_OK && columns->fill.deal_count > 0) {
        rc = add_part(generation, columns, NULL, reterr);
        columns = rc == COX_OK ? NULL : columns;
    }
    cox_book_columns_close(columns);
    if (rc == COX_OK) {
        books->unrated_count += reader.unrated_count;
        rc = merge_small(books, generation, reterr);
    }
    return rc;
}

/*
 * What decides whether changes can be added: many of them, or other rates, and all is read anew.
 * $1 and $2 commits, $3 deals, $4 rates.
 */
static const char how_many_sql[] =
    "SELECT COUNT(*), COALESCE(MAX(CASE WHEN \"entity\" = $4 THEN 1 ELSE 0 END), 0) FROM \"log_row\" "
    "WHERE \"seq\" > $1 AND \"seq\" <= $2 AND \"entity\" IN ($3, $4)";

static enum cox_rc can_add(const struct generation *before, struct cox_call *call, bool *ret_can,
    struct cox_err *reterr)
{
    struct cox_text currency = cox_call_currency(call);
    COX_AUTO_STMT stmt = NULL;
    bool is_row;

    *ret_can = false;
    if (before == NULL || !cox_text_same(cox_text_of(before->currency),
                              currency.ptr == NULL ? COX_LIT("") : currency)) {
        return COX_OK;
    }
    COX_TRY(cox_db_prepare(cox_call_db(call), cox_text_of(how_many_sql), &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, before->shown.seq);
    cox_stmt_bind_int(stmt, 2, cox_call_head_seq(call));
    cox_stmt_bind_int(stmt, 3, cox_opportunity.number);
    cox_stmt_bind_int(stmt, 4, cox_currency_rate.number);
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    *ret_can = cox_stmt_int(stmt, 1) == 0 &&
               cox_stmt_int(stmt, 0) <= 20000 + (int64_t)before->shown.deal_count / 4;
    return COX_OK;
}

static enum cox_rc make(struct cox_books *books, struct generation *before,
    struct generation *generation, struct cox_call *call, struct cox_err *reterr)
{
    struct cox_text currency = cox_call_currency(call);
    bool can;

    (void)snprintf(generation->currency, sizeof(generation->currency), "%.*s", (int)currency.size,
        currency.ptr == NULL ? "" : currency.ptr);
    generation->shown.seq = cox_call_head_seq(call);
    generation->owner_ids = &books->owner_ids;
    generation->users = 1;
    COX_TRY(can_add(before, call, &can, reterr));
    COX_TRY(can ? read_newer(books, before, generation, call, reterr)
                : read_all(books, generation, call, reterr));
    COX_TRY(show_directories(books, generation, call, reterr));
    show_parts(books, generation);
    return COX_OK;
}

static enum cox_rc refresh(struct cox_books *books, struct cox_call *call, struct cox_err *reterr)
{
    struct generation *before = enter(books), *generation;
    enum cox_rc rc = COX_OK;

    if (before == NULL || before->shown.seq < cox_call_head_seq(call)) {
        generation = cox_memory_alloc(sizeof(*generation));
        if (generation == NULL) {
            rc = cox_no_memory(reterr);
        } else {
            *generation = (struct generation){0};
            rc = make(books, before, generation, call, reterr);
            if (rc == COX_OK) {
                publish(books, generation);
            } else {
                leave(books, generation);
            }
        }
    }
    leave(books, before);
    return rc;
}

/* ---- for readers ---- */

enum cox_rc cox_books_open(struct cox_books **ret_books, struct cox_err *reterr)
{
    struct cox_books *books = cox_memory_alloc(sizeof(*books));

    if (books == NULL) {
        return cox_no_memory(reterr);
    }
    *books = (struct cox_books){.lock = PTHREAD_MUTEX_INITIALIZER,
        .refreshing = PTHREAD_MUTEX_INITIALIZER};
    if (cox_facts_keeper_open(&books->facts, reterr) != COX_OK) {
        cox_memory_free(books);
        return COX_NO_MEMORY;
    }
    *ret_books = books;
    return COX_OK;
}

void cox_books_close(struct cox_books *books)
{
    if (books == NULL) {
        return;
    }
    leave(books, books->newest);
    cox_facts_keeper_close(books->facts);
    cox_book_directory_done(&books->owner_ids);
    cox_book_directory_done(&books->stage_ids);
    cox_book_directory_done(&books->code_ids);
    cox_book_directory_done(&books->cause_ids);
    cox_memory_free(books);
}

struct cox_facts_keeper *cox_books_facts(struct cox_books *books)
{
    return books->facts;
}

void cox_books_stop(struct cox_books *books)
{
    atomic_store(&books->is_stopping, true);
}

bool cox_books_is_filled(struct cox_books *books)
{
    struct generation *generation = enter(books);

    leave(books, generation);
    return generation != NULL;
}

enum cox_rc cox_books_use(struct cox_books *books, struct cox_call *call,
    const struct cox_book_generation **ret_generation, struct cox_err *reterr)
{
    struct generation *generation = enter(books);
    enum cox_rc rc = COX_OK;

    if (generation == NULL || generation->shown.seq < cox_call_head_seq(call)) {
        leave(books, generation);
        (void)pthread_mutex_lock(&books->refreshing);
        rc = refresh(books, call, reterr);
        generation = rc == COX_OK ? enter(books) : NULL;
        (void)pthread_mutex_unlock(&books->refreshing);
    }
    if (rc == COX_OK) {
        *ret_generation = &generation->shown;
    }
    return rc;
}

void cox_books_release(struct cox_books *books, const struct cox_book_generation *generation)
{
    leave(books, (struct generation *)(void *)(uintptr_t)generation); /* its first member */
}
