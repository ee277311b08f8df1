/* demo/life.h: one invented deal from its first day to won, lost or today. */
#ifndef COX_DEMO_LIFE_H
#define COX_DEMO_LIFE_H

#include "demo/write.h"
#include "sales/opportunity.h"

enum { DEMO_LIFE_MAX = 40 };

struct demo_life {
    struct cox_opportunity versions[DEMO_LIFE_MAX];
    int64_t at_us[DEMO_LIFE_MAX];
    size_t count;
    int64_t account; /* number of the account */
    int seat;
    int64_t end_day;          /* day closed, or today */
    struct cox_random random; /* for what hangs on the deal */
};

/* Deal number at; texts live in arena. COX_OK with count >= 1. */
enum cox_rc demo_life_make(const struct demo_writer *writer, int64_t at, struct cox_arena *arena,
    struct demo_life *ret_life, struct cox_err *reterr) COX_NODISCARD;

#endif
