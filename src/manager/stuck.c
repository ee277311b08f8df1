/* manager/stuck.c: open deals that do not move. */
#include "manager/stuck.h"

#include <stdlib.h>

#include "sales/deals.h"
#include "sales/risk.h"

static void add_reason(struct cox_buf *why)
{
    if (why->size > 0) {
        cox_buf_add_string(why, "; ");
    }
}

/* "1 day", "12 days" */
static void add_days(struct cox_buf *why, int64_t days)
{
    cox_buf_format(why, "%lld day%s", (long long)days, days == 1 ? "" : "s");
}

/* "12 days in stage, usual are 9; no next step" */
static void add_words(struct cox_buf *why, const struct cox_risk *risk, enum cox_risk_reason reason,
    const struct cox_deal *deal, int64_t usual_days)
{
    int64_t days = risk->days[reason];

    add_reason(why);
    switch (reason) {
    case COX_RISK_STAGE_AGE:
        add_days(why, days);
        cox_buf_format(why, " in stage, usual are %lld", (long long)usual_days);
        break;
    case COX_RISK_PAST_CLOSE:
        cox_buf_add_string(why, "expected ");
        add_days(why, days);
        cox_buf_add_string(why, " ago");
        break;
    case COX_RISK_NO_NEXT_STEP:
        cox_buf_add_string(why, "no next step");
        break;
    case COX_RISK_STEP_OVERDUE:
        cox_buf_add_string(why, "next step was due ");
        add_days(why, days);
        cox_buf_add_string(why, " ago");
        break;
    case COX_RISK_QUIET:
        cox_buf_format(why, "%s for %lld days",
            deal->last_activity_day == COX_NULL ? "no activity since it was created,"
                                                : "no activity",
            (long long)days);
        break;
    case COX_RISK_PUSHED: /* the brief does not count them */
    case COX_RISK_COUNT:
        break;
    }
}

static struct cox_risk judge(const struct cox_brief *brief, const struct cox_deal *deal)
{
    const struct cox_risk_facts facts = {.day = brief->day,
        .stage_day = deal->stage_day,
        .usual_days = brief->deals->stages[deal->stage].learnt_days,
        .close_day = deal->close_day,
        .created_day = deal->created_day,
        .last_activity_day = deal->last_activity_day,
        .next_step_day = deal->next_step_day,
        .has_next_step = deal->has_next_step};

    return cox_risk_judge(&facts);
}

/* All reasons in words: for the few that are shown. */
static enum cox_rc tell_why(const struct cox_brief *brief, const struct cox_deal *deal,
    struct cox_text *ret_why, struct cox_err *reterr)
{
    struct cox_risk risk = judge(brief, deal);
    struct cox_buf why;

    cox_buf_init(&why, 1000);
    for (int reason = 0; reason < COX_RISK_COUNT; reason++) {
        if (cox_risk_has(&risk, (enum cox_risk_reason)reason)) {
            add_words(&why, &risk, (enum cox_risk_reason)reason, deal,
                brief->deals->stages[deal->stage].learnt_days);
        }
    }
    *ret_why = cox_arena_text(cox_call_arena(brief->call), cox_buf_text(&why));
    cox_buf_done(&why);
    return ret_why->ptr == NULL ? cox_no_memory(reterr) : COX_OK;
}

static int compare_stuck(const void *a, const void *b)
{
    const struct cox_deal *x = *(const struct cox_deal *const *)a;
    const struct cox_deal *y = *(const struct cox_deal *const *)b;

    if (x->amount_minor != y->amount_minor) {
        return x->amount_minor > y->amount_minor ? -1 : 1;
    }
    return (x->id > y->id) - (x->id < y->id);
}

static const struct cox_brief_column columns[] = {
    {"deal", "Deal", COX_BRIEF_TEXT},
    {"owner", "Owner", COX_BRIEF_TEXT},
    {"stage", "Stage", COX_BRIEF_TEXT},
    {"amount", "Amount", COX_BRIEF_MONEY},
    {"close_day", "Expected", COX_BRIEF_DAY},
    {"win_prob", "Chance", COX_BRIEF_SHARE},
    {"why", "Why", COX_BRIEF_TEXT},
    {"opportunity", "opportunity", COX_BRIEF_ID},
    {"user", "user", COX_BRIEF_ID},
};

static enum cox_rc add_row(struct cox_brief *brief, struct cox_brief_section *section,
    const struct cox_deal *deal, struct cox_err *reterr)
{
    struct cox_text name, why;

    COX_TRY(cox_deal_name(brief->call, deal->id, &name, reterr));
    COX_TRY(tell_why(brief, deal, &why, reterr));
    const struct cox_value cells[] = {
        cox_text_value(name),
        cox_brief_name(brief, deal->owner),
        cox_text_value(brief->deals->stages[deal->stage].label),
        cox_int(deal->has_amount ? deal->amount_minor : COX_NULL),
        cox_int(deal->close_day),
        cox_real(deal->win_prob),
        cox_text_value(why),
        cox_int(deal->id),
        cox_int(deal->owner),
    };

    return cox_brief_row(brief, section, cells, reterr);
}

enum cox_rc cox_stuck_add(struct cox_brief *brief, struct cox_err *reterr)
{
    const struct cox_deals *deals = brief->deals;
    struct cox_brief_section *section =
        cox_brief_section(brief, "stuck", "Stuck deals", columns, COX_COUNT(columns));
    const struct cox_deal **found =
        COX_NEW_ARRAY(cox_call_arena(brief->call), deals->count + 1, const struct cox_deal *);
    size_t count = 0;

    if (section == NULL || found == NULL) {
        return cox_no_memory(reterr);
    }
    section->note = "Longer in a stage than four in five won deals took, past the expected day, or "
                    "both without next step and without activity for 21 days.";
    section->empty = "No deal is stuck.";
    for (size_t i = 0; i < deals->count; i++) {
        const struct cox_deal *deal = &deals->at[i];

        if (cox_deal_is_open(deal) && cox_brief_counts(brief, deal->owner) &&
            judge(brief, deal).is_at_risk) {
            found[count++] = deal;
        }
    }
    qsort(found, count, sizeof(*found), compare_stuck);
    for (size_t i = 0; i < count && i < COX_STUCK_SHOWN_MAX; i++) {
        COX_TRY(add_row(brief, section, found[i], reterr));
    }
    section->more_count = count > COX_STUCK_SHOWN_MAX ? count - COX_STUCK_SHOWN_MAX : 0;
    return COX_OK;
}
