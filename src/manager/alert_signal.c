/* manager/alert_signal.c: the section of the brief with the asker's open alerts. */
#include "manager/alert_signal.h"

#include "manager/alert.h"
#include "org/people.h"
#include "record/query.h"
#include "sales/measure.h"

enum { SHOWN_MAX = 5 };

static const struct cox_brief_column columns[] = {
    {"measure", "What", COX_BRIEF_TEXT},
    {"whose", "Whose", COX_BRIEF_TEXT},
    {"direction", "Direction", COX_BRIEF_KEY},
    {"since_day", "Since", COX_BRIEF_DAY},
    {"observed", "How many", COX_BRIEF_COUNT},
    {"expected", "Expected", COX_BRIEF_RATIO},
    {"low", "At least", COX_BRIEF_SHARE},
    {"high", "At most", COX_BRIEF_SHARE},
    {"question", "Ask", COX_BRIEF_TEXT},
    {"alert", "alert", COX_BRIEF_ID},
};

static enum cox_rc name_of(struct cox_brief *brief, const struct cox_alert *alert,
    struct cox_text *ret_name, struct cox_err *reterr)
{
    bool of_team = alert->team != COX_NULL;

    COX_TRY(cox_ref_name(brief->call, of_team ? &cox_team : &cox_user,
        of_team ? alert->team : alert->user, ret_name, reterr));
    *ret_name = cox_arena_text(cox_call_arena(brief->call), *ret_name);
    return COX_OK;
}

static enum cox_rc add_row(struct cox_brief *brief, struct cox_brief_section *section,
    const struct cox_row *row, struct cox_err *reterr)
{
    struct cox_arena *arena = cox_call_arena(brief->call);
    const struct cox_sales_measure *measure;
    struct cox_alert alert;
    struct cox_text name;

    cox_row_unpack(row, &alert);
    measure = cox_sales_measure_find(alert.measure);
    COX_TRY(name_of(brief, &alert, &name, reterr));
    const struct cox_value cells[] = {
        cox_text_value(
            measure == NULL ? cox_arena_text(arena, alert.measure) : cox_text_of(measure->label)),
        cox_text_value(name),
        cox_text_value(alert.is_rise == 1 ? COX_LIT("rises") : COX_LIT("falls")),
        cox_int(alert.since_day),
        cox_int((int64_t)nearbyint(alert.observed)),
        cox_real(alert.expected),
        cox_real(alert.low),
        cox_real(alert.high),
        cox_text_value(cox_arena_text(arena, alert.question)),
        cox_int(row->id),
    };
    _Static_assert(COX_COUNT(cells) == COX_COUNT(columns), "one cell a column");
    return cox_brief_row(brief, section, cells, reterr);
}

/* No alert, no section: that nothing moved is the usual thing. The operator's brief has no owner. */
static enum cox_rc add_alerts(struct cox_brief *brief, struct cox_err *reterr)
{
    const struct cox_filter_term terms[] = {
        {COX_ALERT_OWNER, "eq", cox_int(brief->user)},
        {COX_ALERT_STATE, "eq", cox_int(COX_ALERT_OPEN)},
    };
    struct cox_query query = {.entity = &cox_alert,
        .order = {{COX_ALERT_WEEK_DAY, true}},
        .order_count = 1,
        .limit = SHOWN_MAX,
        .want_count = true};
    struct cox_brief_section *section;
    struct cox_page page;

    if (brief->user == 0) {
        return COX_OK;
    }
    COX_TRY(
        cox_filter_build(brief->call, &cox_alert, terms, COX_COUNT(terms), &query.filter, reterr));
    COX_TRY(cox_list(brief->call, &query, &page, reterr));
    if (page.count == 0) {
        return COX_OK;
    }
    section = cox_brief_section(brief, "alerts", "What has changed beyond chance", columns,
        COX_COUNT(columns));
    if (section == NULL) {
        return cox_no_memory(reterr);
    }
    section->note = "Against the own past, season and days off allowed for; at least and at most: "
                    "observed over expected, 90 % interval.";
    for (size_t i = 0; i < page.count; i++) {
        COX_TRY(add_row(brief, section, &page.rows[i], reterr));
    }
    section->more_count = page.total > SHOWN_MAX ? (size_t)(page.total - SHOWN_MAX) : 0;
    return COX_OK;
}

const struct cox_signal cox_signal_alerts = {"alerts",
    COX_ROLE_BIT(COX_REP) | COX_ROLE_BIT(COX_MANAGER) | COX_ROLE_BIT(COX_LEADER), add_alerts};

/* ---- notifications ---- */

static enum cox_rc note_alert(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct cox_notices *notices = ctx;
    const struct cox_sales_measure *measure;
    struct cox_alert alert;
    struct cox_notice notice = {.kind = "alert", .entity = "alert", .record = row->id};

    cox_row_unpack(row, &alert);
    measure = cox_sales_measure_find(alert.measure);
    notice.title = measure == NULL ? alert.measure : cox_text_of(measure->label);
    COX_TRY(cox_ref_name(notices->call, alert.team != COX_NULL ? &cox_team : &cox_user,
        alert.team != COX_NULL ? alert.team : alert.user, &notice.detail, reterr));
    notice.day = alert.since_day;
    notice.seq = row->rev;
    notice.is_new = row->rev > notices->since;
    notices->put(notices, &notice);
    return COX_OK;
}

static enum cox_rc add_notices(struct cox_notices *notices, struct cox_err *reterr)
{
    const struct cox_filter_term terms[] = {
        {COX_ALERT_OWNER, "eq", cox_int(notices->user)},
        {COX_ALERT_STATE, "eq", cox_int(COX_ALERT_OPEN)},
    };
    const struct cox_filter *filter;

    COX_TRY(cox_filter_build(notices->call, &cox_alert, terms, COX_COUNT(terms), &filter, reterr));
    return cox_each(notices->call, &cox_alert, filter, note_alert, notices, reterr);
}

const struct cox_notice_source cox_notices_alerts = {"alerts", add_notices};
