/*
 * kernel/forecast/period_enum.c: all outcomes of a few deals, in two halves: sums of each half in
 * order, so that P(S <= x) is one walk over both. Given z only the weights change, never the sums.
 */
#include <string.h>

#include "kernel/forecast/period_engine.h"
#include "kernel/stats/special.h"

enum { HALF_MAX = PERIOD_ENUM_MAX / 2, ATOM_MAX = 1 << HALF_MAX };

/* work: sums of both halves; masks of both (as doubles); scratch. table: weights per node. */
static double *sums(const struct period_engine *e, int half)
{
    return e->work + half * ATOM_MAX;
}

static double *masks(const struct period_engine *e, int half)
{
    return e->work + (2 + half) * ATOM_MAX;
}

static double *weights(const struct period_engine *e, int half, size_t node)
{
    return e->table + ((size_t)half * e->node_count + node) * ATOM_MAX;
}

static double *scratch(const struct period_engine *e)
{
    return e->work + 4 * ATOM_MAX;
}

/* Apart deals come first, then the rest. */
static double deal_amount(const struct period_engine *e, size_t i)
{
    return i < e->apart_count ? e->apart_amount[i] : e->amount[i - e->apart_count];
}

static double deal_prob(const struct period_engine *e, size_t i)
{
    return i < e->apart_count ? e->apart_prob[i] : e->prob[i - e->apart_count];
}

/* The ordered list L becomes the merge of L and L + amount; done in place from a copy. */
static size_t add_deal(double *sum, double *mask, size_t count, double amount, double bit,
    double *scratch)
{
    double *old_sum = scratch, *old_mask = scratch + ATOM_MAX;
    size_t a = 0, b = 0;

    memcpy(old_sum, sum, count * sizeof(double));
    memcpy(old_mask, mask, count * sizeof(double));
    for (size_t i = 0; i < 2 * count; i++) {
        if (a < count && (b == count || old_sum[a] <= old_sum[b] + amount)) {
            sum[i] = old_sum[a];
            mask[i] = old_mask[a++];
        } else {
            sum[i] = old_sum[b] + amount;
            mask[i] = old_mask[b++] + bit;
        }
    }
    return 2 * count;
}

void period_enum_build(struct period_engine *e)
{
    size_t total = e->apart_count + e->count, start = 0;

    e->method = COX_PERIOD_ENUMERATED;
    e->half_count[0] = total / 2;
    e->half_count[1] = total - total / 2;
    period_set_nodes(e, 0.25);
    for (int half = 0; half < 2; half++) {
        double *sum = sums(e, half), *mask = masks(e, half), bit = 1.0;
        size_t count = 1;
        sum[0] = mask[0] = 0.0;
        for (size_t i = 0; i < e->half_count[half]; i++, bit *= 2.0) {
            count = add_deal(sum, mask, count, deal_amount(e, start + i), bit, scratch(e));
        }
        e->atom_count[half] = count;
        start += e->half_count[half];
    }
    e->low = 0.0;
    e->high = e->total;
}

/* Weight of every outcome by its mask: doubling, one deal at a time. */
static void weigh(const double *prob, size_t deal_count, double *by_mask)
{
    by_mask[0] = 1.0;
    for (size_t i = 0; i < deal_count; i++) {
        size_t size = (size_t)1 << i;
        for (size_t m = 0; m < size; m++) {
            by_mask[size + m] = by_mask[m] * prob[i];
            by_mask[m] *= 1.0 - prob[i];
        }
    }
}

void period_enum_assemble(struct period_engine *e, struct period_force force)
{
    double *by_mask = scratch(e), prob[HALF_MAX];
    size_t start = 0;

    for (int half = 0; half < 2; half++) {
        for (size_t node = 0; node < e->node_count; node++) {
            double *weight = weights(e, half, node), sum = 0.0;
            for (size_t i = 0; i < e->half_count[half]; i++) {
                double q = cox_normal_quantile(deal_prob(e, start + i));
                prob[i] = (int)(start + i) == force.index ? 0.0
                          : e->rho > 0.0                  ? period_prob_given(e, q, e->node[node])
                                                          : deal_prob(e, start + i);
            }
            weigh(prob, e->half_count[half], by_mask);
            for (size_t a = 0; a < e->atom_count[half]; a++) {
                double w = by_mask[(size_t)masks(e, half)[a]];
                sum += w;
                weight[a] = half == 0 ? w : sum; /* the second half is needed cumulated */
            }
        }
        start += e->half_count[half];
    }
}

double period_enum_cdf(const struct period_engine *e, double x)
{
    const double *first = sums(e, 0), *second = sums(e, 1);
    double total = 0.0;
    size_t below = e->atom_count[1];

    for (size_t a = 0; a < e->atom_count[0]; a++) {
        while (below > 0 && first[a] + second[below - 1] > x) {
            below--;
        }
        for (size_t node = 0; below > 0 && node < e->node_count; node++) {
            total += e->node_weight[node] * weights(e, 0, node)[a] * weights(e, 1, node)[below - 1];
        }
    }
    return total;
}
