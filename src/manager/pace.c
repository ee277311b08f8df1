/* manager/pace.c: results against pace day by day, coverage, quota gaps. */
#include "manager/pace.h"

#include "manager/attainment.h"
#include "sales/deals.h"

enum { PERIOD_DAYS_MAX = 400 };

/* ---- day by day ---- */

static const struct cox_brief_column progress_columns[] = {
    {"day", "Day", COX_BRIEF_DAY},
    {"won", "Won until then", COX_BRIEF_MONEY},
    {"pace", "Expected by then", COX_BRIEF_MONEY},
    {"target", "Target", COX_BRIEF_MONEY},
};

/* What was won on each day of the span, by credit as in attainment; sums has as many elements as the span has days. */
static void sum_days(const struct cox_brief *brief, struct cox_span span, int64_t *sums)
{
    const struct cox_deals *deals = brief->deals;

    for (size_t i = 0; i < deals->credit_count; i++) {
        const struct cox_deal_credit *credit = &deals->credits[i];
        int64_t won_day = deals->at[credit->deal].won_day;

        if (won_day != COX_NULL && won_day >= span.from_day && won_day < span.to_day &&
            cox_brief_counts(brief, credit->user)) {
            sums[won_day - span.from_day] += credit->amount_minor;
        }
    }
}

/* Working days of the span until the end of a day, as a share of all of them. */
static double share_by(const struct cox_brief *brief, struct cox_span span, int64_t day)
{
    int64_t whole = cox_workday_count(&brief->week, span.from_day, span.to_day);

    return whole <= 0
               ? 0
               : (double)cox_workday_count(&brief->week, span.from_day, day + 1) / (double)whole;
}

static enum cox_rc fill_progress(struct cox_brief *brief, struct cox_brief_section *section,
    int64_t target, struct cox_err *reterr)
{
    struct cox_span span = brief->period.span;
    int64_t *sums = COX_NEW_ARRAY(cox_call_arena(brief->call),
        (size_t)(span.to_day - span.from_day) + 1, int64_t);
    int64_t won = 0;

    if (sums == NULL) {
        return cox_no_memory(reterr);
    }
    sum_days(brief, span, sums);
    for (int64_t day = span.from_day; day < span.to_day; day++) {
        won += sums[day - span.from_day];
        const struct cox_value cells[] = {
            cox_int(day),
            day <= brief->day ? cox_int(won) : cox_null(),
            target > 0 ? cox_int((int64_t)nearbyint((double)target * share_by(brief, span, day)))
                       : cox_null(),
            target > 0 ? cox_int(target) : cox_null(),
        };

        COX_TRY(cox_brief_row(brief, section, cells, reterr));
    }
    return COX_OK;
}

enum cox_rc cox_progress_add(struct cox_brief *brief, struct cox_err *reterr)
{
    struct cox_span span = brief->period.span;
    struct cox_brief_section *section = cox_brief_section(brief, "progress",
        "Attainment against pace", progress_columns, COX_COUNT(progress_columns));
    struct cox_period_sum sum;

    if (section == NULL) {
        return cox_no_memory(reterr);
    }
    section->is_for_screens = true;
    section->note =
        "Won: by the day won, divided among those who share a deal. Expected: target times "
        "working days passed.";
    COX_TRY(cox_period_sum_load(brief, span, COX_NULL, &sum, reterr));
    return span.to_day - span.from_day > PERIOD_DAYS_MAX
               ? COX_OK /* no calendar has such quarters */
               : fill_progress(brief, section, sum.target_minor, reterr);
}

/* ---- coverage ---- */

static const struct cox_brief_column coverage_columns[] = {
    {"period", "Period", COX_BRIEF_TEXT},
    {"target", "Target", COX_BRIEF_MONEY},
    {"won", "Won", COX_BRIEF_MONEY},
    {"left", "Still to win", COX_BRIEF_MONEY},
    {"due_count", "Open deals due", COX_BRIEF_COUNT},
    {"due", "Open due", COX_BRIEF_MONEY},
    {"due_weighted", "Open due, weighted", COX_BRIEF_MONEY},
    {"coverage", "Coverage", COX_BRIEF_RATIO},
    {"from_day", "From", COX_BRIEF_KEY},
    {"to_day", "Until before", COX_BRIEF_KEY},
};

/* A day for programs alone: what a list of the period's deals is asked with. */
static struct cox_value day_key(const struct cox_brief *brief, int64_t day)
{
    char text[COX_DAY_SIZE];

    cox_day_format(day, text);
    return cox_text_value(cox_arena_text(cox_call_arena(brief->call), cox_text_of(text)));
}

static enum cox_rc add_coverage_row(struct cox_brief *brief, struct cox_brief_section *section,
    const struct cox_period_at *period, int64_t due_from, struct cox_err *reterr)
{
    struct cox_text label = cox_arena_text(cox_call_arena(brief->call), cox_text_of(period->label));
    struct cox_period_sum sum;
    int64_t left;

    if (label.ptr == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_period_sum_load(brief, period->span, due_from, &sum, reterr));
    left = sum.target_minor > sum.won_minor ? sum.target_minor - sum.won_minor : 0;
    const struct cox_value cells[] = {
        cox_text_value(label),
        sum.target_minor > 0 ? cox_int(sum.target_minor) : cox_null(),
        cox_int(sum.won_minor),
        sum.target_minor > 0 ? cox_int(left) : cox_null(),
        cox_int(sum.due_count),
        cox_int(sum.due_minor),
        cox_int(sum.due_weighted_minor),
        left > 0 ? cox_real((double)sum.due_minor / (double)left) : cox_null(),
        day_key(brief, period->span.from_day),
        day_key(brief, period->span.to_day),
    };
    _Static_assert(COX_COUNT(cells) == COX_COUNT(coverage_columns), "one cell a column");
    return cox_brief_row(brief, section, cells, reterr);
}

enum cox_rc cox_coverage_add(struct cox_brief *brief, struct cox_err *reterr)
{
    struct cox_brief_section *section = cox_brief_section(brief, "coverage", "Coverage",
        coverage_columns, COX_COUNT(coverage_columns));
    struct cox_period_at next;

    if (section == NULL) {
        return cox_no_memory(reterr);
    }
    section->note = "Open deals due / what is left of the target. Overdue deals count in the "
                    "first of the two.";
    COX_TRY(cox_fiscal_at_day(brief->call, COX_PERIOD_QUARTER, brief->period.span.to_day, &next,
        reterr));
    COX_TRY(add_coverage_row(brief, section, &brief->period, COX_NULL, reterr));
    return add_coverage_row(brief, section, &next, next.span.from_day, reterr);
}

/* ---- people without a quota ---- */

static const struct cox_brief_column gap_columns[] = {
    {"person", "Person", COX_BRIEF_TEXT},
    {"count", "Open deals", COX_BRIEF_COUNT},
    {"amount", "Open sum", COX_BRIEF_MONEY},
    {"user", "user", COX_BRIEF_ID},
};

static bool has_quota(const struct cox_attainment *rows, size_t count, int64_t user)
{
    for (size_t i = 0; i < count; i++) {
        if (rows[i].user == user && rows[i].measure == COX_MEASURE_REVENUE) {
            return true;
        }
    }
    return false;
}

static enum cox_rc add_gap(struct cox_brief *brief, struct cox_brief_section *section,
    const struct cox_person *person, const struct cox_person_deals *sum, struct cox_err *reterr)
{
    const struct cox_value cells[] = {
        cox_text_value(person->name),
        cox_int(sum->open_count),
        cox_int(sum->open_minor),
        cox_int(person->id),
    };

    return sum->open_count == 0 ? COX_OK : cox_brief_row(brief, section, cells, reterr);
}

enum cox_rc cox_quota_gaps_add(struct cox_brief *brief, struct cox_err *reterr)
{
    struct cox_brief_section *section = cox_brief_section(brief, "quota_gaps", "Without a quota",
        gap_columns, COX_COUNT(gap_columns));
    struct cox_person_deals *sums;
    struct cox_attainment *rows;
    size_t count, unrated;

    if (section == NULL) {
        return cox_no_memory(reterr);
    }
    section->note = "People with open deals and no revenue quota in this period.";
    section->empty = "Everybody with open deals has a revenue quota.";
    COX_TRY(cox_brief_sum_people(brief, brief->day, &sums, reterr));
    COX_TRY(cox_attainment_load(brief, brief->period.span, &rows, &count, &unrated, reterr));
    for (size_t i = 0; i < brief->people_count; i++) {
        const struct cox_person *person = &brief->people[i];

        if (person->is_active && cox_brief_counts(brief, person->id) &&
            !has_quota(rows, count, person->id)) {
            COX_TRY(add_gap(brief, section, person, &sums[i], reterr));
        }
    }
    return COX_OK;
}

/* ---- the quarters to choose from ---- */

static const struct cox_brief_column period_columns[] = {
    {"label", "Quarter", COX_BRIEF_TEXT},
    {"from_day", "From", COX_BRIEF_DAY},
    {"to_day", "Until before", COX_BRIEF_DAY},
};

enum { QUARTERS_BEFORE = 8, QUARTERS_AFTER = 2 };

static enum cox_rc add_period(struct cox_brief *brief, struct cox_brief_section *section,
    const struct cox_period_at *period, struct cox_err *reterr)
{
    struct cox_text label = cox_arena_text(cox_call_arena(brief->call), cox_text_of(period->label));
    const struct cox_value cells[] = {
        cox_text_value(label),
        cox_int(period->span.from_day),
        cox_int(period->span.to_day),
    };

    return label.ptr == NULL ? cox_no_memory(reterr) : cox_brief_row(brief, section, cells, reterr);
}

enum cox_rc cox_periods_add(struct cox_brief *brief, struct cox_err *reterr)
{
    struct cox_brief_section *section =
        cox_brief_section(brief, "periods", "Quarters", period_columns, COX_COUNT(period_columns));
    int64_t day = brief->day;
    struct cox_period_at period;

    if (section == NULL) {
        return cox_no_memory(reterr);
    }
    section->is_for_screens = true;
    for (int i = 0; i < QUARTERS_AFTER; i++) {
        COX_TRY(cox_fiscal_at_day(brief->call, COX_PERIOD_QUARTER, day, &period, reterr));
        day = period.span.to_day;
    }
    for (int i = 0; i <= QUARTERS_BEFORE + QUARTERS_AFTER; i++) {
        COX_TRY(cox_fiscal_at_day(brief->call, COX_PERIOD_QUARTER, day, &period, reterr));
        COX_TRY(add_period(brief, section, &period, reterr)); /* newest first */
        day = period.span.from_day - 1;
    }
    return COX_OK;
}
