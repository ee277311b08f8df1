/* leader/feedback.c: the tables of 360 rounds, invitations and results, and their rules. */
#include "leader/feedback.h"

#include "org/line.h"
#include "org/people.h"
#include "record/query.h"
#include "sales/rule.h"

static const char for_growth[] =
    "So that the person learns how others see them; never used for pay, promotion or exit.";

static bool is_below(const int64_t *below, size_t count, int64_t user)
{
    for (size_t i = 0; i < count; i++) {
        if (below[i] == user) {
            return true;
        }
    }
    return false;
}

static enum cox_rc leads(struct cox_call *call, int64_t leader, int64_t person, bool *ret_leads,
    struct cox_err *reterr)
{
    const int64_t *below;
    size_t count;

    COX_TRY(cox_line_below(call, leader, cox_call_today(call), &below, &count, reterr));
    *ret_leads = is_below(below, count, person);
    return COX_OK;
}

/* ---- round ---- */

static const struct cox_choice round_states[] = {
    [COX_FEEDBACK_DRAFT] = {"draft", "Draft", NULL},
    [COX_FEEDBACK_OPEN] = {"open", "Open", NULL},
    [COX_FEEDBACK_CLOSED] = {"closed", "Closed", NULL},
    {0},
};

static const struct cox_field round_fields[] = {
    [COX_FEEDBACK_ROUND_AUTHOR] = {"author", .type = COX_REF, .ref = &cox_user,
        .on_delete = COX_CASCADE, .flags = COX_REQUIRED | COX_FIXED,
        .at = COX_AT_INT(struct cox_feedback_round, author), .help = "Who asks."},
    [COX_FEEDBACK_ROUND_PERSON] = {"person", .type = COX_REF, .ref = &cox_user,
        .on_delete = COX_CASCADE, .flags = COX_REQUIRED | COX_FIXED,
        .at = COX_AT_INT(struct cox_feedback_round, person),
        .help = "About whom; oneself, or somebody whom one leads."},
    [COX_FEEDBACK_ROUND_INSTRUMENT] = {"instrument", .type = COX_REF, .ref = &cox_instrument,
        .on_delete = COX_REFUSE, .at = COX_AT_INT(struct cox_feedback_round, instrument),
        .help = "The questionnaire; without one, the six aspects."},
    [COX_FEEDBACK_ROUND_TO_DAY] = {"to_day", .type = COX_DATE, .flags = COX_REQUIRED | COX_SORTED,
        .at = COX_AT_INT(struct cox_feedback_round, to_day),
        .help = "The first day on which nobody answers any more; 3 to 60 days after it is opened."},
    [COX_FEEDBACK_ROUND_STATE] = {"state", .type = COX_CHOICE, .choices = round_states,
        .flags = COX_SYSTEM, .at = COX_AT_INT(struct cox_feedback_round, state),
        .help = "Raters are invited while it is a draft; nothing changes once it is open."},
    [COX_FEEDBACK_ROUND_OPENED_DAY] = {"opened_day", .type = COX_DATE, .flags = COX_SYSTEM,
        .at = COX_AT_INT(struct cox_feedback_round, opened_day), .help = "Set when it is opened."},
    [COX_FEEDBACK_ROUND_CLOSED_DAY] = {"closed_day", .type = COX_DATE, .flags = COX_SYSTEM,
        .at = COX_AT_INT(struct cox_feedback_round, closed_day),
        .help = "When the person has opened the results, which closes it for good."},
    [COX_FEEDBACK_ROUND_INVITED_COUNT] = {"invited_count", .type = COX_INT, .flags = COX_SYSTEM,
        .at = COX_AT_INT(struct cox_feedback_round, invited_count),
        .help = "How many were asked, the person not counted."},
};
_Static_assert(COX_COUNT(round_fields) == COX_FEEDBACK_ROUND_FIELD_COUNT,
    "one row for each field id");

/* Only forward, and nothing else from the opening on: whoever answers knows what for and with whom. Undo too. */
static enum cox_rc check_frozen(const struct cox_row *before, const struct cox_row *after,
    struct cox_err *reterr)
{
    int64_t was = cox_row_int(before, COX_FEEDBACK_ROUND_STATE);

    if (cox_row_int(after, COX_FEEDBACK_ROUND_STATE) < was) {
        return cox_fail_at(reterr, COX_DENIED, "state", 0, "a round is opened and closed once");
    }
    if (was != COX_FEEDBACK_DRAFT && (cox_row_int(before, COX_FEEDBACK_ROUND_TO_DAY) !=
                                             cox_row_int(after, COX_FEEDBACK_ROUND_TO_DAY) ||
                                         cox_row_int(before, COX_FEEDBACK_ROUND_INSTRUMENT) !=
                                             cox_row_int(after, COX_FEEDBACK_ROUND_INSTRUMENT))) {
        return cox_fail_at(reterr, COX_DENIED, "state", 0, "a round that is open does not change");
    }
    return COX_OK;
}

static enum cox_rc check_new_round(struct cox_call *call, const struct cox_row *after,
    struct cox_err *reterr)
{
    int64_t author = cox_row_int(after, COX_FEEDBACK_ROUND_AUTHOR);
    int64_t person = cox_row_int(after, COX_FEEDBACK_ROUND_PERSON);
    bool is_leader = author == person;

    if (author != COX_NULL && person != COX_NULL && !is_leader) {
        COX_TRY(leads(call, author, person, &is_leader, reterr));
    }
    return is_leader || person == COX_NULL
               ? COX_OK
               : cox_fail_at(reterr, COX_DENIED, "person", 0,
                     "a round is about oneself or about somebody whom one leads");
}

static enum cox_rc check_days(struct cox_call *call, const struct cox_row *after,
    struct cox_err *reterr)
{
    int64_t days = cox_row_int(after, COX_FEEDBACK_ROUND_TO_DAY) - cox_call_today(call);

    return days >= COX_FEEDBACK_DAYS_MIN && days <= COX_FEEDBACK_DAYS_MAX
               ? COX_OK
               : cox_fail_at(reterr, COX_INVALID, "to_day", 0, "people get %d to %d days to answer",
                     COX_FEEDBACK_DAYS_MIN, COX_FEEDBACK_DAYS_MAX);
}

static enum cox_rc check_instrument(struct cox_call *call, const struct cox_row *after,
    struct cox_err *reterr)
{
    int64_t id = cox_row_int(after, COX_FEEDBACK_ROUND_INSTRUMENT);
    const struct cox_row *instrument;

    if (id == COX_NULL) {
        return COX_OK;
    }
    COX_TRY(cox_get(call, &cox_instrument, id, &instrument, reterr));
    return cox_row_int(instrument, COX_INSTRUMENT_IS_FINAL) == 1
               ? COX_OK
               : cox_fail_at(reterr, COX_INVALID, "instrument", 0,
                     "only a questionnaire that is final can be asked");
}

static enum cox_rc check_round(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    if (after == NULL) {
        return cox_row_int(before, COX_FEEDBACK_ROUND_STATE) == COX_FEEDBACK_DRAFT
                   ? COX_OK
                   : cox_fail_at(reterr, COX_DENIED, "state", 0,
                         "a round that has been opened stays");
    }
    cox_fill_int(after, COX_FEEDBACK_ROUND_STATE, COX_FEEDBACK_DRAFT);
    cox_fill_int(after, COX_FEEDBACK_ROUND_TO_DAY, cox_call_today(call) + 14);
    if (after->imported) {
        return COX_OK;
    }
    if (before != NULL) {
        COX_TRY(check_frozen(before, after, reterr));
    } else {
        COX_TRY(check_new_round(call, after, reterr));
    }
    if (cox_row_int(after, COX_FEEDBACK_ROUND_STATE) == COX_FEEDBACK_DRAFT) {
        COX_TRY(check_days(call, after, reterr));
        return check_instrument(call, after, reterr);
    }
    return before == NULL || cox_row_int(before, COX_FEEDBACK_ROUND_STATE) != COX_FEEDBACK_DRAFT
               ? COX_OK
               : check_days(call, after, reterr);
}

const struct cox_entity cox_feedback_round = {
    .name = "feedback_round",
    .plural = "feedback_rounds",
    .label = "360 round",
    .label_plural = "360 rounds",
    .number = 182,
    .fields = round_fields,
    .field_count = COX_FEEDBACK_ROUND_FIELD_COUNT,
    .struct_size = sizeof(struct cox_feedback_round),
    .reach = COX_REACH_PARTICIPANTS,
    .name_field = COX_FEEDBACK_ROUND_TO_DAY,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .participant = {COX_FEEDBACK_ROUND_AUTHOR, COX_FEEDBACK_ROUND_PERSON},
    .check = check_round,
    .keep = {"So that people can be asked how somebody leads.", COX_BASIS_INTEREST, 0},
    .help = "Asking others how somebody leads. The one who asks and the person see that it is.",
};

/* ---- rater ---- */

static const struct cox_choice groups[] = {
    [COX_FEEDBACK_SELF] = {"self", "Oneself", NULL},
    [COX_FEEDBACK_LEADER] = {"leader", "Leader", NULL},
    [COX_FEEDBACK_REPORT] = {"report", "Reports", NULL},
    [COX_FEEDBACK_PEER] = {"peer", "Colleagues", NULL},
    {0},
};

static const struct cox_field rater_fields[] = {
    [COX_FEEDBACK_RATER_AUTHOR] = {"author", .type = COX_REF, .ref = &cox_user,
        .on_delete = COX_CASCADE, .flags = COX_REQUIRED | COX_FIXED,
        .at = COX_AT_INT(struct cox_feedback_rater, author), .help = "Who asks."},
    [COX_FEEDBACK_RATER_RATER] = {"rater", .type = COX_REF, .ref = &cox_user,
        .on_delete = COX_CASCADE, .flags = COX_REQUIRED | COX_FIXED,
        .at = COX_AT_INT(struct cox_feedback_rater, rater), .help = "Who is asked."},
    [COX_FEEDBACK_RATER_ROUND] = {"round", .type = COX_REF, .ref = &cox_feedback_round,
        .on_delete = COX_CASCADE, .flags = COX_REQUIRED | COX_FIXED,
        .at = COX_AT_INT(struct cox_feedback_rater, round), .help = "In which round."},
    [COX_FEEDBACK_RATER_PERSON] = {"person", .type = COX_REF, .ref = &cox_user,
        .on_delete = COX_CASCADE, .flags = COX_SYSTEM,
        .at = COX_AT_INT(struct cox_feedback_rater, person), .help = "About whom."},
    [COX_FEEDBACK_RATER_GROUP] = {"group", .type = COX_CHOICE, .choices = groups,
        .flags = COX_SYSTEM, .at = COX_AT_INT(struct cox_feedback_rater, group),
        .help = "By the reporting lines of the day, nobody chooses it."},
};
_Static_assert(COX_COUNT(rater_fields) == COX_FEEDBACK_RATER_FIELD_COUNT,
    "one row for each field id");

static enum cox_rc group_of(struct cox_call *call, int64_t rater, int64_t person,
    int64_t *ret_group, struct cox_err *reterr)
{
    bool is_leader = false, is_report = false;

    if (rater != person) {
        COX_TRY(leads(call, rater, person, &is_leader, reterr));
        COX_TRY(leads(call, person, rater, &is_report, reterr));
    }
    *ret_group = rater == person ? COX_FEEDBACK_SELF
                 : is_leader     ? COX_FEEDBACK_LEADER
                 : is_report     ? COX_FEEDBACK_REPORT
                                 : COX_FEEDBACK_PEER;
    return COX_OK;
}

static enum cox_rc check_once(struct cox_call *call, const struct cox_row *after,
    struct cox_err *reterr)
{
    const struct cox_filter_term of_round = {COX_FEEDBACK_RATER_ROUND, "eq",
        cox_int(cox_row_int(after, COX_FEEDBACK_RATER_ROUND))};
    struct cox_query query = {.entity = &cox_feedback_rater, .limit = COX_FEEDBACK_RATERS_MAX + 1};
    struct cox_page page;

    COX_TRY(cox_filter_build(call, &cox_feedback_rater, &of_round, 1, &query.filter, reterr));
    COX_TRY(cox_list(call, &query, &page, reterr));
    if (page.count >= COX_FEEDBACK_RATERS_MAX) {
        return cox_fail_at(reterr, COX_INVALID, "rater", 0, "at most %d people are asked",
            COX_FEEDBACK_RATERS_MAX);
    }
    for (size_t i = 0; i < page.count; i++) {
        if (page.rows[i].id != after->id && cox_row_int(&page.rows[i], COX_FEEDBACK_RATER_RATER) ==
                                                cox_row_int(after, COX_FEEDBACK_RATER_RATER)) {
            return cox_fail_at(reterr, COX_CONFLICT, "rater", 0, "is asked already");
        }
    }
    return COX_OK;
}

static enum cox_rc check_rater(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    const struct cox_row *row = after == NULL ? before : after, *round;
    int64_t person, group;
    enum cox_rc rc;

    if (row->imported) {
        return COX_OK;
    }
    rc = cox_peek(call, &cox_feedback_round, cox_row_int(row, COX_FEEDBACK_RATER_ROUND), &round,
        reterr);
    if (rc != COX_OK) {
        return rc == COX_MISSING && after == NULL ? COX_OK : rc; /* it goes with its round */
    }
    if (cox_row_int(round, COX_FEEDBACK_ROUND_STATE) != COX_FEEDBACK_DRAFT) {
        return cox_fail_at(reterr, COX_DENIED, "round", 0,
            "who is asked stands fast once a round is open");
    }
    if (after == NULL || before != NULL) {
        return COX_OK;
    }
    if (cox_row_int(round, COX_FEEDBACK_ROUND_AUTHOR) !=
        cox_row_int(after, COX_FEEDBACK_RATER_AUTHOR)) {
        return cox_fail_at(reterr, COX_INVALID, "round", 0, "that is somebody else's round");
    }
    person = cox_row_int(round, COX_FEEDBACK_ROUND_PERSON);
    COX_TRY(group_of(call, cox_row_int(after, COX_FEEDBACK_RATER_RATER), person, &group, reterr));
    cox_row_set(after, COX_FEEDBACK_RATER_PERSON, cox_int(person));
    cox_row_set(after, COX_FEEDBACK_RATER_GROUP, cox_int(group));
    return check_once(call, after, reterr);
}

const struct cox_entity cox_feedback_rater = {
    .name = "feedback_rater",
    .plural = "feedback_raters",
    .label = "Invitation to a 360",
    .label_plural = "Invitations to a 360",
    .number = 183,
    .fields = rater_fields,
    .field_count = COX_FEEDBACK_RATER_FIELD_COUNT,
    .struct_size = sizeof(struct cox_feedback_rater),
    .reach = COX_REACH_PARTICIPANTS,
    .name_field = COX_FEEDBACK_RATER_PERSON,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .participant = {COX_FEEDBACK_RATER_AUTHOR, COX_FEEDBACK_RATER_RATER},
    .check = check_rater,
    .keep = {"So that people can be asked how somebody leads.", COX_BASIS_INTEREST, 0},
    .help = "That somebody is asked. Whether and what they answer is in no record.",
};

/* ---- result ---- */

const struct cox_choice cox_feedback_cells[] = {
    [COX_FEEDBACK_CELL_SELF] = {"self", "Oneself", NULL},
    [COX_FEEDBACK_CELL_REPORTS] = {"reports", "Reports", NULL},
    [COX_FEEDBACK_CELL_COLLEAGUES] = {"colleagues", "Colleagues and leaders", NULL},
    [COX_FEEDBACK_CELL_ALL] = {"all", "All but oneself", NULL},
    {0},
};

const struct cox_choice cox_feedback_agreements[] = {
    [COX_AGREEMENT_LOW] = {"low", "They see it differently", NULL},
    [COX_AGREEMENT_MODERATE] = {"moderate", "They agree somewhat", NULL},
    [COX_AGREEMENT_HIGH] = {"high", "They agree", NULL},
    {0},
};

static const struct cox_field result_fields[] = {
    [COX_FEEDBACK_RESULT_PERSON] = {"person", .type = COX_REF, .ref = &cox_user,
        .on_delete = COX_CASCADE, .flags = COX_REQUIRED | COX_FIXED | COX_SYSTEM,
        .at = COX_AT_INT(struct cox_feedback_result, person), .help = "About whom."},
    [COX_FEEDBACK_RESULT_ROUND] = {"round", .type = COX_REF, .ref = &cox_feedback_round,
        .on_delete = COX_CASCADE, .flags = COX_REQUIRED | COX_FIXED | COX_SYSTEM,
        .at = COX_AT_INT(struct cox_feedback_result, round), .help = "Of which round."},
    [COX_FEEDBACK_RESULT_DAY] = {"day", .type = COX_DATE, .flags = COX_REQUIRED | COX_SYSTEM,
        .at = COX_AT_INT(struct cox_feedback_result, day), .help = "When the round was closed."},
    [COX_FEEDBACK_RESULT_INSTRUMENT] = {"instrument", .type = COX_TEXT, .max = 170,
        .flags = COX_REQUIRED | COX_SYSTEM,
        .at = COX_AT_TEXT(struct cox_feedback_result, instrument),
        .help = "What was asked, with its version; only the same one is compared."},
    [COX_FEEDBACK_RESULT_SCALE] = {"scale", .type = COX_TEXT, .max = 120,
        .flags = COX_REQUIRED | COX_SYSTEM, .at = COX_AT_TEXT(struct cox_feedback_result, scale),
        .help = "What it measures."},
    [COX_FEEDBACK_RESULT_CELL] = {"cell", .type = COX_CHOICE, .choices = cox_feedback_cells,
        .flags = COX_REQUIRED | COX_SYSTEM, .at = COX_AT_INT(struct cox_feedback_result, cell),
        .help = "Who answered."},
    [COX_FEEDBACK_RESULT_COUNT] = {"count", .type = COX_INT, .flags = COX_REQUIRED | COX_SYSTEM,
        .at = COX_AT_INT(struct cox_feedback_result, count), .help = "How many."},
    [COX_FEEDBACK_RESULT_MEAN] = {"mean", .type = COX_REAL, .flags = COX_SYSTEM | COX_PERSONAL,
        .at = COX_AT_REAL(struct cox_feedback_result, mean),
        .help = "From 0 to 1, in steps of .05 within .1 and .9.", .purpose = for_growth},
    [COX_FEEDBACK_RESULT_ERROR] = {"error", .label = "Standard error", .type = COX_REAL,
        .flags = COX_SYSTEM | COX_PERSONAL, .at = COX_AT_REAL(struct cox_feedback_result, error),
        .help = "Of the mean, with what the steps add.", .purpose = for_growth},
    [COX_FEEDBACK_RESULT_AGREEMENT] = {"agreement", .type = COX_CHOICE,
        .choices = cox_feedback_agreements, .flags = COX_SYSTEM | COX_PERSONAL,
        .at = COX_AT_INT(struct cox_feedback_result, agreement),
        .help = "How far those who answered agree (r_wg: low under .5, high from .7).",
        .purpose = for_growth},
};
_Static_assert(COX_COUNT(result_fields) == COX_FEEDBACK_RESULT_FIELD_COUNT,
    "one row for each field id");

const struct cox_entity cox_feedback_result = {
    .name = "feedback_result",
    .plural = "feedback_results",
    .label = "360 result",
    .label_plural = "360 results",
    .number = 184,
    .fields = result_fields,
    .field_count = COX_FEEDBACK_RESULT_FIELD_COUNT,
    .struct_size = sizeof(struct cox_feedback_result),
    .reach = COX_REACH_PARTICIPANTS,
    .name_field = COX_FEEDBACK_RESULT_SCALE,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .participant = {COX_FEEDBACK_RESULT_PERSON, COX_FEEDBACK_RESULT_PERSON},
    .keep = {"So that the person learns how others see them; never for pay, promotion or exit.",
        COX_BASIS_INTEREST, 36},
    .help = "How a group sees somebody on one scale, made once when a round was closed.",
};
