/* kernel/book/pass.h: one pass over deals: which are asked for, as they were. For kernel/book only. */
#ifndef COX_KERNEL_BOOK_PASS_H
#define COX_KERNEL_BOOK_PASS_H

#include "kernel/book/pack.h"

static inline bool cox_book_bit(const uint64_t *bits, size_t at)
{
    return (bits[at / 64] >> at % 64 & 1U) != 0;
}

static inline bool cox_book_is_dead(const struct cox_book_part *part, size_t deal)
{
    return part->dead != NULL && cox_book_bit(part->dead, deal);
}

static inline bool cox_book_lies_in(struct cox_book_days days, int32_t day)
{
    return day >= days.from && (day < days.to || days.to == INT32_MAX);
}

static inline uint32_t cox_book_second(int64_t at_us)
{
    return at_us < 0 ? 0 : at_us / 1000000 >= UINT32_MAX ? UINT32_MAX : (uint32_t)(at_us / 1000000);
}

/* Has nothing of the part happened since the instant, so that all is as it is now? */
static inline bool cox_book_is_settled(const struct cox_book_part *part, int64_t at_us)
{
    return at_us == COX_BOOK_NOW ||
           (part->extent.is_known && part->extent.last_s < cox_book_second(at_us));
}

/* Can any deal of the part be one that ask is about? false is sure. */
bool cox_book_may_answer(const struct cox_book *book, const struct cox_book_part *part,
    const struct cox_book_ask *ask);

/* Does the part hold deals now in a stage of in (NULL: all), open ones alone where of_open? false is sure. */
bool cox_book_has_stage(const struct cox_book *book, const struct cox_book_part *part,
    const unsigned char *in, bool of_open);

bool cox_book_has_id(const int64_t *ids, size_t count, int64_t id);

/* The slice of a part's deals that ask is about. */
static inline size_t cox_book_slice(const struct cox_book_ask *ask, size_t deal_count, unsigned at)
{
    unsigned count = ask->slice_count == 0 ? 1 : ask->slice_count;

    return deal_count / count * at + deal_count % count * at / count;
}
static inline size_t cox_book_slice_first(const struct cox_book_ask *ask, size_t deal_count)
{
    return cox_book_slice(ask, deal_count, ask->slice_at);
}
static inline size_t cox_book_slice_end(const struct cox_book_ask *ask, size_t deal_count)
{
    return cox_book_slice(ask, deal_count, ask->slice_at + 1);
}

/* May a deal be seen that is owned so now, and was at the instant? */
static inline bool cox_book_sees(const struct cox_book *book, const struct cox_book_scope *scope,
    uint16_t owner_now, uint16_t owner_then, int64_t id)
{
    if (scope->now == NULL && scope->then == NULL) {
        return true;
    }
    if ((scope->now != NULL && owner_now < book->owner_count &&
            cox_book_bit(scope->now, owner_now)) ||
        (scope->then != NULL && owner_then < book->owner_count &&
            cox_book_bit(scope->then, owner_then))) {
        return true;
    }
    return scope->extra_count > 0 && cox_book_has_id(scope->extra_ids, scope->extra_count, id);
}

/* The deal at the instant, as far as it matters to who asks for deals that are there. */
static inline void cox_book_state_at(const struct cox_book_part *part, size_t deal, int64_t at_us,
    bool is_settled, struct cox_book_state *ret_state)
{
    if (is_settled) {
        *ret_state = cox_book_now(part, deal);
    } else {
        (void)cox_book_replay(part, deal, at_us, ret_state);
    }
}

/* The part of the question that a state answers: it is there, of a stage and an owner asked for. */
static inline bool cox_book_fits(const struct cox_book *book, const struct cox_book_ask *ask,
    const struct cox_book_state *state)
{
    return state->stage < book->stage_count &&
           (ask->stage_in == NULL || ask->stage_in[state->stage] != 0) &&
           (ask->owner_in == NULL ||
               (state->owner < book->owner_count && cox_book_bit(ask->owner_in, state->owner)));
}

/* Is the deal, alive and picked, so at the instant, one that ask is about? */
static inline bool cox_book_matches(const struct cox_book *book, const struct cox_book_ask *ask,
    size_t part_at, size_t deal, const struct cox_book_state *state)
{
    const struct cox_book_part *part = &book->parts[part_at];

    return cox_book_fits(book, ask, state) && cox_book_lies_in(ask->close, state->close_day) &&
           cox_book_lies_in(ask->closed, state->closed_day) &&
           cox_book_lies_in(ask->created, part->created_day[deal]) &&
           cox_book_sees(book, &ask->scope, part->owner[deal], state->owner, part->id[deal]);
}

/* ---- the deals of a part that a question may be about ---- */

enum cox_book_plan {
    COX_BOOK_BY_ALL,
    COX_BOOK_BY_ASKED, /* those that an owner asked for has or had */
    COX_BOOK_BY_RIGHTS /* those that an owner whose deals are visible has or had, and the extra ones */
};

struct cox_book_scan {
    const struct cox_book *book;
    const struct cox_book_ask *ask;
    const struct cox_book_part *part;
    size_t part_at, first, end; /* of the slice */
    size_t next, block;         /* first deal of the next block, of this one */
    enum cox_book_plan plan;
    size_t word_at, word_count;
    uint64_t word; /* what is left of it */
    uint64_t bits[COX_BOOK_CHUNK / 64];
};

/* Ascending; alive and picked ones alone. */
void cox_book_scan_begin(struct cox_book_scan *scan, const struct cox_book *book,
    const struct cox_book_ask *ask, size_t part_at);
bool cox_book_scan_block(struct cox_book_scan *scan);

static inline bool cox_book_scan_next(struct cox_book_scan *scan, size_t *ret_deal)
{
    while (scan->word == 0) {
        if (++scan->word_at < scan->word_count) {
            scan->word = scan->bits[scan->word_at];
        } else if (!cox_book_scan_block(scan)) {
            return false;
        }
    }
    *ret_deal = scan->block + scan->word_at * 64 + (size_t)__builtin_ctzll(scan->word);
    scan->word &= scan->word - 1;
    return true;
}

/* Position of the first deal whose id is not smaller. */
size_t cox_book_place_of(const struct cox_book_part *part, int64_t id);

/* The chance that counts, in basis points. */
static inline int64_t cox_book_chance(const struct cox_book *book,
    const struct cox_book_state *state)
{
    return state->win_bp != COX_BOOK_NO_PROB ? state->win_bp : book->stages[state->stage].win_bp;
}

enum cox_rc cox_book_check_ask(const struct cox_book *book, const struct cox_book_ask *ask,
    struct cox_err *reterr) COX_NODISCARD;

#endif
