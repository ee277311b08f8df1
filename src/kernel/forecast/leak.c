/* kernel/forecast/leak.c: history test and single-field test. */
#include "kernel/forecast/leak.h"

#include <math.h>

#include "kernel/stats/order.h"

enum { LEVELS = 256 };

const char *cox_leak_reason(enum cox_leak_verdict verdict)
{
    static const char *const reasons[COX_LEAK_VERDICT_COUNT] = {
        [COX_LEAK_NONE] = "used",
        [COX_LEAK_CONSTANT] = "has the same value on every deal",
        [COX_LEAK_SUSPECT] = "tells the outcome almost alone, so it is probably filled in from it",
        [COX_LEAK_CHANGED] =
            "was changed at or after the close of deals, so it may come from the outcome",
    };

    return reasons[verdict];
}

/* Wins and losses per level of the rows of one parity, twice: [parity][level]. */
struct tally {
    double won[2][LEVELS], lost[2][LEVELS];
};

/* Ranks levels by the other half's rate, then sums won-above-lost pairs. */
static double half_auc(const struct tally *t, size_t level_count, int half)
{
    size_t order[LEVELS];
    double rate[LEVELS], pairs = 0.0, lost_below = 0.0, won_all = 0.0;

    for (size_t l = 0; l < level_count; l++) {
        double w = t->won[1 - half][l], n = w + t->lost[1 - half][l];
        size_t at = l;
        rate[l] = (w + 1.0) / (n + 2.0);
        for (; at > 0 && rate[order[at - 1]] > rate[l]; at--) {
            order[at] = order[at - 1];
        }
        order[at] = l;
    }
    for (size_t k = 0; k < level_count;) {
        double won = 0.0, lost = 0.0, at = rate[order[k]];
        for (; k < level_count && rate[order[k]] == at; k++) {
            won += t->won[half][order[k]];
            lost += t->lost[half][order[k]];
        }
        pairs += won * (lost_below + 0.5 * lost);
        lost_below += lost;
        won_all += won;
    }
    return won_all > 0.0 && lost_below > 0.0 ? pairs / (won_all * lost_below) : 0.5;
}

struct cox_leak cox_leak_check(const unsigned char *code, size_t level_count,
    const unsigned char *won, size_t count, const int64_t *changed_us, const int64_t *closed_us)
{
    struct tally t = {0};
    struct cox_leak leak = {.auc = 0.5};
    size_t seen = 0;

    for (size_t i = 0; i < count; i++) {
        double *to = won[i] != 0 ? t.won[i % 2] : t.lost[i % 2];
        to[code[i]] += 1.0;
        leak.changed_count +=
            changed_us != NULL && changed_us[i] != INT64_MIN && changed_us[i] >= closed_us[i];
    }
    for (size_t l = 0; l < level_count; l++) {
        seen += t.won[0][l] + t.won[1][l] + t.lost[0][l] + t.lost[1][l] > 0.0;
    }
    leak.auc = fmax(0.5, 0.5 * (half_auc(&t, level_count, 0) + half_auc(&t, level_count, 1)));
    if (leak.changed_count * 50 > count) {
        leak.verdict = COX_LEAK_CHANGED;
    } else if (leak.auc > COX_LEAK_AUC) {
        leak.verdict = COX_LEAK_SUSPECT;
    } else if (seen <= 1) {
        leak.verdict = COX_LEAK_CONSTANT;
    }
    return leak;
}

double cox_auc(const double *score, const unsigned char *won, size_t count, uint32_t *scratch)
{
    uint32_t *order = scratch;
    double pairs = 0.0, lost_below = 0.0, won_all = 0.0;

    cox_order_doubles(score, count, order, scratch + count);
    for (size_t k = 0; k < count;) {
        double w = 0.0, l = 0.0, at = score[order[k]];
        for (; k < count && score[order[k]] == at; k++) {
            w += won[order[k]] != 0;
            l += won[order[k]] == 0;
        }
        pairs += w * (lost_below + 0.5 * l);
        lost_below += l;
        won_all += w;
    }
    return won_all > 0.0 && lost_below > 0.0 ? pairs / (won_all * lost_below) : (double)NAN;
}
