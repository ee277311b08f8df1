/* leader/ledger_cohort.c: those who began in one month, beside those not coached until then. */
#include "leader/ledger_cohort.h"

#include <math.h>

enum { COLUMNS = 3 + COX_COHORT_WEIGHTS + COX_COHORT_TERMS, LEAST = 6 };

static size_t rounded(size_t size)
{
    return (size + 15) / 16 * 16;
}

static size_t cohorts_max(size_t person_count, size_t month_count)
{
    return person_count < month_count ? person_count : month_count;
}

static size_t cohort_size(size_t person_count)
{
    return COLUMNS * rounded(person_count * sizeof(double)) +
           2 * rounded(person_count * sizeof(bool));
}

size_t cox_cohorts_workspace_size(size_t person_count, size_t month_count)
{
    size_t most = cohorts_max(person_count, month_count);

    return rounded(most * sizeof(struct cox_cohort)) + most * cohort_size(person_count);
}

static char *lay_out(struct cox_cohort *cohort, size_t person_count, char *at)
{
    double **columns[COLUMNS] = {&cohort->after, &cohort->dose, &cohort->residual,
        &cohort->weight[0], &cohort->weight[1], &cohort->weight[2], &cohort->weight[3],
        &cohort->base[0], &cohort->base[1], &cohort->base[2]};
    bool **flags[] = {&cohort->is_in, &cohort->is_coached};

    for (size_t c = 0; c < COLUMNS; c++) {
        *columns[c] = (double *)(void *)at;
        at += rounded(person_count * sizeof(double));
    }
    for (size_t f = 0; f < 2; f++) {
        *flags[f] = (bool *)(void *)at;
        at += rounded(person_count * sizeof(bool));
    }
    return at;
}

/* ---- figures of one person ---- */

/* Of those not coached by the start, in the month; NaN when nobody was there. */
static double month_mean(const struct cox_ledger_people *people, size_t month, size_t start)
{
    double sum = 0;
    size_t count = 0;

    for (size_t i = 0; i < people->person_count; i++) {
        double one = people->outcome[i * people->month_count + month];

        if (people->start[i] > start && !isnan(one)) {
            sum += one;
            count++;
        }
    }
    return count == 0 ? (double)NAN : sum / (double)count;
}

struct sums {
    double before, last, after, dose;
    size_t before_count, after_count;
};

static void add_month(struct sums *sums, double one, bool is_after, bool is_coached)
{
    if (isnan(one)) {
        return;
    }
    if (is_after) {
        sums->after += one;
        sums->dose += is_coached ? 1 : 0;
        sums->after_count++;
    } else {
        sums->before += one;
        sums->last = one; /* months come in order: the newest that is known */
        sums->before_count++;
    }
}

static void fill(const struct cox_ledger_people *people, struct cox_cohort *cohort,
    const bool *takes)
{
    double means[COX_LEDGER_WINDOW];
    size_t start = cohort->start;

    for (size_t w = 0; w < COX_LEDGER_WINDOW; w++) {
        size_t month = start + w - COX_LEDGER_BEFORE;

        means[w] = start + w < COX_LEDGER_BEFORE || month >= people->month_count
                       ? (double)NAN
                       : month_mean(people, month, start);
    }
    for (size_t i = 0; i < people->person_count; i++) {
        struct sums sums = {0};

        for (size_t w = 0; w < COX_LEDGER_WINDOW && people->start[i] >= start; w++) {
            size_t month = start + w - COX_LEDGER_BEFORE;

            if (!isnan(means[w])) {
                add_month(&sums, people->outcome[i * people->month_count + month] - means[w],
                    w >= COX_LEDGER_BEFORE, people->start[i] <= month);
            }
        }
        cohort->is_coached[i] = people->start[i] == start;
        cohort->is_in[i] = sums.before_count >= COX_LEDGER_MONTHS_LEAST &&
                           sums.after_count >= COX_LEDGER_MONTHS_LEAST &&
                           (!cohort->is_coached[i] || takes == NULL || takes[i]);
        cohort->base[0][i] = 1;
        cohort->base[1][i] = sums.before / fmax((double)sums.before_count, 1);
        cohort->base[2][i] = sums.last;
        cohort->after[i] = sums.after / fmax((double)sums.after_count, 1);
        cohort->dose[i] = sums.dose / fmax((double)sums.after_count, 1);
        cohort->coached_count += cohort->is_in[i] && cohort->is_coached[i];
        cohort->control_count += cohort->is_in[i] && !cohort->is_coached[i];
    }
}

/* ---- free of where people stood ---- */

static double product(const struct cox_cohort *cohort, size_t count, const double *a,
    const double *b)
{
    double sum = 0;

    for (size_t i = 0; i < count; i++) {
        sum += cohort->is_in[i] ? a[i] * b[i] : 0;
    }
    return sum;
}

void cox_cohort_adjust(const struct cox_cohort *cohort, size_t person_count, double *column)
{
    for (size_t i = 0; i < person_count; i++) {
        column[i] = cohort->is_in[i] ? column[i] : 0;
    }
    for (size_t b = 0; b < cohort->base_count; b++) {
        double part = product(cohort, person_count, cohort->base[b], column);

        for (size_t i = 0; i < person_count; i++) {
            column[i] -= cohort->is_in[i] ? part * cohort->base[b][i] : 0;
        }
    }
}

/* A term that the others explain all but for rounding is left out. */
static void make_base(struct cox_cohort *cohort, size_t person_count)
{
    for (size_t b = 0; b < COX_COHORT_TERMS; b++) {
        double *column = cohort->base[b];
        double size = product(cohort, person_count, column, column), left;

        cox_cohort_adjust(cohort, person_count, column);
        cox_cohort_adjust(cohort, person_count, column); /* once more: what rounding has left */
        left = product(cohort, person_count, column, column);
        if (!(left > 1e-10 * size)) {
            continue;
        }
        for (size_t i = 0; i < person_count; i++) {
            column[i] /= sqrt(left);
        }
        cohort->base[b] = cohort->base[cohort->base_count];
        cohort->base[cohort->base_count++] = column;
    }
}

double cox_cohort_shared(const struct cox_cohort *a, const struct cox_cohort *b,
    size_t person_count, double used)
{
    double sum = 0, count = 0;

    for (size_t i = 0; i < person_count; i++) {
        if (a->is_in[i] && b->is_in[i]) {
            sum += a->residual[i] * b->residual[i];
            count++;
        }
    }
    return sum / fmax(count - used, 1);
}

/* ---- all of them ---- */

enum cox_rc cox_cohorts_check(const struct cox_ledger_people *people, struct cox_err *reterr)
{
    for (size_t i = 0; i < people->person_count; i++) {
        if (people->start[i] == 0 || people->start[i] > people->month_count) {
            return cox_fail_at(reterr, COX_INVALID, "start", (int64_t)i + 1,
                "coaching begins after the first month, or never");
        }
    }
    return COX_OK;
}

static bool is_begun(const struct cox_ledger_people *people, size_t month)
{
    for (size_t i = 0; i < people->person_count; i++) {
        if (people->start[i] == month) {
            return true;
        }
    }
    return false;
}

void cox_cohorts_make(const struct cox_ledger_people *people, const bool *takes, void *workspace,
    struct cox_cohorts *ret_cohorts)
{
    size_t count = people->person_count, most = cohorts_max(count, people->month_count);
    char *at = (char *)workspace;

    *ret_cohorts = (struct cox_cohorts){.people = people, .at = (struct cox_cohort *)(void *)at};
    at += rounded(most * sizeof(struct cox_cohort));
    for (size_t month = 1; month < people->month_count && ret_cohorts->count < most; month++) {
        struct cox_cohort *cohort = &ret_cohorts->at[ret_cohorts->count];
        char *next;

        if (!is_begun(people, month)) {
            continue;
        }
        *cohort = (struct cox_cohort){.start = month};
        next = lay_out(cohort, count, at);
        fill(people, cohort, takes);
        if (cohort->coached_count == 0 || cohort->control_count < COX_LEDGER_LEAST ||
            cohort->coached_count + cohort->control_count < LEAST) {
            continue; /* nobody to hold it against */
        }
        make_base(cohort, count);
        at = next;
        ret_cohorts->count++;
    }
    for (size_t i = 0; i < count; i++) {
        bool is_in = false;

        for (size_t c = 0; c < ret_cohorts->count; c++) {
            is_in = is_in || ret_cohorts->at[c].is_in[i];
        }
        ret_cohorts->person_count += is_in;
    }
}

struct cox_ledger_slope cox_ledger_slope_of(double slope, double error, double df)
{
    double reach = cox_student_reach(df, .05);

    return (struct cox_ledger_slope){
        .slope = slope,
        .error = error,
        .low = slope - reach * error,
        .high = slope + reach * error,
        .detectable = (reach + cox_student_reach(df, .4)) * error,
    };
}
