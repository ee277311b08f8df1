/* The book against a slow replay over whole versions: sums, waterfalls, funnels, stays. */
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "check.h"
#include "kernel/book/pack.h"
#include "kernel/book/pass.h"

enum { DEALS = 600, VERSIONS = 12, OWNERS = 70, STAGES = 6, EVENTS = DEALS * VERSIONS * 6 };
/* Open deals, closed ones by their day, removed ones, and what has replaced some of all of these. */
enum { OPEN, EARLY, LATE, GONE, NEWER, PARTS };

static const struct cox_book_stage stages[STAGES] = {{COX_BOOK_OPEN, 1000}, {COX_BOOK_OPEN, 2500},
    {COX_BOOK_OPEN, 5000}, {COX_BOOK_WON, 10000}, {COX_BOOK_LOST, 0}, {COX_BOOK_OPEN, 3333}};

struct version {
    int64_t at_us;
    struct cox_book_state state;
};

struct deal {
    int64_t id;
    int32_t created_day;
    uint16_t code;
    size_t count;
    struct version versions[VERSIONS];
    bool is_replaced; /* in one of the first parts as it was before, dead there, and in the last */
};

struct world {
    struct cox_random random;
    struct deal deals[DEALS];
    struct cox_book_part parts[PARTS];
    uint64_t dead[PARTS][(DEALS + 63) / 64];
    struct cox_book book;
    uint32_t id[PARTS][DEALS];
    uint32_t owned_from[PARTS][OWNERS + 1];
    uint16_t owned_at[PARTS][EVENTS];
    uint32_t event_end[PARTS][DEALS];
    int64_t amount[PARTS][DEALS];
    int32_t day[PARTS][3][DEALS];
    uint16_t small[PARTS][5][DEALS];
    uint32_t at_s[PARTS][EVENTS];
    uint16_t at_us[PARTS][EVENTS];
    uint64_t word[PARTS][EVENTS];
};

static int64_t below(struct world *w, int64_t count)
{
    return (int64_t)cox_random_below(&w->random, (uint64_t)count);
}

/* ---- a random company ---- */

static void change(struct world *w, struct cox_book_state *state)
{
    switch (below(w, 6)) {
    case 0:
        state->amount_minor = below(w, 20) == 0 ? -below(w, 5000) : below(w, 9000000);
        break;
    case 1:
        state->close_day = below(w, 15) == 0 ? COX_BOOK_NO_DAY : (int32_t)(19000 + below(w, 400));
        break;
    case 2:
        state->owner = (uint16_t)below(w, OWNERS);
        break;
    case 3:
        state->win_bp = below(w, 2) == 0 ? COX_BOOK_NO_PROB : (uint16_t)below(w, 10001);
        break;
    default:
        state->stage = below(w, 25) == 0 ? COX_BOOK_NO_STAGE : (uint16_t)below(w, STAGES);
        state->closed_day = state->stage == 3 || state->stage == 4
                                ? (int32_t)(19000 + below(w, 400))
                                : COX_BOOK_NO_DAY;
    }
}

static void make_deal(struct world *w, struct deal *deal, int64_t id)
{
    struct cox_book_state state = {below(w, 5000000), (int32_t)(19000 + below(w, 400)),
        COX_BOOK_NO_DAY, (uint16_t)below(w, OWNERS), (uint16_t)below(w, 3), COX_BOOK_NO_PROB};
    int64_t at = INT64_C(1640000000000000) + below(w, INT64_C(20000000000000));

    deal->id = id;
    deal->created_day = below(w, 40) == 0 ? COX_BOOK_NO_DAY : (int32_t)(at / INT64_C(86400000000));
    deal->code = (uint16_t)below(w, 5);
    deal->count = 1 + (size_t)below(w, VERSIONS);
    for (size_t v = 0; v < deal->count; v++) {
        deal->versions[v] = (struct version){at, state};
        at += 1 + (below(w, 4) == 0 ? below(w, 40) : below(w, INT64_C(3000000000000)));
        for (int64_t n = 1 + below(w, 3); n > 0; n--) {
            change(w, &state);
        }
    }
}

static void note_owned(struct world *w, int part)
{
    size_t count = cox_book_count_owned(&w->parts[part], OWNERS, w->owned_from[part]);

    assert_true(count <= EVENTS);
    cox_book_fill_owned(&w->parts[part], OWNERS, w->owned_from[part], w->owned_at[part]);
    assert_int_equal(w->owned_from[part][0], 0);
    assert_int_equal(w->owned_from[part][OWNERS], count);
    w->parts[part].owned =
        (struct cox_book_owned){1, OWNERS, w->owned_from[part], w->owned_at[part]};
}

static int part_of(const struct deal *deal)
{
    const struct cox_book_state *last = &deal->versions[deal->count - 1].state;

    return last->stage == COX_BOOK_NO_STAGE      ? GONE
           : last->closed_day == COX_BOOK_NO_DAY ? OPEN
           : last->closed_day < 19200            ? EARLY
                                                 : LATE;
}

static void fill_part(struct world *w, int part)
{
    struct cox_book_fill fill = {.deal_room = DEALS,
        .event_room = EVENTS,
        .id = w->id[part],
        .event_end = w->event_end[part],
        .amount_minor = w->amount[part],
        .close_day = w->day[part][0],
        .created_day = w->day[part][1],
        .closed_day = w->day[part][2],
        .owner = w->small[part][0],
        .stage = w->small[part][1],
        .win_bp = w->small[part][2],
        .code = w->small[part][3],
        .cause = w->small[part][4],
        .at_s = w->at_s[part],
        .at_us = w->at_us[part],
        .word = w->word[part]};
    struct cox_err err;

    for (size_t i = 0; i < DEALS; i++) {
        const struct deal *deal = &w->deals[i];
        if (part == NEWER ? !deal->is_replaced : part_of(deal) != part) {
            continue;
        }
        if (part != NEWER && deal->is_replaced) {
            w->dead[part][fill.deal_count / 64] |= UINT64_C(1) << fill.deal_count % 64;
        }
        assert_int_equal(cox_book_begin_deal(&fill, deal->id, deal->created_day, deal->code, &err),
            COX_OK);
        for (size_t v = 0; v < deal->count; v++) {
            /* What is dead must not count, whatever it says. */
            struct cox_book_state state = deal->versions[v].state;
            state.amount_minor += deal->is_replaced && part != NEWER ? 77 : 0;
            assert_int_equal(cox_book_add_state(&fill, deal->versions[v].at_us, &state, &err),
                COX_OK);
        }
        cox_book_end_deal(&fill);
    }
    w->parts[part] = cox_book_filled(&fill);
    w->parts[part].dead = part == NEWER ? NULL : w->dead[part];
    if (part != LATE || fill.deal_count % 2 == 0) { /* a part may do without */
        w->parts[part].extent = cox_book_extent_of(&w->parts[part]);
        note_owned(w, part);
    }
}

static struct world *make_world(uint64_t seed)
{
    struct world *w = calloc(1, sizeof(*w));

    assert_non_null(w);
    cox_random_init(&w->random, seed);
    for (size_t i = 0; i < DEALS; i++) {
        make_deal(w, &w->deals[i], (int64_t)i * 3 + 11);
        w->deals[i].is_replaced = below(w, 5) == 0;
    }
    for (int part = 0; part < PARTS; part++) {
        fill_part(w, part);
    }
    w->book = (struct cox_book){w->parts, PARTS, stages, STAGES, OWNERS};
    return w;
}

/* ---- the slow way ---- */

static const struct cox_book_state nothing = {0, COX_BOOK_NO_DAY, COX_BOOK_NO_DAY,
    COX_BOOK_NO_OWNER, COX_BOOK_NO_STAGE, COX_BOOK_NO_PROB};

static struct cox_book_state state_at(const struct deal *deal, int64_t at_us)
{
    struct cox_book_state state = nothing;

    for (size_t v = 0; v < deal->count && deal->versions[v].at_us <= at_us; v++) {
        state = deal->versions[v].state;
    }
    return state;
}

static bool has(const uint64_t *bits, unsigned at)
{
    return at < OWNERS && (bits[at / 64] >> (at % 64) & 1) != 0;
}

static bool slow_sees(const struct cox_book_ask *ask, const struct deal *deal, int64_t at_us)
{
    struct cox_book_state last = state_at(deal, INT64_MAX);
    uint16_t now = last.stage == COX_BOOK_NO_STAGE ? COX_BOOK_NO_OWNER : last.owner;
    uint16_t then = state_at(deal, at_us).owner;
    bool sees = (ask->scope.now == NULL && ask->scope.then == NULL) ||
                (ask->scope.now != NULL && has(ask->scope.now, now)) ||
                (ask->scope.then != NULL && has(ask->scope.then, then));

    for (size_t i = 0; i < ask->scope.extra_count; i++) {
        sees = sees || ask->scope.extra_ids[i] == deal->id;
    }
    return sees;
}

static bool slow_lies_in(struct cox_book_days days, int32_t day)
{
    if (days.from == INT32_MIN && days.to == INT32_MAX) {
        return true;
    }
    return day != COX_BOOK_NO_DAY && day >= days.from && day < days.to;
}

static bool slow_fits(const struct cox_book_ask *ask, const struct cox_book_state *state)
{
    return state->stage != COX_BOOK_NO_STAGE &&
           (ask->stage_in == NULL || ask->stage_in[state->stage]) &&
           (ask->owner_in == NULL || has(ask->owner_in, state->owner));
}

static bool slow_matches(const struct cox_book_ask *ask, const struct deal *deal,
    const struct cox_book_state *state)
{
    return slow_fits(ask, state) && slow_lies_in(ask->close, state->close_day) &&
           slow_lies_in(ask->closed, state->closed_day) &&
           slow_lies_in(ask->created, deal->created_day) && slow_sees(ask, deal, ask->at_us);
}

/* ---- random questions ---- */

struct question {
    struct cox_book_ask ask;
    unsigned char stage_in[STAGES];
    uint64_t now[2], then[2], owner_in[2];
    int64_t extra[20];
};

static int64_t some_instant(struct world *w)
{
    const struct deal *deal = &w->deals[below(w, DEALS)];
    const struct version *version = &deal->versions[below(w, (int64_t)deal->count)];

    return below(w, 2) == 0 ? version->at_us - below(w, 2)
                            : INT64_C(1635000000000000) + below(w, INT64_C(60000000000000));
}

/* A third of them, or a few, whose deals are found by their owners. */
static void some_bits(struct world *w, uint64_t bits[2])
{
    int64_t one_in = below(w, 2) == 0 ? 3 : 20;

    for (int i = 0; i < OWNERS; i++) {
        bits[i / 64] |= below(w, one_in) == 0 ? UINT64_C(1) << i % 64 : 0;
    }
}

static struct cox_book_days some_days(struct world *w)
{
    int32_t from = (int32_t)(19000 + below(w, 300));

    return below(w, 3) != 0 ? COX_BOOK_ANY_DAY
                            : (struct cox_book_days){from, from + 1 + (int32_t)below(w, 200)};
}

static void make_question(struct world *w, struct question *q)
{
    memset(q, 0, sizeof(*q));
    q->ask = (struct cox_book_ask){.at_us = below(w, 4) == 0 ? COX_BOOK_NOW : some_instant(w),
        .at_day = 19400,
        .close = some_days(w),
        .created = some_days(w),
        .closed = below(w, 3) == 0 ? some_days(w) : COX_BOOK_ANY_DAY};
    some_bits(w, q->now);
    some_bits(w, q->then);
    some_bits(w, q->owner_in);
    for (int i = 0; i < STAGES; i++) {
        q->stage_in[i] = (unsigned char)(below(w, 3) != 0);
    }
    for (int64_t i = 0, id = 11; i < 20; i++) {
        q->extra[i] = id;
        id += 3 * (1 + below(w, 30));
    }
    q->ask.stage_in = below(w, 2) == 0 ? q->stage_in : NULL;
    q->ask.owner_in = below(w, 3) == 0 ? q->owner_in : NULL;
    q->ask.scope.now = below(w, 2) == 0 ? q->now : NULL;
    q->ask.scope.then = below(w, 2) == 0 ? q->then : NULL;
    if (below(w, 2) == 0) {
        q->ask.scope.extra_ids = q->extra;
        q->ask.scope.extra_count = 20;
    }
}

/* ---- sums ---- */

static void sums_equal_the_slow_replay(void **state)
{
    static const int32_t bounds[] = {19000, 19100, 19200, 19300};
    struct world *w = make_world(1);
    const struct cox_book_group rows = {.by = COX_BOOK_BY_OWNER,
        .group_count = OWNERS,
        .map_count = OWNERS};
    const struct cox_book_group columns = {.by = COX_BOOK_BY_CLOSE_DAY,
        .group_count = 3,
        .bounds = bounds};
    struct cox_err err;
    int64_t seen = 0;

    (void)state;
    for (int round = 0; round < 300; round++) {
        struct cox_book_cell cells[OWNERS * 3] = {0}, slow[OWNERS * 3] = {0};
        struct question q;
        make_question(w, &q);
        q.ask.wants = COX_BOOK_WEIGHTED | COX_BOOK_DAYS;
        assert_int_equal(cox_book_sum(&w->book, &q.ask, &rows, &columns, cells, &err), COX_OK);
        for (size_t i = 0; i < DEALS; i++) {
            const struct deal *deal = &w->deals[i];
            struct cox_book_state is = state_at(deal, q.ask.at_us);
            bool is_open = is.stage != COX_BOOK_NO_STAGE && stages[is.stage].kind == COX_BOOK_OPEN;
            struct cox_book_cell *cell;
            int32_t until = !is_open && is.closed_day != COX_BOOK_NO_DAY ? is.closed_day : 19400;
            if (!slow_matches(&q.ask, deal, &is) || is.close_day < 19000 || is.close_day >= 19300) {
                continue;
            }
            cell = &slow[is.owner * 3 + (is.close_day - 19000) / 100];
            cell->count++;
            cell->amount_minor += is.amount_minor;
            cell->days += deal->created_day == COX_BOOK_NO_DAY ? 0 : until - deal->created_day;
            if (is_open) {
                int64_t bp = is.win_bp != COX_BOOK_NO_PROB ? is.win_bp : stages[is.stage].win_bp;
                int64_t product = is.amount_minor * bp, whole = product / 10000,
                        left = labs(product % 10000);
                whole +=
                    left > 5000 || (left == 5000 && whole % 2 != 0) ? (product < 0 ? -1 : 1) : 0;
                cell->weighted_minor += whole;
            }
            seen++;
        }
        assert_memory_equal(cells, slow, sizeof(cells));
    }
    assert_true(seen > 1000);
    free(w);
}

/* Owners by twos and stages, as the home page asks: a loop of its own in the kernel; in slices, too. */
static void quick_sums_equal_the_slow_replay(void **state)
{
    static struct cox_book_cell cells[OWNERS * STAGES], slow[OWNERS * STAGES];
    uint32_t map[OWNERS];
    struct world *w = make_world(12);
    struct cox_err err;
    int64_t seen = 0;

    (void)state;
    for (uint32_t i = 0; i < OWNERS; i++) {
        map[i] = i / 2;
    }
    for (int round = 0; round < 300; round++) {
        bool is_mapped = below(w, 2) == 0;
        const struct cox_book_group rows = {.by = COX_BOOK_BY_OWNER,
            .group_count = is_mapped ? OWNERS / 2 : OWNERS,
            .map = is_mapped ? map : NULL,
            .map_count = OWNERS};
        const struct cox_book_group columns = {.by = COX_BOOK_BY_STAGE,
            .group_count = STAGES,
            .map_count = STAGES};
        const struct cox_book one = {&w->parts[NEWER], 1, stages, STAGES, OWNERS};
        bool is_one = below(w, 3) == 0; /* a part without dead deals */
        struct question q;
        memset(cells, 0, sizeof(cells));
        memset(slow, 0, sizeof(slow));
        make_question(w, &q);
        q.ask.at_us = COX_BOOK_NOW;
        q.ask.close = q.ask.created = q.ask.closed = COX_BOOK_ANY_DAY;
        q.ask.scope.extra_count = 0;
        q.ask.slice_count = 3;
        for (q.ask.slice_at = 0; q.ask.slice_at < 3; q.ask.slice_at++) {
            assert_int_equal(
                cox_book_sum(is_one ? &one : &w->book, &q.ask, &rows, &columns, cells, &err),
                COX_OK);
        }
        for (size_t i = 0; i < DEALS; i++) {
            const struct deal *deal = &w->deals[i];
            struct cox_book_state is = state_at(deal, COX_BOOK_NOW);
            struct cox_book_cell *cell;
            if ((is_one && !deal->is_replaced) || !slow_matches(&q.ask, deal, &is)) {
                continue;
            }
            cell = &slow[(is_mapped ? is.owner / 2 : is.owner) * STAGES + is.stage];
            cell->count++;
            cell->amount_minor += is.amount_minor;
            seen++;
        }
        assert_memory_equal(cells, slow, sizeof(cells));
    }
    assert_true(seen > 1000);
    free(w);
}

static void weighing_is_half_even_and_never_overflows(void **state)
{
    (void)state;
    assert_int_equal(cox_book_weigh(5, 1000), 0);  /* 0.5 */
    assert_int_equal(cox_book_weigh(15, 1000), 2); /* 1.5 */
    assert_int_equal(cox_book_weigh(25, 1000), 2); /* 2.5 */
    assert_int_equal(cox_book_weigh(-15, 1000), -2);
    assert_int_equal(cox_book_weigh(INT64_C(9000000000000000), 10000), INT64_C(9000000000000000));
    assert_int_equal(cox_book_weigh(INT64_C(-9000000000000000), 3333), INT64_C(-2999700000000000));
}

struct visited {
    const struct question *q;
    struct world *w;
    size_t count;
};

static enum cox_rc visit(void *ctx, const struct cox_book_deal *deal, struct cox_err *reterr)
{
    struct visited *v = ctx;
    const struct deal *is = &v->w->deals[(deal->id - 11) / 3];
    struct cox_book_state expected = state_at(is, v->q->ask.at_us);
    uint32_t pushes = 0;
    int64_t since = 0;

    (void)reterr;
    assert_true(slow_matches(&v->q->ask, is, &expected));
    assert_int_equal(deal->state.amount_minor, expected.amount_minor);
    assert_int_equal(deal->state.stage, expected.stage);
    for (size_t i = 0; i < is->count && is->versions[i].at_us <= v->q->ask.at_us; i++) {
        int32_t before = i == 0 ? COX_BOOK_NO_DAY : is->versions[i - 1].state.close_day;
        int32_t after = is->versions[i].state.close_day;
        uint16_t stage = i == 0 ? COX_BOOK_NO_STAGE : is->versions[i - 1].state.stage;
        pushes += before != COX_BOOK_NO_DAY && after != COX_BOOK_NO_DAY && after > before;
        since = stage != is->versions[i].state.stage ? is->versions[i].at_us : since;
    }
    assert_int_equal(deal->push_count, pushes);
    assert_int_equal(deal->stage_at_us, since);
    v->count++;
    return COX_OK;
}

static void each_visits_the_deals_behind_a_figure(void **state)
{
    const struct cox_book_group one = {.by = COX_BOOK_BY_NOTHING, .group_count = 1};
    struct world *w = make_world(2);
    struct cox_err err;

    (void)state;
    for (int round = 0; round < 100; round++) {
        struct cox_book_cell cell = {0};
        struct question q;
        struct visited v = {&q, w, 0};
        make_question(w, &q);
        assert_int_equal(cox_book_sum(&w->book, &q.ask, &one, &one, &cell, &err), COX_OK);
        assert_int_equal(cox_book_each(&w->book, &q.ask, visit, &v, &err), COX_OK);
        assert_int_equal(v.count, cell.count);
    }
    free(w);
}

/* ---- waterfalls ---- */

struct told {
    int64_t count, amount;
};

static enum cox_rc tell(void *ctx, const struct cox_book_moved *moved, struct cox_err *reterr)
{
    struct told *told = ctx;

    (void)reterr;
    told->count++;
    told->amount += moved->amount_minor;
    return COX_OK;
}

static bool slow_in(const struct cox_book_ask *ask, const struct cox_book_state *state)
{
    return slow_fits(ask, state) && stages[state->stage].kind == COX_BOOK_OPEN &&
           slow_lies_in(ask->close, state->close_day);
}

/* A version's changes one after the other in the order of kinds: what each does to the sum. */
static void slow_version(const struct cox_book_ask *ask, struct cox_book_state before,
    const struct cox_book_state *after, bool is_inside, struct cox_book_flow *flow)
{
    for (int kind = 0; kind < COX_BOOK_KIND_COUNT; kind++) {
        struct cox_book_state next = before;
        bool was, is;
        int64_t delta;
        int move;
        next.amount_minor = kind == COX_BOOK_AMOUNT ? after->amount_minor : next.amount_minor;
        next.close_day = kind == COX_BOOK_CLOSE_DAY ? after->close_day : next.close_day;
        next.owner = kind == COX_BOOK_OWNER ? after->owner : next.owner;
        next.stage = kind == COX_BOOK_STAGE ? after->stage : next.stage;
        was = slow_in(ask, &before);
        is = slow_in(ask, &next);
        delta = (is ? next.amount_minor : 0) - (was ? before.amount_minor : 0);
        if (was != is || delta != 0) {
            move = kind == COX_BOOK_AMOUNT      ? (delta > 0 ? COX_BOOK_RAISED : COX_BOOK_LOWERED)
                   : kind == COX_BOOK_CLOSE_DAY ? (is ? COX_BOOK_PULLED : COX_BOOK_PUSHED)
                   : kind == COX_BOOK_OWNER     ? (is ? COX_BOOK_RECEIVED : COX_BOOK_HANDED)
                   : is                         ? (before.stage == COX_BOOK_NO_STAGE ||
                                      stages[before.stage].kind == COX_BOOK_OPEN
                                                          ? COX_BOOK_NEW
                                                          : COX_BOOK_REOPENED)
                   : next.stage == 3            ? COX_BOOK_DONE_WON
                   : next.stage == 4            ? COX_BOOK_DONE_LOST
                                                : COX_BOOK_REMOVED;
            flow->moves[move].count++;
            flow->moves[move].in_count += is - was;
            flow->moves[move].amount_minor += delta;
            flow->moves[move].inside_count += is_inside;
            flow->moves[move].inside_minor += is_inside ? delta : 0;
        }
        before = next;
    }
}

static void slow_waterfall(const struct world *w, const struct cox_book_ask *ask, int64_t from_us,
    struct cox_book_flow *flow)
{
    for (size_t i = 0; i < DEALS; i++) {
        const struct deal *deal = &w->deals[i];
        struct cox_book_state opening = state_at(deal, from_us),
                              closing = state_at(deal, ask->at_us);
        bool was = slow_in(ask, &opening), is = slow_in(ask, &closing);
        if (!slow_sees(ask, deal, ask->at_us)) {
            continue;
        }
        flow->opening_count += was;
        flow->opening_minor += was ? opening.amount_minor : 0;
        flow->closing_count += is;
        flow->closing_minor += is ? closing.amount_minor : 0;
        for (size_t v = 0; v < deal->count; v++) {
            if (deal->versions[v].at_us > from_us && deal->versions[v].at_us <= ask->at_us) {
                slow_version(ask, v == 0 ? nothing : deal->versions[v - 1].state,
                    &deal->versions[v].state, !was && !is, flow);
            }
        }
    }
}

static void waterfalls_add_up_and_equal_the_slow_replay(void **state)
{
    struct world *w = make_world(3);
    struct cox_err err;
    int64_t used[COX_BOOK_MOVE_COUNT] = {0}, inside = 0;

    (void)state;
    for (int round = 0; round < 1000; round++) {
        struct cox_book_flow flow, slow = {0};
        struct told told = {0};
        struct question q;
        int64_t from, count, amount, moves = 0;
        make_question(w, &q);
        q.ask.at_us = below(w, 5) == 0 ? COX_BOOK_NOW : some_instant(w);
        from = some_instant(w);
        if (from > q.ask.at_us) {
            int64_t swap = from;
            from = q.ask.at_us;
            q.ask.at_us = swap;
        }
        assert_int_equal(cox_book_waterfall(&w->book, &q.ask, from, tell, &told, &flow, &err),
            COX_OK);
        slow_waterfall(w, &q.ask, from, &slow);
        assert_memory_equal(&flow, &slow, sizeof(flow));
        count = flow.opening_count;
        amount = flow.opening_minor;
        for (int m = 0; m < COX_BOOK_MOVE_COUNT; m++) {
            count += flow.moves[m].in_count;
            amount += flow.moves[m].amount_minor;
            moves += flow.moves[m].count;
            used[m] += flow.moves[m].count;
            inside += flow.moves[m].inside_count;
        }
        assert_int_equal(count, flow.closing_count);
        assert_int_equal(amount, flow.closing_minor);
        assert_int_equal(told.count, moves);
        assert_int_equal(told.amount, flow.closing_minor - flow.opening_minor);
    }
    for (int m = 0; m < COX_BOOK_MOVE_COUNT; m++) {
        assert_true(used[m] > 0);
    }
    assert_true(inside > 0);
    free(w);
}

/* ---- funnels and stays ---- */

static void funnels_equal_the_slow_replay(void **state)
{
    static const int16_t position[STAGES] = {0, 1, 2, -1, -1, -1};
    struct world *w = make_world(4);
    struct cox_err err;

    (void)state;
    for (int round = 0; round < 200; round++) {
        struct cox_book_step steps[3], slow[3] = {0};
        struct question q;
        make_question(w, &q);
        assert_int_equal(cox_book_funnel(&w->book, &q.ask, position, 3, steps, &err), COX_OK);
        for (size_t i = 0; i < DEALS; i++) {
            const struct deal *deal = &w->deals[i];
            struct cox_book_state is = state_at(deal, q.ask.at_us);
            int furthest = -1;
            if (!slow_matches(&q.ask, deal, &is)) {
                continue;
            }
            for (size_t v = 0; v < deal->count && deal->versions[v].at_us <= q.ask.at_us; v++) {
                uint16_t stage = deal->versions[v].state.stage;
                int at = stage == COX_BOOK_NO_STAGE ? -1 : stage == 3 ? 3 : position[stage];
                furthest = at > furthest ? at : furthest;
            }
            for (int step = 0; step < 3 && step <= furthest; step++) {
                slow[step].entered++;
                slow[step].entered_minor += is.amount_minor;
                slow[step].onward += step < furthest;
                slow[step].lost += step == furthest && is.stage == 4;
                slow[step].still += step == furthest && is.stage != 4;
            }
        }
        assert_memory_equal(steps, slow, sizeof(steps));
        for (int step = 0; step < 3; step++) {
            assert_int_equal(steps[step].entered,
                steps[step].onward + steps[step].still + steps[step].lost);
        }
    }
    free(w);
}

static void stays_are_counted_once_each(void **state)
{
    enum { DAY_MAX = 60 };
    static uint32_t days[STAGES * COX_BOOK_STAY_COUNT * DAY_MAX];
    struct world *w = make_world(5);
    struct cox_book_ask ask = {.at_us = INT64_C(1680000000000000),
        .close = COX_BOOK_ANY_DAY,
        .created = COX_BOOK_ANY_DAY,
        .closed = COX_BOOK_ANY_DAY};
    int64_t counts[COX_BOOK_STAY_COUNT] = {0}, slow[COX_BOOK_STAY_COUNT] = {0};
    struct cox_err err;

    (void)state;
    assert_int_equal(cox_book_stays(&w->book, &ask, 0, DAY_MAX, days, &err), COX_OK);
    for (size_t i = 0; i < COX_COUNT(days); i++) {
        counts[i / DAY_MAX % COX_BOOK_STAY_COUNT] += days[i];
    }
    for (size_t i = 0; i < DEALS; i++) {
        const struct deal *deal = &w->deals[i];
        struct cox_book_state is = state_at(deal, ask.at_us);
        if (is.stage == COX_BOOK_NO_STAGE) {
            continue;
        }
        for (size_t v = 1; v < deal->count && deal->versions[v].at_us <= ask.at_us; v++) {
            uint16_t from = deal->versions[v - 1].state.stage, to = deal->versions[v].state.stage;
            if (from != to && from != COX_BOOK_NO_STAGE && to != COX_BOOK_NO_STAGE &&
                stages[from].kind == COX_BOOK_OPEN) {
                slow[to == 4 ? COX_BOOK_STAY_LOST : COX_BOOK_STAY_ONWARD]++;
            }
        }
        slow[COX_BOOK_STAY_STILL] += stages[is.stage].kind == COX_BOOK_OPEN;
    }
    assert_memory_equal(counts, slow, sizeof(counts));
    free(w);
}

static void stay_quantiles_are_kaplan_meier(void **state)
{
    enum { DAY_MAX = 30 };
    uint32_t days[COX_BOOK_STAY_COUNT * DAY_MAX] = {0};

    (void)state;
    for (int day = 1; day <= 10; day++) {
        days[day] = 1; /* one moves on each day */
    }
    assert_int_equal(cox_book_stay_quantile(days, DAY_MAX, 0.5, 10), 5);
    assert_int_equal(cox_book_stay_quantile(days, DAY_MAX, 0.8, 10), 8);
    assert_int_equal(cox_book_stay_quantile(days, DAY_MAX, 0.8, 11), -1);
    days[2 * DAY_MAX + 3] = 10; /* ten still there after three days: censored, not short stays */
    /* after day 3: 1 - (19 * 18 * 17) / (20 * 19 * 18) = .15; then 7 at risk, one a day:
     * .85 * 3 / 7 = .364 stay after day 7, .243 after day 8, .121 after day 9 */
    assert_int_equal(cox_book_stay_quantile(days, DAY_MAX, 0.6, 10), 7);
    assert_int_equal(cox_book_stay_quantile(days, DAY_MAX, 0.8, 10), 9);
}

/* ---- filling ---- */

static void values_survive_packing(void **state)
{
    static const int64_t amounts[] = {0, 1, -1, INT64_C(9000000000000000),
        INT64_C(-9000000000000000)};
    struct world *w = calloc(1, sizeof(*w));
    struct cox_book_fill fill = {.deal_room = 5,
        .event_room = 100,
        .id = w->id[0],
        .event_end = w->event_end[0],
        .amount_minor = w->amount[0],
        .close_day = w->day[0][0],
        .created_day = w->day[0][1],
        .closed_day = w->day[0][2],
        .owner = w->small[0][0],
        .stage = w->small[0][1],
        .win_bp = w->small[0][2],
        .code = w->small[0][3],
        .cause = w->small[0][4],
        .at_s = w->at_s[0],
        .at_us = w->at_us[0],
        .word = w->word[0]};
    struct cox_err err;

    (void)state;
    for (size_t i = 0; i < COX_COUNT(amounts); i++) {
        const struct cox_book_state in = {amounts[i], INT32_MAX - 1, INT32_MIN + 1, 65534, 65534,
            10000};
        int64_t at = INT64_C(1700000000999999) - (int64_t)i;
        struct cox_book_part part;
        struct cox_book_state out;
        assert_int_equal(cox_book_begin_deal(&fill, (int64_t)i + 1, 1, 2, &err), COX_OK);
        assert_int_equal(cox_book_add_state(&fill, at, &in, &err), COX_OK);
        cox_book_end_deal(&fill);
        part = cox_book_filled(&fill);
        assert_int_equal(cox_book_event_us(&part, part.event_count - 1), at);
        (void)cox_book_replay(&part, i, at - 1, &out);
        assert_int_equal(out.stage, COX_BOOK_NO_STAGE);
        (void)cox_book_replay(&part, i, at, &out);
        assert_int_equal(out.amount_minor, in.amount_minor);
        assert_int_equal(out.close_day, in.close_day);
        assert_int_equal(out.closed_day, in.closed_day);
        assert_int_equal(out.owner, in.owner);
        assert_int_equal(out.stage, in.stage);
        assert_int_equal(out.win_bp, in.win_bp);
    }
    assert_int_equal(cox_book_begin_deal(&fill, 9, 1, 2, &err), COX_FULL);
    fill.deal_room = 6;
    assert_int_equal(cox_book_begin_deal(&fill, 5, 1, 2, &err), COX_INVALID);
    assert_string_equal(err.field, "id");
    free(w);
}

static void bad_questions_are_refused(void **state)
{
    static const int64_t mixed[] = {5, 4};
    const struct cox_book_group one = {.by = COX_BOOK_BY_NOTHING, .group_count = 1};
    struct world *w = make_world(6);
    struct cox_book_ask ask = {.at_us = 1,
        .close = COX_BOOK_ANY_DAY,
        .created = COX_BOOK_ANY_DAY,
        .closed = COX_BOOK_ANY_DAY,
        .scope = {.extra_ids = mixed, .extra_count = 2}};
    struct cox_book_cell cell = {0};
    struct cox_book_flow flow;
    struct cox_err err;

    (void)state;
    assert_int_equal(cox_book_sum(&w->book, &ask, &one, &one, &cell, &err), COX_INVALID);
    assert_string_equal(err.field, "extra_ids");
    ask.scope.extra_count = 0;
    assert_int_equal(cox_book_waterfall(&w->book, &ask, 2, NULL, NULL, &flow, &err), COX_INVALID);
    assert_string_equal(err.field, "from_us");
    ask.at_us = COX_BOOK_NOW;
    cell.amount_minor = INT64_MAX - 1000;
    assert_int_equal(cox_book_sum(&w->book, &ask, &one, &one, &cell, &err), COX_TOO_LARGE);
    free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_survive_packing),
        cmocka_unit_test(weighing_is_half_even_and_never_overflows),
        cmocka_unit_test(sums_equal_the_slow_replay),
        cmocka_unit_test(quick_sums_equal_the_slow_replay),
        cmocka_unit_test(each_visits_the_deals_behind_a_figure),
        cmocka_unit_test(waterfalls_add_up_and_equal_the_slow_replay),
        cmocka_unit_test(funnels_equal_the_slow_replay),
        cmocka_unit_test(stays_are_counted_once_each),
        cmocka_unit_test(stay_quantiles_are_kaplan_meier),
        cmocka_unit_test(bad_questions_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
