/* leader/ledger_factor.c: whether more coaching, or coaching that is rated higher, changes more. */
#include <math.h>

#include "leader/ledger_cohort.h"

enum { UNKNOWNS = COX_COHORT_WEIGHTS }; /* the effect, and up to three ways in which it differs */

const size_t cox_ledger_rated_least[COX_LEDGER_FACTOR_COUNT] = {6, 6, 8};

/* ---- what makes people differ ---- */

struct factors {
    const struct cox_ledger_people *people;
    const bool *takes;
    double amount_mean, skill_mean;
    size_t rated_count;
};

/* The k-th way: 0 being coached at all, then as enum cox_ledger_factor, from 1. */
static double way_of(const struct factors *f, size_t person, size_t k)
{
    double amount, skill;

    if (k == 0) {
        return 1;
    }
    if (!f->takes[person]) {
        return 0; /* as the mean */
    }
    amount = f->people->amount[person] - f->amount_mean;
    skill = f->people->skill[person] - f->skill_mean;
    return k == COX_LEDGER_AMOUNT + 1 ? amount : k == COX_LEDGER_SKILL + 1 ? skill : amount * skill;
}

static void find_means(struct factors *f, const struct cox_cohorts *cohorts)
{
    double count = 0;

    for (size_t c = 0; c < cohorts->count; c++) {
        const struct cox_cohort *cohort = &cohorts->at[c];

        for (size_t i = 0; i < f->people->person_count; i++) {
            if (cohort->is_in[i] && cohort->is_coached[i]) {
                f->amount_mean += f->people->amount[i];
                f->skill_mean += f->people->skill[i];
                count++;
            }
        }
    }
    f->rated_count = (size_t)count;
    f->amount_mean /= fmax(count, 1);
    f->skill_mean /= fmax(count, 1);
}

/* ---- a small system, not symmetric ---- */

/* The inverse by Gauss and Jordan with pivots; false: singular but for rounding. */
static bool invert(double a[UNKNOWNS][UNKNOWNS], size_t n, double ret_inverse[UNKNOWNS][UNKNOWNS])
{
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            ret_inverse[i][j] = i == j ? 1 : 0;
        }
    }
    for (size_t k = 0; k < n; k++) {
        size_t best = k;

        for (size_t i = k + 1; i < n; i++) {
            best = fabs(a[i][k]) > fabs(a[best][k]) ? i : best;
        }
        if (!(fabs(a[best][k]) > 1e-9)) {
            return false;
        }
        for (size_t j = 0; j < n; j++) {
            double x = a[k][j], y = ret_inverse[k][j];

            a[k][j] = a[best][j];
            a[best][j] = x;
            ret_inverse[k][j] = ret_inverse[best][j];
            ret_inverse[best][j] = y;
        }
        for (size_t i = 0; i < n; i++) {
            double factor = i == k ? 0 : a[i][k] / a[k][k];

            for (size_t j = 0; j < n; j++) {
                a[i][j] -= factor * a[k][j];
                ret_inverse[i][j] -= factor * ret_inverse[k][j];
            }
        }
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            ret_inverse[i][j] /= a[i][i];
        }
    }
    return true;
}

/* ---- the fit ---- */

struct fit {
    size_t unknowns;
    double found[UNKNOWNS], error[UNKNOWNS];
    bool is_there;
};

/* Each way times being coached, free of where people stood: the instruments. */
static void make_instruments(const struct factors *f, struct cox_cohort *cohort, size_t unknowns)
{
    for (size_t k = 0; k < unknowns; k++) {
        for (size_t i = 0; i < f->people->person_count; i++) {
            cohort->weight[k][i] = cohort->is_coached[i] ? way_of(f, i, k) : 0;
        }
        cox_cohort_adjust(cohort, f->people->person_count, cohort->weight[k]);
    }
}

static void add_equations(const struct factors *f, const struct cox_cohort *cohort, size_t unknowns,
    double a[UNKNOWNS][UNKNOWNS], double b[UNKNOWNS])
{
    for (size_t i = 0; i < f->people->person_count; i++) {
        for (size_t k = 0; cohort->is_in[i] && k < unknowns; k++) {
            b[k] += cohort->weight[k][i] * cohort->after[i];
            for (size_t j = 0; j < unknowns; j++) {
                a[k][j] += cohort->weight[k][i] * cohort->dose[i] * way_of(f, i, j);
            }
        }
    }
}

static void leave(const struct factors *f, const struct fit *fit, struct cox_cohort *cohort)
{
    for (size_t i = 0; i < f->people->person_count; i++) {
        cohort->residual[i] = cohort->after[i];
        for (size_t k = 0; k < fit->unknowns; k++) {
            cohort->residual[i] -= fit->found[k] * cohort->dose[i] * way_of(f, i, k);
        }
    }
    cox_cohort_adjust(cohort, f->people->person_count, cohort->residual);
}

/* The middle of the sandwich: what the instruments' products with the residuals scatter. */
static void scatter(const struct factors *f, const struct cox_cohorts *cohorts, size_t unknowns,
    double ret_middle[UNKNOWNS][UNKNOWNS])
{
    for (size_t a = 0; a < cohorts->count; a++) {
        for (size_t b = 0; b < cohorts->count; b++) {
            const struct cox_cohort *x = &cohorts->at[a], *y = &cohorts->at[b];
            /* Of the estimates, a cohort uses up its share of the coached. */
            double used = (double)unknowns * (double)(x->coached_count + y->coached_count) / 2 /
                          (double)f->rated_count;
            double shared =
                cox_cohort_shared(x, y, f->people->person_count, COX_COHORT_TERMS + used);

            for (size_t i = 0; i < f->people->person_count; i++) {
                for (size_t k = 0; k < unknowns; k++) {
                    for (size_t j = 0; j < unknowns; j++) {
                        ret_middle[k][j] += x->weight[k][i] * y->weight[j][i] * shared;
                    }
                }
            }
        }
    }
}

static struct fit make_fit(const struct factors *f, struct cox_cohorts *cohorts, size_t unknowns)
{
    double a[UNKNOWNS][UNKNOWNS] = {{0}}, inverse[UNKNOWNS][UNKNOWNS], b[UNKNOWNS] = {0};
    double middle[UNKNOWNS][UNKNOWNS] = {{0}};
    struct fit fit = {.unknowns = unknowns};

    for (size_t c = 0; c < cohorts->count; c++) {
        make_instruments(f, &cohorts->at[c], unknowns);
        add_equations(f, &cohorts->at[c], unknowns, a, b);
    }
    if (f->rated_count < unknowns || !invert(a, unknowns, inverse)) {
        return fit;
    }
    for (size_t k = 0; k < unknowns; k++) {
        for (size_t j = 0; j < unknowns; j++) {
            fit.found[k] += inverse[k][j] * b[j];
        }
    }
    for (size_t c = 0; c < cohorts->count; c++) {
        leave(f, &fit, &cohorts->at[c]);
    }
    scatter(f, cohorts, unknowns, middle);
    for (size_t k = 0; k < unknowns; k++) {
        double sum = 0;

        for (size_t i = 0; i < unknowns * unknowns; i++) {
            size_t x = i / unknowns, y = i % unknowns;

            sum += inverse[k][x] * middle[x][y] * inverse[k][y];
        }
        fit.error[k] = sqrt(fmax(sum, 0));
    }
    fit.is_there = true;
    return fit;
}

static struct cox_ledger_slope conclude(const struct fit *fit, size_t k, double df, bool is_enough)
{
    struct cox_ledger_slope slope = {.slope = (double)NAN,
        .error = (double)NAN,
        .low = (double)NAN,
        .high = (double)NAN,
        .detectable = (double)NAN};

    if (!fit->is_there || !(fit->error[k] > 0) || df < 1) {
        return slope;
    }
    if (is_enough) {
        slope = cox_ledger_slope_of(fit->found[k], fit->error[k], df);
        slope.is_known = true;
    } else {
        slope.detectable = cox_ledger_slope_of(0, fit->error[k], df).detectable;
    }
    return slope;
}

enum cox_rc cox_ledger_factors_judge(const struct cox_ledger_people *people, void *workspace,
    struct cox_ledger_factors *ret_factors, struct cox_err *reterr)
{
    size_t room = cox_cohorts_workspace_size(people->person_count, people->month_count);
    bool *takes = (bool *)workspace + room;
    struct factors f = {.people = people, .takes = takes};
    struct cox_cohorts cohorts;

    COX_TRY(cox_cohorts_check(people, reterr));
    for (size_t i = 0; i < people->person_count; i++) {
        takes[i] = people->start[i] < people->month_count && !isnan(people->amount[i]) &&
                   !isnan(people->skill[i]);
    }
    cox_cohorts_make(people, takes, workspace, &cohorts);
    find_means(&f, &cohorts);
    *ret_factors = (struct cox_ledger_factors){.rated_count = f.rated_count,
        .amount_mean = f.amount_mean,
        .skill_mean = f.skill_mean};
    for (size_t factor = 0; factor < COX_LEDGER_FACTOR_COUNT; factor++) {
        size_t unknowns = factor == COX_LEDGER_BOTH ? 4 : 3;
        struct fit fit = make_fit(&f, &cohorts, unknowns);
        double df = (double)cohorts.person_count - COX_COHORT_TERMS - (double)unknowns;

        ret_factors->at[factor] =
            conclude(&fit, factor + 1, df, f.rated_count >= cox_ledger_rated_least[factor]);
    }
    return COX_OK;
}
