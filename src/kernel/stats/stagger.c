/* kernel/stats/stagger.c: group-time effects with not-yet-treated controls. */
#include "kernel/stats/stagger.h"

#include <math.h>
#include <string.h>

#include "base/real.h"
#include "kernel/stats/draw.h"
#include "kernel/stats/order.h"
#include "kernel/stats/special.h"

enum { TEAMS_MIN = 6, DRAWS = 1999 };

/* The panel with teams that started before the data left out, and starts that can be shuffled. */
struct table {
    size_t team_count, period_count;
    double *outcome;
    uint32_t *start; /* period_count: never */
};

struct space {
    struct table table;
    double *draws, *scratch;
};

static size_t draws_of(const struct cox_impact_opt *opt)
{
    return opt == NULL || opt->draw_count == 0 ? DRAWS : opt->draw_count;
}

size_t cox_stagger_workspace_size(const struct cox_stagger_panel *panel,
    const struct cox_impact_opt *opt)
{
    return sizeof(double) * (panel->team_count * panel->period_count + 2 * draws_of(opt)) +
           sizeof(uint32_t) * panel->team_count;
}

/* Sums over the cells of one or all ages. */
struct total {
    double weighted;
    size_t weight, cells, uncontrolled;
};

/* Treated minus control change from base to period for the group that starts at base + 1. */
static void add_cell(const struct table *table, size_t base, size_t period, struct total *total)
{
    double sum[2] = {0};
    size_t count[2] = {0};

    for (size_t i = 0; i < table->team_count; i++) {
        const double *outcome = table->outcome + i * table->period_count;
        bool starter = table->start[i] == base + 1;
        double change;

        if (!starter && table->start[i] <= period) {
            continue;
        }
        change = outcome[period] - outcome[base];
        if (!isnan(change)) {
            sum[starter] += change;
            count[starter]++;
        }
    }
    if (count[1] == 0) {
        return;
    }
    if (count[0] == 0) {
        total->uncontrolled++;
        return;
    }
    total->weighted += sum[1] - sum[0] / (double)count[0] * (double)count[1];
    total->weight += count[1];
    total->cells++;
}

static bool anybody_starts(const struct table *table, size_t period)
{
    for (size_t i = 0; i < table->team_count; i++) {
        if (table->start[i] == period) {
            return true;
        }
    }
    return false;
}

static struct total add_cells(const struct table *table)
{
    struct total total = {0};

    for (size_t start = 1; start < table->period_count; start++) {
        if (!anybody_starts(table, start)) {
            continue;
        }
        for (size_t period = start; period < table->period_count; period++) {
            add_cell(table, start - 1, period, &total);
        }
    }
    return total;
}

static double estimate_of(struct total total)
{
    return total.weight == 0 ? (double)NAN : total.weighted / (double)total.weight;
}

static void set_by_age(const struct table *table, double *ret_by_age)
{
    for (size_t age = 0; age < table->period_count; age++) {
        struct total total = {0};
        for (size_t start = 1; start + age < table->period_count; start++) {
            add_cell(table, start - 1, start + age, &total);
        }
        ret_by_age[age] = estimate_of(total);
    }
}

static enum cox_rc load(const struct cox_stagger_panel *panel, struct table *table,
    struct cox_stagger_effect *effect, struct cox_err *reterr)
{
    size_t first = panel->period_count;
    bool differ = false;

    for (size_t i = 0; i < panel->team_count; i++) {
        const double *outcome = panel->outcome + i * panel->period_count;
        bool never = panel->start[i] < 0 || (size_t)panel->start[i] >= panel->period_count;
        uint32_t start = never ? (uint32_t)panel->period_count : (uint32_t)panel->start[i];

        for (size_t j = 0; j < panel->period_count; j++) {
            if (fabs(outcome[j]) > COX_REAL_MAX) {
                return cox_fail_at(reterr, COX_INVALID, "outcome", (int64_t)i + 1,
                    "infinite, or beyond 1e75");
            }
        }
        if (start == 0) {
            effect->left_out++;
            continue;
        }
        memcpy(table->outcome + table->team_count * panel->period_count, outcome,
            panel->period_count * sizeof(*outcome));
        table->start[table->team_count++] = start;
        effect->started_count += !never;
        effect->never_count += never;
        differ = differ || (!never && first != panel->period_count && first != start);
        first = never ? first : start;
    }
    if (effect->started_count == 0) {
        return cox_fail_at(reterr, COX_INVALID, "start", 0, "nobody starts within the periods");
    }
    effect->descriptive_only = table->team_count < TEAMS_MIN ||
                               (!differ && (effect->never_count < 2 || effect->started_count < 2));
    return COX_OK;
}

/* |estimate| over shuffled starts, into draws; how many reach the observed one. */
static size_t shuffle_starts(struct space *space, uint64_t *state, size_t count, double observed)
{
    size_t beyond = 0;

    for (size_t i = 0; i < count; i++) {
        cox_draw_shuffle(state, space->table.start, space->table.team_count);
        double drawn = estimate_of(add_cells(&space->table));
        space->draws[i] = isnan(drawn) ? 0 : fabs(drawn);
        beyond += space->draws[i] >= observed;
    }
    return beyond;
}

/*
 * Takes the effect of its age off the treated periods, starts being still as observed; the mean effect where
 * that age had no control. An effect that grows would otherwise stay in the noise.
 */
static void take_off(struct table *table, double effect, const double *by_age)
{
    for (size_t i = 0; i < table->team_count; i++) {
        for (size_t j = table->start[i]; j < table->period_count; j++) {
            double aged = by_age[j - table->start[i]];
            table->outcome[i * table->period_count + j] -= isnan(aged) ? effect : aged;
        }
    }
}

/* In how many ways the starts could have been drawn; as a real, for there may be very many. */
static double orders_of(const struct table *table)
{
    double log_count = cox_log_gamma((double)table->team_count + 1);

    for (uint32_t start = 1; start <= table->period_count; start++) {
        double alike = 0;
        for (size_t i = 0; i < table->team_count; i++) {
            alike += table->start[i] == start;
        }
        log_count -= cox_log_gamma(alike + 1);
    }
    return exp(log_count);
}

static void restore_starts(const struct cox_stagger_panel *panel, struct table *table)
{
    size_t count = 0;

    for (size_t i = 0; i < panel->team_count; i++) {
        if (panel->start[i] != 0) {
            bool never = panel->start[i] < 0 || (size_t)panel->start[i] >= panel->period_count;
            table->start[count++] =
                never ? (uint32_t)panel->period_count : (uint32_t)panel->start[i];
        }
    }
}

static void infer(const struct cox_stagger_panel *panel, const struct cox_impact_opt *opt,
    struct space *space, const double *by_age, struct cox_stagger_effect *effect)
{
    size_t count = draws_of(opt), beyond;
    uint64_t state = opt == NULL ? 0 : opt->seed;
    double alpha = opt == NULL || opt->alpha == 0 ? 0.05 : opt->alpha, squares = 0, reach;

    beyond = shuffle_starts(space, &state, count, fabs(effect->estimate) * (1 - 1e-12));
    effect->p_permutation = ((double)beyond + 1) / ((double)count + 1);
    restore_starts(panel, &space->table);
    take_off(&space->table, effect->estimate, by_age);
    (void)shuffle_starts(space, &state, count, 0); /* only the draws are of interest */
    for (size_t i = 0; i < count; i++) {
        squares += space->draws[i] * space->draws[i];
    }
    cox_sort_doubles(space->draws, count, space->scratch);
    reach = cox_sorted_quantile(space->draws, count, 1 - alpha);
    effect->error = sqrt(squares / (double)count);
    if (orders_of(&space->table) * alpha < 1 - 1e-9) {
        reach = (double)INFINITY; /* even the rarest order is not rare enough */
    }
    effect->low = effect->estimate - reach;
    effect->high = effect->estimate + reach;
}

enum cox_rc cox_stagger_estimate(const struct cox_stagger_panel *panel,
    const struct cox_impact_opt *opt, struct cox_stagger_effect *ret_effect, double *ret_by_age,
    void *workspace, struct cox_err *reterr)
{
    struct cox_stagger_effect effect = {0};
    struct space space = {.table = {.period_count = panel->period_count, .outcome = workspace}};
    struct total total;

    space.draws = space.table.outcome + panel->team_count * panel->period_count;
    space.scratch = space.draws + draws_of(opt);
    space.table.start = (uint32_t *)(void *)(space.scratch + draws_of(opt));
    COX_TRY(load(panel, &space.table, &effect, reterr));
    total = add_cells(&space.table);
    if (total.weight == 0) {
        return cox_fail_at(reterr, COX_INVALID, "start", 0,
            "no period in which some teams have started and others have not");
    }
    effect.estimate = estimate_of(total);
    effect.cell_count = total.cells;
    effect.uncontrolled = total.uncontrolled;
    set_by_age(&space.table, ret_by_age);
    infer(panel, opt, &space, ret_by_age, &effect);
    *ret_effect = effect;
    return COX_OK;
}
