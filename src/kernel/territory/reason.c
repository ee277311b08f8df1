/* kernel/territory/reason.c: the necessary conditions a plan needs, each with its counter-example. */
#include "kernel/territory/reason.h"

#include <math.h>

/* Distinct sets of skills looked at: more than any sales force has. */
enum { MASK_MAX = 256 };

struct totals {
    double weight[2]; /* of all accounts */
    double share[2];  /* of all reps */
};

static const double *weights(const struct cox_territory_problem *problem, int which)
{
    return which == 0 ? problem->work : problem->potential;
}

static const double *shares(const struct cox_territory_problem *problem, int which)
{
    return which == 1 && problem->potential_share != NULL ? problem->potential_share
                                                          : problem->share;
}

static double tolerance(const struct cox_territory_problem *problem, int which)
{
    return which == 0 ? problem->work_tol : problem->potential_tol;
}

static const char *name(int which)
{
    return which == 0 ? "work" : "potential";
}

static struct totals totals_of(const struct cox_territory_problem *problem)
{
    struct totals totals = {{0, 0}, {0, 0}};

    for (int which = 0; which < 2; which++) {
        for (size_t i = 0; i < problem->account_count; i++) {
            totals.weight[which] += weights(problem, which)[i];
        }
        for (size_t j = 0; j < problem->rep_count; j++) {
            totals.share[which] += shares(problem, which)[j];
        }
    }
    return totals;
}

static double bound(const struct cox_territory_problem *problem, const struct totals *totals,
    size_t rep, int which, double side)
{
    double target = totals->weight[which] * shares(problem, which)[rep] / totals->share[which];

    return target * fmax(0, 1 + side * tolerance(problem, which)) + side * 1e-9 * target;
}

static bool has_skills(const struct cox_territory_problem *problem, size_t rep, uint32_t need)
{
    return problem->skills == NULL || (need & ~problem->skills[rep]) == 0;
}

static uint32_t need_of(const struct cox_territory_problem *problem, size_t i)
{
    return problem->need == NULL ? 0 : problem->need[i];
}

static bool find_unserved(const struct cox_territory_problem *problem, struct cox_err *ret_reason)
{
    for (size_t i = 0; i < problem->account_count; i++) {
        size_t j = 0;

        if (problem->fixed != NULL && problem->fixed[i] != 0) {
            if (!has_skills(problem, problem->owner[i], need_of(problem, i))) {
                (void)cox_fail_at(ret_reason, COX_CONFLICT, "fixed", (int64_t)i + 1,
                    "fixed to rep %u, who lacks a skill it needs", problem->owner[i] + 1);
                return true;
            }
            if (cox_territory_forbids(problem, i, problem->owner[i])) {
                (void)cox_fail_at(ret_reason, COX_CONFLICT, "fixed", (int64_t)i + 1,
                    "fixed to rep %u, whom it must not have", problem->owner[i] + 1);
                return true;
            }
            continue;
        }
        while (j < problem->rep_count && !cox_territory_may(problem, i, j)) {
            j++;
        }
        if (j == problem->rep_count) {
            (void)cox_fail_at(ret_reason, COX_CONFLICT, "need", (int64_t)i + 1,
                "no rep may serve this account: skills or forbidden reps leave nobody");
            return true;
        }
    }
    return false;
}

/* One account alone past every bound. Only accounts above the smallest bound need a closer look. */
static bool find_giant(const struct cox_territory_problem *problem, const struct totals *totals,
    int which, struct cox_err *ret_reason)
{
    double smallest = HUGE_VAL;

    for (size_t j = 0; j < problem->rep_count; j++) {
        smallest = fmin(smallest, bound(problem, totals, j, which, 1));
    }
    for (size_t i = 0; i < problem->account_count; i++) {
        double weight = weights(problem, which)[i], most = 0;

        if (weight <= smallest) {
            continue;
        }
        for (size_t j = 0; j < problem->rep_count && most < weight; j++) {
            if (cox_territory_may(problem, i, j)) {
                most = fmax(most, bound(problem, totals, j, which, 1));
            }
        }
        if (most < weight) {
            (void)cox_fail_at(ret_reason, COX_CONFLICT, name(which), (int64_t)i + 1,
                "this account alone has %s %.6g, more than any rep who may serve it can carry (%.6g)",
                name(which), weight, most);
            return true;
        }
    }
    return false;
}

static bool find_overfixed(const struct cox_territory_problem *problem, const struct totals *totals,
    int which, struct cox_err *ret_reason)
{
    for (size_t j = 0; problem->fixed != NULL && j < problem->rep_count; j++) {
        double load = 0, most = bound(problem, totals, j, which, 1);

        for (size_t i = 0; i < problem->account_count; i++) {
            load +=
                problem->fixed[i] != 0 && problem->owner[i] == j ? weights(problem, which)[i] : 0;
        }
        if (load > most) {
            (void)cox_fail_at(ret_reason, COX_CONFLICT, "fixed", (int64_t)j + 1,
                "accounts fixed to this rep have %s %.6g, the rep may carry %.6g", name(which),
                load, most);
            return true;
        }
    }
    return false;
}

/* Hall's condition for one set of skills, from above and from below. */
static bool check_mask(const struct cox_territory_problem *problem, const struct totals *totals,
    int which, uint32_t mask, struct cox_err *ret_reason)
{
    double wanted = 0, room = 0, least = 0, reachable = 0;

    for (size_t j = 0; j < problem->rep_count; j++) {
        if (has_skills(problem, j, mask)) {
            room += bound(problem, totals, j, which, 1);
        } else {
            least += bound(problem, totals, j, which, -1);
        }
    }
    for (size_t i = 0; i < problem->account_count; i++) {
        bool is_asking = (need_of(problem, i) & mask) == mask;

        wanted += is_asking ? weights(problem, which)[i] : 0;
        reachable += is_asking ? 0 : weights(problem, which)[i];
    }
    if (wanted > room) {
        (void)cox_fail_at(ret_reason, COX_CONFLICT, "need", 0,
            "accounts that need skill set %u have %s %.6g, the reps with these skills may carry %.6g",
            mask, name(which), wanted, room);
        return true;
    }
    if (reachable < least) {
        (void)cox_fail_at(ret_reason, COX_CONFLICT, "skills", 0,
            "reps without skill set %u must carry %s %.6g, the accounts they may serve have %.6g",
            mask, name(which), least, reachable);
        return true;
    }
    return false;
}

static bool find_isolated(const struct cox_territory_problem *problem, const struct totals *totals,
    struct cox_err *ret_reason)
{
    uint32_t mask[MASK_MAX];
    size_t count = 0;

    for (size_t i = 0; i < problem->account_count && count < MASK_MAX; i++) {
        size_t at = 0;

        while (at < count && mask[at] != need_of(problem, i)) {
            at++;
        }
        if (at == count && need_of(problem, i) != 0) {
            mask[count++] = need_of(problem, i);
        }
    }
    for (size_t at = 0; at < count; at++) {
        for (int which = 0; which < 2; which++) {
            if (isfinite(tolerance(problem, which)) &&
                check_mask(problem, totals, which, mask[at], ret_reason)) {
                return true;
            }
        }
    }
    return false;
}

bool cox_territory_reason(const struct cox_territory_problem *problem, struct cox_err *ret_reason)
{
    struct totals totals = totals_of(problem);

    if (find_unserved(problem, ret_reason)) {
        return true;
    }
    for (int which = 0; which < 2; which++) {
        if (isfinite(tolerance(problem, which)) &&
            (find_giant(problem, &totals, which, ret_reason) ||
                find_overfixed(problem, &totals, which, ret_reason))) {
            return true;
        }
    }
    return find_isolated(problem, &totals, ret_reason);
}
