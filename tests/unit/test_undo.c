/* Tests of record/undo.h: random work, taken back, leaves the state there was; and what is left. */
#include "base/day.h"
#include "record/audit.h"
#include "record/undo.h"
#include "shop_case.h"

static int set_up_sqlite(void **state)
{
    return case_set_up(state, COX_SQLITE, "undo", 23, 40);
}

static int set_up_postgres(void **state)
{
    return case_set_up(state, COX_POSTGRES, "undo", 23, 40);
}

static void print_left(void *ctx, const struct cox_undo_item *item, const char *why)
{
    (void)ctx;
    print_message("# left: %u %lld: %s\n", item->entity, (long long)item->id, why);
}

static enum cox_rc undo(struct shop_work *w, struct cox_undo_target target,
    struct cox_undo_report *ret_report)
{
    const struct cox_undo_opt opt = {.actor = SHOP_OPERATOR, .target = target, .left = print_left};

    w->clock.now_us += COX_SECOND_US;
    return cox_undo(w->store, &opt, ret_report, &w->err);
}

/* ---- properties ---- */

/* Whatever was done in a batch: undone, the rows are those there were, and all that was known at
 * any seq before reads as it did. */
static void a_batch_undone_leaves_the_state_before(void **state)
{
    struct shop_work *w = work_of(state);
    struct cox_undo_report report;
    char before[65], during[65], after[65];

    for (int round = 0; round < 12; round++) {
        int64_t start = w->seq;
        shop_state(w, before);
        OK(cox_batch_open(w->store, SHOP_OPERATOR, "import", "test", &w->batch, &w->err));
        w->cause = round % 2 == 0 ? COX_CAUSE_IMPORT : COX_CAUSE_UI;
        OK(shop_run(w, 1 + (int)shop_pick(w, 20)));
        OK(cox_batch_close(w->store, w->batch, COX_BATCH_DONE, &w->err));
        shop_state(w, during);
        assert_string_not_equal(before, during);
        int64_t end = w->seq;
        OK(undo(w, (struct cox_undo_target){.batch = w->batch}, &report));
        shop_state(w, after);
        assert_string_equal(before, after);
        assert_int_equal(report.counts[COX_UNDO_CHANGED] + report.counts[COX_UNDO_REFERENCED], 0);
        shop_state_at(w, start, after);
        assert_string_equal(before, after);
        shop_state_at(w, end, after); /* what a pin of that time shows */
        assert_string_equal(during, after);
        assert_true(shop_is_valid(w->store));
        w->batch = 0;
        OK(shop_run(w, 3));
    }
}

/* Commit after commit, newest first. */
static void commits_undone_one_by_one_lead_back(void **state)
{
    struct shop_work *w = work_of(state);
    struct cox_undo_report report;
    char states[25][65], now[65];
    int64_t seqs[25];

    for (int i = 0; i < 25; i++) {
        shop_state(w, states[i]);
        int64_t before = w->seq;
        do {
            OK(shop_run(w, 1));
        } while (w->seq == before); /* a commit of removals that found nothing is none */
        seqs[i] = w->seq;
    }
    for (int i = 24; i >= 0; i--) {
        OK(undo(w, (struct cox_undo_target){.seq = seqs[i]}, &report));
        shop_state(w, now);
        assert_string_equal(now, states[i]);
    }
    assert_true(shop_is_valid(w->store));
}

/* Undoing an undo brings back what was undone. */
static void an_undo_is_undone(void **state)
{
    struct shop_work *w = work_of(state);
    struct cox_undo_report report;
    char done[65], again[65];

    for (int round = 0; round < 15; round++) {
        int64_t before = w->seq;
        OK(shop_run(w, 1));
        if (w->seq == before) {
            continue;
        }
        shop_state(w, done);
        OK(undo(w, (struct cox_undo_target){.seq = w->seq}, &report));
        assert_int_equal(report.commit_count, 1);
        OK(undo(w, (struct cox_undo_target){.seq = report.last_seq}, &report));
        shop_state(w, again);
        assert_string_equal(done, again);
        w->seq = report.last_seq;
    }
    assert_true(shop_is_valid(w->store));
}

/* ---- what is left ---- */

static enum cox_rc make_pair(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct shop_work *w = ctx;
    struct cox_row *customer = cox_row_new(call, &shop_customer),
                   *deal = cox_row_new(call, &shop_deal);

    cox_row_set(customer, SHOP_CUSTOMER_NAME, cox_text_value(COX_LIT("Pair")));
    COX_TRY(cox_create(call, customer, &w->customers.ids[0], reterr));
    cox_row_set(deal, SHOP_DEAL_NAME, cox_text_value(COX_LIT("Pair's deal")));
    COX_TRY(cox_create(call, deal, &w->deals.ids[0], reterr));
    return COX_OK;
}

static enum cox_rc refer_to_it(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct shop_work *w = ctx;
    struct cox_row *deal = cox_row_new(call, &shop_deal);

    cox_row_set(deal, SHOP_DEAL_NAME, cox_text_value(COX_LIT("Later deal")));
    cox_row_set(deal, SHOP_DEAL_CUSTOMER, cox_int(w->customers.ids[0]));
    return cox_create(call, deal, &w->deals.ids[1], reterr);
}

static enum cox_rc change_it(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct shop_work *w = ctx;
    const struct cox_change change = {SHOP_DEAL_AMOUNT, cox_int(77)};

    return cox_change_fields(call, &shop_deal, w->deals.ids[0], 0, &change, 1, NULL, reterr);
}

static void what_was_touched_since_is_left(void **state)
{
    struct shop_work *w = work_of(state);
    struct cox_undo_report report;
    char before[65], after[65];

    OK(shop_write(w, make_pair, w));
    const struct cox_undo_target target = {.seq = w->seq};
    OK(shop_write(w, refer_to_it, w));
    OK(shop_write(w, change_it, w));
    shop_state(w, before);
    const struct cox_undo_opt whole = {.actor = SHOP_OPERATOR,
        .target = target,
        .all_or_nothing = true};
    assert_int_equal(cox_undo(w->store, &whole, &report, &w->err), COX_CONFLICT);
    OK(undo(w, target, &report));
    assert_int_equal(report.counts[COX_UNDO_REFERENCED], 1);
    assert_int_equal(report.counts[COX_UNDO_CHANGED], 1);
    assert_int_equal(report.counts[COX_UNDO_DONE], 0);
    assert_int_equal(report.commit_count, 0);
    shop_state(w, after);
    assert_string_equal(before, after);
    /* Once the later deal is undone, the customer is free. */
    OK(undo(w, (struct cox_undo_target){.seq = target.seq + 1}, &report));
    assert_int_equal(report.counts[COX_UNDO_DONE], 1);
    OK(undo(w, target, &report));
    assert_int_equal(report.counts[COX_UNDO_DONE], 1);
    assert_int_equal(report.counts[COX_UNDO_CHANGED], 1);
}

static enum cox_rc remove_deal(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    return cox_remove(call, &shop_deal, ((struct shop_work *)ctx)->deals.ids[1], 0, reterr);
}

static enum cox_rc remove_customer(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    return cox_remove(call, &shop_customer, ((struct shop_work *)ctx)->customers.ids[0], 0, reterr);
}

static void what_refers_to_nothing_is_left(void **state)
{
    struct shop_work *w = work_of(state);
    struct cox_undo_report report;

    OK(shop_write(w, make_pair, w));
    OK(shop_write(w, refer_to_it, w));
    OK(shop_write(w, remove_deal, w));
    const struct cox_undo_target removal = {.seq = w->seq};
    OK(shop_write(w, remove_customer, w));
    OK(undo(w, removal, &report));
    assert_int_equal(report.counts[COX_UNDO_DANGLING], 1);
    OK(undo(w, (struct cox_undo_target){.seq = w->seq}, &report));
    assert_int_equal(report.counts[COX_UNDO_DONE], 1);
    OK(undo(w, removal, &report));
    assert_int_equal(report.counts[COX_UNDO_DONE], 1);
}

static enum cox_rc win_it(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct shop_work *w = ctx;
    const struct cox_change changes[] = {{SHOP_DEAL_STAGE, cox_int(1)},
        {SHOP_DEAL_AMOUNT, cox_int(5)}};

    return cox_change_fields(call, &shop_deal, w->deals.ids[0], 0, changes, 2, NULL, reterr);
}

static void targets_that_are_none_are_refused(void **state)
{
    struct shop_work *w = work_of(state);
    struct cox_undo_report report;

    assert_int_equal(undo(w, (struct cox_undo_target){.seq = 999999}, &report), COX_MISSING);
    assert_int_equal(undo(w, (struct cox_undo_target){.batch = 999999}, &report), COX_MISSING);
    assert_int_equal(undo(w, (struct cox_undo_target){0}, &report), COX_INVALID);
    assert_int_equal(undo(w, (struct cox_undo_target){1, 1}, &report), COX_INVALID);
    OK(cox_batch_open(w->store, SHOP_OPERATOR, "import", "empty", &w->batch, &w->err));
    assert_int_equal(undo(w, (struct cox_undo_target){.batch = w->batch}, &report), COX_INVALID);
    w->batch = 0;
    OK(shop_write(w, make_pair, w));
    const struct cox_undo_opt stranger = {
        .actor = {.user_id = w->users.ids[0], .roles = COX_ROLE_BIT(COX_MANAGER)},
        .target = {.seq = w->seq}};
    assert_int_equal(cox_undo(w->store, &stranger, &report, &w->err), COX_DENIED);
    OK(shop_write(w, win_it, w));
    OK(undo(w, (struct cox_undo_target){.seq = w->seq}, &report));
    assert_int_equal(report.counts[COX_UNDO_DONE], 1);
}

/* A private page is taken back without being read, and by its author without a role of power. */
static void private_pages_are_undone_blind(void **state)
{
    struct shop_work *w = work_of(state);
    struct cox_undo_report report;
    char before[65], after[65];

    shop_state(w, before);
    OK(shop_talk_once(w));
    OK(undo(w, (struct cox_undo_target){.seq = w->seq}, &report));
    assert_int_equal(report.counts[COX_UNDO_DONE], 1);
    shop_state(w, after);
    assert_string_equal(before, after);
    OK(shop_talk_once(w));
    const struct cox_undo_opt author = {
        .actor = {.user_id = w->users.ids[0], .roles = COX_ROLE_BIT(COX_MANAGER)},
        .target = {.seq = w->seq}};
    OK(cox_undo(w->store, &author, &report, &w->err));
    assert_int_equal(report.counts[COX_UNDO_DONE], 1);
    shop_state(w, after);
    assert_string_equal(before, after);
}

/* ---- large batches ---- */

struct stop {
    struct cox_store *store;
    int chunks;
};

static void count_chunk(void *ctx, int64_t done, int64_t all)
{
    struct stop *stop = ctx;

    assert_true(done <= all);
    stop->chunks++;
}

static void a_large_batch_goes_in_chunks(void **state)
{
    struct shop_work *w = work_of(state);
    struct cox_undo_report report;
    struct stop stop = {.chunks = 0};
    char before[65], after[65];

    shop_state(w, before);
    OK(cox_batch_open(w->store, SHOP_OPERATOR, "import", "large", &w->batch, &w->err));
    w->ops = 40;
    OK(shop_run(w, 70));
    const struct cox_undo_opt opt = {.actor = SHOP_OPERATOR,
        .target = {.batch = w->batch},
        .left = print_left,
        .progress = count_chunk,
        .ctx = &stop};
    OK(cox_undo(w->store, &opt, &report, &w->err));
    assert_true(stop.chunks > 2);
    shop_state(w, after);
    assert_string_equal(before, after);
    assert_true(shop_is_valid(w->store));
}

/* Out of memory after the first chunk, as a crash would be: the next run does the rest. */
static void break_after_chunk(void *ctx, int64_t done, int64_t all)
{
    (void)ctx;
    (void)done;
    (void)all;
    cox_memory_fail_after(0);
}

static void a_broken_undo_goes_on(void **state)
{
    struct shop_work *w = work_of(state);
    struct cox_undo_report report;
    char before[65], after[65];

    shop_state(w, before);
    OK(cox_batch_open(w->store, SHOP_OPERATOR, "import", "broken", &w->batch, &w->err));
    w->ops = 40;
    OK(shop_run(w, 70));
    const struct cox_undo_opt opt = {.actor = SHOP_OPERATOR,
        .target = {.batch = w->batch},
        .progress = break_after_chunk};
    assert_int_equal(cox_undo(w->store, &opt, &report, &w->err), COX_NO_MEMORY);
    cox_memory_fail_after(-1);
    OK(shop_reopen(w));
    shop_state(w, after);
    assert_string_not_equal(before, after);
    OK(undo(w, (struct cox_undo_target){.batch = w->batch}, &report));
    shop_state(w, after);
    assert_string_equal(before, after);
    assert_int_equal(report.counts[COX_UNDO_CHANGED], 0);
    assert_true(report.counts[COX_UNDO_DONE] > COX_UNDO_CHUNK);
    OK(undo(w, (struct cox_undo_target){.batch = w->batch}, &report)); /* again: nothing to do */
    assert_int_equal(report.commit_count, 0);
    assert_true(shop_is_valid(w->store));
}

static void all_or_nothing_is_one_commit(void **state)
{
    struct shop_work *w = work_of(state);
    struct cox_undo_report report;
    char before[65], after[65];

    shop_state(w, before);
    OK(cox_batch_open(w->store, SHOP_OPERATOR, "bulk", "whole", &w->batch, &w->err));
    w->ops = 40;
    OK(shop_run(w, 20));
    const struct cox_undo_opt opt = {.actor = SHOP_OPERATOR,
        .target = {.batch = w->batch},
        .all_or_nothing = true};
    OK(cox_undo(w->store, &opt, &report, &w->err));
    assert_int_equal(report.commit_count, 1);
    shop_state(w, after);
    assert_string_equal(before, after);
}

#define BOTH(test)                                                                                 \
    cmocka_unit_test_setup_teardown(test, set_up_sqlite, tear_down),                               \
    {                                                                                              \
#        test " (postgres)", test, set_up_postgres, tear_down, NULL                                \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(a_batch_undone_leaves_the_state_before),
        BOTH(commits_undone_one_by_one_lead_back),
        BOTH(an_undo_is_undone),
        BOTH(what_was_touched_since_is_left),
        BOTH(what_refers_to_nothing_is_left),
        BOTH(targets_that_are_none_are_refused),
        BOTH(private_pages_are_undone_blind),
        BOTH(a_large_batch_goes_in_chunks),
        BOTH(a_broken_undo_goes_on),
        BOTH(all_or_nothing_is_one_commit),
    };

    return cmocka_run_group_tests_name("undo", tests, NULL, NULL);
}
