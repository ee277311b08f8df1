/*
 * kernel/territory/problem.h: what a territory alignment is given: accounts, reps, tolerances. All
 * arrays stay the caller's and are only read. Distances are kilometres, money and minutes per year.
 */
#ifndef COX_KERNEL_TERRITORY_PROBLEM_H
#define COX_KERNEL_TERRITORY_PROBLEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define COX_TERRITORY_NONE UINT32_MAX

/* Limits of one problem: beyond them indices and workspace sizes would not be safe. */
#define COX_TERRITORY_ACCOUNT_MAX 20000000
#define COX_TERRITORY_REP_MAX     20000

/* Total of work or potential: below this, sums of whole numbers are exact in a double. */
#define COX_TERRITORY_TOTAL_MAX 9007199254740992.0

enum cox_territory_metric {
    COX_TERRITORY_PLANE, /* x, y in metres; straight line */
    COX_TERRITORY_GLOBE, /* x = longitude, y = latitude in degrees; great circle, R = 6371.0088 km */
    COX_TERRITORY_MATRIX, /* travel[account * rep_count + rep], any unit, takes the place of km */
    COX_TERRITORY_METRIC_COUNT
};

struct cox_territory_problem {
    size_t account_count, rep_count;
    enum cox_territory_metric metric;
    const float *travel; /* MATRIX only, account_count * rep_count, >= 0 */

    /* Accounts. */
    const double *x, *y;        /* may be NULL with MATRIX */
    const double *visits;       /* per year, > 0 */
    const double *work;         /* minutes a year, > 0 */
    const double *potential;    /* currency a year, > 0 */
    const double *relation_km;  /* visit-km paid when the owner changes, >= 0; NULL: all 0 */
    const uint32_t *owner;      /* rep, or COX_TERRITORY_NONE; NULL: nobody */
    const uint32_t *need;       /* skills wanted, one bit each; NULL: none */
    const uint8_t *fixed;       /* 1: stays with the owner; NULL: none */
    const size_t *forbid_start; /* account_count + 1 positions in forbid_rep; NULL: none */
    const uint32_t *forbid_rep; /* reps this account must not get */

    /* Reps. */
    const double *home_x, *home_y; /* as x and y */
    const double *share;           /* of all work, >= 0, not all 0; 0: closed, gets nothing */
    const double *potential_share; /* NULL: as share */
    const uint32_t *skills;        /* NULL: all of them */

    /* Work of rep j lies within (1 +- work_tol) * share_j / sum share * total work. */
    double work_tol, potential_tol; /* >= 0; infinite: does not matter */
    double relation_factor; /* multiplies relation_km: the disruption slider; 1 = as given */
};

/*
 * Refuses what no plan could make sense of: not finite, weights that are not above 0, positions off
 * the globe, owners that do not exist, no reps, shares that sum to 0, totals past 2^53. Errors:
 * COX_INVALID with the field's name and the row (from 1, of accounts or of reps); COX_TOO_LARGE.
 * O(n + k), and O(n * k) with a matrix.
 */
enum cox_rc cox_territory_problem_check(const struct cox_territory_problem *problem,
    struct cox_err *reterr) COX_NODISCARD;

/* May this account be given to this rep, by skills, share, fixed owner and forbidden pairs? */
bool cox_territory_may(const struct cox_territory_problem *problem, size_t account, size_t rep);

/* Is the pair among those forbidden? Fixed accounts too: then no plan can keep both rules. */
bool cox_territory_forbids(const struct cox_territory_problem *problem, size_t account, size_t rep);

/* Kilometres (or the matrix' unit) between an account and a rep's home. */
double cox_territory_km(const struct cox_territory_problem *problem, size_t account, size_t rep);

/* Cost of giving account to rep: visits * km + relation cost. Blind to cox_territory_may. */
double cox_territory_cost_km(const struct cox_territory_problem *problem, size_t account,
    size_t rep);

#endif
