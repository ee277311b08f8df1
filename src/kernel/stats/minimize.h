/*
 * kernel/stats/minimize.h: smallest value of a smooth or rough function of a few variables. The
 * caller brings the start, which is overwritten by the best point found, and the workspace.
 */
#ifndef COX_KERNEL_STATS_MINIMIZE_H
#define COX_KERNEL_STATS_MINIMIZE_H

#include <stddef.h>

/* Value at x; NaN counts as +infinity. ret_gradient is NULL where none is wanted. */
typedef double (*cox_minimize_fn)(const double *x, double *ret_gradient, void *ctx);

struct cox_minimize_opt {
    double step;      /* first simplex edge; <= 0 takes 0.1 */
    double value_tol; /* stop when the relative gain falls below; <= 0 takes 1e-10 */
    size_t call_max;  /* 0 takes 500 per dimension */
};

/* Doubles of workspace for count variables. */
size_t cox_nelder_mead_workspace_size(size_t count);
size_t cox_bfgs_workspace_size(size_t count);

/*
 * Nelder and Mead, "A simplex method for function minimization", Computer Journal 1965; restarted
 * once from its own result. Needs no gradient. Returns the value reached. Deterministic.
 */
double cox_nelder_mead(cox_minimize_fn fn, void *ctx, size_t count, double *x,
    const struct cox_minimize_opt *opt, double *workspace);

/*
 * BFGS with a backtracking (Armijo) line search, as in Nocedal and Wright, ch. 6; fn must fill the
 * gradient. Returns the value reached.
 */
double cox_bfgs(cox_minimize_fn fn, void *ctx, size_t count, double *x,
    const struct cox_minimize_opt *opt, double *workspace);

#endif
