/* command/forecast_past.h: what the test on one's own past hands on: months, teams and their rows. */
#ifndef COX_COMMAND_FORECAST_PAST_H
#define COX_COMMAND_FORECAST_PAST_H

#include "command/forecast_table.h"
#include "kernel/forecast/judgement.h"
#include "kernel/forecast/rolling.h"

struct forecast_past {
    size_t month_count, team_count;    /* rows: month by month, teams within */
    const int32_t *start;              /* first day of each month */
    const struct cox_text *team_name;  /* NULL: one team, all */
    const struct cox_rolling_row *row; /* amounts in hundredths */
};

enum { FORECAST_JUDGES = COX_CALLS_MAX + 2 }; /* model, commit, best case, blend */

/* Managers' own forecasts beside the model, all scored on the months that have both. */
struct forecast_judged {
    size_t call_count; /* 0: no file of commits was given */
    size_t count;      /* rows scored */
    double pinball[FORECAST_JUDGES], bias[FORECAST_JUDGES], cover[FORECAST_JUDGES];
    const struct cox_call_row *row; /* all rows, as in the past */
    const double *call[COX_CALLS_MAX];
};

/* Reads --commits: month (2024-05), team where forecasts are by team, commit, and best where known. */
enum cox_rc forecast_judge(struct cox_cli *cli, const struct forecast_past *past,
    struct forecast_judged *ret_judged, struct cox_err *reterr) COX_NODISCARD;

void forecast_put_judged(struct cox_json *json, const struct forecast_past *past,
    const struct forecast_judged *judged);
void forecast_print_judged(struct cox_cli *cli, const struct forecast_past *past,
    const struct forecast_judged *judged);

#endif
