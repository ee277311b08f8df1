/*
 * command/stats_plan.h: a plan written and sealed before there are data, and what it asks of the reading
 * afterwards: its settings and no others, and every outcome it named, also those without an effect.
 */
#ifndef COX_COMMAND_STATS_PLAN_H
#define COX_COMMAND_STATS_PLAN_H

#include <jansson.h>

#include "command/stats_table.h"

enum { STATS_OUTCOMES_MAX = 50, STATS_DIGEST_SIZE = 72 };

struct stats_plan {
    bool is_sealed; /* false: no --plan; outcomes then holds the usual column alone */
    char digest[STATS_DIGEST_SIZE]; /* "sha256:..." */
    const char *question, *unit, *method;
    const char *outcomes[STATS_OUTCOMES_MAX]; /* columns of the file; the first one decides */
    size_t outcome_count;
    json_t *body; /* the plan's settings; NULL without a plan */
};

/*
 * Reads --plan. Errors: COX_CORRUPT, the plan is not the one that was sealed; COX_INVALID names what is
 * missing, unknown or out of range, or "design" when it is another one's plan.
 */
enum cox_rc stats_plan_load(struct cox_cli *cli, const char *design, const char *usual_outcome,
    struct stats_plan *ret_plan, struct cox_err *reterr) COX_NODISCARD;

/* A setting: the plan's, else the option's, else otherwise. An option against the plan is COX_INVALID. */
enum cox_rc stats_plan_number(const struct cox_cli *cli, const struct stats_plan *plan,
    const char *name, double least, double most, double otherwise, double *ret_value,
    struct cox_err *reterr) COX_NODISCARD;
/* ret_text NULL: neither says it. */
enum cox_rc stats_plan_text(const struct cox_cli *cli, const struct stats_plan *plan,
    const char *name, const char **ret_text, struct cox_err *reterr) COX_NODISCARD;

/*
 * p-values of all outcomes of a plan, adjusted for their number (NaN: not in the data, or no test; it counts all
 * the same). Source: S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of
 * Statistics 1979.
 */
void stats_holm(const double *p_value, size_t count, double *ret_adjusted);

/* One outcome as read: whatever the design, its p-value and how its result is written. */
struct stats_outcome {
    bool is_there; /* the file has the column */
    double p_value;
    void *result;
};

/* Reads the outcome of one column: allocates ret_outcome->result, sets its p_value (NaN: no test). */
typedef enum cox_rc (*stats_outcome_fn)(struct cox_cli *cli, void *ctx, const char *column,
    struct stats_outcome *ret_outcome, struct cox_err *reterr);

/* All outcomes of the plan that the table has; without a plan the usual one, whose absence is the reader's error. */
enum cox_rc stats_plan_read(struct cox_cli *cli, const struct stats_plan *plan,
    const struct stats_table *table, stats_outcome_fn read, void *ctx,
    struct stats_outcome ret_outcomes[STATS_OUTCOMES_MAX], struct cox_err *reterr) COX_NODISCARD;

struct stats_teller {
    void (*put)(struct cox_json *json, const void *ctx, const void *result); /* inside an object */
    void (*print)(struct cox_cli *cli, const void *ctx, const void *result);
    const void *ctx;
};

/* Tells all outcomes: plain without a plan, else with the plan, what decides, and the adjusted p-values. */
enum cox_rc stats_plan_tell(struct cox_cli *cli, const struct stats_plan *plan,
    const struct stats_outcome *outcomes, const struct stats_teller *teller,
    struct cox_err *reterr) COX_NODISCARD;

/* coxswain stats seal PLAN. */
enum cox_rc stats_run_seal(struct cox_cli *cli, struct cox_err *reterr) COX_NODISCARD;

#endif
