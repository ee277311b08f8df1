/*
 * leader/ledger_cohort.h: the people who began to be coached in one month beside those not coached by then, each with
 * the figures before and after, made free of where people stood before. Several cohorts hold the same
 * controls again and again: what their scatter has in common is measured, person by person, and not guessed.
 */
#ifndef COX_LEADER_LEDGER_COHORT_H
#define COX_LEADER_LEDGER_COHORT_H

#include "leader/ledger_effect.h"

enum { COX_COHORT_TERMS = 3 };   /* at most: one, the mean before, the month before */
enum { COX_COHORT_WEIGHTS = 4 }; /* estimates at once, at most */

/* Arrays by person, in the workspace. */
struct cox_cohort {
    size_t start, coached_count, control_count;
    bool *is_in, *is_coached; /* is_coached: began in this very month */
    double *after;            /* mean of the months after, each less the controls' in it */
    double *dose;             /* share of these months in which one was coached oneself */
    double *weight[COX_COHORT_WEIGHTS]; /* the caller's: of each in what is estimated */
    double *residual;                   /* the caller's: what a fit leaves */
    double *base[COX_COHORT_TERMS];     /* orthonormal; base_count of them carry something */
    size_t base_count;
};

struct cox_cohorts {
    const struct cox_ledger_people *people;
    struct cox_cohort *at;
    size_t count;
    size_t person_count; /* different people in all of them */
};

/* Bytes, aligned as for double. */
size_t cox_cohorts_workspace_size(size_t person_count, size_t month_count);

/*
 * Those without COX_LEDGER_LEAST controls, or under 6 people, are left out. takes: who of those who began counts as
 * coached (NULL: everybody); the others are in the cohort not at all, and are controls of earlier ones.
 */
void cox_cohorts_make(const struct cox_ledger_people *people, const bool *takes, void *workspace,
    struct cox_cohorts *ret_cohorts);

/* COX_INVALID names "start" (0, or past month_count) and its row. */
enum cox_rc cox_cohorts_check(const struct cox_ledger_people *people,
    struct cox_err *reterr) COX_NODISCARD;

/* Takes out of a column what one, mean before and month before explain; 0 outside of the cohort. */
void cox_cohort_adjust(const struct cox_cohort *cohort, size_t person_count, double *column);

/*
 * What two cohorts' residuals share for each person in both, used: terms that the fit has used up. Homoskedastic
 * within a pair; of a cohort with itself it is the residual variance.
 */
double cox_cohort_shared(const struct cox_cohort *a, const struct cox_cohort *b,
    size_t person_count, double used);

/* Student's interval and smallest effect found with chance .8. */
struct cox_ledger_slope cox_ledger_slope_of(double slope, double error, double df);

#endif
