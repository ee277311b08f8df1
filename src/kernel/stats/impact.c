/* kernel/stats/impact.c: difference in differences, ANCOVA and event study over teams. */
#include "kernel/stats/impact.h"

#include <math.h>
#include <string.h>

#include "base/real.h"
#include "kernel/stats/draw.h"
#include "kernel/stats/matrix.h"
#include "kernel/stats/special.h"

enum { TEAMS_MIN = 6, SIDE_MIN = 2, PERIODS_MIN = 3, TERMS = 4 };

/* What is known of a team, teams without both sides left out. */
struct team {
    double before, last, after;
    bool treated;
};

struct workspace {
    struct team *teams;
    double *change;
    uint32_t *places;
};

size_t cox_impact_workspace_size(size_t team_count)
{
    return team_count * (sizeof(struct team) + sizeof(double) + sizeof(uint32_t));
}

static struct workspace lay_out(void *bytes, size_t team_count)
{
    struct workspace workspace = {.teams = bytes};

    workspace.change = (double *)(void *)(workspace.teams + team_count);
    workspace.places = (uint32_t *)(void *)(workspace.change + team_count);
    return workspace;
}

static struct cox_impact_opt with_defaults(const struct cox_impact_opt *opt)
{
    struct cox_impact_opt full = {0};

    if (opt != NULL) {
        full = *opt;
    }
    full.alpha = full.alpha == 0 ? 0.05 : full.alpha;
    full.exact_max = full.exact_max == 0 ? 100000 : full.exact_max;
    full.draw_count = full.draw_count == 0 ? 9999 : full.draw_count;
    return full;
}

double cox_student_reach(double df, double alpha)
{
    double x = cox_beta_quantile(df / 2, 0.5, alpha), t = sqrt(df * (1 - x) / x);
    double log_norm = cox_log_gamma((df + 1) / 2) - cox_log_gamma(df / 2) - 0.5 * log(df * M_PI);

    /* One step of Newton: the quantile of the beta is good to 1e-12 of its own, not of t. */
    double density = exp(log_norm - (df + 1) / 2 * log1p(t * t / df));
    return t + (2 * cox_student_cdf(df, -t) - alpha) / (2 * density);
}

/* Mean of the observed values from..to-1; NaN when there is none. */
static double mean_of(const double *value, size_t from, size_t to)
{
    double sum = 0;
    size_t count = 0;

    for (size_t i = from; i < to; i++) {
        if (!isnan(value[i])) {
            sum += value[i];
            count++;
        }
    }
    return count == 0 ? (double)NAN : sum / (double)count;
}

static double last_of(const double *value, size_t end)
{
    while (end > 0 && isnan(value[end - 1])) {
        end--;
    }
    return end == 0 ? (double)NAN : value[end - 1];
}

static enum cox_rc check_panel(const struct cox_impact_panel *panel,
    const struct cox_impact_opt *opt, struct cox_err *reterr)
{
    if (panel->start == 0 || panel->start >= panel->period_count) {
        return cox_fail_at(reterr, COX_INVALID, "start", 0, "no period before or after the start");
    }
    if (!(opt->alpha > 0 && opt->alpha < 1)) {
        return cox_fail_at(reterr, COX_INVALID, "alpha", 0, "outside (0, 1)");
    }
    for (size_t i = 0; i < panel->team_count * panel->period_count; i++) {
        if (fabs(panel->outcome[i]) > COX_REAL_MAX) {
            return cox_fail_at(reterr, COX_INVALID, "outcome",
                (int64_t)(i / panel->period_count) + 1, "infinite, or beyond 1e75");
        }
    }
    return COX_OK;
}

static enum cox_rc collapse(const struct cox_impact_panel *panel, struct team *teams,
    struct cox_impact_effect *effect, struct cox_err *reterr)
{
    size_t count = 0;

    for (size_t i = 0; i < panel->team_count; i++) {
        const double *outcome = panel->outcome + i * panel->period_count;
        struct team team = {
            .before = mean_of(outcome, 0, panel->start),
            .last = last_of(outcome, panel->start),
            .after = mean_of(outcome, panel->start, panel->period_count),
            .treated = panel->treated[i],
        };
        if (isnan(team.before) || isnan(team.after)) {
            effect->left_out++;
            continue;
        }
        teams[count++] = team;
        effect->treated_count += team.treated;
        effect->control_count += !team.treated;
    }
    if (effect->treated_count == 0 || effect->control_count == 0) {
        return cox_fail_at(reterr, COX_INVALID, "treated", 0,
            "there must be treated and untreated teams, observed before and after the start");
    }
    effect->descriptive_only = count < TEAMS_MIN || effect->treated_count < SIDE_MIN ||
                               effect->control_count < SIDE_MIN || panel->start < PERIODS_MIN ||
                               panel->period_count - panel->start < PERIODS_MIN;
    effect->p_permutation = (double)NAN;
    return COX_OK;
}

/* Interval and p from estimate, error and df. No degrees of freedom: nothing is known. */
static void infer(struct cox_impact_effect *effect, double alpha)
{
    if (effect->df == 0) {
        effect->error = (double)INFINITY;
        effect->low = -(double)INFINITY;
        effect->high = (double)INFINITY;
        effect->p_value = 1;
        return;
    }
    double df = (double)effect->df, reach = cox_student_reach(df, alpha) * effect->error;

    effect->low = effect->estimate - reach;
    effect->high = effect->estimate + reach;
    if (effect->error > 0) {
        effect->p_value = 2 * cox_student_cdf(df, -fabs(effect->estimate / effect->error));
    } else {
        effect->p_value = effect->estimate == 0 ? 1 : 0;
    }
}

/* Difference of means of change between treated and control, pooled variance. */
static void compare(const struct team *teams, const double *change, size_t count,
    struct cox_impact_effect *effect)
{
    double sum[2] = {0}, squares = 0, mean[2];
    double n_treated = (double)effect->treated_count, n_control = (double)effect->control_count;

    for (size_t i = 0; i < count; i++) {
        sum[teams[i].treated] += change[i];
    }
    mean[0] = sum[0] / n_control;
    mean[1] = sum[1] / n_treated;
    for (size_t i = 0; i < count; i++) {
        double residual = change[i] - mean[teams[i].treated];
        squares += residual * residual;
    }
    effect->estimate = mean[1] - mean[0];
    effect->df = count - 2;
    effect->error =
        effect->df == 0 ? 0 : sqrt(squares / (double)effect->df * (1 / n_treated + 1 / n_control));
}

/* Number of ways to choose k of n, or limit + 1 when there are more. */
static size_t choices(size_t n, size_t k, size_t limit)
{
    double ways = 1;

    k = k < n - k ? k : n - k;
    for (size_t i = 0; i < k && ways <= (double)limit; i++) {
        ways = ways * (double)(n - i) / (double)(i + 1);
    }
    return ways > (double)limit ? limit + 1 : (size_t)(ways + 0.5);
}

/* Moves to the next choice of k out of n places in lexical order; false after the last. */
static bool next_choice(uint32_t *places, size_t k, size_t n)
{
    size_t i = k;

    while (i > 0 && places[i - 1] == n - k + i - 1) {
        i--;
    }
    if (i == 0) {
        return false;
    }
    places[i - 1]++;
    for (; i < k; i++) {
        places[i] = places[i - 1] + 1;
    }
    return true;
}

static double gap_of(const double *change, const uint32_t *places, size_t k, double expected)
{
    double sum = 0;

    for (size_t i = 0; i < k; i++) {
        sum += change[places[i]];
    }
    return fabs(sum - expected);
}

/*
 * Share of assignments whose difference is at least as large. The sum over the treated says as much
 * as the difference of means, so only that is computed.
 */
static void permute(const struct workspace *workspace, size_t count,
    const struct cox_impact_opt *opt, struct cox_impact_effect *effect)
{
    size_t k = effect->treated_count, ways = choices(count, k, opt->exact_max), beyond = 0, of = 0;
    double total = 0, treated = 0, scale = 0, expected, observed;
    uint64_t state = opt->seed;

    for (size_t i = 0; i < count; i++) {
        total += workspace->change[i];
        scale += fabs(workspace->change[i]);
        treated += workspace->teams[i].treated ? workspace->change[i] : 0;
        workspace->places[i] = (uint32_t)i;
    }
    expected = total * (double)k / (double)count;
    observed = fabs(treated - expected) - 1e-12 * scale; /* ties count, whatever the rounding */
    effect->exact = ways <= opt->exact_max;
    if (effect->exact) {
        do {
            beyond += gap_of(workspace->change, workspace->places, k, expected) >= observed;
            of++;
        } while (next_choice(workspace->places, k, count));
    } else {
        for (beyond = of = 1; of <= opt->draw_count; of++) { /* the one that happened counts */
            cox_draw_shuffle(&state, workspace->places, count);
            beyond += gap_of(workspace->change, workspace->places, k, expected) >= observed;
        }
    }
    effect->p_permutation = (double)beyond / (double)of;
}

enum cox_rc cox_impact_did(const struct cox_impact_panel *panel, const struct cox_impact_opt *opt,
    struct cox_impact_effect *ret_effect, void *bytes, struct cox_err *reterr)
{
    struct cox_impact_opt full = with_defaults(opt);
    struct workspace workspace = lay_out(bytes, panel->team_count);
    struct cox_impact_effect effect = {0};
    size_t count;

    COX_TRY(check_panel(panel, &full, reterr));
    COX_TRY(collapse(panel, workspace.teams, &effect, reterr));
    count = effect.treated_count + effect.control_count;
    for (size_t i = 0; i < count; i++) {
        workspace.change[i] = workspace.teams[i].after - workspace.teams[i].before;
    }
    compare(workspace.teams, workspace.change, count, &effect);
    infer(&effect, full.alpha);
    permute(&workspace, count, &full, &effect);
    *ret_effect = effect;
    return COX_OK;
}

/* Terms of the regression: 1, treated, and (centred) mean before, last before. */
static void terms_of(const struct team *team, double before_mean, double last_mean,
    double ret_terms[static TERMS])
{
    ret_terms[0] = 1;
    ret_terms[1] = team->treated;
    ret_terms[2] = team->before - before_mean;
    ret_terms[3] = team->last - last_mean;
}

/* Least squares with the first count terms; false when they are collinear. */
static bool regress(const struct team *teams, size_t team_count, size_t count,
    struct cox_impact_effect *effect)
{
    double factor[TERMS * TERMS] = {0}, beta[TERMS] = {0}, unit[TERMS] = {0}, terms[TERMS];
    double before = 0, last = 0, squares = 0, largest = 0;

    for (size_t i = 0; i < team_count; i++) {
        before += teams[i].before / (double)team_count;
        last += teams[i].last / (double)team_count;
    }
    for (size_t i = 0; i < team_count; i++) {
        terms_of(&teams[i], before, last, terms);
        for (size_t j = 0; j < count; j++) {
            beta[j] += terms[j] * teams[i].after;
            for (size_t k = 0; k < count; k++) {
                factor[j * count + k] += terms[j] * terms[k];
            }
        }
    }
    for (size_t j = 2; j < count; j++) {
        largest = fmax(largest, factor[j * count + j]);
    }
    if (!cox_cholesky(factor, count)) {
        return false;
    }
    for (size_t j = 2; j < count; j++) {
        double pivot = factor[j * count + j];
        if (pivot * pivot <= 1e-10 * largest) {
            return false; /* what is left of the term is rounding */
        }
    }
    cox_cholesky_solve(factor, count, beta);
    unit[1] = 1;
    cox_cholesky_solve(factor, count, unit); /* its place 1: variance of the effect / sigma^2 */
    for (size_t i = 0; i < team_count; i++) {
        double residual = teams[i].after;
        terms_of(&teams[i], before, last, terms);
        for (size_t j = 0; j < count; j++) {
            residual -= beta[j] * terms[j];
        }
        squares += residual * residual;
    }
    effect->estimate = beta[1];
    effect->df = team_count - count;
    effect->error = sqrt(squares / (double)effect->df * unit[1]);
    return true;
}

enum cox_rc cox_impact_ancova(const struct cox_impact_panel *panel,
    const struct cox_impact_opt *opt, struct cox_impact_effect *ret_effect, void *bytes,
    struct cox_err *reterr)
{
    struct cox_impact_opt full = with_defaults(opt);
    struct workspace workspace = lay_out(bytes, panel->team_count);
    struct cox_impact_effect effect = {0};
    size_t team_count, count = TERMS;

    COX_TRY(check_panel(panel, &full, reterr));
    COX_TRY(collapse(panel, workspace.teams, &effect, reterr));
    team_count = effect.treated_count + effect.control_count;
    for (; count >= 2; count--) {
        if (team_count > count && regress(workspace.teams, team_count, count, &effect)) {
            break;
        }
    }
    if (count < 2) {
        return cox_fail_at(reterr, COX_INVALID, "outcome", 0, "too few teams for an adjustment");
    }
    infer(&effect, full.alpha);
    *ret_effect = effect;
    return COX_OK;
}

static void compare_period(const struct cox_impact_panel *panel, size_t period, double alpha,
    const struct workspace *workspace, struct cox_impact_effect *ret_effect)
{
    size_t base = panel->start - 1, count = 0;
    struct cox_impact_effect effect = {.p_permutation = (double)NAN};

    for (size_t i = 0; i < panel->team_count; i++) {
        const double *outcome = panel->outcome + i * panel->period_count;
        double change = outcome[period] - outcome[base];
        if (isnan(change)) {
            effect.left_out++;
            continue;
        }
        workspace->teams[count].treated = panel->treated[i];
        workspace->change[count++] = change;
        effect.treated_count += panel->treated[i];
        effect.control_count += !panel->treated[i];
    }
    if (effect.treated_count == 0 || effect.control_count == 0) {
        effect.estimate = effect.error = effect.low = effect.high = effect.p_value = (double)NAN;
    } else {
        compare(workspace->teams, workspace->change, count, &effect);
        infer(&effect, alpha);
    }
    effect.descriptive_only =
        count < TEAMS_MIN || effect.treated_count < SIDE_MIN || effect.control_count < SIDE_MIN;
    *ret_effect = effect;
}

enum cox_rc cox_impact_event_study(const struct cox_impact_panel *panel,
    const struct cox_impact_opt *opt, struct cox_impact_effect *ret_effect, void *bytes,
    struct cox_err *reterr)
{
    struct cox_impact_opt full = with_defaults(opt);
    struct workspace workspace = lay_out(bytes, panel->team_count);
    size_t treated = 0;

    COX_TRY(check_panel(panel, &full, reterr));
    for (size_t i = 0; i < panel->team_count; i++) {
        treated += panel->treated[i];
    }
    if (treated == 0 || treated == panel->team_count) {
        return cox_fail_at(reterr, COX_INVALID, "treated", 0,
            "there must be treated and untreated teams");
    }
    for (size_t period = 0; period < panel->period_count; period++) {
        compare_period(panel, period, full.alpha, &workspace, &ret_effect[period]);
    }
    return COX_OK;
}
