/*
 * sales/desk.c: what is on somebody's own desk: next steps, deals that close soon, activity,
 * and for every hat the escalations that wait for an answer.
 */
#include "sales/desk.h"

#include <stdlib.h>

#include "record/query.h"
#include "sales/activity.h"
#include "sales/brief.h"
#include "sales/deals.h"
#include "sales/escalation.h"
#include "sales/opportunity.h"

enum { AHEAD_DAYS = 7, STEPS_MAX = 200, WEEK_DAYS = 7 };

/* Days late; no value when it is not. */
static struct cox_value late(const struct cox_brief *brief, int64_t due_day)
{
    return cox_int(due_day < brief->day ? brief->day - due_day : COX_NULL);
}

/* ---- next steps and tasks ---- */

static const struct cox_brief_column step_columns[] = {
    {"what", "Next step", COX_BRIEF_TEXT},
    {"about", "About", COX_BRIEF_TEXT},
    {"due_day", "Due", COX_BRIEF_DAY},
    {"overdue_days", "Overdue", COX_BRIEF_DAYS},
    {"key", "key", COX_BRIEF_KEY}, /* next_step or activity */
    {"opportunity", "opportunity", COX_BRIEF_ID},
    {"activity", "activity", COX_BRIEF_ID},
};

enum { STEP_DUE = 2, STEP_DEAL = 5, STEP_ACTIVITY = 6 };

struct steps {
    struct cox_brief *brief;
    struct cox_brief_section *section;
};

static enum cox_rc add_step(struct steps *steps, struct cox_text what, struct cox_text about,
    int64_t due_day, const int64_t ids[2], struct cox_err *reterr)
{
    struct cox_arena *arena = cox_call_arena(steps->brief->call);
    const struct cox_value cells[] = {
        cox_text_value(cox_arena_text(arena, what)),
        cox_text_value(about.ptr == NULL ? about : cox_arena_text(arena, about)),
        cox_int(due_day),
        late(steps->brief, due_day),
        cox_text_value(ids[1] == COX_NULL ? COX_LIT("next_step") : COX_LIT("activity")),
        cox_int(ids[0]),
        cox_int(ids[1]),
    };
    _Static_assert(COX_COUNT(cells) == COX_COUNT(step_columns), "one cell a column");

    if (steps->section->row_count >= STEPS_MAX) {
        steps->section->more_count++;
        return COX_OK;
    }
    return cox_brief_row(steps->brief, steps->section, cells, reterr);
}

static enum cox_rc add_deal_steps(struct steps *steps, struct cox_err *reterr)
{
    const struct cox_deals *deals = steps->brief->deals;

    for (size_t i = 0; i < deals->count; i++) {
        const struct cox_deal *deal = &deals->at[i];
        const int64_t ids[2] = {deal->id, COX_NULL};
        const struct cox_row *row;

        if (!cox_deal_is_open(deal) || !cox_brief_counts(steps->brief, deal->owner) ||
            !deal->has_next_step || deal->next_step_day == COX_NULL ||
            deal->next_step_day > steps->brief->day + AHEAD_DAYS) {
            continue;
        }
        COX_TRY(cox_get(steps->brief->call, &cox_opportunity, deal->id, &row, reterr));
        COX_TRY(add_step(steps, cox_row_text(row, COX_OPPORTUNITY_NEXT_STEP),
            cox_row_text(row, COX_OPPORTUNITY_NAME), deal->next_step_day, ids, reterr));
    }
    return COX_OK;
}

static enum cox_rc note_task(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct steps *steps = (struct steps *)ctx;
    struct cox_activity task;
    struct cox_text about = {0};

    cox_row_unpack(row, &task);
    if (task.done_day != COX_NULL || task.is_done == 1) {
        return COX_OK;
    }
    if (task.opportunity != COX_NULL) {
        COX_TRY(
            cox_ref_name(steps->brief->call, &cox_opportunity, task.opportunity, &about, reterr));
    }
    const int64_t ids[2] = {task.opportunity, row->id};
    return add_step(steps, task.subject, about, task.due_day, ids, reterr);
}

static enum cox_rc add_tasks(struct steps *steps, struct cox_err *reterr)
{
    const struct cox_filter_term terms[] = {
        {COX_ACTIVITY_OWNER, "eq", cox_int(steps->brief->user)},
        {COX_ACTIVITY_DUE_DAY, "lte", cox_int(steps->brief->day + AHEAD_DAYS)},
        {COX_ACTIVITY_DONE_DAY, "is", cox_null()},
    };
    const struct cox_filter *filter;

    COX_TRY(cox_filter_build(steps->brief->call, &cox_activity, terms, COX_COUNT(terms), &filter,
        reterr));
    return cox_each(steps->brief->call, &cox_activity, filter, note_task, steps, reterr);
}

/* Then by the records, so that the order is always the same. */
static const size_t order[] = {STEP_DUE, STEP_DEAL, STEP_ACTIVITY};

static int compare_steps(const void *a, const void *b)
{
    const struct cox_value *x = a, *y = b;

    for (size_t i = 0; i < COX_COUNT(order); i++) {
        int64_t p = x[order[i]].number, q = y[order[i]].number;
        if (p != q) {
            return p < q ? -1 : 1;
        }
    }
    return 0;
}

static enum cox_rc add_next_steps(struct cox_brief *brief, struct cox_err *reterr)
{
    struct steps steps = {brief, cox_brief_section(brief, "next_steps", "My next steps",
                                     step_columns, COX_COUNT(step_columns))};

    if (steps.section == NULL) {
        return cox_no_memory(reterr);
    }
    steps.section->note = "Next steps of open deals and tasks, overdue or due within a week.";
    steps.section->empty = "Nothing is due within a week.";
    COX_TRY(add_deal_steps(&steps, reterr));
    COX_TRY(add_tasks(&steps, reterr));
    if (steps.section->row_count > 1) {
        qsort(steps.section->cells, steps.section->row_count,
            COX_COUNT(step_columns) * sizeof(struct cox_value), compare_steps);
    }
    return COX_OK;
}

/* ---- closing this month ---- */

static const struct cox_brief_column closing_columns[] = {
    {"deal", "Deal", COX_BRIEF_TEXT},
    {"stage", "Stage", COX_BRIEF_TEXT},
    {"amount", "Amount", COX_BRIEF_MONEY},
    {"win_prob", "Chance", COX_BRIEF_SHARE},
    {"close_day", "Expected", COX_BRIEF_DAY},
    {"overdue_days", "Overdue", COX_BRIEF_DAYS},
    {"next_step_day", "Next step", COX_BRIEF_DAY},
    {"opportunity", "opportunity", COX_BRIEF_ID},
};

static int compare_closing(const void *a, const void *b)
{
    const struct cox_deal *x = *(const struct cox_deal *const *)a;
    const struct cox_deal *y = *(const struct cox_deal *const *)b;

    if (x->close_day != y->close_day) {
        return x->close_day < y->close_day ? -1 : 1;
    }
    return (x->id > y->id) - (x->id < y->id);
}

static enum cox_rc add_closing_row(struct cox_brief *brief, struct cox_brief_section *section,
    const struct cox_deal *deal, struct cox_err *reterr)
{
    struct cox_text name;

    COX_TRY(cox_deal_name(brief->call, deal->id, &name, reterr));
    const struct cox_value cells[] = {
        cox_text_value(name),
        cox_text_value(brief->deals->stages[deal->stage].label),
        cox_int(deal->amount_minor),
        cox_real(deal->win_prob),
        cox_int(deal->close_day),
        late(brief, deal->close_day),
        cox_int(deal->next_step_day),
        cox_int(deal->id),
    };
    _Static_assert(COX_COUNT(cells) == COX_COUNT(closing_columns), "one cell a column");
    return cox_brief_row(brief, section, cells, reterr);
}

static enum cox_rc add_closing(struct cox_brief *brief, struct cox_err *reterr)
{
    struct cox_civil civil = cox_day_civil(brief->day);
    int64_t month_end = cox_day_add_months(cox_day_ymd(civil.year, civil.month, 1), 1);
    struct cox_brief_section *section = cox_brief_section(brief, "closing", "Closing this month",
        closing_columns, COX_COUNT(closing_columns));
    const struct cox_deal **found = COX_NEW_ARRAY(cox_call_arena(brief->call),
        brief->deals->count + 1, const struct cox_deal *);
    size_t count = 0;

    if (section == NULL || found == NULL) {
        return cox_no_memory(reterr);
    }
    section->note = "Open deals expected by the end of the month, those overdue among them.";
    section->empty = "No deal is expected to close this month.";
    for (size_t i = 0; i < brief->deals->count; i++) {
        const struct cox_deal *deal = &brief->deals->at[i];

        if (cox_deal_is_open(deal) && cox_brief_counts(brief, deal->owner) &&
            deal->close_day != COX_NULL && deal->close_day < month_end) {
            found[count++] = deal;
        }
    }
    qsort(found, count, sizeof(*found), compare_closing);
    for (size_t i = 0; i < count && i < STEPS_MAX; i++) {
        COX_TRY(add_closing_row(brief, section, found[i], reterr));
    }
    section->more_count = count > STEPS_MAX ? count - STEPS_MAX : 0;
    return COX_OK;
}

/* ---- activity ---- */

static const struct cox_brief_column activity_columns[] = {
    {"kind", "Kind", COX_BRIEF_TEXT},
    {"count", "Last 7 days", COX_BRIEF_COUNT},
    {"before_count", "7 days before", COX_BRIEF_COUNT},
    {"key", "key", COX_BRIEF_KEY},
};

struct acts {
    const struct cox_brief *brief;
    int64_t count[COX_ACTIVITY_KIND_COUNT], before[COX_ACTIVITY_KIND_COUNT];
};

static enum cox_rc note_act(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct acts *acts = (struct acts *)ctx;
    int64_t kind = cox_row_int(row, COX_ACTIVITY_KIND);
    int64_t done_day = cox_row_int(row, COX_ACTIVITY_DONE_DAY);

    (void)reterr; /* nothing can fail */
    if (kind >= 0 && kind < COX_ACTIVITY_KIND_COUNT) {
        (done_day > acts->brief->day - WEEK_DAYS ? acts->count : acts->before)[kind]++;
    }
    return COX_OK;
}

static enum cox_rc add_activity(struct cox_brief *brief, struct cox_err *reterr)
{
    const struct cox_choice *kinds = cox_activity.fields[COX_ACTIVITY_KIND].choices;
    const struct cox_filter_term terms[] = {
        {COX_ACTIVITY_OWNER, "eq", cox_int(brief->user)},
        {COX_ACTIVITY_DONE_DAY, "gt", cox_int(brief->day - 2 * WEEK_DAYS)},
        {COX_ACTIVITY_DONE_DAY, "lte", cox_int(brief->day)},
    };
    struct cox_brief_section *section = cox_brief_section(brief, "activity", "My activity",
        activity_columns, COX_COUNT(activity_columns));
    struct acts acts = {.brief = brief};
    const struct cox_filter *filter;

    if (section == NULL) {
        return cox_no_memory(reterr);
    }
    section->note = "Activities done, today included.";
    section->empty = "No activity was done in the last 14 days.";
    COX_TRY(cox_filter_build(brief->call, &cox_activity, terms, COX_COUNT(terms), &filter, reterr));
    COX_TRY(cox_each(brief->call, &cox_activity, filter, note_act, &acts, reterr));
    for (size_t kind = 0; kind < COX_ACTIVITY_KIND_COUNT; kind++) {
        const struct cox_value cells[] = {
            cox_text_value(cox_text_of(kinds[kind].label)),
            cox_int(acts.count[kind]),
            cox_int(acts.before[kind]),
            cox_text_value(cox_text_of(kinds[kind].name)),
        };

        if (acts.count[kind] + acts.before[kind] > 0) {
            COX_TRY(cox_brief_row(brief, section, cells, reterr));
        }
    }
    return COX_OK;
}

/* ---- escalations that wait ---- */

static const struct cox_brief_column escalation_columns[] = {
    {"subject", "Problem", COX_BRIEF_TEXT},
    {"from", "From", COX_BRIEF_TEXT},
    {"asked_of", "Asked of", COX_BRIEF_TEXT},
    {"raised_day", "Raised", COX_BRIEF_DAY},
    {"due_day", "Due", COX_BRIEF_DAY},
    {"overdue_days", "Overdue", COX_BRIEF_DAYS},
    {"record_kind", "key", COX_BRIEF_KEY},
    {"record", "record", COX_BRIEF_ID}, /* of the entity that record_kind names */
    {"escalation", "escalation", COX_BRIEF_ID},
    {"user", "user", COX_BRIEF_ID},
};

static enum cox_rc note_escalation(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct steps *steps = (struct steps *)ctx;
    struct cox_arena *arena = cox_call_arena(steps->brief->call);
    struct cox_escalation escalation;

    cox_row_unpack(row, &escalation);
    if (escalation.state != COX_ESCALATION_OPEN && escalation.state != COX_ESCALATION_ANSWERED) {
        return COX_OK;
    }
    const struct cox_value cells[] = {
        cox_text_value(cox_arena_text(arena, escalation.subject)),
        cox_brief_name(steps->brief, escalation.owner),
        cox_brief_name(steps->brief, escalation.asked_of),
        cox_int(escalation.raised_day),
        cox_int(escalation.due_day),
        escalation.due_day == COX_NULL ? cox_null() : late(steps->brief, escalation.due_day),
        cox_text_value(escalation.record_kind.size == 0
                           ? escalation.record_kind
                           : cox_arena_text(arena, escalation.record_kind)),
        cox_int(escalation.record_id),
        cox_int(row->id),
        cox_int(escalation.owner),
    };
    _Static_assert(COX_COUNT(cells) == COX_COUNT(escalation_columns), "one cell a column");
    return cox_brief_row(steps->brief, steps->section, cells, reterr);
}

/* Those asked of the person; the operator's brief has all of them. */
static enum cox_rc add_escalations(struct cox_brief *brief, struct cox_err *reterr)
{
    const struct cox_filter_term terms[] = {
        {COX_ESCALATION_ASKED_OF, "eq", cox_int(brief->user)},
    };
    struct steps steps = {brief, cox_brief_section(brief, "escalations", "Waiting for an answer",
                                     escalation_columns, COX_COUNT(escalation_columns))};
    const struct cox_filter *filter = NULL;

    if (steps.section == NULL) {
        return cox_no_memory(reterr);
    }
    steps.section->note = "Problems asked of you that are not decided.";
    steps.section->empty = "Nobody waits for an answer.";
    if (brief->user != 0) {
        COX_TRY(cox_filter_build(brief->call, &cox_escalation, terms, COX_COUNT(terms), &filter,
            reterr));
    }
    return cox_each(brief->call, &cox_escalation, filter, note_escalation, &steps, reterr);
}

static const struct cox_signal signal_steps = {"next_steps", COX_ROLE_BIT(COX_REP), add_next_steps};
static const struct cox_signal signal_closing = {"closing", COX_ROLE_BIT(COX_REP), add_closing};
static const struct cox_signal signal_activity = {"activity", COX_ROLE_BIT(COX_REP), add_activity};
static const struct cox_signal signal_escalations = {"escalations",
    COX_ROLE_BIT(COX_REP) | COX_ROLE_BIT(COX_MANAGER) | COX_ROLE_BIT(COX_LEADER), add_escalations};

static const struct cox_signal *const signals[] = {
    &signal_steps,
    &signal_closing,
    &signal_activity,
    &signal_escalations,
    NULL,
};

const struct cox_feature cox_feature_desk = {
    .name = "desk",
    .help = "What is on one's own desk: next steps, deals closing, activity, escalations.",
    .signals = signals,
};
