/*
 * leader/feedback_remind.c: whoever is asked how somebody leads is reminded: among the notifications as long as one's
 * own answer is not there, and in digests on Mondays. A mail is read by others on its way, so a digest reminds
 * everybody who is asked alike: neither it nor its absence tells who has answered.
 */
#include "leader/feedback.h"
#include "org/people.h"
#include "record/query.h"
#include "record/sealed.h"
#include "sales/brief.h"
#include "sales/notice.h"

enum { ASKED_MAX = 50, WEEK = 7 };

struct invitation {
    int64_t id, round, person, opened_day, to_day, rev;
};

/* Of the actor, those whose rounds are open on the day. */
static enum cox_rc open_invitations(struct cox_call *call, int64_t day, struct invitation *ret_rows,
    size_t *ret_count, struct cox_err *reterr)
{
    const struct cox_filter_term mine = {COX_FEEDBACK_RATER_RATER, "eq",
        cox_int(cox_call_actor(call)->user_id)};
    struct cox_query query = {.entity = &cox_feedback_rater,
        .limit = ASKED_MAX,
        .order = {{COX_NO_FIELD, true}},
        .order_count = 1};
    struct cox_page page;

    *ret_count = 0;
    COX_TRY(cox_filter_build(call, &cox_feedback_rater, &mine, 1, &query.filter, reterr));
    COX_TRY(cox_list(call, &query, &page, reterr));
    for (size_t i = 0; i < page.count; i++) {
        int64_t id = cox_row_int(&page.rows[i], COX_FEEDBACK_RATER_ROUND);
        struct cox_feedback_round round;
        const struct cox_row *row;

        /* Of the round a rater learns what an invitation says: about whom, until when. */
        COX_TRY(cox_peek(call, &cox_feedback_round, id, &row, reterr));
        cox_row_unpack(row, &round);
        if (round.state == COX_FEEDBACK_OPEN && day < round.to_day) {
            ret_rows[(*ret_count)++] = (struct invitation){page.rows[i].id, id, round.person,
                round.opened_day, round.to_day, row->rev};
        }
    }
    return COX_OK;
}

/* ---- among the notifications: one's own eyes alone ---- */

/* New again once a week, so that a badge does not shine every day. */
static enum cox_rc add_notices(struct cox_notices *notices, struct cox_err *reterr)
{
    struct invitation rows[ASKED_MAX];
    int64_t today = cox_call_today(notices->call);
    size_t count;

    if (!notices->has_people) {
        return COX_OK;
    }
    COX_TRY(open_invitations(notices->call, today, rows, &count, reterr));
    for (size_t i = 0; i < count; i++) {
        int64_t days = rows[i].opened_day == COX_NULL ? 0 : today - rows[i].opened_day;
        struct cox_notice notice = {.kind = "feedback",
            .entity = "feedback_round",
            .record = rows[i].round,
            .day = rows[i].to_day,
            .seq = rows[i].rev,
            .is_new = rows[i].rev > notices->since || (days > 0 && days % WEEK == 0)};
        struct cox_text sealed;

        COX_TRY(cox_sealed_find(notices->call, rows[i].round, rows[i].id, &sealed, reterr));
        if (sealed.ptr == NULL) {
            COX_TRY(cox_ref_name(notices->call, &cox_user, rows[i].person, &notice.title, reterr));
            notices->put(notices, &notice);
        }
    }
    return COX_OK;
}

const struct cox_notice_source cox_notices_feedback = {"feedback", add_notices};

/* ---- in digests ---- */

static const struct cox_brief_column columns[] = {
    {"person", "How does this person lead", COX_BRIEF_TEXT},
    {"to_day", "Answers until the day before", COX_BRIEF_DAY},
    {"round", "feedback_round", COX_BRIEF_ID},
};

/* Of several hats one tells it. */
static bool is_the_hat(const struct cox_brief *brief)
{
    unsigned roles = cox_call_actor(brief->call)->roles;

    return (roles & COX_ROLE_BIT(COX_LEADER)) != 0    ? brief->hat == COX_LEADER
           : (roles & COX_ROLE_BIT(COX_MANAGER)) != 0 ? brief->hat == COX_MANAGER
                                                      : brief->hat == COX_REP;
}

static enum cox_rc add_section(struct cox_brief *brief, struct cox_err *reterr)
{
    struct invitation rows[ASKED_MAX];
    struct cox_brief_section *section;
    size_t count;

    if (brief->user == 0 || brief->user != cox_call_actor(brief->call)->user_id ||
        cox_day_weekday(brief->day) != 1 || !is_the_hat(brief)) {
        return COX_OK;
    }
    COX_TRY(open_invitations(brief->call, brief->day, rows, &count, reterr));
    if (count == 0) {
        return COX_OK;
    }
    section = cox_brief_section(brief, "feedback_asked", "You are asked for 360 feedback", columns,
        COX_COUNT(columns));
    if (section == NULL) {
        return cox_no_memory(reterr);
    }
    section->note = "Told on Mondays to everybody who is asked, whether answered or not.";
    for (size_t i = 0; i < count; i++) {
        const struct cox_value cells[] = {cox_brief_name(brief, rows[i].person),
            cox_int(rows[i].to_day), cox_int(rows[i].round)};

        COX_TRY(cox_brief_row(brief, section, cells, reterr));
    }
    return COX_OK;
}

const struct cox_signal cox_signal_feedback = {"feedback_asked",
    COX_ROLE_BIT(COX_LEADER) | COX_ROLE_BIT(COX_MANAGER) | COX_ROLE_BIT(COX_REP), add_section};
