/* kernel/book/waterfall.c: what became of the open pipeline between two instants, event by event. */
#include "kernel/book/pass.h"

struct walk {
    const struct cox_book *book;
    const struct cox_book_ask *ask;
    cox_book_move_fn fn;
    void *ctx;
    struct cox_book_flow *flow;
    bool fits;
};

/* Counts with this amount when it is open in the window, of an owner asked for. */
static bool is_in(const struct walk *walk, const struct cox_book_state *state)
{
    return cox_book_fits(walk->book, walk->ask, state) &&
           walk->book->stages[state->stage].kind == COX_BOOK_OPEN &&
           cox_book_lies_in(walk->ask->close, state->close_day);
}

static enum cox_book_move move_of(const struct walk *walk, enum cox_book_kind kind, bool came,
    bool went, int64_t change, const struct cox_book_state *before,
    const struct cox_book_state *after)
{
    switch (kind) {
    case COX_BOOK_CLOSE_DAY:
        return came ? COX_BOOK_PULLED : COX_BOOK_PUSHED;
    case COX_BOOK_OWNER:
        return came ? COX_BOOK_RECEIVED : COX_BOOK_HANDED;
    case COX_BOOK_STAGE:
        if (came) {
            return before->stage < walk->book->stage_count &&
                           walk->book->stages[before->stage].kind != COX_BOOK_OPEN
                       ? COX_BOOK_REOPENED
                       : COX_BOOK_NEW;
        }
        if (after->stage >= walk->book->stage_count) {
            return COX_BOOK_REMOVED;
        }
        return walk->book->stages[after->stage].kind == COX_BOOK_WON    ? COX_BOOK_DONE_WON
               : walk->book->stages[after->stage].kind == COX_BOOK_LOST ? COX_BOOK_DONE_LOST
                                                                        : COX_BOOK_REMOVED;
    case COX_BOOK_AMOUNT:
    case COX_BOOK_CLOSED_DAY:
    case COX_BOOK_WIN_BP:
    case COX_BOOK_KIND_COUNT:
        break;
    }
    (void)went;
    return change >= 0 ? COX_BOOK_RAISED : COX_BOOK_LOWERED;
}

/* One event's move, if it is one. */
static bool find_move(const struct walk *walk, const struct cox_book_state *before, uint64_t word,
    const struct cox_book_state *after, struct cox_book_moved *ret_moved, int *ret_in)
{
    bool was = is_in(walk, before), is = is_in(walk, after);
    int64_t change = (is ? after->amount_minor : 0) - (was ? before->amount_minor : 0);

    if (was == is && change == 0) {
        return false;
    }
    ret_moved->amount_minor = change;
    ret_moved->move =
        move_of(walk, cox_book_word_kind(word), is && !was, was && !is, change, before, after);
    *ret_in = (int)is - (int)was;
    return true;
}

static void add_move(struct walk *walk, const struct cox_book_moved *moved, int in)
{
    struct cox_book_flow *flow = walk->flow;
    enum cox_book_move move = moved->move;

    flow->moves[move].count++;
    flow->moves[move].in_count += in;
    walk->fits &= !__builtin_add_overflow(flow->moves[move].amount_minor, moved->amount_minor,
        &flow->moves[move].amount_minor);
    if (moved->is_inside) {
        flow->moves[move].inside_count++;
        walk->fits &= !__builtin_add_overflow(flow->moves[move].inside_minor, moved->amount_minor,
            &flow->moves[move].inside_minor);
    }
}

static void add_end(struct walk *walk, bool is_in_it, int64_t amount, int64_t *count,
    int64_t *minor)
{
    if (is_in_it) {
        *count += 1;
        walk->fits &= !__builtin_add_overflow(*minor, amount, minor);
    }
}

static enum cox_rc walk_events(struct walk *walk, const struct cox_book_part *part, size_t deal,
    size_t first, struct cox_book_state state, size_t end, bool is_inside, struct cox_err *reterr)
{
    for (size_t e = first; e < end; e++) {
        struct cox_book_state before = state;
        struct cox_book_moved moved = {.id = part->id[deal], .is_inside = is_inside};
        int in = 0;

        cox_book_apply(&state, part->word[e]);
        if (!find_move(walk, &before, part->word[e], &state, &moved, &in)) {
            continue;
        }
        moved.at_us = cox_book_event_us(part, e);
        add_move(walk, &moved, in);
        if (walk->fn != NULL) {
            COX_TRY(walk->fn(walk->ctx, &moved, reterr));
        }
    }
    return COX_OK;
}

static enum cox_rc walk_deal(struct walk *walk, const struct cox_book_part *part, size_t deal,
    int64_t from_us, struct cox_err *reterr)
{
    struct cox_book_state opening, closing;
    size_t first = cox_book_replay(part, deal, from_us, &opening), end;
    bool was, is;

    if (first == part->event_end[deal] && !is_in(walk, &opening)) {
        return COX_OK; /* nothing happened since, and it was not in it */
    }
    end = cox_book_replay(part, deal, walk->ask->at_us, &closing);
    if (!cox_book_sees(walk->book, &walk->ask->scope, part->owner[deal], closing.owner,
            part->id[deal])) {
        return COX_OK;
    }
    was = is_in(walk, &opening);
    is = is_in(walk, &closing);
    add_end(walk, was, opening.amount_minor, &walk->flow->opening_count,
        &walk->flow->opening_minor);
    add_end(walk, is, closing.amount_minor, &walk->flow->closing_count, &walk->flow->closing_minor);
    return walk_events(walk, part, deal, first, opening, end, !was && !is, reterr);
}

enum cox_rc cox_book_waterfall(const struct cox_book *book, const struct cox_book_ask *ask,
    int64_t from_us, cox_book_move_fn fn, void *ctx, struct cox_book_flow *ret_flow,
    struct cox_err *reterr)
{
    struct cox_book_flow flow = {0};
    struct walk walk = {book, ask, fn, ctx, &flow, true};

    COX_TRY(cox_book_check_ask(book, ask, reterr));
    if (from_us > ask->at_us) {
        return cox_fail_at(reterr, COX_INVALID, "from_us", 0, "lies after the end");
    }
    for (size_t p = 0; p < book->part_count; p++) {
        const struct cox_book_part *part = &book->parts[p];
        size_t deal_end = cox_book_slice_end(ask, part->deal_count);
        for (size_t i = cox_book_slice_first(ask, part->deal_count); i < deal_end; i++) {
            if (cox_book_is_dead(part, i) ||
                (ask->picked != NULL && !cox_book_bit(ask->picked[p], i))) {
                continue;
            }
            COX_TRY(walk_deal(&walk, part, i, from_us, reterr));
        }
    }
    if (!walk.fits) {
        return cox_fail_at(reterr, COX_TOO_LARGE, "amount_minor", 0, "the sum is too large");
    }
    *ret_flow = flow;
    return COX_OK;
}
