/*
 * kernel/forecast/rolling.h: the period forecast put to the test on one's own past: at the start of
 * each past period it is made again from what was known then, beside what a CRM shows (open amounts
 * x win rate, no timing), the last period, and the mean of three; then all are scored alike.
 *
 * Hazards are learnt from all teams; amounts are means of won deals per segment; business to come is
 * the creation rate of the last 90 days; the error scale and the weight of the run rate come from
 * the periods before. A value recorded on or after the origin is never read.
 */
#ifndef COX_KERNEL_FORECAST_ROLLING_H
#define COX_KERNEL_FORECAST_ROLLING_H

#include <stdint.h>

#include "kernel/forecast/hazard.h"
#include "kernel/forecast/period.h"

enum { COX_ROLLING_PERIODS = 120, COX_ROLLING_TEAMS = 256, COX_ROLLING_LEVELS = 19 };

struct cox_rolling_deals {
    struct cox_lives lives;      /* group: the hazard's own, may be NULL */
    size_t hazard_group_count;   /* 1 where lives.group is NULL */
    const int64_t *amount_minor; /* as won; read for deals won before the origin only */
    const uint16_t *segment;     /* deals alike in amount, below segment_count; NULL: all */
    size_t segment_count;
    const uint16_t *team; /* below team_count <= COX_ROLLING_TEAMS; NULL: one */
    size_t team_count;
};

struct cox_rolling_opt {
    const int32_t *start_day; /* of period_count periods, and the end of the last: one more */
    size_t period_count;      /* with the warm-up */
    size_t warm_count;        /* first periods that are not forecast, 1 .. period_count - 1 */
    double rho;
};

/* One team in one period. */
struct cox_rolling_row {
    double actual;
    double kernel[3], blend[3]; /* P10, P50, P90: of the deals; averaged with the run rate */
    double run[3];              /* mean of three with its own error scale */
    double crm, last, mean3;    /* points */
    double weight;              /* of the kernel in the blend */
    /* CRPS of the three: mean pinball over the levels .05, .10 .. .95. */
    double kernel_crps, blend_crps, run_crps;
    /*
     * In-sample error of the seasonal naive forecast over the periods before (of the last period where
     * no year is known), as MASE wants it; 0: nothing to scale by.
     */
    double naive_scale;
    double closed_by_kernel, later; /* expected from open deals, and from deals to come */
    size_t open_count;
    bool is_wide; /* error scale by default: under 3 past periods */
};

/* Bytes. */
size_t cox_rolling_workspace_size(const struct cox_rolling_deals *deals, size_t season_count);

/*
 * ret_row[(period - warm_count) * team_count + team]. Errors: as hazard.h and period.h; COX_INVALID
 * for periods not ascending or counts out of range.
 */
enum cox_rc cox_rolling_run(const struct cox_rolling_deals *deals,
    const struct cox_seasons *seasons, const struct cox_rolling_opt *opt, void *workspace,
    struct cox_rolling_row *ret_row, struct cox_err *reterr) COX_NODISCARD;

#endif
