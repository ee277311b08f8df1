/* manager/standing.c: places from figures. */
#include "manager/standing.h"

#include <math.h>
#include <stdlib.h>

#include "base/arena.h"
#include "kernel/stats/impact.h"
#include "record/entity.h"

static const double reach = 1.2815515655446004; /* 80 % of a normal lies within */

/* ---- what is compared ---- */

static bool has_base(const struct cox_standing_line *line, const struct cox_standing_opt *opt)
{
    int64_t least = opt->base_min > 1 ? opt->base_min : 1;

    return !isnan(line->value) && line->base >= least &&
           (opt->rule != COX_CONTEST_IMPROVED || (!isnan(line->past) && line->past_base >= least));
}

static bool passes(const struct cox_standing_line *line, const struct cox_standing_opt *opt)
{
    return opt->low_is_best ? line->value <= opt->target : line->value >= opt->target;
}

/* Larger is better, whatever the measure; NaN: not ranked. */
static double score_of(const struct cox_standing_line *line, const struct cox_standing_opt *opt)
{
    double sign = opt->low_is_best ? -1 : 1;

    if (!has_base(line, opt)) {
        return (double)NAN;
    }
    switch (opt->rule) {
    case COX_CONTEST_MOST:
        return sign * line->value;
    case COX_CONTEST_FIRST:
        return line->reached_day == COX_NULL ? (double)NAN : -(double)line->reached_day;
    case COX_CONTEST_IMPROVED:
        return opt->is_share    ? sign * (line->value - line->past)
               : line->past > 0 ? sign * (line->value - line->past) / line->past
                                : (double)NAN;
    case COX_CONTEST_ALL:
        return passes(line, opt) ? 1 : (double)NAN;
    }
    return (double)NAN;
}

/* ---- rates ---- */

struct rates {
    size_t *at; /* positions of the lines that are ranked */
    double *rate, *error, *effect, *pooled_error, *low, *high, *best;
    size_t count;
};

static enum cox_rc open_rates(size_t count, struct cox_arena *arena, struct rates *rates,
    struct cox_err *reterr)
{
    double *all = COX_NEW_ARRAY(arena, 7 * count + 1, double);

    rates->at = COX_NEW_ARRAY(arena, count + 1, size_t);
    if (all == NULL || rates->at == NULL) {
        return cox_no_memory(reterr);
    }
    rates->rate = all;
    rates->error = all + count;
    rates->effect = all + 2 * count;
    rates->pooled_error = all + 3 * count;
    rates->low = all + 4 * count;
    rates->high = all + 5 * count;
    rates->best = all + 6 * count;
    return COX_OK;
}

/* A rate of none or all of few would have no error: one success and one failure more, for the error alone. */
static void note_rate(struct rates *rates, size_t at, const struct cox_standing_line *line)
{
    double n = (double)line->trials, careful = ((double)line->events + 1) / (n + 2);

    rates->at[rates->count] = at;
    rates->rate[rates->count] = (double)line->events / n;
    rates->error[rates->count] = sqrt(careful * (1 - careful) / n);
    rates->count++;
}

/* Scores and intervals of rates; scores stay comparable with those of the same list only. */
static enum cox_rc pool(struct cox_standing_line *lines, size_t count, double sign,
    struct rates *rates, struct cox_err *reterr)
{
    const struct cox_impact_opt opt = {.alpha = 0.2, .draw_count = 1};
    struct cox_impact_pool pooled = {.effect = rates->effect,
        .error = rates->pooled_error,
        .low = rates->low,
        .high = rates->high,
        .best_prob = rates->best};

    for (size_t i = 0; i < count; i++) {
        if (!isnan(lines[i].score)) {
            note_rate(rates, i, &lines[i]);
        }
    }
    if (rates->count >= 3) {
        COX_TRY(cox_impact_shrink(rates->rate, rates->error, rates->count, &opt, &pooled, reterr));
    }
    for (size_t i = 0; i < rates->count; i++) {
        struct cox_standing_line *line = &lines[rates->at[i]];

        if (rates->count < 3) {
            rates->effect[i] = rates->rate[i];
            rates->pooled_error[i] = rates->error[i];
            rates->low[i] = rates->rate[i] - reach * rates->error[i];
            rates->high[i] = rates->rate[i] + reach * rates->error[i];
        }
        line->score = sign * rates->effect[i];
        line->error = rates->pooled_error[i];
        line->low = fmax(rates->low[i], 0);
        line->high = fmin(rates->high[i], 1);
    }
    return COX_OK;
}

static bool is_within_noise(const struct cox_standing_line *first,
    const struct cox_standing_line *line)
{
    return first->score - line->score <
           reach * sqrt(first->error * first->error + line->error * line->error);
}

/* ---- order ---- */

/* 0 where the figures and the rule leave them equal. */
static int compare_tied(const struct cox_standing_line *x, const struct cox_standing_line *y,
    enum cox_contest_tie tie)
{
    if (tie == COX_TIE_EARLIER && x->last_day != y->last_day) {
        return x->last_day < y->last_day ? -1 : 1;
    }
    if (tie == COX_TIE_BASE && x->base != y->base) {
        return x->base > y->base ? -1 : 1;
    }
    return 0;
}

/* NaN last; then the better one, the tie rule, the id. qsort hands no context: one function a rule. */
static int compare(const void *a, const void *b, enum cox_contest_tie tie)
{
    const struct cox_standing_line *x = a, *y = b;
    int by_rule;

    if (isnan(x->score) != isnan(y->score)) {
        return isnan(x->score) ? 1 : -1;
    }
    if (!isnan(x->score) && x->score != y->score) {
        return x->score > y->score ? -1 : 1;
    }
    by_rule = isnan(x->score) ? 0 : compare_tied(x, y, tie);
    return by_rule != 0 ? by_rule : (x->id > y->id) - (x->id < y->id);
}

static int compare_shared(const void *a, const void *b)
{
    return compare(a, b, COX_TIE_SHARED);
}

static int compare_earlier(const void *a, const void *b)
{
    return compare(a, b, COX_TIE_EARLIER);
}

static int compare_base(const void *a, const void *b)
{
    return compare(a, b, COX_TIE_BASE);
}

static void sort(struct cox_standing_line *lines, size_t count, enum cox_contest_tie tie)
{
    static int (*const by_tie[])(const void *, const void *) = {compare_shared, compare_earlier,
        compare_base};

    if (count > 1) {
        qsort(lines, count, sizeof(*lines), by_tie[tie]);
    }
}

/* Lines are sorted; a group's first line decides who still belongs to it. */
static void place_all(struct cox_standing_line *lines, size_t count,
    const struct cox_standing_opt *opt, bool has_noise)
{
    size_t first = 0;

    for (size_t i = 0; i < count && !isnan(lines[i].score); i++) {
        bool is_same =
            i > 0 && (has_noise ? is_within_noise(&lines[first], &lines[i])
                                : lines[first].score == lines[i].score &&
                                      compare_tied(&lines[first], &lines[i], opt->tie) == 0);
        first = is_same ? first : i;
        lines[i].place = (int64_t)first + 1;
        if (is_same) {
            lines[first].is_tied = lines[i].is_tied = true;
        }
    }
    for (size_t i = 0; i < count; i++) {
        lines[i].is_winner =
            lines[i].place == 1 && (opt->rule != COX_CONTEST_IMPROVED || lines[i].score > 0);
    }
}

enum cox_rc cox_standing_rank(struct cox_standing_line *lines, size_t count,
    const struct cox_standing_opt *opt, struct cox_arena *arena, struct cox_err *reterr)
{
    bool has_noise = opt->rule == COX_CONTEST_MOST && count > 0;
    struct rates rates = {0};

    for (size_t i = 0; i < count; i++) {
        struct cox_standing_line *line = &lines[i];

        line->place = 0;
        line->is_tied = line->is_winner = false;
        line->low = line->high = line->error = (double)NAN;
        line->score = score_of(line, opt);
        has_noise = has_noise && line->trials >= 0;
    }
    if (has_noise) {
        COX_TRY(open_rates(count, arena, &rates, reterr));
        COX_TRY(pool(lines, count, opt->low_is_best ? -1 : 1, &rates, reterr));
    }
    sort(lines, count, opt->tie);
    place_all(lines, count, opt, has_noise);
    return COX_OK;
}
