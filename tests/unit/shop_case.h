/*
 * tests/unit/shop_case.h: what tests of the shop's random work share: a store on each engine before
 * every case, how a failure is told, and skipping where an engine is not to be had.
 */
#ifndef COX_TESTS_UNIT_SHOP_CASE_H
#define COX_TESTS_UNIT_SHOP_CASE_H

#include "check.h"
#include "shop_work.h"

/* Within a case that calls its struct shop_work *w. */
#define OK(call) ok_at((call), &w->err, __LINE__)

static inline void ok_at(enum cox_rc rc, const struct cox_err *err, int line)
{
    if (rc != COX_OK) {
        print_message("# line %d: %s: %s: %s\n", line, cox_rc_name(rc), err->field, err->text);
    }
    assert_int_equal(rc, COX_OK);
}

/* name and seed make the place and the random work; saves: how many there are before the case. */
static inline int case_set_up(void **state, enum cox_engine engine, const char *name, uint64_t seed,
    int saves)
{
    static struct shop_work work;

    *state = &work;
    if (!shop_open(&work, engine, name, seed)) {
        return 0;
    }
    return shop_start(&work) == COX_OK && shop_run(&work, saves) == COX_OK ? 0 : -1;
}

static inline int tear_down(void **state)
{
    shop_close(*state);
    return 0;
}

static inline struct shop_work *work_of(void **state)
{
    struct shop_work *w = *state;

    if (!w->is_there) {
        print_message("# COX_TEST_POSTGRES is not set: not run on PostgreSQL\n");
        skip();
    }
    return w;
}

#endif
