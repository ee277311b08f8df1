/*
 * tests/unit/shop_work.h: a store of the test company and random work in it: people, customers and
 * deals made, changed, removed, brought in with history. The same seed gives the same work.
 */
#ifndef COX_TESTS_UNIT_SHOP_WORK_H
#define COX_TESTS_UNIT_SHOP_WORK_H

#include "engines.h"
#include "shop.h"

enum { SHOP_IDS_MAX = 4000 };

struct shop_ids {
    int64_t ids[SHOP_IDS_MAX];
    size_t count;
};

struct shop_work {
    struct place place;
    struct shop_clock clock;
    struct cox_store *store;
    struct cox_err err;
    bool is_there;
    uint64_t random; /* of the work; clock.random is the store's */
    struct shop_ids users, customers, deals, talks;
    int64_t seq;   /* of the last commit */
    int64_t batch; /* commits made belong to it */
    enum cox_cause cause;
    unsigned ops;     /* operations in one commit */
    unsigned created; /* names given out */
    int64_t said;     /* by the last function that had something to say */
};

/* False: not to be had here (PostgreSQL without COX_TEST_POSTGRES). Aborts when it cannot be made. */
bool shop_open(struct shop_work *work, enum cox_engine engine, const char *name, uint64_t seed);
void shop_close(struct shop_work *work);

/* The store of the same place again, as after a restart. */
enum cox_rc shop_reopen(struct shop_work *work);
enum cox_rc shop_open_url(struct shop_work *work, const char *url, struct cox_store **ret_store);

/* A few people first; then count commits of random work. */
enum cox_rc shop_start(struct shop_work *work);
enum cox_rc shop_run(struct shop_work *work, int count);

/* One commit that makes a page between two people, written by one of them. */
enum cox_rc shop_talk_once(struct shop_work *work);

/* A whole number below limit. */
uint64_t shop_pick(struct shop_work *work, uint64_t limit);

/* One write as the operator, a second later. */
enum cox_rc shop_write(struct shop_work *work, cox_call_fn fn, void *ctx);

/* State digest now; aborts when it cannot be had. */
void shop_state(struct shop_work *work, char ret_digest[65]);
void shop_state_at(struct shop_work *work, int64_t seq, char ret_digest[65]);

/* Does the chain verify? Prints the fault. */
bool shop_is_valid(struct cox_store *store);

#endif
