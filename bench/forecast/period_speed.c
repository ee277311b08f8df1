/*
 * bench/forecast/period_speed.c: the period distribution against Monte Carlo in one process.
 * Prints one line per figure: name, n, seconds, and error of P10/P50/P90 in sd where a reference is
 * affordable. The Monte Carlo draws with xorshift and adds amounts: nothing slower than it must be.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "kernel/forecast/period.h"
#include "kernel/stats/order.h"
#include "kernel/stats/special.h"

static const double levels[] = {0.1, 0.5, 0.9};

static double seconds(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t); /* cannot fail for this clock */
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double draw(uint64_t *s)
{
    *s ^= *s << 13;
    *s ^= *s >> 7;
    *s ^= *s << 17;
    return (double)(*s >> 11) * 0x1p-53;
}

struct deals {
    size_t count;
    int64_t *amount;
    double *prob;
};

/* Lognormal amounts with sd(log) 1, probabilities Beta(1, 3)-like, as a CRM's book looks. */
static struct deals make(size_t count, uint64_t seed)
{
    struct deals d = {count, malloc(count * sizeof(int64_t)), malloc(count * sizeof(double))};

    for (size_t i = 0; i < count; i++) {
        d.amount[i] = (int64_t)(2e6 * exp(cox_normal_quantile(draw(&seed) * 0.999998 + 1e-6)));
        d.prob[i] = 1.0 - cbrt(draw(&seed));
    }
    return d;
}

static double monte_carlo(const struct deals *d, size_t runs, double *ret_q)
{
    double *total = calloc(runs, sizeof(double)), *scratch = malloc(runs * sizeof(double));
    double start = seconds();
    uint64_t seed = 88172645463325252u;

    for (size_t r = 0; r < runs; r++) {
        double sum = 0.0;
        for (size_t i = 0; i < d->count; i++) {
            sum += draw(&seed) < d->prob[i] ? (double)d->amount[i] : 0.0;
        }
        total[r] = sum;
    }
    cox_sort_doubles(total, runs, scratch);
    for (int i = 0; i < 3; i++) {
        ret_q[i] = cox_sorted_quantile(total, runs, levels[i]);
    }
    start = seconds() - start;
    free(total);
    free(scratch);
    return start;
}

static double kernel(const struct deals *d, double rho, double *ret_q, struct cox_period_result *r)
{
    const struct cox_period_deals deals = {d->count, d->amount, d->prob};
    const struct cox_period_opt opt = {.rho = rho, .level = levels, .level_count = 3};
    void *work = malloc(cox_period_workspace_size(d->count));
    struct cox_err err;
    int64_t q[3] = {0};
    double best = 1e9;

    for (int again = 0; again < 3; again++) {
        double start = seconds();
        if (cox_period_forecast(&deals, &opt, work, q, r, &err) != COX_OK) {
            (void)fprintf(stderr, "%s: %s\n", err.field, err.text);
            exit(1);
        }
        best = fmin(best, seconds() - start);
    }
    for (int i = 0; i < 3; i++) {
        ret_q[i] = (double)q[i];
    }
    free(work);
    return best;
}

static double worst(const double *a, const double *b, double sd)
{
    double off = 0.0;

    for (int i = 0; i < 3; i++) {
        off = fmax(off, fabs(a[i] - b[i]) / sd);
    }
    return off;
}

int main(void)
{
    static const struct {
        size_t count, runs;
    } sizes[] = {{200, 100000}, {3000, 10000}, {10000, 10000}, {1000000, 100}};

    printf("n\tkernel_s\tmc10k_s\tratio\tmc_error_sd\ttied_s\n");
    for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
        struct deals d = make(sizes[s].count, 42 + s);
        struct cox_period_result r;
        double q[3], mc[3], tied[3];
        double t = kernel(&d, 0.0, q, &r);
        double sd = r.sd_minor;
        double t_mc = monte_carlo(&d, sizes[s].runs, mc) * 10000.0 / (double)sizes[s].runs;
        double t_tied = kernel(&d, 0.1, tied, &r);
        printf("%zu\t%.6f\t%.4f\t%.0f\t%.4f\t%.4f\tmethod %d\n", d.count, t, t_mc, t_mc / t,
            worst(q, mc, sd), t_tied, (int)r.method);
        free(d.amount);
        free(d.prob);
    }
    return 0;
}
