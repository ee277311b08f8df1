/* kernel/territory/problem.c: refuses input no plan could make sense of, naming field and row. */
#include "kernel/territory/problem.h"

#include <math.h>

static enum cox_rc refuse(struct cox_err *reterr, const char *field, size_t at, const char *why)
{
    return cox_fail_at(reterr, COX_INVALID, field, (int64_t)at + 1, "%s", why);
}

/* Every value finite and above 0, the total countable without rounding. */
static enum cox_rc check_weights(const double *values, size_t count, const char *field,
    struct cox_err *reterr)
{
    double total = 0;

    for (size_t i = 0; i < count; i++) {
        if (!isfinite(values[i])) {
            return refuse(reterr, field, i, "must be a finite number");
        }
        if (values[i] <= 0) {
            return refuse(reterr, field, i, "must be above 0");
        }
        total += values[i];
    }
    if (total >= COX_TERRITORY_TOTAL_MAX) {
        return cox_fail_at(reterr, COX_TOO_LARGE, field, 0, "the total of %s must stay below 2^53",
            field);
    }
    return COX_OK;
}

static enum cox_rc check_shares(const double *values, size_t count, const char *field,
    struct cox_err *reterr)
{
    double total = 0;

    for (size_t j = 0; j < count; j++) {
        if (!isfinite(values[j]) || values[j] < 0) {
            return refuse(reterr, field, j, "must be a finite number, 0 or above");
        }
        total += values[j];
    }
    if (!(total > 0) || !isfinite(total)) {
        return cox_fail_at(reterr, COX_INVALID, field, 0, "the shares of all reps sum to %g",
            total);
    }
    return COX_OK;
}

static enum cox_rc check_places(const double *values, size_t count, const char *field, double max,
    struct cox_err *reterr)
{
    if (values == NULL && count > 0) {
        return cox_fail_at(reterr, COX_INVALID, field, 0, "positions are missing");
    }
    for (size_t i = 0; i < count; i++) {
        if (!isfinite(values[i])) {
            return refuse(reterr, field, i, "must be a finite number");
        }
        if (fabs(values[i]) > max) {
            return cox_fail_at(reterr, COX_INVALID, field, (int64_t)i + 1,
                "%.10g is outside [-%g, %g]", values[i], max, max);
        }
    }
    return COX_OK;
}

static enum cox_rc check_positions(const struct cox_territory_problem *problem,
    struct cox_err *reterr)
{
    bool is_globe = problem->metric == COX_TERRITORY_GLOBE;
    double x_max = is_globe ? 180 : 1e12, y_max = is_globe ? 90 : 1e12;
    size_t n = problem->account_count, k = problem->rep_count;

    if (problem->metric == COX_TERRITORY_MATRIX) {
        for (size_t at = 0; at < n * k; at++) {
            if (!isfinite(problem->travel[at]) || problem->travel[at] < 0) {
                return refuse(reterr, "travel", at / k, "must be a finite number, 0 or above");
            }
        }
        return COX_OK;
    }
    COX_TRY(check_places(problem->x, n, is_globe ? "lon" : "x", x_max, reterr));
    COX_TRY(check_places(problem->y, n, is_globe ? "lat" : "y", y_max, reterr));
    COX_TRY(check_places(problem->home_x, k, is_globe ? "rep lon" : "rep x", x_max, reterr));
    return check_places(problem->home_y, k, is_globe ? "rep lat" : "rep y", y_max, reterr);
}

static enum cox_rc check_relations(const struct cox_territory_problem *problem,
    struct cox_err *reterr)
{
    for (size_t i = 0; i < problem->account_count; i++) {
        uint32_t owner = problem->owner == NULL ? COX_TERRITORY_NONE : problem->owner[i];

        if (owner != COX_TERRITORY_NONE && owner >= problem->rep_count) {
            return refuse(reterr, "owner", i, "there is no such rep");
        }
        if (problem->fixed != NULL && problem->fixed[i] != 0 && owner == COX_TERRITORY_NONE) {
            return refuse(reterr, "fixed", i, "a fixed account needs an owner");
        }
        if (problem->relation_km != NULL &&
            (!isfinite(problem->relation_km[i]) || problem->relation_km[i] < 0)) {
            return refuse(reterr, "relation_km", i, "must be a finite number, 0 or above");
        }
        if (problem->forbid_start == NULL) {
            continue;
        }
        for (size_t at = problem->forbid_start[i]; at < problem->forbid_start[i + 1]; at++) {
            if (problem->forbid_rep[at] >= problem->rep_count) {
                return refuse(reterr, "forbidden", i, "there is no such rep");
            }
        }
    }
    return COX_OK;
}

static enum cox_rc check_tolerance(double tol, const char *field, struct cox_err *reterr)
{
    if (isnan(tol) || tol < 0) {
        return cox_fail_at(reterr, COX_INVALID, field, 0, "must be 0 or above");
    }
    return COX_OK;
}

enum cox_rc cox_territory_problem_check(const struct cox_territory_problem *problem,
    struct cox_err *reterr)
{
    size_t n = problem->account_count, k = problem->rep_count;

    if (n == 0) {
        return cox_fail_at(reterr, COX_INVALID, "accounts", 0, "there are no accounts");
    }
    if (k == 0) {
        return cox_fail_at(reterr, COX_INVALID, "reps", 0, "there are no reps");
    }
    if (n > COX_TERRITORY_ACCOUNT_MAX || k > COX_TERRITORY_REP_MAX) {
        return cox_fail_at(reterr, COX_TOO_LARGE,
            n > COX_TERRITORY_ACCOUNT_MAX ? "accounts" : "reps", 0,
            "at most %d accounts and %d reps", COX_TERRITORY_ACCOUNT_MAX, COX_TERRITORY_REP_MAX);
    }
    COX_TRY(check_weights(problem->visits, n, "visits", reterr));
    COX_TRY(check_weights(problem->work, n, "work", reterr));
    COX_TRY(check_weights(problem->potential, n, "potential", reterr));
    COX_TRY(check_shares(problem->share, k, "share", reterr));
    if (problem->potential_share != NULL) {
        COX_TRY(check_shares(problem->potential_share, k, "potential_share", reterr));
    }
    COX_TRY(check_positions(problem, reterr));
    COX_TRY(check_relations(problem, reterr));
    COX_TRY(check_tolerance(problem->work_tol, "work_tol", reterr));
    COX_TRY(check_tolerance(problem->potential_tol, "potential_tol", reterr));
    return check_tolerance(problem->relation_factor, "relation_factor", reterr);
}
