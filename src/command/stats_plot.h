/* command/stats_plot.h: an event study as a picture (SVG): effect and interval of each period. */
#ifndef COX_COMMAND_STATS_PLOT_H
#define COX_COMMAND_STATS_PLOT_H

#include "base/text.h"
#include "kernel/stats/impact.h"

struct stats_plot {
    const char *title, *outcome;
    const struct cox_text *periods;
    const struct cox_impact_effect *effects; /* by period; NaN estimate: none */
    size_t count;                            /* of periods, at least 2 */
    size_t start;                            /* the first period of the change */
};

/* Replaces the file. Errors: COX_IO. */
enum cox_rc stats_plot_write(const char *path, const struct stats_plot *plot,
    struct cox_err *reterr) COX_NODISCARD;

#endif
