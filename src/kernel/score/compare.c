/* kernel/score/compare.c: rates of success in the same segments, and p-values adjusted for their number. */
#include "kernel/score/compare.h"

#include <math.h>
#include <string.h>

#include "kernel/stats/order.h"
#include "kernel/stats/special.h"

enum { TRIALS_MIN = 20, EXACT_MAX = 600 };

#define NOTHING ((double)NAN)

size_t cox_score_compare_workspace_count(size_t segment_count)
{
    return 3 * ((size_t)EXACT_MAX + 2) + 2 * segment_count;
}

/* One segment from a row's side: all trials and successes, and how many of the trials are the row's. */
struct segment {
    int64_t trials, successes, own;
};

struct comparing {
    const struct cox_score_strata *strata;
    double *trials, *successes; /* of every segment, by all rows */
    double *workspace;
};

static void add_up(struct comparing *c)
{
    size_t segments = c->strata->segment_count;

    memset(c->trials, 0, segments * sizeof(*c->trials));
    memset(c->successes, 0, segments * sizeof(*c->successes));
    for (size_t at = 0; at < c->strata->row_count * segments; at++) {
        c->trials[at % segments] += (double)c->strata->trials[at];
        c->successes[at % segments] += (double)c->strata->successes[at];
    }
}

static struct segment segment_of(const struct comparing *c, size_t row, size_t at)
{
    return (struct segment){(int64_t)c->trials[at], (int64_t)c->successes[at],
        c->strata->trials[row * c->strata->segment_count + at]};
}

static double log_choose(int64_t n, int64_t k)
{
    return cox_log_gamma((double)n + 1.0) - cox_log_gamma((double)k + 1.0) -
           cox_log_gamma((double)(n - k) + 1.0);
}

static double hypergeometric(const struct segment *s, int64_t k)
{
    int64_t failures = s->trials - s->successes;

    if (k < 0 || k > s->own || k > s->successes || s->own - k > failures) {
        return 0.0;
    }
    return exp(log_choose(s->successes, k) + log_choose(failures, s->own - k) -
               log_choose(s->trials, s->own));
}

/* sum, of size so far (values 0 up to size - 1), plus the segment's number; next is scratch. */
static size_t convolve(double *sum, size_t size, const struct segment *s, double *next,
    double *part)
{
    size_t more = (size_t)s->own + 1;

    for (size_t k = 0; k < more; k++) {
        part[k] = hypergeometric(s, (int64_t)k);
    }
    memset(next, 0, (size + more - 1) * sizeof(*next));
    for (size_t i = 0; i < size; i++) {
        for (size_t k = 0; k < more; k++) {
            next[i + k] += sum[i] * part[k];
        }
    }
    memcpy(sum, next, (size + more - 1) * sizeof(*sum));
    return size + more - 1;
}

static double exact_p(const struct comparing *c, size_t row, int64_t observed)
{
    double *sum = c->workspace, *next = sum + EXACT_MAX + 2, *part = next + EXACT_MAX + 2;
    double below = 0.0, above = 0.0;
    size_t size = 1;

    sum[0] = 1.0;
    for (size_t at = 0; at < c->strata->segment_count; at++) {
        struct segment segment = segment_of(c, row, at);
        if (segment.own > 0) {
            size = convolve(sum, size, &segment, next, part);
        }
    }
    for (size_t i = 0; i < size; i++) {
        below += (int64_t)i <= observed ? sum[i] : 0.0;
        above += (int64_t)i >= observed ? sum[i] : 0.0;
    }
    return fmin(1.0, 2.0 * fmin(below, above));
}

static double normal_p(double observed, double expected, double variance)
{
    double off = fmax(0.0, fabs(observed - expected) - 0.5);

    return variance > 0.0 ? 2.0 * cox_normal_cdf(-off / sqrt(variance)) : 1.0;
}

static enum cox_rc check_strata(const struct cox_score_strata *strata, struct cox_err *reterr)
{
    for (size_t at = 0; at < strata->row_count * strata->segment_count; at++) {
        if (strata->trials[at] < 0 || strata->trials[at] > INT64_C(1000000000)) {
            return cox_fail_at(reterr, COX_INVALID, "trials", (int64_t)at + 1,
                "cell %zu: trials are not negative", at + 1);
        }
        if (strata->successes[at] < 0 || strata->successes[at] > strata->trials[at]) {
            return cox_fail_at(reterr, COX_INVALID, "successes", (int64_t)at + 1,
                "cell %zu: more successes than trials", at + 1);
        }
    }
    return COX_OK;
}

static void compare_row(const struct comparing *c, size_t row, struct cox_score_ratio *ratio)
{
    size_t segments = c->strata->segment_count;
    double variance = 0.0;
    int64_t others = 0;

    *ratio = (struct cox_score_ratio){.ratio = NOTHING,
        .low = NOTHING,
        .high = NOTHING,
        .p_value = NOTHING};
    for (size_t at = 0; at < segments; at++) {
        struct segment s = segment_of(c, row, at);
        double all = (double)s.trials, own = (double)s.own, won = (double)s.successes;
        ratio->trials += s.own;
        ratio->observed += c->strata->successes[row * segments + at];
        ratio->expected += s.own > 0 ? own * won / all : 0.0;
        others += s.own > 0 ? s.trials - s.own : 0;
        variance += s.own > 0 && s.trials > 1
                        ? own * (all - own) * won * (all - won) / (all * all * (all - 1.0))
                        : 0.0;
    }
    if (ratio->expected > 0.0) {
        double won = (double)ratio->observed + 0.5;
        double lost = (double)(ratio->trials - ratio->observed) + 0.5;
        double rate = ratio->expected / (double)ratio->trials;
        ratio->ratio = (double)ratio->observed / ratio->expected;
        ratio->low = ratio->observed == 0 ? 0.0 : cox_beta_quantile(won, lost, 0.025) / rate;
        ratio->high =
            (ratio->observed == ratio->trials ? 1.0 : cox_beta_quantile(won, lost, 0.975)) / rate;
    }
    if (ratio->trials >= TRIALS_MIN && others >= TRIALS_MIN) {
        ratio->p_value = ratio->trials <= EXACT_MAX
                             ? exact_p(c, row, ratio->observed)
                             : normal_p((double)ratio->observed, ratio->expected, variance);
    }
}

enum cox_rc cox_score_compare(const struct cox_score_strata *strata,
    struct cox_score_ratio *ret_ratios, double *workspace, struct cox_err *reterr)
{
    struct comparing c = {strata, workspace, workspace + strata->segment_count,
        workspace + 2 * strata->segment_count};

    COX_TRY(check_strata(strata, reterr));
    add_up(&c);
    for (size_t row = 0; row < strata->row_count; row++) {
        compare_row(&c, row, &ret_ratios[row]);
    }
    return COX_OK;
}

size_t cox_score_holm(const double *p_value, size_t count, double *ret_adjusted, uint32_t *order,
    uint32_t *scratch, double *keys)
{
    size_t tests = 0;
    double least = 0.0; /* adjusted values rise with the plain ones */

    for (size_t i = 0; i < count; i++) {
        keys[i] = isnan(p_value[i]) ? 2.0 : p_value[i]; /* behind all others */
        tests += isnan(p_value[i]) ? 0 : 1;
        ret_adjusted[i] = NOTHING;
    }
    cox_order_doubles(keys, count, order, scratch);
    for (size_t rank = 0; rank < tests; rank++) {
        least = fmax(least, fmin(1.0, keys[order[rank]] * (double)(tests - rank)));
        ret_adjusted[order[rank]] = least;
    }
    return tests;
}
