/* leader/skill_estimate.c: where somebody stands in a skill, and how sure that is. */
#include "leader/skill_estimate.h"

#include <math.h>
#include <stdbool.h>

static bool is_first_of(const struct cox_skill_saying *sayings, size_t at)
{
    for (size_t i = 0; i < at; i++) {
        if (sayings[i].rater == sayings[at].rater) {
            return false;
        }
    }
    return true;
}

/* All that one rater says, as one source: its mean and the variance of its error. */
static void pool_rater(const struct cox_skill_saying *sayings, size_t count, int64_t rater,
    double *ret_level, double *ret_variance)
{
    double weights = 0, levels = 0, years = 0;
    bool is_self = false, is_test = false;

    for (size_t i = 0; i < count; i++) {
        const struct cox_skill_saying *one = &sayings[i];
        double weight =
            1 / (one->source == COX_SKILL_BY_SCENE ? COX_SKILL_SCENE : COX_SKILL_OCCASION);

        if (one->rater == rater) {
            weights += weight;
            levels += weight * one->level;
            years += weight * one->years;
            is_self |= one->source == COX_SKILL_BY_SELF;
            is_test |= one->source == COX_SKILL_BY_CERTIFICATE;
        }
    }
    *ret_level = levels / weights;
    *ret_variance = (is_self      ? COX_SKILL_SELF
                        : is_test ? COX_SKILL_TEST
                                  : COX_SKILL_RATER + 1 / weights) +
                    COX_SKILL_DRIFT * years / weights;
}

static double within(double level)
{
    return level < 1 ? 1 : level > 5 ? 5 : level;
}

void cox_skill_judge(const struct cox_skill_saying *sayings, size_t count,
    struct cox_skill_estimate *ret_estimate)
{
    struct cox_skill_estimate found = {.estimate = (double)NAN,
        .error = (double)NAN,
        .low = (double)NAN,
        .high = (double)NAN};
    double weights = 1 / COX_SKILL_SPREAD, levels = COX_SKILL_MEAN / COX_SKILL_SPREAD;

    for (size_t i = 0; i < count; i++) {
        double level, variance;

        found.count[sayings[i].source]++;
        if (!is_first_of(sayings, i)) {
            continue;
        }
        pool_rater(sayings, count, sayings[i].rater, &level, &variance);
        weights += 1 / variance;
        levels += level / variance;
        found.rater_count += sayings[i].source != COX_SKILL_BY_CERTIFICATE;
    }
    if (count > 0) {
        found.estimate = levels / weights;
        found.error = 1 / sqrt(weights);
        found.low = within(found.estimate - COX_SKILL_REACH * found.error);
        found.high = within(found.estimate + COX_SKILL_REACH * found.error);
    }
    *ret_estimate = found;
}

enum cox_skill_gap cox_skill_gap_of(const struct cox_skill_estimate *estimate, double level)
{
    if (isnan(estimate->estimate)) {
        return COX_SKILL_UNSEEN;
    }
    if (estimate->high < level) {
        return COX_SKILL_BELOW;
    }
    return estimate->low >= level ? COX_SKILL_REACHED : COX_SKILL_OPEN;
}
