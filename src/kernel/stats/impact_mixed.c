/* kernel/stats/impact_mixed.c: team intercepts and AR(1) noise by restricted likelihood. */
#include "kernel/stats/impact_mixed.h"

#include <math.h>
#include <string.h>

#include "base/real.h"
#include "kernel/stats/matrix.h"
#include "kernel/stats/minimize.h"
#include "kernel/stats/special.h"

enum {
    TERMS_MAX = COX_MIXED_PERIODS_MAX + 2,
    SIMPLEX_DOUBLES = 32,
    TEAMS_MIN = 6,
    PERIODS_MIN = 3
};

struct fit {
    const struct cox_impact_panel *panel;
    size_t terms;             /* periods, treated group, effect */
    double *cover;            /* covariance of a team's observed periods, then its factor */
    double *design, *outcome; /* by column: the observed rows of one team */
    double *cross, *right;    /* X'V^-1X, then its factor; X'V^-1y, then the coefficients */
    double rho, ratio;        /* AR(1); variance of levels over that of noise */
    double residual, log_det, log_det_cross;
    size_t used;
};

/* Observed rows of one team: the noise's covariance plus the level's, the design, the outcome. How many. */
static size_t take_team(const struct fit *f, size_t team)
{
    const struct cox_impact_panel *p = f->panel;
    const double *value = p->outcome + team * p->period_count;
    size_t period[COX_MIXED_PERIODS_MAX], n = 0;

    for (size_t t = 0; t < p->period_count; t++) {
        if (!isnan(value[t])) {
            period[n++] = t;
        }
    }
    memset(f->design, 0, f->terms * p->period_count * sizeof(double));
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            double apart = fabs((double)period[i] - (double)period[j]);
            f->cover[i * n + j] = f->ratio + pow(f->rho, apart);
        }
        f->outcome[i] = value[period[i]];
        f->design[period[i] * n + i] = 1;
        f->design[p->period_count * n + i] = p->treated[team];
        f->design[(p->period_count + 1) * n + i] = p->treated[team] && period[i] >= p->start;
    }
    return n;
}

static double dot(const double *a, const double *b, size_t count)
{
    double sum = 0;

    for (size_t i = 0; i < count; i++) {
        sum += a[i] * b[i];
    }
    return sum;
}

/* b = L^-1 b. */
static void whiten(const double *factor, size_t count, double *b)
{
    for (size_t i = 0; i < count; i++) {
        b[i] = (b[i] - dot(factor + i * count, b, i)) / factor[i * count + i];
    }
}

/* Sums over teams of what least squares needs; the square of the outcome in *ret_square. */
static bool add_up(struct fit *f, double *ret_square)
{
    size_t k = f->terms;

    memset(f->cross, 0, k * k * sizeof(double));
    memset(f->right, 0, k * sizeof(double));
    f->log_det = *ret_square = 0;
    f->used = 0;
    for (size_t team = 0; team < f->panel->team_count; team++) {
        size_t n = take_team(f, team);
        if (n == 0) {
            continue;
        }
        if (!cox_cholesky(f->cover, n)) {
            return false;
        }
        f->log_det += cox_cholesky_log_det(f->cover, n);
        whiten(f->cover, n, f->outcome);
        for (size_t i = 0; i < k; i++) {
            whiten(f->cover, n, f->design + i * n);
        }
        for (size_t i = 0; i < k; i++) {
            f->right[i] += dot(f->design + i * n, f->outcome, n);
            for (size_t j = 0; j <= i; j++) {
                f->cross[i * k + j] += dot(f->design + i * n, f->design + j * n, n);
            }
        }
        *ret_square += dot(f->outcome, f->outcome, n);
        f->used += n;
    }
    return true;
}

/* -2 restricted log-likelihood, constants left out; x: atanh of rho, log of the ratio. */
static double criterion(const double *x, double *ret_gradient, void *ctx)
{
    struct fit *f = ctx;
    double square;

    (void)ret_gradient; /* the simplex asks for none */
    f->rho = 0.98 * tanh(x[0]);
    f->ratio = exp(fmin(fmax(x[1], -12), 12));
    if (!add_up(f, &square) || f->used <= f->terms + 1) {
        return HUGE_VAL;
    }
    for (size_t i = 0; i < f->terms; i++) {
        for (size_t j = i + 1; j < f->terms; j++) {
            f->cross[i * f->terms + j] = f->cross[j * f->terms + i];
        }
    }
    double before[TERMS_MAX];
    memcpy(before, f->right, f->terms * sizeof(double));
    if (!cox_cholesky(f->cross, f->terms)) {
        return HUGE_VAL;
    }
    f->log_det_cross = cox_cholesky_log_det(f->cross, f->terms);
    cox_cholesky_solve(f->cross, f->terms, f->right);
    f->residual = fmax(square - dot(before, f->right, f->terms), 1e-12 * square + 1e-300);
    double df = (double)(f->used - f->terms);
    return df * log(f->residual / df) + f->log_det + f->log_det_cross;
}

size_t cox_impact_mixed_workspace_size(size_t period_count)
{
    size_t terms = period_count + 2;

    return (period_count * period_count + terms * period_count + period_count + terms * terms +
               terms + SIMPLEX_DOUBLES) *
           sizeof(double);
}

static double *lay_out(struct fit *f, void *workspace)
{
    size_t periods = f->panel->period_count;

    f->cover = workspace;
    f->design = f->cover + periods * periods;
    f->outcome = f->design + f->terms * periods;
    f->cross = f->outcome + periods;
    f->right = f->cross + f->terms * f->terms;
    return f->right + f->terms;
}

static enum cox_rc check(const struct cox_impact_panel *panel, double alpha,
    struct cox_impact_effect *effect, struct cox_err *reterr)
{
    if (panel->start == 0 || panel->start >= panel->period_count) {
        return cox_fail_at(reterr, COX_INVALID, "start", 0, "no period before or after the start");
    }
    if (panel->period_count > COX_MIXED_PERIODS_MAX) {
        return cox_fail_at(reterr, COX_INVALID, "period", 0, "more than %d periods",
            COX_MIXED_PERIODS_MAX);
    }
    if (!(alpha > 0 && alpha < 1)) {
        return cox_fail_at(reterr, COX_INVALID, "alpha", 0, "outside (0, 1)");
    }
    for (size_t team = 0; team < panel->team_count; team++) {
        bool any = false;
        for (size_t t = 0; t < panel->period_count; t++) {
            double value = panel->outcome[team * panel->period_count + t];
            if (fabs(value) > COX_REAL_MAX) {
                return cox_fail_at(reterr, COX_INVALID, "outcome", (int64_t)team + 1,
                    "infinite, or beyond 1e75");
            }
            any = any || !isnan(value);
        }
        effect->left_out += !any;
        effect->treated_count += any && panel->treated[team];
        effect->control_count += any && !panel->treated[team];
    }
    if (effect->treated_count == 0 || effect->control_count == 0) {
        return cox_fail_at(reterr, COX_INVALID, "treated", 0, "needs teams with and without it");
    }
    return COX_OK;
}

/* The effect is the last coefficient: its variance is that entry of the inverse. */
static void read_effect(struct fit *f, double alpha, struct cox_impact_effect *e)
{
    double unit[TERMS_MAX] = {0}, df = (double)(f->used - f->terms);
    size_t teams = e->treated_count + e->control_count;

    unit[f->terms - 1] = 1;
    cox_cholesky_solve(f->cross, f->terms, unit);
    e->estimate = f->right[f->terms - 1];
    e->error = sqrt(unit[f->terms - 1] * f->residual / df);
    e->df = teams > 3 ? teams - 2 : 1;
    double reach = cox_student_reach((double)e->df, alpha) * e->error;
    e->low = e->estimate - reach;
    e->high = e->estimate + reach;
    e->p_value = e->error > 0 ? 2 * cox_student_cdf((double)e->df, -fabs(e->estimate) / e->error)
                              : (e->estimate == 0 ? 1 : 0);
    e->p_permutation = (double)NAN;
    e->descriptive_only = teams < TEAMS_MIN || e->treated_count < 2 || e->control_count < 2 ||
                          f->panel->start < PERIODS_MIN ||
                          f->panel->period_count - f->panel->start < PERIODS_MIN;
}

enum cox_rc cox_impact_mixed(const struct cox_impact_panel *panel, const struct cox_impact_opt *opt,
    struct cox_impact_mixed *ret_mixed, void *workspace, struct cox_err *reterr)
{
    const struct cox_minimize_opt minimize = {.step = 0.5, .value_tol = 1e-9, .call_max = 300};
    double alpha = opt == NULL || opt->alpha == 0 ? 0.05 : opt->alpha, x[2] = {0.3, 0};
    struct fit f = {.panel = panel, .terms = panel->period_count + 2};
    struct cox_impact_mixed mixed = {0};

    COX_TRY(check(panel, alpha, &mixed.effect, reterr));
    double *space = lay_out(&f, workspace);
    (void)cox_nelder_mead(criterion, &f, 2, x, &minimize, space);
    double value = criterion(x, NULL, &f); /* leaves the best point's sums in f */
    if (!(value < HUGE_VAL)) {
        return cox_fail_at(reterr, COX_INVALID, "outcome", 0,
            "too few figures to tell the effect from teams and periods");
    }
    read_effect(&f, alpha, &mixed.effect);
    mixed.ar1 = f.rho;
    mixed.team_share = f.ratio / (1 + f.ratio);
    mixed.log_likelihood = -0.5 * (value + (double)(f.used - f.terms) * (1 + log(2 * M_PI)));
    *ret_mixed = mixed;
    return COX_OK;
}
