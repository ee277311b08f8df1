/*
 * sales/book.h: the book of a store: all deals and their history in memory, kept current by the log.
 *
 * A generation is constant while somebody holds it. Asking for one first brings the book to the commit of
 * the asker's own call, so a figure and the records behind it are of one state. What is kept is the
 * history as known now ("as of" an instant): what was known at an earlier commit is read from the records.
 */
#ifndef COX_SALES_BOOK_H
#define COX_SALES_BOOK_H

#include "kernel/book/book.h"
#include "record/record.h"

struct cox_books;
struct cox_facts_keeper;

/* What a stage's position in the book stands for. */
struct cox_book_stage_row {
    int64_t id, pipeline, position;
    char label[64];
};

struct cox_book_generation {
    struct cox_book book;
    int64_t seq;           /* every commit up to it is in */
    const int64_t *owners; /* user of each owner position */
    const struct cox_book_stage_row *stages;
    const int64_t *codes; /* product of each code; position 0: none */
    size_t code_count;
    const int64_t *causes; /* loss reason of each cause; id 0: none */
    size_t cause_count;
    size_t deal_count, event_count;
    size_t unrated_count; /* deals once without a rate: they count as 0 while they have none */
    size_t memory_size;   /* bytes of its columns */
};

/* Empty until it is first asked for. One per store; lives as long as the server. */
enum cox_rc cox_books_open(struct cox_books **ret_books, struct cox_err *reterr) COX_NODISCARD;
void cox_books_close(struct cox_books *books);

/* Whoever reads the whole store fails soon, with COX_CANCELLED. Thread-safe; cox_books_close comes after it. */
void cox_books_stop(struct cox_books *books);

/* Has it been read once, so that the next asker waits for what changed since alone? */
bool cox_books_is_filled(struct cox_books *books);

/*
 * The generation at call's commit or later, given back by cox_books_release. Reading the whole store takes
 * a while the first time (later askers wait for it); then only what changed is read. call: any read.
 */
enum cox_rc cox_books_use(struct cox_books *books, struct cox_call *call,
    const struct cox_book_generation **ret_generation, struct cox_err *reterr) COX_NODISCARD;
void cox_books_release(struct cox_books *books, const struct cox_book_generation *generation);

/* Of the open deals, what the book has no column for (sales/open_facts.h). */
struct cox_facts_keeper *cox_books_facts(struct cox_books *books);

/* Position of a user or stage; COX_BOOK_NO_OWNER, COX_BOOK_NO_STAGE when it owns or holds no deal. */
uint16_t cox_book_owner_of(const struct cox_book_generation *generation, int64_t user);
uint16_t cox_book_stage_of(const struct cox_book_generation *generation, int64_t stage);

/* The call's actor's rights as the book wants them, in the call's arena. */
enum cox_rc cox_book_scope_of(struct cox_call *call, const struct cox_book_generation *generation,
    struct cox_book_scope *ret_scope, struct cox_err *reterr) COX_NODISCARD;

/*
 * The same deals with their stages (kind, chance, position, pipeline) as they were at the call's instant: in the
 * call's arena, no longer than generation; generation itself when the call reads now.
 */
enum cox_rc cox_book_stages_then(struct cox_call *call,
    const struct cox_book_generation *generation, const struct cox_book_generation **ret_generation,
    struct cox_err *reterr) COX_NODISCARD;

/* A question of the call's actor at the call's instant about all deals visible; the caller narrows it. */
enum cox_rc cox_book_ask_of(struct cox_call *call, const struct cox_book_generation *generation,
    struct cox_book_ask *ret_ask, struct cox_err *reterr) COX_NODISCARD;

/* For waterfalls from an instant on: removed deals are seen by who could have read them all the while. */
enum cox_rc cox_book_scope_since(struct cox_call *call,
    const struct cox_book_generation *generation, int64_t from_us, struct cox_book_scope *scope,
    struct cox_err *reterr) COX_NODISCARD;

/* Where a deal stands in the book; false when it is not in it. */
bool cox_book_find(const struct cox_book_generation *generation, int64_t id, size_t *ret_part,
    size_t *ret_at);

/* Bits of the owner positions that these users have; NULL without memory. In the call's arena. */
uint64_t *cox_book_owner_bits(struct cox_call *call, const struct cox_book_generation *generation,
    const int64_t *users, size_t count);

#endif
