/* leader/ledger_effect.c: the coached beside those who stood alike and were not. */
#include <math.h>

#include "leader/ledger_cohort.h"

static const double APART_LEAST = .3;
enum { TERMS = COX_COHORT_TERMS + 1 }; /* of the regression: being coached too */

size_t cox_ledger_workspace_size(size_t person_count, size_t month_count)
{
    return cox_cohorts_workspace_size(person_count, month_count) +
           (person_count + 16) * sizeof(bool);
}

static double mean_of(const double *months, size_t count)
{
    double sum = 0;
    size_t known = 0;

    for (size_t i = 0; i < count; i++) {
        if (!isnan(months[i])) {
            sum += months[i];
            known++;
        }
    }
    return known == 0 ? (double)NAN : sum / (double)known;
}

/* What a chart of the coached alone would show: mean after less mean before, of one person. */
static double naive_rise(const struct cox_ledger_people *people, size_t person)
{
    const double *months = &people->outcome[person * people->month_count];
    size_t start = people->start[person];
    size_t before = start < COX_LEDGER_BEFORE ? start : COX_LEDGER_BEFORE;
    size_t left = people->month_count - start;

    return mean_of(months + start, left < COX_LEDGER_AFTER ? left : COX_LEDGER_AFTER) -
           mean_of(months + start - before, before);
}

static double dot(const double *a, const double *b, size_t count)
{
    double sum = 0;

    for (size_t i = 0; i < count; i++) {
        sum += a[i] * b[i];
    }
    return sum;
}

/*
 * Being coached, free of where people stood; over its square it weighs each person's figure in the cohort's effect.
 * false: where people stood says all of who was coached.
 */
static bool weigh(struct cox_cohort *cohort, size_t count, double *weight)
{
    double square;

    for (size_t i = 0; i < count; i++) {
        weight[i] = cohort->is_coached[i] ? 1 : 0;
    }
    cox_cohort_adjust(cohort, count, weight);
    square = dot(weight, weight, count);
    if (!(square > 1e-9)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        weight[i] /= square;
    }
    return true;
}

/* What is left of a person's figure without the effect, where they stood, and the cohort's own mean. */
static void leave(struct cox_cohort *cohort, size_t count, double effect)
{
    double *left = cohort->residual, own, square;
    const double *weight = cohort->weight[0];

    for (size_t i = 0; i < count; i++) {
        left[i] = cohort->after[i] - effect * cohort->dose[i];
    }
    cox_cohort_adjust(cohort, count, left);
    own = dot(weight, left, count);
    square = dot(weight, weight, count);
    for (size_t i = 0; i < count; i++) {
        left[i] -= own * weight[i] / square;
    }
}

static double variance_of(const struct cox_cohorts *cohorts)
{
    size_t count = cohorts->people->person_count;
    double sum = 0;

    for (size_t a = 0; a < cohorts->count; a++) {
        for (size_t b = 0; b < cohorts->count; b++) {
            const struct cox_cohort *x = &cohorts->at[a], *y = &cohorts->at[b];

            sum += (double)(x->coached_count * y->coached_count) *
                   dot(x->weight[0], y->weight[0], count) * cox_cohort_shared(x, y, count, TERMS);
        }
    }
    return sum;
}

static const struct cox_ledger_effect unknown = {.naive = (double)NAN,
    .alike = (double)NAN,
    .effect = (double)NAN,
    .error = (double)NAN,
    .low = (double)NAN,
    .high = (double)NAN,
    .detectable = (double)NAN};

struct sum {
    double naive, effect, apart; /* apart: share of months coached, the same regression */
};

static struct cox_ledger_effect conclude(const struct cox_cohorts *cohorts, const struct sum *sum,
    struct cox_ledger_effect effect)
{
    double count = (double)effect.coached_count, variance;
    struct cox_ledger_slope found;

    if (effect.coached_count < COX_LEDGER_LEAST || sum->apart < APART_LEAST * count) {
        return effect;
    }
    for (size_t c = 0; c < cohorts->count; c++) {
        leave(&cohorts->at[c], cohorts->people->person_count, sum->effect / sum->apart);
    }
    variance = variance_of(cohorts);
    if (!(variance > 0)) {
        return effect; /* all figures alike: nothing to tell apart */
    }
    effect.df = (double)(cohorts->person_count - TERMS);
    found = cox_ledger_slope_of(sum->effect / sum->apart, sqrt(variance) / sum->apart, effect.df);
    effect.naive = sum->naive / count;
    effect.effect = found.slope;
    effect.alike = effect.naive - effect.effect;
    effect.error = found.error;
    effect.low = found.low;
    effect.high = found.high;
    effect.detectable = found.detectable;
    effect.is_known = true;
    return effect;
}

enum cox_rc cox_ledger_judge(const struct cox_ledger_people *people, void *workspace,
    struct cox_ledger_effect *ret_effect, struct cox_err *reterr)
{
    struct cox_ledger_effect effect = unknown;
    struct cox_cohorts cohorts;
    struct sum sum = {0};
    size_t kept = 0;

    COX_TRY(cox_cohorts_check(people, reterr));
    cox_cohorts_make(people, NULL, workspace, &cohorts);
    for (size_t c = 0; c < cohorts.count; c++) {
        struct cox_cohort *cohort = &cohorts.at[c];

        if (!weigh(cohort, people->person_count, cohort->weight[0])) {
            continue;
        }
        for (size_t i = 0; i < people->person_count; i++) {
            sum.naive += cohort->is_in[i] && cohort->is_coached[i] ? naive_rise(people, i) : 0;
        }
        sum.effect += (double)cohort->coached_count *
                      dot(cohort->weight[0], cohort->after, people->person_count);
        sum.apart += (double)cohort->coached_count *
                     dot(cohort->weight[0], cohort->dose, people->person_count);
        effect.control_count = kept == 0 || cohort->control_count < effect.control_count
                                   ? cohort->control_count
                                   : effect.control_count;
        effect.coached_count += cohort->coached_count;
        cohorts.at[kept++] = *cohort;
    }
    cohorts.count = kept;
    *ret_effect = conclude(&cohorts, &sum, effect);
    return COX_OK;
}
