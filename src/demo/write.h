/* demo/write.h: the parts of the demo that are written, in order; each from the plan alone. */
#ifndef COX_DEMO_WRITE_H
#define COX_DEMO_WRITE_H

#include "demo/plan.h"

/* An account as later parts need it. */
struct demo_account {
    int64_t id, created_day, contact; /* contact: the first one's id, or COX_NULL */
    const char *currency;
    double size; /* factor on amounts */
};

struct demo_writer {
    struct cox_store *store;
    struct demo_plan *plan;
    int64_t batch;
    struct cox_demo_report *report;
    int64_t stages[6], pipeline; /* ids, in order: four open ones, won, lost */
    int64_t loss_reasons[16];
    size_t loss_reason_count;
    int64_t products[6];
    struct demo_account *accounts;
};

/* Runs fn in one commit of the demo's batch as the program (user 0) or as a person. */
enum cox_rc demo_write(struct demo_writer *writer, const struct demo_person *as, cox_call_fn fn,
    void *ctx, struct cox_err *reterr) COX_NODISCARD;

/* One version from an instant on. */
enum cox_rc demo_put(struct cox_call *call, const struct cox_entity *entity, const void *structure,
    int64_t from_us, int64_t *ret_id, struct cox_err *reterr) COX_NODISCARD;

/* Several: structures is an array of the entity's struct, at_us rises. */
enum cox_rc demo_put_versions(struct cox_call *call, const struct cox_entity *entity,
    const void *structures, const int64_t *at_us, size_t count, int64_t *ret_id,
    struct cox_err *reterr) COX_NODISCARD;

/* The versions of a record that is there already, what it had before among them. */
enum cox_rc demo_put_more(struct cox_call *call, const struct cox_entity *entity, int64_t id,
    const void *structures, const int64_t *at_us, size_t count,
    struct cox_err *reterr) COX_NODISCARD;

enum cox_rc demo_write_org(struct demo_writer *writer, struct cox_err *reterr) COX_NODISCARD;
enum cox_rc demo_write_quotas(struct demo_writer *writer, struct cox_err *reterr) COX_NODISCARD;
enum cox_rc demo_write_routing(struct demo_writer *writer, struct cox_err *reterr) COX_NODISCARD;
enum cox_rc demo_write_pay(struct demo_writer *writer, struct cox_err *reterr) COX_NODISCARD;
enum cox_rc demo_write_market(struct demo_writer *writer, struct cox_err *reterr) COX_NODISCARD;
enum cox_rc demo_write_deals(struct demo_writer *writer, struct cox_err *reterr) COX_NODISCARD;
enum cox_rc demo_write_goals(struct demo_writer *writer, struct cox_err *reterr) COX_NODISCARD;
enum cox_rc demo_write_coaching(struct demo_writer *writer, struct cox_err *reterr) COX_NODISCARD;
enum cox_rc demo_write_crew(struct demo_writer *writer, struct cox_err *reterr) COX_NODISCARD;
enum cox_rc demo_write_profile(struct demo_writer *writer, struct cox_err *reterr) COX_NODISCARD;
enum cox_rc demo_write_contests(struct demo_writer *writer, struct cox_err *reterr) COX_NODISCARD;
enum cox_rc demo_write_talent(struct demo_writer *writer, struct cox_err *reterr) COX_NODISCARD;

/* What a deal brings on average, for setting quotas that some reach. */
#define DEMO_AMOUNT_MEDIAN 12000.0
#define DEMO_AMOUNT_SIGMA  0.8
#define DEMO_QUOTA_FACTOR  0.33

/* A new lead, without owner. */
struct cox_lead;
enum cox_rc demo_lead_make(struct cox_random *random, struct cox_arena *arena,
    struct cox_lead *ret_lead, struct cox_err *reterr) COX_NODISCARD;

/* The invented firm of account number at, the same each time. */
bool demo_firm_of(const struct demo_plan *plan, int64_t at, struct cox_arena *arena,
    struct demo_firm *ret_firm);

extern const char *const demo_product_names[6];

#endif
