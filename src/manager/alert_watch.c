/* manager/alert_watch.c: the budget, the CUSUMs, and the size of what moved. */
#include "manager/alert_watch.h"

#include "kernel/stats/budget.h"

static const double ratio_falls = 0.6, ratio_rises = 1.6, z90 = 1.6448536269514722;

/* ---- size ---- */

void cox_alert_interval(double observed, double expected, double trials, double variance_ratio,
    double *ret_low, double *ret_high)
{
    double inflated = variance_ratio > 1 ? variance_ratio : 1, z = z90 * sqrt(inflated);

    if (trials > 0) {
        double p = observed / trials, z2 = z * z / trials;
        double middle = (p + z2 / 2) / (1 + z2);
        double half = z / (1 + z2) * sqrt(p * (1 - p) / trials + z2 / (4 * trials));
        *ret_low = fmax(middle - half, 0) * trials / expected;
        *ret_high = (middle + half) * trials / expected;
        return;
    }
    double low = 1 - 1 / (9 * observed) - z / (3 * sqrt(observed));
    double high = 1 - 1 / (9 * (observed + 1)) + z / (3 * sqrt(observed + 1));
    *ret_low = observed > 0 ? fmax(observed * low * low * low, 0) / expected : 0;
    *ret_high = (observed + 1) * high * high * high / expected;
}

/* ---- looking ---- */

static struct cox_watch_series slice(const struct cox_alert_watched *w)
{
    const struct cox_alert_series *s = w->series;

    return (struct cox_watch_series){.week_count = COX_ALERT_WEEKS - w->from,
        .attempts = s->attempts == NULL ? NULL : s->attempts + w->from,
        .events = s->events + w->from,
        .expected = s->expected + w->from,
        .dispersion = s->dispersion};
}

static enum cox_rc read_one(struct cox_alert_watched *w, double ratio, double limit,
    struct cox_err *reterr)
{
    struct cox_watch_series series = slice(w);
    const struct cox_watch_opt opt = {.method = COX_WATCH_CUSUM, .ratio = ratio, .limit = limit};

    return cox_watch_read(&series, &opt, &w->reading, reterr);
}

/* The id seeds the draws: the same figure has the same limit whoever looks, and whenever. */
static enum cox_rc find_limit(struct cox_alert_watched *w, double ratio, double budget,
    void *workspace, struct cox_err *reterr)
{
    const struct cox_alert_series *s = w->series;
    const struct cox_budget_series healthy = {.trials = s->trials,
        .mean = s->mean,
        .known = s->known,
        .dispersion = s->dispersion,
        .ratio = ratio};
    const struct cox_budget_opt opt = {.weeks = COX_ALERT_QUARTER_WEEKS,
        .budget = budget,
        .seed = (uint64_t)s->id};

    return cox_budget_limit(&healthy, &opt, workspace, &w->limit, reterr);
}

/* The others of the same rule stand for the team when it is asked why. */
static enum cox_rc explain(struct cox_alert_watched *watched, size_t count, size_t which,
    struct cox_arena *arena, struct cox_err *reterr)
{
    struct cox_watch_series *series = COX_NEW_ARRAY(arena, count, struct cox_watch_series);
    struct cox_watch_reading *readings = COX_NEW_ARRAY(arena, count, struct cox_watch_reading);
    size_t found = 0, own = 0;

    if (series == NULL || readings == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < count; i++) {
        struct cox_alert_watched same = watched[i];

        if (watched[i].rule != watched[which].rule || watched[i].series->first == COX_ALERT_WEEKS) {
            continue;
        }
        own = i == which ? found : own;
        same.from = watched[which].from; /* all series have the same weeks */
        series[found] = slice(&same);
        readings[found++] = watched[i].reading;
    }
    watched[which].cause = cox_watch_explain(series, readings, found, own).cause;
    return COX_OK;
}

enum cox_rc cox_alert_look(struct cox_alert_watched *watched, size_t count, const bool *is_rise,
    double budget, struct cox_arena *arena, struct cox_err *reterr)
{
    const struct cox_budget_opt opt = {.weeks = COX_ALERT_QUARTER_WEEKS};
    void *workspace = cox_arena_alloc(arena, cox_budget_workspace_size(&opt));
    size_t speaking = 0;
    double share;

    if (workspace == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < count; i++) { /* who says anything at all takes a share */
        watched[i].is_quiet = watched[i].series->first == COX_ALERT_WEEKS;
        if (!watched[i].is_quiet) {
            COX_TRY(read_one(&watched[i], ratio_falls, 0, reterr));
            watched[i].is_quiet = watched[i].reading.silent;
        }
        speaking += !watched[i].is_quiet;
    }
    share = speaking == 0 ? 0 : fmin(budget / (double)speaking, COX_ALERT_SHARE_MAX);
    for (size_t i = 0; i < count; i++) {
        double ratio = is_rise[watched[i].rule] ? ratio_rises : ratio_falls;

        watched[i].cause = COX_WATCH_NO_CAUSE;
        watched[i].reading.alarm = false;
        if (!watched[i].is_quiet) {
            COX_TRY(find_limit(&watched[i], ratio, share, workspace, reterr));
            COX_TRY(read_one(&watched[i], ratio, watched[i].limit, reterr));
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (watched[i].reading.alarm && !is_rise[watched[i].rule]) {
            COX_TRY(explain(watched, count, i, arena, reterr));
        }
    }
    return COX_OK;
}
