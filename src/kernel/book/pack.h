/*
 * kernel/book/pack.h: how an event is packed, and how columns are filled.
 *
 * Instant: second (at_s), microseconds / 16 (at_us), microseconds % 16 in the word. Word, from the lowest bit:
 * 3 bits kind, 4 bits of the instant, 3 unused, 54 bits value (signed).
 */
#ifndef COX_KERNEL_BOOK_PACK_H
#define COX_KERNEL_BOOK_PACK_H

#include "kernel/book/book.h"

enum { COX_BOOK_KIND_BITS = 3, COX_BOOK_VALUE_SHIFT = 10 };

static inline enum cox_book_kind cox_book_word_kind(uint64_t word)
{
    return (enum cox_book_kind)(word & 7U);
}

static inline int64_t cox_book_word_value(uint64_t word)
{
    return (int64_t)word >> COX_BOOK_VALUE_SHIFT;
}

static inline int64_t cox_book_event_us(const struct cox_book_part *part, size_t event)
{
    return (int64_t)part->at_s[event] * 1000000 + part->at_us[event] * 16 +
           (int64_t)(part->word[event] >> COX_BOOK_KIND_BITS & 15U);
}

static inline size_t cox_book_first_event(const struct cox_book_part *part, size_t deal)
{
    return deal == 0 ? 0 : part->event_end[deal - 1];
}

static inline void cox_book_apply(struct cox_book_state *state, uint64_t word)
{
    int64_t value = cox_book_word_value(word);

    switch (cox_book_word_kind(word)) {
    case COX_BOOK_AMOUNT:
        state->amount_minor = value;
        break;
    case COX_BOOK_CLOSE_DAY:
        state->close_day = (int32_t)value;
        break;
    case COX_BOOK_CLOSED_DAY:
        state->closed_day = (int32_t)value;
        break;
    case COX_BOOK_OWNER:
        state->owner = (uint16_t)value;
        break;
    case COX_BOOK_WIN_BP:
        state->win_bp = (uint16_t)value;
        break;
    case COX_BOOK_STAGE:
        state->stage = (uint16_t)value;
        break;
    case COX_BOOK_KIND_COUNT:
        break;
    }
}

/* A deal before its first event. */
static inline struct cox_book_state cox_book_nothing(void)
{
    return (struct cox_book_state){.close_day = COX_BOOK_NO_DAY,
        .closed_day = COX_BOOK_NO_DAY,
        .owner = COX_BOOK_NO_OWNER,
        .stage = COX_BOOK_NO_STAGE,
        .win_bp = COX_BOOK_NO_PROB};
}

static inline struct cox_book_state cox_book_now(const struct cox_book_part *part, size_t deal)
{
    return (struct cox_book_state){.amount_minor = part->amount_minor[deal],
        .close_day = part->close_day[deal],
        .closed_day = part->closed_day[deal],
        .owner = part->owner[deal],
        .stage = part->stage[deal],
        .win_bp = part->win_bp[deal]};
}

/* Applies the deal's events up to the instant, whatever it is now; returns the first event behind it. */
size_t cox_book_replay_events(const struct cox_book_part *part, size_t deal, int64_t at_us,
    struct cox_book_state *ret_state);

/*
 * The deal at the instant; returns the first event behind it. Most deals are not there yet, or have nothing
 * behind it and are as they are now: the seconds of their first and last event tell.
 */
static inline size_t cox_book_replay(const struct cox_book_part *part, size_t deal, int64_t at_us,
    struct cox_book_state *ret_state)
{
    size_t first = cox_book_first_event(part, deal), end = part->event_end[deal];
    int64_t second = at_us < 0 ? 0 : at_us / 1000000;
    /* Whose a removed deal was last is only in its events. */
    bool is_there = part->stage[deal] != COX_BOOK_NO_STAGE;

    if (is_there && at_us == COX_BOOK_NOW) {
        *ret_state = cox_book_now(part, deal);
        return end;
    }
    if (first == end || part->at_s[first] > second) {
        *ret_state = cox_book_nothing();
        return first;
    }
    if (is_there && part->at_s[end - 1] < second) {
        *ret_state = cox_book_now(part, deal);
        return end;
    }
    return cox_book_replay_events(part, deal, at_us, ret_state);
}

/* ---- filling ---- */

/* A part in the making: the caller's arrays, of deal_room and event_room elements. */
struct cox_book_fill {
    size_t deal_room, event_room;
    size_t deal_count, event_count;
    uint32_t *id;
    uint32_t *event_end;
    int64_t *amount_minor;
    int32_t *close_day, *created_day, *closed_day;
    uint16_t *owner, *stage, *win_bp, *code, *cause; /* cause: 0 until the filler says otherwise */
    uint32_t *at_s;
    uint16_t *at_us;
    uint64_t *word;
    struct cox_book_state last; /* of the deal being added */
    int64_t last_us;
    bool is_open; /* a deal has been begun */
};

/* ids rise strictly. Errors: COX_FULL (no room), COX_INVALID (id out of order), COX_TOO_LARGE (past 32 bits). */
enum cox_rc cox_book_begin_deal(struct cox_book_fill *fill, int64_t id, int32_t created_day,
    uint16_t code, struct cox_err *reterr) COX_NODISCARD;

/* The deal is so from at_us on; instants do not fall. A removed deal is one of stage COX_BOOK_NO_STAGE. */
enum cox_rc cox_book_add_state(struct cox_book_fill *fill, int64_t at_us,
    const struct cox_book_state *state, struct cox_err *reterr) COX_NODISCARD;

void cox_book_end_deal(struct cox_book_fill *fill);

/* One pass over a part's columns. */
struct cox_book_extent cox_book_extent_of(const struct cox_book_part *part);

/*
 * Who has ever owned a deal: cox_book_count_owned fills ret_from, of cox_book_chunk_count x (owner_count + 1)
 * elements, and returns how many ret_at has in cox_book_fill_owned, which ends both.
 */
static inline size_t cox_book_chunk_count(size_t deal_count)
{
    return (deal_count + COX_BOOK_CHUNK - 1) / COX_BOOK_CHUNK;
}
size_t cox_book_count_owned(const struct cox_book_part *part, size_t owner_count,
    uint32_t *ret_from);
void cox_book_fill_owned(const struct cox_book_part *part, size_t owner_count, uint32_t *from,
    uint16_t *ret_at);

/* The columns as readers take them; dead NULL, extent and owners not known. */
struct cox_book_part cox_book_filled(const struct cox_book_fill *fill);

#endif
