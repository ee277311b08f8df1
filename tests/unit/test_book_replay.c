/*
 * The waterfall of a made-up company's two years against a replay of its saved versions, slow and plain: 1,000 pairs of
 * instants, to the cent, with and without a window of expected days.
 */
#include "base/day.h"
#include "base/random.h"
#include "check.h"
#include "command/feature_list.h"
#include "demo/demo.h"
#include "engines.h"
#include "org/currency.h"
#include "record/query.h"
#include "sales/book.h"
#include "sales/pipeline.h"

enum { PAIRS = 1000, STAGES_MAX = 100 };

/* One saved version of a deal. */
struct version {
    int64_t id, from_us, to_us, amount, close_day;
    int64_t kind; /* of its stage; GONE: not there */
};
enum { GONE = -1 };

struct look;

struct company {
    struct place place;
    struct cox_store *store;
    struct cox_books *books;
    struct version *versions; /* by deal and instant */
    struct look *looks;       /* of each pair */
    size_t count, room;
    int64_t stages[STAGES_MAX], kinds[STAGES_MAX];
    size_t stage_count;
    struct cox_random random;
    int64_t first_us, last_us;
};

static const struct cox_actor whole = {.roles = COX_ROLE_BIT(COX_OPERATOR)};

static void ok(enum cox_rc rc, const struct cox_err *err)
{
    if (rc != COX_OK) {
        print_message("# %s: %s: %s\n", cox_rc_name(rc), err->field, err->text);
    }
    assert_int_equal(rc, COX_OK);
}

/* ---- the versions, as they are saved ---- */

static enum cox_rc note_stage(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct company *c = ctx;

    (void)reterr;
    assert_true(c->stage_count < STAGES_MAX);
    c->stages[c->stage_count] = row->id;
    c->kinds[c->stage_count++] = cox_row_int(row, COX_STAGE_KIND);
    return COX_OK;
}

static const char versions_sql[] =
    "SELECT \"id\", \"from_us\", 9223372036854775807, \"stage\", \"amount\", \"close_day\", "
    "\"currency\", \"closed_day\" FROM \"opportunity\" UNION ALL SELECT \"id\", \"from_us\", \"to_us\", "
    "\"stage\", \"amount\", \"close_day\", \"currency\", \"closed_day\" FROM \"opportunity_past\" "
    "WHERE \"seq_to\" = 9223372036854775807 ORDER BY 1, 2";

static int64_t kind_of(const struct company *c, int64_t stage)
{
    for (size_t i = 0; i < c->stage_count; i++) {
        if (c->stages[i] == stage) {
            return c->kinds[i];
        }
    }
    return GONE;
}

/* Rates of 16 days each. */
enum { MEMOS = 256 };

static enum cox_rc amount_of(struct cox_call *call, struct cox_rate_memo *rates,
    struct cox_stmt *stmt, int64_t *ret_amount, struct cox_err *reterr)
{
    struct cox_mark mark = cox_arena_mark(cox_call_arena(call));
    struct cox_text currency = cox_arena_text(cox_call_arena(call), cox_stmt_text(stmt, 6));
    int64_t amount = cox_stmt_int(stmt, 4), closed = cox_stmt_int(stmt, 7);
    int64_t day = closed != COX_NULL ? closed : cox_stmt_int(stmt, 5);

    *ret_amount = amount == COX_NULL ? 0 : amount;
    day = day == COX_NULL ? cox_call_today(call) : day;
    if (amount != COX_NULL && !cox_text_same(currency, cox_call_currency(call))) {
        COX_TRY(cox_currency_convert_by(&rates[day / 16 % MEMOS], call, amount, currency,
            cox_call_currency(call), day, closed != COX_NULL ? COX_RATE_SPOT : COX_RATE_PLAN,
            ret_amount, reterr));
        *ret_amount = *ret_amount == COX_NULL ? 0 : *ret_amount;
    }
    cox_arena_rewind(cox_call_arena(call), mark);
    return COX_OK;
}

static enum cox_rc load(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct company *c = ctx;
    struct cox_rate_memo *rates = COX_NEW_ARRAY(cox_call_arena(call), MEMOS, struct cox_rate_memo);
    COX_AUTO_STMT stmt = NULL;
    bool is_row;

    assert_non_null(rates);
    COX_TRY(cox_each(call, &cox_stage, NULL, note_stage, c, reterr));
    COX_TRY(cox_db_prepare(cox_call_db(call), cox_text_of(versions_sql), &stmt, reterr));
    for (;;) {
        struct version v;
        COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
        if (!is_row) {
            return COX_OK;
        }
        v = (struct version){cox_stmt_int(stmt, 0), cox_stmt_int(stmt, 1), cox_stmt_int(stmt, 2), 0,
            cox_stmt_int(stmt, 5), kind_of(c, cox_stmt_int(stmt, 3))};
        COX_TRY(amount_of(call, rates, stmt, &v.amount, reterr));
        if (c->count == c->room) {
            c->room = c->room == 0 ? 1024 : 2 * c->room;
            c->versions = realloc(c->versions, c->room * sizeof(*c->versions));
            assert_non_null(c->versions);
        }
        c->first_us = v.from_us < c->first_us ? v.from_us : c->first_us;
        c->last_us = v.from_us > c->last_us ? v.from_us : c->last_us;
        c->versions[c->count++] = v;
    }
}

/* ---- the replay ---- */

struct look {
    int64_t from_us, until_us;
    struct cox_book_days window;
    struct cox_book_flow plain;
    size_t moves;
};

static bool is_in(const struct look *look, const struct version *v)
{
    bool has_limit = look->window.to != INT32_MAX;

    return v->kind == COX_STAGE_OPEN &&
           (!has_limit || (v->close_day != COX_NULL && v->close_day >= look->window.from &&
                              v->close_day < look->window.to));
}

static enum cox_book_move name_of(char field, bool came, int64_t change,
    const struct version *before, const struct version *after)
{
    int64_t was = before->kind, is = after->kind;

    if (field == 'a') {
        return change >= 0 ? COX_BOOK_RAISED : COX_BOOK_LOWERED;
    }
    if (field == 'd') {
        return came ? COX_BOOK_PULLED : COX_BOOK_PUSHED;
    }
    if (came) {
        return was == COX_STAGE_WON || was == COX_STAGE_LOST ? COX_BOOK_REOPENED : COX_BOOK_NEW;
    }
    return is == COX_STAGE_WON    ? COX_BOOK_DONE_WON
           : is == COX_STAGE_LOST ? COX_BOOK_DONE_LOST
                                  : COX_BOOK_REMOVED;
}

/* One field at a time: amount, expected day, stage. */
static void step(struct look *look, struct version *at, char field, const struct version *to,
    bool is_inside)
{
    struct version before = *at;
    int64_t change;
    bool was = is_in(look, at), is;

    if (field == 'a') {
        at->amount = to->amount;
    } else if (field == 'd') {
        at->close_day = to->close_day;
    } else {
        at->kind = to->kind;
    }
    is = is_in(look, at);
    change = (is ? at->amount : 0) - (was ? before.amount : 0);
    if (is != was || change != 0) {
        enum cox_book_move move = name_of(field, is && !was, change, &before, at);
        look->plain.moves[move].count++;
        look->plain.moves[move].in_count += (int)is - (int)was;
        look->plain.moves[move].amount_minor += change;
        look->plain.moves[move].inside_count += is_inside ? 1 : 0;
        look->plain.moves[move].inside_minor += is_inside ? change : 0;
        look->moves++;
    }
}

static const struct version nothing = {.kind = GONE, .close_day = COX_NULL};

/* The version valid at an instant; what is gone keeps its fields but the stage. */
static struct version at_instant(const struct version *versions, size_t count, int64_t us)
{
    struct version found = nothing;

    for (size_t i = 0; i < count && versions[i].from_us <= us; i++) {
        found = versions[i];
        if (versions[i].to_us <= us) {
            found.kind = GONE;
        }
    }
    return found;
}

static void replay_deal(struct look *look, const struct version *versions, size_t count)
{
    int64_t until_us = look->until_us;
    struct version opening = at_instant(versions, count, look->from_us);
    struct version closing = at_instant(versions, count, until_us), at = opening;
    bool was = is_in(look, &opening), is = is_in(look, &closing);

    look->plain.opening_count += was;
    look->plain.opening_minor += was ? opening.amount : 0;
    look->plain.closing_count += is;
    look->plain.closing_minor += is ? closing.amount : 0;
    for (size_t i = 0; i < count; i++) {
        bool is_gap = i + 1 == count ? versions[i].to_us != COX_FOREVER
                                     : versions[i].to_us < versions[i + 1].from_us;
        if (versions[i].from_us > look->from_us && versions[i].from_us <= until_us) {
            step(look, &at, 'a', &versions[i], !was && !is);
            step(look, &at, 'd', &versions[i], !was && !is);
            step(look, &at, 's', &versions[i], !was && !is);
        }
        if (is_gap && versions[i].to_us > look->from_us && versions[i].to_us <= until_us) {
            step(look, &at, 's', &nothing, !was && !is);
        }
    }
}

/* Deal by deal, for all of the pairs: its versions are few, and all deals are many. */
static void replay(const struct company *c, struct look *looks)
{
    for (size_t from = 0, to; from < c->count; from = to) {
        for (to = from; to < c->count && c->versions[to].id == c->versions[from].id; to++) {
        }
        for (int pair = 0; pair < PAIRS; pair++) {
            replay_deal(&looks[pair], c->versions + from, to - from);
        }
    }
}

/* ---- the pairs ---- */

static int64_t instant(struct company *c)
{
    return c->first_us +
           (int64_t)cox_random_below(&c->random, (uint64_t)(c->last_us - c->first_us));
}

static void choose_pairs(struct company *c, struct look *looks)
{
    for (int pair = 0; pair < PAIRS; pair++) {
        int64_t a = instant(c), b = instant(c), day = (a < b ? a : b) / COX_DAY_US;

        looks[pair] = (struct look){.from_us = a < b ? a : b,
            .until_us = a < b ? b : a,
            .window = pair % 2 == 0 ? COX_BOOK_ANY_DAY
                                    : (struct cox_book_days){(int32_t)day, (int32_t)day + 90}};
    }
}

static void compare(const struct look *look, const struct cox_book_flow *flow)
{
    int64_t count = flow->opening_count, minor = flow->opening_minor;

    assert_memory_equal(flow, &look->plain, sizeof(look->plain));
    for (int m = 0; m < COX_BOOK_MOVE_COUNT; m++) {
        count += flow->moves[m].in_count;
        minor += flow->moves[m].amount_minor;
    }
    assert_true(count == flow->closing_count && minor == flow->closing_minor);
}

static enum cox_rc compare_all(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct company *c = ctx;
    const struct cox_book_generation *g;
    struct cox_book_ask ask;

    COX_TRY(cox_books_use(c->books, call, &g, reterr));
    COX_TRY(cox_book_ask_of(call, g, &ask, reterr));
    for (int pair = 0; pair < PAIRS; pair++) {
        struct cox_book_flow flow;
        ask.at_us = c->looks[pair].until_us;
        ask.close = c->looks[pair].window;
        COX_TRY(
            cox_book_waterfall(&g->book, &ask, c->looks[pair].from_us, NULL, NULL, &flow, reterr));
        compare(&c->looks[pair], &flow);
    }
    cox_books_release(c->books, g);
    return COX_OK;
}

/* All of a store's pairs; the store stays as it is. */
static void check(struct company *c, const char *url, const struct cox_entity *const *entities)
{
    const struct cox_store_opt store = {.url = url, .entities = entities};
    const struct cox_read_opt opt = {.actor = whole};
    struct cox_err err = {0};
    size_t moves = 0;

    ok(cox_store_open(&store, &c->store, &err), &err);
    ok(cox_books_open(&c->books, &err), &err);
    cox_random_init(&c->random, 17);
    ok(cox_store_read(c->store, &opt, load, c, &err), &err);
    c->looks = calloc(PAIRS, sizeof(*c->looks));
    assert_non_null(c->looks);
    choose_pairs(c, c->looks);
    replay(c, c->looks);
    ok(cox_store_read(c->store, &opt, compare_all, c, &err), &err);
    for (int pair = 0; pair < PAIRS; pair++) {
        moves += c->looks[pair].moves;
    }
    print_message("# %zu versions, %zu moves in %d pairs\n", c->count, moves, PAIRS);
    assert_true(moves > PAIRS);
    free(c->looks);
    free(c->versions);
    cox_books_close(c->books);
    cox_store_close(c->store);
}

static void run(enum cox_engine engine)
{
    struct company c = {.first_us = INT64_MAX, .last_us = INT64_MIN};
    struct cox_arena *arena = cox_arena_open(1 << 20);
    const struct cox_entity *const *entities = cox_features_entities(arena);
    struct cox_demo_opt demo = {.seed = 5, .today = cox_day_ymd(2026, 7, 1), .entities = entities};
    struct cox_demo_report report;
    struct cox_err err = {0};

    if (!place_make(&c.place, engine, "replay")) {
        cox_arena_close(arena);
        skip();
    }
    demo.url = c.place.url;
    ok(cox_demo_make(&demo, &report, &err), &err);
    check(&c, c.place.url, entities);
    place_drop(&c.place);
    cox_arena_close(arena);
}

/* bench/book/pairs: of a store that is there already, large ones above all. */
static void pairs_of_instants_of_the_store_named(void **state)
{
    struct company c = {.first_us = INT64_MAX, .last_us = INT64_MIN};
    struct cox_arena *arena = cox_arena_open(1 << 20);
    const char *url = getenv("COX_REPLAY_STORE");

    (void)state;
    check(&c, url, cox_features_entities(arena));
    cox_arena_close(arena);
}

static void pairs_of_instants_on_sqlite(void **state)
{
    (void)state;
    run(COX_SQLITE);
}

static void pairs_of_instants_on_postgres(void **state)
{
    (void)state;
    run(COX_POSTGRES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairs_of_instants_on_sqlite),
        cmocka_unit_test(pairs_of_instants_on_postgres),
    };
    const struct CMUnitTest named[] = {
        cmocka_unit_test(pairs_of_instants_of_the_store_named),
    };

    if (getenv("COX_REPLAY_STORE") != NULL) {
        return cmocka_run_group_tests(named, NULL, NULL);
    }

    return cmocka_run_group_tests(tests, NULL, NULL);
}
