/* sales/seed.h: what a new company starts with. */
#ifndef COX_SALES_SEED_H
#define COX_SALES_SEED_H

#include "record/record.h"

struct cox_seed_opt {
    const char *currency;   /* NULL: keep what is set, else "EUR" */
    const char *zone;       /* NULL: keep what is set, else "UTC" */
    int fiscal_start_month; /* 0: January */
    int from_year, to_year; /* fiscal periods made; 0: three years back to three years ahead */
    bool no_pipeline;       /* an import brings its own */
};

/*
 * Company settings, usual currencies, a fiscal calendar with its periods, working hours, reasons for
 * loss and one pipeline of six stages. Each part only where the company has none of it yet, so a
 * second call changes nothing. Part of the caller's commit.
 */
enum cox_rc cox_seed(struct cox_call *call, const struct cox_seed_opt *opt,
    struct cox_err *reterr) COX_NODISCARD;

/* The pipeline new deals go to: the default one, else the first; COX_MISSING without any. */
enum cox_rc cox_default_pipeline(struct cox_call *call, int64_t *ret_pipeline,
    struct cox_err *reterr) COX_NODISCARD;

#endif
