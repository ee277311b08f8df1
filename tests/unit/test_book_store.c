/* The book of a store against lists of the same reader at the same instant, on both engines. */
#include <pthread.h>

#include "base/random.h"
#include "firm.h"
#include "org/currency.h"
#include "org/people.h"
#include "record/share.h"
#include "sales/activity.h"
#include "sales/book.h"
#include "sales/open_facts.h"
#include "sales/opportunity.h"
#include "sales/pipeline.h"

enum { PEOPLE = 5, DEALS_MAX = 200, STAGES = 6, INSTANTS = 400 };

struct world {
    struct firm *f;
    struct cox_books *books;
    struct cox_random random;
    int64_t people[PEOPLE]; /* the first leads the second and third; the others are on their own */
    int64_t deals[DEALS_MAX];
    size_t deal_count;
    int64_t instants[INSTANTS];
    size_t instant_count;
    int64_t activities[DEALS_MAX];
    int64_t activity_count;
};

static int64_t below(struct world *w, int64_t count)
{
    return (int64_t)cox_random_below(&w->random, (uint64_t)count);
}

static void open_world(struct world *w, struct firm *f, uint64_t seed)
{
    static const char *const names[PEOPLE] = {"Ada", "Ben", "Cid", "Dan", "Eve"};

    *w = (struct world){.f = f};
    cox_random_init(&w->random, seed);
    OK(cox_books_open(&w->books, &f->err));
    for (int i = 0; i < PEOPLE; i++) {
        char email[32];
        (void)snprintf(email, sizeof(email), "%s@example.com", names[i]);
        w->people[i] = firm_user(f, names[i], email);
    }
    firm_line(f, w->people[1], w->people[0]);
    firm_line(f, w->people[2], w->people[0]);
}

/* ---- the two ways ---- */

struct cell {
    int64_t count, amount;
};

struct look {
    struct world *w;
    struct cell book[PEOPLE + 1][STAGES], list[PEOPLE + 1][STAGES];
    struct cox_book_flow flow;
    int64_t since_us;
};

static size_t person_at(const struct world *w, int64_t user)
{
    size_t at = 0;

    while (at < PEOPLE && w->people[at] != user) {
        at++;
    }
    return at;
}

static size_t stage_at(const struct world *w, int64_t stage)
{
    size_t at = 0;

    while (at < STAGES - 1 && w->f->stages[at] != stage) {
        at++;
    }
    return at;
}

static enum cox_rc note_row(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct look *look = ctx;
    struct cell *cell = &look->list[person_at(look->w, cox_row_int(row, COX_OPPORTUNITY_OWNER))]
                                   [stage_at(look->w, cox_row_int(row, COX_OPPORTUNITY_STAGE))];
    int64_t amount = cox_row_int(row, COX_OPPORTUNITY_AMOUNT);

    (void)reterr;
    cell->count++;
    cell->amount += amount == COX_NULL ? 0 : amount;
    return COX_OK;
}

static enum cox_rc sum_book(struct look *look, struct cox_call *call,
    const struct cox_book_generation *g, struct cox_err *reterr)
{
    struct cox_book_cell *cells = COX_NEW_ARRAY(cox_call_arena(call),
        (g->book.owner_count + 1) * (g->book.stage_count + 1), struct cox_book_cell);
    const struct cox_book_group rows = {.by = COX_BOOK_BY_OWNER,
        .group_count = g->book.owner_count,
        .map_count = g->book.owner_count};
    const struct cox_book_group columns = {.by = COX_BOOK_BY_STAGE,
        .group_count = g->book.stage_count,
        .map_count = g->book.stage_count};
    struct cox_book_ask ask;

    COX_TRY(cox_book_ask_of(call, g, &ask, reterr));
    COX_TRY(cox_book_sum(&g->book, &ask, &rows, &columns, cells, reterr));
    for (size_t o = 0; o < g->book.owner_count; o++) {
        for (size_t s = 0; s < g->book.stage_count; s++) {
            const struct cox_book_cell *from = &cells[o * g->book.stage_count + s];
            struct cell *to =
                &look->book[person_at(look->w, g->owners[o])][stage_at(look->w, g->stages[s].id)];
            to->count += from->count;
            to->amount += from->amount_minor;
        }
    }
    if (look->since_us != 0 && look->since_us <= ask.at_us) {
        COX_TRY(
            cox_book_waterfall(&g->book, &ask, look->since_us, NULL, NULL, &look->flow, reterr));
    }
    return COX_OK;
}

static enum cox_rc compare(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    const struct cox_book_generation *g;
    struct look *look = ctx;
    enum cox_rc rc;

    COX_TRY(cox_each(call, &cox_opportunity, NULL, note_row, look, reterr));
    COX_TRY(cox_books_use(look->w->books, call, &g, reterr));
    assert_true(g->seq >= cox_call_head_seq(call));
    rc = sum_book(look, call, g, reterr);
    cox_books_release(look->w->books, g);
    return rc;
}

static void check(struct world *w, struct cox_actor actor, struct cox_as_of as_of)
{
    struct firm *f = w->f;
    struct look look = {.w = w};
    int64_t count, amount, opening;

    if (w->instant_count > 0 && below(w, 2) == 0) {
        look.since_us = w->instants[below(w, (int64_t)w->instant_count)];
    }
    OK(firm_read(f, actor, as_of, compare, &look));
    assert_memory_equal(look.book, look.list, sizeof(look.book));
    count = look.flow.opening_count;
    amount = opening = look.flow.opening_minor;
    for (int m = 0; m < COX_BOOK_MOVE_COUNT; m++) {
        count += look.flow.moves[m].in_count;
        amount += look.flow.moves[m].amount_minor;
    }
    assert_int_equal(count, look.flow.closing_count);
    assert_int_equal(amount, look.flow.closing_minor);
}

/* Everybody, now and at some instant. */
static void check_all(struct world *w)
{
    struct cox_as_of then = {0};

    if (w->instant_count > 0) {
        then.at_us = w->instants[below(w, (int64_t)w->instant_count)] + below(w, 3) - 1;
    }
    for (int i = 0; i < PEOPLE; i++) {
        struct cox_actor actor = firm_actor(w->people[i], i == 0 ? COX_MANAGER : COX_REP);
        check(w, actor, (struct cox_as_of){0});
        check(w, actor, then);
    }
    check(w, firm_operator, (struct cox_as_of){0});
    check(w, firm_operator, then);
}

/* ---- a life of deals ---- */

static int64_t some_deal(struct world *w)
{
    return w->deals[below(w, (int64_t)w->deal_count)];
}

struct share_work {
    int64_t deal;
    struct cox_share share;
};

static enum cox_rc put_share(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    const struct share_work *work = ctx;

    return cox_share_put(call, &cox_opportunity, work->deal, &work->share, reterr);
}

struct split_work {
    int64_t deal, users[2];
};

static enum cox_rc put_split(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    const struct split_work *work = ctx;
    const struct cox_split_share shares[] = {{work->users[0], COX_SPLIT_REVENUE, 6000},
        {work->users[1], COX_SPLIT_REVENUE, 4000}};

    return cox_split_save(call, work->deal, shares, 2, reterr);
}

static void make_deal(struct world *w)
{
    char name[32];

    (void)snprintf(name, sizeof(name), "Deal %zu", w->deal_count);
    w->deals[w->deal_count++] =
        firm_deal(w->f, name, w->people[below(w, PEOPLE)], below(w, 100000), (int)below(w, 4));
}

static void change_deal(struct world *w)
{
    struct firm *f = w->f;
    int64_t deal = some_deal(w);
    enum cox_rc rc = COX_OK;

    switch (below(w, 5)) {
    case 0:
        rc = firm_change(f, firm_operator, &cox_opportunity, deal, COX_OPPORTUNITY_AMOUNT,
            cox_int(below(w, 100000)));
        break;
    case 1:
        rc = firm_change(f, firm_operator, &cox_opportunity, deal, COX_OPPORTUNITY_OWNER,
            cox_int(w->people[below(w, PEOPLE)]));
        break;
    case 2:
        rc = firm_change(f, firm_operator, &cox_opportunity, deal, COX_OPPORTUNITY_CLOSE_DAY,
            cox_int(FIRM_TODAY + below(w, 90)));
        break;
    default:
        rc = firm_change(f, firm_operator, &cox_opportunity, deal, COX_OPPORTUNITY_STAGE,
            cox_int(f->stages[below(w, STAGES)]));
        break;
    }
    assert_true(rc == COX_OK || rc == COX_MISSING || rc == COX_INVALID);
}

/* An activity comes, goes to another deal, or goes away; or a deal's next step changes. */
static void act(struct world *w)
{
    struct firm *f = w->f;
    int64_t what = below(w, 4), deal = some_deal(w);
    struct cox_activity row;

    if (what == 0 || w->activity_count == 0) {
        cox_struct_init(&cox_activity, &row);
        row.subject = COX_LIT("Said");
        row.owner = w->people[below(w, PEOPLE)];
        row.kind = COX_ACTIVITY_CALL;
        row.done_day = FIRM_TODAY - 20 + below(w, 60);
        row.is_done = 1;
        row.opportunity = deal;
        if (firm_create(f, firm_operator, COX_CAUSE_IMPORT, &cox_activity, &row,
                &w->activities[w->activity_count]) == COX_OK) {
            w->activity_count++;
        }
    } else if (what == 1) {
        (void)firm_change(f, firm_operator, &cox_activity,
            w->activities[below(w, w->activity_count)], COX_ACTIVITY_OPPORTUNITY, cox_int(deal));
    } else if (what == 2) {
        (void)firm_remove(f, firm_operator, &cox_activity,
            w->activities[below(w, w->activity_count)]);
    } else {
        (void)firm_change(f, firm_operator, &cox_opportunity, deal, COX_OPPORTUNITY_NEXT_STEP,
            cox_text_value(below(w, 2) == 0 ? COX_LIT("Call") : (struct cox_text){0}));
    }
}

static void step(struct world *w)
{
    struct firm *f = w->f;
    int64_t what = below(w, 20);

    f->now_us += 1 + below(w, INT64_C(7200000000));
    if (w->deal_count < 20 || (what < 5 && w->deal_count < DEALS_MAX)) {
        make_deal(w);
    } else if (what == 18) {
        enum cox_rc rc = firm_remove(f, firm_operator, &cox_opportunity, some_deal(w));
        assert_true(rc == COX_OK || rc == COX_MISSING);
    } else if (what == 19) {
        struct share_work work = {some_deal(w), {w->people[3 + below(w, 2)], COX_READ, COX_NULL}};
        (void)firm_write(f, firm_operator, COX_CAUSE_API, put_share, &work);
    } else if (what == 17) {
        struct split_work work = {some_deal(w), {w->people[below(w, 3)], w->people[3]}};
        (void)firm_write(f, firm_operator, COX_CAUSE_API, put_split, &work);
    } else if (what == 15 || what == 16) {
        act(w);
    } else {
        change_deal(w);
    }
    if (w->instant_count < INSTANTS) {
        w->instants[w->instant_count++] = f->now_us;
    }
}

/* What was kept current by the log is what is read anew. */
static enum cox_rc compare_facts(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct world *w = ctx;
    const struct cox_open_facts *kept, *anew;
    struct cox_facts_keeper *keeper;

    COX_TRY(cox_facts_keeper_open(&keeper, reterr));
    COX_TRY(cox_open_facts_use(keeper, call, &anew, reterr));
    COX_TRY(cox_open_facts_use(cox_books_facts(w->books), call, &kept, reterr));
    assert_int_equal(kept->count, anew->count);
    for (size_t i = 0; i < kept->count; i++) {
        const struct cox_open_fact *x = &kept->at[i], *y = &anew->at[i];
        assert_int_equal(x->id, y->id);
        assert_int_equal(x->stage_day, y->stage_day);
        assert_int_equal(x->next_step_day, y->next_step_day);
        assert_int_equal(x->last_activity_day, y->last_activity_day);
        assert_int_equal(x->has_next_step, y->has_next_step);
        assert_int_equal(x->has_amount, y->has_amount);
        assert_ptr_equal(cox_open_fact_find(kept, x->id), x);
    }
    cox_open_facts_release(cox_books_facts(w->books), kept);
    cox_open_facts_release(keeper, anew);
    cox_facts_keeper_close(keeper);
    return COX_OK;
}

static void book_sums_equal_list_sums(void **state)
{
    struct firm *f = firm_of(state);
    struct world w;

    open_world(&w, f, 7);
    for (int round = 0; round < 250; round++) {
        step(&w);
        if (round % 10 == 9) {
            check_all(&w);
            OK(firm_read(f, firm_operator, (struct cox_as_of){0}, compare_facts, &w));
        }
    }
    cox_books_close(w.books);
}

/* ---- history of another system, and taking it back ---- */

struct history_work {
    struct world *w;
    int64_t id;
};

static enum cox_rc put_history(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct history_work *work = ctx;
    struct cox_version versions[3];
    bool is_changed;

    for (int i = 0; i < 3; i++) {
        struct cox_row *row = cox_row_new(call, &cox_opportunity);
        cox_row_set(row, COX_OPPORTUNITY_NAME, cox_text_value(COX_LIT("From elsewhere")));
        cox_row_set(row, COX_OPPORTUNITY_OWNER, cox_int(work->w->people[1]));
        cox_row_set(row, COX_OPPORTUNITY_PIPELINE, cox_int(work->w->f->pipeline));
        cox_row_set(row, COX_OPPORTUNITY_STAGE, cox_int(work->w->f->stages[i]));
        cox_row_set(row, COX_OPPORTUNITY_AMOUNT, cox_int(1000 * (i + 1)));
        cox_row_set(row, COX_OPPORTUNITY_CREATED_DAY, cox_int(FIRM_TODAY - 300));
        versions[i] = (struct cox_version){(FIRM_TODAY - 300 + i * 50) * COX_DAY_US, row};
    }
    return cox_put_history(call, &cox_opportunity, 0, versions, 3, COX_FOREVER, &work->id,
        &is_changed, reterr);
}

static void imported_history_is_in_the_book(void **state)
{
    struct firm *f = firm_of(state);
    struct history_work work;
    struct world w;

    open_world(&w, f, 8);
    make_deal(&w);
    check_all(&w); /* the book is there before the history */
    work.w = &w;
    OK(firm_write(f, firm_operator, COX_CAUSE_IMPORT, put_history, &work));
    for (int day = -310; day < 5; day += 15) {
        check(&w, firm_actor(w.people[0], COX_MANAGER),
            (struct cox_as_of){.at_us = (FIRM_TODAY + day) * COX_DAY_US});
    }
    OK(firm_remove(f, firm_operator, &cox_opportunity, work.id));
    check_all(&w);
    cox_books_close(w.books);
}

/* An earlier commit is another state of knowledge when history came in since. */
static enum cox_rc ask_at_seq(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct world *w = ctx;
    const struct cox_book_generation *g;
    struct cox_book_ask ask;
    enum cox_rc rc;

    COX_TRY(cox_books_use(w->books, call, &g, reterr));
    rc = cox_book_ask_of(call, g, &ask, reterr);
    cox_books_release(w->books, g);
    return rc;
}

static void earlier_knowledge_is_refused_when_history_changed(void **state)
{
    struct firm *f = firm_of(state);
    struct history_work work;
    struct cox_as_of before = {0};
    struct world w;

    open_world(&w, f, 9);
    make_deal(&w);
    before.seq = 3;
    OK(firm_read(f, firm_operator, before, ask_at_seq, &w));
    work.w = &w;
    OK(firm_write(f, firm_operator, COX_CAUSE_IMPORT, put_history, &work));
    REFUSED(COX_UNSUPPORTED, "as_of", firm_read(f, firm_operator, before, ask_at_seq, &w));
    cox_books_close(w.books);
}

/* ---- other currencies ---- */

static void a_new_rate_reads_the_book_anew(void **state)
{
    struct firm *f = firm_of(state);
    struct cox_currency_rate rate;
    struct look look = {0};
    struct world w;
    int64_t id;

    open_world(&w, f, 10);
    w.deals[w.deal_count++] = firm_deal(f, "Abroad", w.people[1], 10000, 0);
    OK(firm_change(f, firm_operator, &cox_opportunity, w.deals[0], COX_OPPORTUNITY_CURRENCY,
        cox_text_value(COX_LIT("GBP"))));
    look.w = &w;
    OK(firm_read(f, firm_operator, (struct cox_as_of){0}, compare, &look));
    assert_int_equal(look.book[1][0].amount, 0); /* no rate: left out of sums */
    cox_struct_init(&cox_currency_rate, &rate);
    rate.from_code = COX_LIT("GBP");
    rate.to_code = COX_LIT("EUR");
    rate.day = FIRM_TODAY - 1000;
    rate.kind = COX_RATE_PLAN;
    rate.rate_e9 = COX_RATE_ONE * 5 / 4;
    OK(firm_create(f, firm_operator, COX_CAUSE_API, &cox_currency_rate, &rate, &id));
    look = (struct look){.w = &w};
    OK(firm_read(f, firm_operator, (struct cox_as_of){0}, compare, &look));
    assert_int_equal(look.book[1][0].amount, 12500);
    cox_books_close(w.books);
}

/* ---- readers beside a writer ---- */

struct racer {
    struct world *w;
    bool stop;
    int64_t looks;
    enum cox_rc rc;
    struct cox_err err;
};

static void *race(void *ctx)
{
    struct racer *racer = ctx;
    const struct cox_read_opt opt = {.actor = firm_operator};

    while (!__atomic_load_n(&racer->stop, __ATOMIC_ACQUIRE) && racer->rc == COX_OK) {
        struct look look = {.w = racer->w};
        racer->rc = cox_store_read(racer->w->f->store, &opt, compare, &look, &racer->err);
        if (racer->rc == COX_OK && memcmp(look.book, look.list, sizeof(look.book)) != 0) {
            /* The book may be newer than this reader's list: then it must equal a later list. */
            struct look again = {.w = racer->w};
            racer->rc = cox_store_read(racer->w->f->store, &opt, compare, &again, &racer->err);
        }
        racer->looks++;
    }
    return NULL;
}

static void readers_hold_a_generation_while_others_write(void **state)
{
    struct firm *f = firm_of(state);
    struct world w;
    struct racer racers[3] = {0};
    pthread_t threads[3];

    open_world(&w, f, 11);
    for (int i = 0; i < 20; i++) {
        step(&w);
    }
    for (int i = 0; i < 3; i++) {
        racers[i].w = &w;
        assert_int_equal(pthread_create(&threads[i], NULL, race, &racers[i]), 0);
    }
    for (int i = 0; i < 120; i++) {
        step(&w);
    }
    for (int i = 0; i < 3; i++) {
        __atomic_store_n(&racers[i].stop, true, __ATOMIC_RELEASE);
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(racers[i].rc, COX_OK);
        assert_true(racers[i].looks > 0);
    }
    check_all(&w);
    cox_books_close(w.books);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(book_sums_equal_list_sums),
        BOTH(imported_history_is_in_the_book),
        BOTH(earlier_knowledge_is_refused_when_history_changed),
        BOTH(a_new_rate_reads_the_book_anew),
        BOTH(readers_hold_a_generation_while_others_write),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
