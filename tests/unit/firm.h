/*
 * tests/unit/firm.h: a store with all entities of the program and a seeded company, under a clock
 * that stands still until a test moves it; one call for each save, so that tests read as a story.
 */
#ifndef COX_TESTS_UNIT_FIRM_H
#define COX_TESTS_UNIT_FIRM_H

#include "base/arena.h"
#include "base/day.h"
#include "check.h"
#include "engines.h"
#include "record/query.h"
#include "record/record.h"

struct firm {
    struct place place;
    bool is_there;
    _Atomic int64_t now_us; /* read by the store's threads as well */
    _Atomic uint64_t random;
    struct cox_arena *arena; /* of the test: texts of loaded rows */
    struct cox_store *store;
    struct cox_err err;
    int64_t pipeline, stages[6]; /* seeded: four open ones, won, lost */
};

#define FIRM_TODAY cox_day_ymd(2026, 5, 20) /* a Wednesday; noon UTC */

int firm_sqlite(void **state);
int firm_postgres(void **state);
int firm_close(void **state);

/* Skips the test when the engine is not to be had. */
struct firm *firm_of(void **state);

extern const struct cox_actor firm_operator;
struct cox_actor firm_actor(int64_t user, enum cox_role role);

enum cox_rc firm_write(struct firm *f, struct cox_actor actor, enum cox_cause cause, cox_call_fn fn,
    void *ctx);
enum cox_rc firm_read(struct firm *f, struct cox_actor actor, struct cox_as_of as_of,
    cox_call_fn fn, void *ctx);

/* One record in one commit. */
enum cox_rc firm_create(struct firm *f, struct cox_actor actor, enum cox_cause cause,
    const struct cox_entity *entity, const void *structure, int64_t *ret_id);
enum cox_rc firm_change(struct firm *f, struct cox_actor actor, const struct cox_entity *entity,
    int64_t id, uint32_t field, struct cox_value value);
enum cox_rc firm_remove(struct firm *f, struct cox_actor actor, const struct cox_entity *entity,
    int64_t id);
enum cox_rc firm_load(struct firm *f, struct cox_actor actor, struct cox_as_of as_of,
    const struct cox_entity *entity, int64_t id, void *ret_structure);

/* Ready-made ones; they must succeed. */
int64_t firm_user(struct firm *f, const char *name, const char *email);
void firm_line(struct firm *f, int64_t user, int64_t manager);
int64_t firm_account(struct firm *f, const char *name, int64_t owner);
int64_t firm_deal(struct firm *f, const char *name, int64_t owner, int64_t amount, int stage);

#define OK(call) firm_ok((call), &f->err, __LINE__)
void firm_ok(enum cox_rc rc, const struct cox_err *err, int line);

/* The call is refused with this code, and the error names this field. */
#define REFUSED(wanted, field_name, call)                                                          \
    do {                                                                                           \
        f->err = (struct cox_err){0};                                                              \
        assert_int_equal((call), (wanted));                                                        \
        assert_string_equal(f->err.field, (field_name));                                           \
    } while (0)

#define BOTH(test)                                                                                 \
    {#test " on SQLite", test, firm_sqlite, firm_close, NULL},                                     \
    {                                                                                              \
#        test " on PostgreSQL", test, firm_postgres, firm_close, NULL                              \
    }

#endif
