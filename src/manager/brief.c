/* manager/brief.c: the sections of the manager's brief. Stuck deals are manager/stuck.c. */
#include "manager/brief.h"

#include <stdlib.h>

#include "manager/attainment.h"
#include "manager/moves.h"
#include "manager/outlook.h"
#include "manager/pace.h"
#include "manager/stuck.h"
#include "org/calendar.h"
#include "org/people.h"
#include "sales/brief.h"
#include "sales/deals.h"
#include "sales/pipeline.h"

static struct cox_value share(double part, double whole)
{
    return whole > 0 ? cox_real(part / whole) : cox_null();
}

/* ---- the quarter in figures ---- */

static const struct cox_brief_column quarter_columns[] = {
    {"won_count", "Deals won", COX_BRIEF_COUNT},
    {"won", "Won", COX_BRIEF_MONEY},
    {"target", "Target", COX_BRIEF_MONEY},
    {"attainment", "Attainment", COX_BRIEF_SHARE},
    {"pace", "Working days passed", COX_BRIEF_SHARE},
    {"gap", "Ahead of (+) or behind (-) pace", COX_BRIEF_MONEY},
    {"due_count", "Open deals due by its end", COX_BRIEF_COUNT},
    {"due", "Open due", COX_BRIEF_MONEY},
    {"due_weighted", "Open due, weighted", COX_BRIEF_MONEY},
    {"coverage", "Coverage", COX_BRIEF_RATIO},
    {"unrated_count", "Deals left out (no rate)", COX_BRIEF_COUNT},
};

static enum cox_rc add_quarter(struct cox_brief *brief, struct cox_err *reterr)
{
    struct cox_brief_section *section;
    struct cox_period_sum sum;
    double pace = cox_pace(brief, brief->period.span);
    int64_t target;

    section = cox_brief_section(brief, "quarter", "The quarter so far", quarter_columns,
        COX_COUNT(quarter_columns));
    if (section == NULL) {
        return cox_no_memory(reterr);
    }
    section->is_facts = true;
    section->note =
        "Won: by the day won, divided among those who share a deal; deals won are their "
        "owners'. Pace: target times working days passed, today included. "
        "Coverage: open due / what is left of the target.";
    COX_TRY(cox_period_sum_load(brief, brief->period.span, COX_NULL, &sum, reterr));
    target = sum.target_minor;
    const struct cox_value cells[] = {
        cox_int(sum.won_count),
        cox_int(sum.won_minor),
        target > 0 ? cox_int(target) : cox_null(),
        share((double)sum.won_minor, (double)target),
        cox_real(pace),
        target > 0 ? cox_int(sum.won_minor - (int64_t)nearbyint((double)target * pace))
                   : cox_null(),
        cox_int(sum.due_count),
        cox_int(sum.due_minor),
        cox_int(sum.due_weighted_minor),
        target > sum.won_minor ? share((double)sum.due_minor, (double)(target - sum.won_minor))
                               : cox_null(),
        cox_int((int64_t)(brief->deals->unrated_count + sum.unrated_count)),
    };
    _Static_assert(COX_COUNT(cells) == COX_COUNT(quarter_columns), "one cell a column");
    return cox_brief_row(brief, section, cells, reterr);
}

/* ---- pipeline by stage ---- */

static const struct cox_brief_column pipeline_columns[] = {
    {"stage", "Stage", COX_BRIEF_TEXT},
    {"count", "Deals", COX_BRIEF_COUNT},
    {"amount", "Sum", COX_BRIEF_MONEY},
    {"weighted", "Weighted", COX_BRIEF_MONEY},
    {"usual_days", "Usual days", COX_BRIEF_DAYS},
    {"stage_id", "stage", COX_BRIEF_ID},
};

struct stage_sum {
    int64_t count, priced_count, amount, weighted;
};

static enum cox_rc add_stage_row(struct cox_brief *brief, struct cox_brief_section *section,
    const struct cox_deal_stage *stage, const struct stage_sum *sum, struct cox_err *reterr)
{
    bool is_known = sum->priced_count > 0; /* a sum of nothing known is not 0 */
    const struct cox_value cells[] = {
        cox_text_value(stage == NULL ? COX_LIT("Total") : stage->label),
        cox_int(sum->count),
        is_known ? cox_int(sum->amount) : cox_null(),
        is_known ? cox_int(sum->weighted) : cox_null(),
        cox_int(stage == NULL ? COX_NULL : stage->learnt_days),
        cox_int(stage == NULL ? COX_NULL : stage->id),
    };

    return cox_brief_row(brief, section, cells, reterr);
}

static enum cox_rc add_pipeline(struct cox_brief *brief, struct cox_err *reterr)
{
    const struct cox_deals *deals = brief->deals;
    struct stage_sum *sums, total = {0};
    struct cox_brief_section *section = cox_brief_section(brief, "pipeline",
        "Open pipeline by stage", pipeline_columns, COX_COUNT(pipeline_columns));

    sums = COX_NEW_ARRAY(cox_call_arena(brief->call), deals->stage_count + 1, struct stage_sum);
    if (section == NULL || sums == NULL) {
        return cox_no_memory(reterr);
    }
    section->note =
        "Weighted: amount times chance of winning, rounded per deal. Usual days: four in five of the "
        "deals won in the last two years took at most that long in the stage.";
    section->empty = "No open deals.";
    for (size_t i = 0; i < deals->count; i++) {
        const struct cox_deal *deal = &deals->at[i];

        if (cox_deal_is_open(deal) && cox_brief_counts(brief, deal->owner)) {
            sums[deal->stage].count++;
            sums[deal->stage].priced_count += deal->has_amount;
            sums[deal->stage].amount += deal->amount_minor;
            sums[deal->stage].weighted += cox_deal_weighted(deal);
        }
    }
    for (size_t i = 0; i < deals->stage_count; i++) {
        const struct cox_deal_stage *stage = &deals->stages[i];

        if (stage->kind != COX_STAGE_OPEN || sums[i].count == 0) {
            continue;
        }
        total.count += sums[i].count;
        total.priced_count += sums[i].priced_count;
        total.amount += sums[i].amount;
        total.weighted += sums[i].weighted;
        COX_TRY(add_stage_row(brief, section, stage, &sums[i], reterr));
    }
    if (total.priced_count < total.count) {
        section->note = cox_arena_format(cox_call_arena(brief->call),
            "%s %lld of these deals have no amount: they add nothing to the sums.", section->note,
            (long long)(total.count - total.priced_count));
        if (section->note == NULL) {
            return cox_no_memory(reterr);
        }
    }
    return section->row_count < 2 ? COX_OK : add_stage_row(brief, section, NULL, &total, reterr);
}

/* ---- wins and losses by person ---- */

static const struct cox_brief_column result_columns[] = {
    {"person", "Person", COX_BRIEF_TEXT},
    {"won_count", "Won", COX_BRIEF_COUNT},
    {"won", "Sum won", COX_BRIEF_MONEY},
    {"lost_count", "Lost", COX_BRIEF_COUNT},
    {"lost", "Sum lost", COX_BRIEF_MONEY},
    {"win_rate", "Win rate", COX_BRIEF_SHARE},
    {"user", "user", COX_BRIEF_ID},
};

struct result {
    int64_t user, won_count, won, lost_count, lost;
    bool is_used;
};

static int compare_results(const void *a, const void *b)
{
    const struct result *x = (const struct result *)a, *y = (const struct result *)b;

    if (x->is_used != y->is_used) {
        return x->is_used ? -1 : 1;
    }
    if (x->won != y->won) {
        return x->won > y->won ? -1 : 1;
    }
    return (x->user > y->user) - (x->user < y->user);
}

/* The person's result, by the place among the people; NULL for one who is gone for good. */
static struct result *result_of(const struct cox_brief *brief, struct result *results, int64_t user)
{
    const struct cox_person *person = cox_brief_person(brief, user);
    struct result *result;

    if (person == NULL) {
        return NULL;
    }
    result = &results[person - brief->people];
    result->user = user;
    result->is_used = true;
    return result;
}

/* Counts go to the owner, money won to whoever has a share in it. */
static void sum_results(const struct cox_brief *brief, struct result *results)
{
    const struct cox_deals *deals = brief->deals;

    for (size_t i = 0; i < deals->count; i++) {
        const struct cox_deal *deal = &deals->at[i];
        struct result *result;

        if (!cox_span_has(brief->period.span, deal->closed_day) ||
            !cox_brief_counts(brief, deal->owner)) {
            continue;
        }
        result = result_of(brief, results, deal->owner);
        if (result == NULL) {
            continue;
        }
        if (deal->won_day != COX_NULL) {
            result->won_count++;
        } else {
            result->lost_count++;
            result->lost += deal->amount_minor;
        }
    }
    for (size_t i = 0; i < deals->credit_count; i++) {
        const struct cox_deal_credit *credit = &deals->credits[i];
        struct result *result;

        if (!cox_span_has(brief->period.span, deals->at[credit->deal].won_day) ||
            !cox_brief_counts(brief, credit->user)) {
            continue;
        }
        result = result_of(brief, results, credit->user);
        if (result != NULL) {
            result->won += credit->amount_minor;
        }
    }
}

static enum cox_rc add_results(struct cox_brief *brief, struct cox_err *reterr)
{
    struct cox_brief_section *section = cox_brief_section(brief, "results",
        "Wins and losses by person", result_columns, COX_COUNT(result_columns));
    struct result *results =
        COX_NEW_ARRAY(cox_call_arena(brief->call), brief->people_count + 1, struct result);

    if (section == NULL || results == NULL) {
        return cox_no_memory(reterr);
    }
    section->note = "By the day closed. Money of a split deal goes to those who share it. Win "
                    "rate: won / (won + lost).";
    section->empty = "Nothing was closed.";
    sum_results(brief, results);
    qsort(results, brief->people_count, sizeof(*results), compare_results);
    for (size_t i = 0; i < brief->people_count && results[i].is_used; i++) {
        const struct result *result = &results[i];
        const struct cox_value cells[] = {
            cox_brief_name(brief, result->user),
            cox_int(result->won_count),
            cox_int(result->won),
            cox_int(result->lost_count),
            cox_int(result->lost),
            share((double)result->won_count, (double)(result->won_count + result->lost_count)),
            cox_int(result->user),
        };

        COX_TRY(cox_brief_row(brief, section, cells, reterr));
    }
    return COX_OK;
}

/* ---- targets and pace ---- */

static const struct cox_brief_column target_columns[] = {
    {"who", "Who", COX_BRIEF_TEXT},
    {"target", "Target", COX_BRIEF_MONEY},
    {"result", "Result", COX_BRIEF_MONEY},
    {"attainment", "Reached", COX_BRIEF_SHARE},
    {"pace", "Days passed", COX_BRIEF_SHARE},
    {"gap", "Against pace", COX_BRIEF_MONEY},
    {"user", "user", COX_BRIEF_ID},
    {"team", "team", COX_BRIEF_ID},
};

static const struct cox_brief_column count_target_columns[] = {
    {"who", "Who", COX_BRIEF_TEXT},
    {"measure", "Measure", COX_BRIEF_TEXT},
    {"target", "Target", COX_BRIEF_COUNT},
    {"result", "Result", COX_BRIEF_COUNT},
    {"attainment", "Reached", COX_BRIEF_SHARE},
    {"pace", "Days passed", COX_BRIEF_SHARE},
    {"user", "user", COX_BRIEF_ID},
    {"team", "team", COX_BRIEF_ID},
};

static enum cox_rc who_cell(const struct cox_brief *brief, const struct cox_attainment *row,
    struct cox_value *ret_cell, struct cox_err *reterr)
{
    const struct cox_row *team;
    struct cox_text name;

    if (row->team == COX_NULL) {
        *ret_cell = cox_brief_name(brief, row->user);
        return COX_OK;
    }
    COX_TRY(cox_peek(brief->call, &cox_team, row->team, &team, reterr));
    name = cox_arena_text(cox_call_arena(brief->call), cox_row_text(team, COX_TEAM_NAME));
    *ret_cell = cox_text_value(name);
    return name.ptr == NULL ? cox_no_memory(reterr) : COX_OK;
}

static enum cox_rc add_target_row(struct cox_brief *brief, struct cox_brief_section *section,
    const struct cox_attainment *row, struct cox_err *reterr)
{
    bool is_money = row->measure == COX_MEASURE_REVENUE;
    double expected = (double)row->target * row->pace;
    struct cox_value who;

    COX_TRY(who_cell(brief, row, &who, reterr));
    const struct cox_value money[] = {
        who,
        cox_int(row->target),
        cox_int(row->result),
        share((double)row->result, (double)row->target),
        cox_real(row->pace),
        cox_int(row->result - (int64_t)nearbyint(expected)),
        cox_int(row->user),
        cox_int(row->team),
    };
    const struct cox_value counts[] = {
        who,
        cox_text_value(cox_text_of(cox_measures[row->measure].label)),
        cox_int(row->target),
        cox_int(row->result),
        share((double)row->result, (double)row->target),
        cox_real(row->pace),
        cox_int(row->user),
        cox_int(row->team),
    };
    return cox_brief_row(brief, section, is_money ? money : counts, reterr);
}

static enum cox_rc add_targets_of(struct cox_brief *brief, const struct cox_attainment *rows,
    size_t count, bool of_money, struct cox_err *reterr)
{
    struct cox_brief_section *section = NULL;

    for (size_t i = 0; i < count; i++) {
        if ((rows[i].measure == COX_MEASURE_REVENUE) != of_money) {
            continue;
        }
        if (section == NULL) {
            section = of_money ? cox_brief_section(brief, "targets", "Revenue against quota",
                                     target_columns, COX_COUNT(target_columns))
                               : cox_brief_section(brief, "count_targets", "Counts against quota",
                                     count_target_columns, COX_COUNT(count_target_columns));
            if (section == NULL) {
                return cox_no_memory(reterr);
            }
            section->note = "A quota of another span counts with its share of working days.";
        }
        COX_TRY(add_target_row(brief, section, &rows[i], reterr));
    }
    return COX_OK;
}

/* No quotas, no section: nothing is measured against nothing. */
static enum cox_rc add_targets(struct cox_brief *brief, struct cox_err *reterr)
{
    struct cox_attainment *rows;
    size_t count, unrated;

    COX_TRY(cox_attainment_load(brief, brief->period.span, &rows, &count, &unrated, reterr));
    COX_TRY(add_targets_of(brief, rows, count, true, reterr));
    return add_targets_of(brief, rows, count, false, reterr);
}

/* What a rep sees too, of the own work alone. */
#define BOTH (COX_ROLE_BIT(COX_MANAGER) | COX_ROLE_BIT(COX_REP))

static const struct cox_signal signal_quarter = {"quarter", BOTH, add_quarter};
static const struct cox_signal signal_progress = {"progress", BOTH, cox_progress_add};
static const struct cox_signal signal_outlook = {"outlook", BOTH, cox_outlook_add};
static const struct cox_signal signal_periods = {"periods", BOTH, cox_periods_add};
static const struct cox_signal signal_coverage = {"coverage", BOTH, cox_coverage_add};
static const struct cox_signal signal_targets = {"targets", BOTH, add_targets};
static const struct cox_signal signal_gaps = {"quota_gaps", COX_ROLE_BIT(COX_MANAGER),
    cox_quota_gaps_add};
static const struct cox_signal signal_pipeline = {"pipeline", BOTH, add_pipeline};
static const struct cox_signal signal_moves = {"moves", BOTH, cox_moves_add};
static const struct cox_signal signal_stuck = {"stuck", BOTH, cox_stuck_add};
static const struct cox_signal signal_results = {"results", COX_ROLE_BIT(COX_MANAGER), add_results};

static const struct cox_signal *const signals[] = {
    &signal_quarter,
    &signal_outlook,
    &signal_periods,
    &signal_progress,
    &signal_coverage,
    &signal_targets,
    &signal_gaps,
    &signal_pipeline,
    &signal_moves,
    &signal_stuck,
    &signal_results,
    NULL,
};

const struct cox_feature cox_feature_manager_brief = {
    .name = "manager_brief",
    .help = "The manager's brief: the quarter, quotas and pace, pipeline, stuck deals, results.",
    .signals = signals,
};
