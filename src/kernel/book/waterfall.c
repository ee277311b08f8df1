/* kernel/book/waterfall.c: what became of the open pipeline between two instants, event by event. */
#include "kernel/book/pass.h"

struct walk {
    const struct cox_book *book;
    const struct cox_book_ask *ask;
    cox_book_move_fn fn;
    void *ctx;
    struct cox_book_flow *flow;
    bool fits;
    const uint32_t *map; /* NULL: owners are all in one group */
    uint32_t group;
};

/* Counts with this amount when it is open in the window, of an owner asked for. */
static bool is_in(const struct walk *walk, const struct cox_book_state *state)
{
    return cox_book_fits(walk->book, walk->ask, state) &&
           (walk->map == NULL || (state->owner < walk->book->owner_count &&
                                     walk->map[state->owner] == walk->group)) &&
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

/* What was removed belongs to nobody: whose it was last decides. */
static bool sees_gone(const struct walk *walk, const struct cox_book_state *closing)
{
    return walk->ask->scope.gone != NULL && closing->stage >= walk->book->stage_count &&
           closing->owner < walk->book->owner_count &&
           cox_book_bit(walk->ask->scope.gone, closing->owner);
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
            part->id[deal]) &&
        !sees_gone(walk, &closing)) {
        return COX_OK;
    }
    was = is_in(walk, &opening);
    is = is_in(walk, &closing);
    add_end(walk, was, opening.amount_minor, &walk->flow->opening_count,
        &walk->flow->opening_minor);
    add_end(walk, is, closing.amount_minor, &walk->flow->closing_count, &walk->flow->closing_minor);
    return walk_events(walk, part, deal, first, opening, end, !was && !is, reterr);
}

typedef enum cox_rc (*deal_fn)(struct walk *walk, const struct cox_book_part *part, size_t deal,
    int64_t from_us, struct cox_err *reterr);

static enum cox_rc walk_deals(struct walk *walk, int64_t from_us, deal_fn fn,
    struct cox_err *reterr)
{
    const struct cox_book *book = walk->book;
    const struct cox_book_ask *ask = walk->ask;

    COX_TRY(cox_book_check_ask(book, ask, reterr));
    if (from_us > ask->at_us) {
        return cox_fail_at(reterr, COX_INVALID, "from_us", 0, "lies after the end");
    }
    for (size_t p = 0; p < book->part_count; p++) {
        const struct cox_book_part *part = &book->parts[p];
        struct cox_book_scan scan;
        if (cox_book_is_settled(part, from_us) &&
            !cox_book_has_stage(book, part, ask->stage_in, true)) {
            continue; /* nothing open then or now, and nothing has happened */
        }
        cox_book_scan_begin(&scan, book, ask, p);
        for (size_t i; cox_book_scan_next(&scan, &i);) {
            COX_TRY(fn(walk, part, i, from_us, reterr));
        }
    }
    return walk->fits
               ? COX_OK
               : cox_fail_at(reterr, COX_TOO_LARGE, "amount_minor", 0, "the sum is too large");
}

enum cox_rc cox_book_waterfall(const struct cox_book *book, const struct cox_book_ask *ask,
    int64_t from_us, cox_book_move_fn fn, void *ctx, struct cox_book_flow *ret_flow,
    struct cox_err *reterr)
{
    struct cox_book_flow flow = {0};
    struct walk walk =
        {.book = book, .ask = ask, .fn = fn, .ctx = ctx, .flow = &flow, .fits = true};

    COX_TRY(walk_deals(&walk, from_us, walk_deal, reterr));
    *ret_flow = flow;
    return COX_OK;
}

/* ---- by groups of owners ---- */

struct groups {
    struct walk walk;
    const uint32_t *map;
    size_t count;
    struct cox_book_flow *flows;
};

/* The deal in the flow of a group, unless the group had it before in the walk: first .. e are the events seen. */
static bool had_before(const struct groups *groups, const struct cox_book_part *part,
    uint16_t opening_owner, size_t first, size_t e, uint32_t group)
{
    const struct cox_book *book = groups->walk.book;

    if (opening_owner < book->owner_count && groups->map[opening_owner] == group) {
        return true;
    }
    for (size_t i = first; i < e; i++) {
        int64_t owner = cox_book_word_value(part->word[i]);
        if (cox_book_word_kind(part->word[i]) == COX_BOOK_OWNER &&
            owner < (int64_t)book->owner_count && groups->map[owner] == group) {
            return true;
        }
    }
    return false;
}

static enum cox_rc walk_group(struct groups *groups, const struct cox_book_part *part, size_t deal,
    int64_t from_us, int64_t owner, struct cox_err *reterr)
{
    if (owner >= (int64_t)groups->walk.book->owner_count || groups->map[owner] >= groups->count) {
        return COX_OK;
    }
    groups->walk.group = groups->map[owner];
    groups->walk.flow = &groups->flows[groups->walk.group];
    return walk_deal(&groups->walk, part, deal, from_us, reterr);
}

/* Once for every group that had the deal at the first instant or later. */
static enum cox_rc walk_groups(struct walk *walk, const struct cox_book_part *part, size_t deal,
    int64_t from_us, struct cox_err *reterr)
{
    struct groups *groups = (struct groups *)walk; /* its first member */
    struct cox_book_state opening;
    size_t first = cox_book_replay(part, deal, from_us, &opening);

    COX_TRY(walk_group(groups, part, deal, from_us, opening.owner, reterr));
    for (size_t e = first; e < part->event_end[deal]; e++) {
        int64_t owner = cox_book_word_value(part->word[e]);
        if (cox_book_word_kind(part->word[e]) != COX_BOOK_OWNER) {
            continue;
        }
        if (cox_book_event_us(part, e) > walk->ask->at_us) {
            break;
        }
        if (owner < (int64_t)walk->book->owner_count &&
            !had_before(groups, part, opening.owner, first, e, groups->map[owner])) {
            COX_TRY(walk_group(groups, part, deal, from_us, owner, reterr));
        }
    }
    return COX_OK;
}

enum cox_rc cox_book_waterfall_by(const struct cox_book *book, const struct cox_book_ask *ask,
    int64_t from_us, const uint32_t *map, size_t group_count, struct cox_book_flow *ret_flows,
    struct cox_err *reterr)
{
    struct groups groups = {.walk = {.book = book, .ask = ask, .fits = true, .map = map},
        .map = map,
        .count = group_count,
        .flows = ret_flows};

    for (size_t g = 0; g < group_count; g++) {
        ret_flows[g] = (struct cox_book_flow){0};
    }
    return walk_deals(&groups.walk, from_us, walk_groups, reterr);
}
