/*
 * connect/stages.h: the stages a file of deals speaks of: found by their id in the source or by name
 * in the funnel they belong to, else made, in a sensible order and with usual chances, which the
 * report shows as assumptions. Won and lost are judged by the flags of the rows before any name.
 */
#ifndef COX_CONNECT_STAGES_H
#define COX_CONNECT_STAGES_H

#include "connect/work.h"

/* Fills job->stages from job->survey; makes what is missing in one commit. */
enum cox_rc cox_stages_ensure(struct cox_job *job, struct cox_err *reterr) COX_NODISCARD;

/* The pipeline a file calls so, made when there is none. */
enum cox_rc cox_stages_pipeline(struct cox_call *call, struct cox_job *job, struct cox_text text,
    int64_t *ret_id, struct cox_err *reterr) COX_NODISCARD;

/*
 * The stage of a row. won: 1, 0 or -1 (the row does not say); a closed row whose stage contradicts
 * that goes to its funnel's won or lost stage. ret_stage 0: there is no such stage.
 */
void cox_stages_of_row(const struct cox_job *job, struct cox_text pipeline, struct cox_text stage,
    int closed, int won, int64_t *ret_stage);

/* The stage of a funnel by its label, however written; 0: none. */
int64_t cox_stages_by_label(const struct cox_job *job, int64_t pipeline, struct cox_text label,
    struct cox_arena *arena);

/* What is known of a stage of this job; NULL: nothing. */
const struct cox_stage_line *cox_stages_line(const struct cox_job *job, int64_t stage);

/*
 * The open stage a deal was in since the day a column names: the one the header speaks of
 * ("engage_date" -> "Engaging"), else the funnel's first; 0: none.
 */
int64_t cox_stages_opening(const struct cox_job *job, int64_t stage, struct cox_text header);

/* The chance of winning from a stage of that name where nobody says more: vendors' defaults, or 0.5. */
double cox_stages_usual_chance(struct cox_arena *arena, struct cox_text label);

#endif
