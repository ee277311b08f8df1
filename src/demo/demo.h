/*
 * demo/demo.h: an invented company with three years of history on the time axis: people who come,
 * ramp up and leave, a reorganisation, seasons, deals that slip, quotas, 1:1s. The same size, seed
 * and day give the same records on every machine and both engines; nothing depends on the clock.
 * No person or company in it exists.
 */
#ifndef COX_DEMO_DEMO_H
#define COX_DEMO_DEMO_H

#include "base/progress.h"
#include "record/record.h"

enum cox_demo_size { COX_DEMO_SMALL, COX_DEMO_COMPANY, COX_DEMO_LARGE, COX_DEMO_SIZE_COUNT };

extern const char *const cox_demo_size_names[COX_DEMO_SIZE_COUNT];

struct cox_demo_opt {
    const char *url; /* an empty store, or none yet */
    const struct cox_entity *const *entities;
    enum cox_demo_size size;
    uint64_t seed;
    int64_t today;                 /* the demo's last day is the one before */
    int64_t deal_count;            /* 0: as the size says */
    struct cox_progress *progress; /* may be NULL */
};

struct cox_demo_report {
    int64_t people, accounts, contacts, leads, deals, deal_versions, activities, quotas, talks;
    int64_t manager, leader; /* user ids to look at the briefs as */
    char manager_email[120], leader_email[120];
};

/* COX_CONFLICT when the store has commits already. */
enum cox_rc cox_demo_make(const struct cox_demo_opt *opt, struct cox_demo_report *ret_report,
    struct cox_err *reterr) COX_NODISCARD;

#endif
