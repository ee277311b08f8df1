/* leader/profile_records.c: contested acts, shared profiles, a company's own ranges and weights. */
#include "leader/profile.h"
#include "org/line.h"
#include "org/people.h"
#include "record/query.h"
#include "sales/rule.h"

static const char for_fairness[] =
    "So that an act which does not fit can be left out of the profile by two people.";
static const char for_sharing[] =
    "So that the person decides who reads the profile; never used for pay, promotion or exit.";

/* ---- contested acts ---- */

static const struct cox_choice contest_states[] = {
    [COX_ACT_CONTEST_OPEN] = {"open", "Contested", NULL},
    [COX_ACT_CONTEST_LEFT_OUT] = {"left_out", "Left out", NULL},
    [COX_ACT_CONTEST_KEPT] = {"kept", "Kept", NULL},
    {0},
};

static const struct cox_field contest_fields[] = {
    [COX_ACT_CONTEST_PERSON] = {"person", .type = COX_REF, .ref = &cox_user,
        .on_delete = COX_CASCADE, .flags = COX_REQUIRED | COX_FIXED,
        .at = COX_AT_INT(struct cox_act_contest, person), .help = "Whose act it is."},
    [COX_ACT_CONTEST_SECOND] = {"second", .type = COX_REF, .ref = &cox_user,
        .on_delete = COX_CASCADE, .flags = COX_REQUIRED | COX_FIXED,
        .at = COX_AT_INT(struct cox_act_contest, second),
        .help = "Who decides: somebody who leads the person."},
    [COX_ACT_CONTEST_ACT] = {"act", .type = COX_TEXT, .max = COX_ACT_KEY_SIZE,
        .flags = COX_REQUIRED | COX_FIXED | COX_SYSTEM,
        .at = COX_AT_TEXT(struct cox_act_contest, act), .help = "Which act."},
    [COX_ACT_CONTEST_LABEL] = {"label", .type = COX_TEXT, .max = 120,
        .flags = COX_REQUIRED | COX_FIXED | COX_SYSTEM,
        .at = COX_AT_TEXT(struct cox_act_contest, label), .help = "What it was."},
    [COX_ACT_CONTEST_DAY] = {"day", .type = COX_DATE,
        .flags = COX_REQUIRED | COX_FIXED | COX_SYSTEM | COX_SORTED,
        .at = COX_AT_INT(struct cox_act_contest, day), .help = "When."},
    [COX_ACT_CONTEST_REASON] = {"reason", .type = COX_TEXT, .max = 2000,
        .flags = COX_REQUIRED | COX_PERSONAL, .at = COX_AT_TEXT(struct cox_act_contest, reason),
        .help = "Why it does not fit.", .purpose = for_fairness},
    [COX_ACT_CONTEST_STATE] = {"state", .type = COX_CHOICE, .choices = contest_states,
        .at = COX_AT_INT(struct cox_act_contest, state),
        .help = "Contested, left out of the profile, or kept; the second person decides."},
    [COX_ACT_CONTEST_ANSWER] = {"answer", .type = COX_TEXT, .max = 2000, .flags = COX_PERSONAL,
        .at = COX_AT_TEXT(struct cox_act_contest, answer), .help = "Why so.",
        .purpose = for_fairness},
    [COX_ACT_CONTEST_DECIDED_DAY] = {"decided_day", .type = COX_DATE, .flags = COX_SYSTEM,
        .at = COX_AT_INT(struct cox_act_contest, decided_day), .help = "Set when it is decided."},
};
_Static_assert(COX_COUNT(contest_fields) == COX_ACT_CONTEST_FIELD_COUNT,
    "one row for each field id");

static const char has_leader_sql[] =
    "SELECT 1 FROM \"line\" WHERE \"member_id\" = $1 AND \"leader_id\" <> $1 AND \"from_day\" <= $2 AND "
    "\"to_day\" > $2 LIMIT 1";

/* Somebody who leads the person; of who is led by nobody, anybody else. */
static enum cox_rc check_second(struct cox_call *call, const struct cox_row *after,
    struct cox_err *reterr)
{
    int64_t person = cox_row_int(after, COX_ACT_CONTEST_PERSON);
    int64_t second = cox_row_int(after, COX_ACT_CONTEST_SECOND);
    const int64_t *below;
    COX_AUTO_STMT stmt = NULL;
    bool is_led;
    size_t count;

    if (person == second) {
        return cox_fail_at(reterr, COX_INVALID, "second", 0, "this takes two people");
    }
    COX_TRY(cox_line_below(call, second, cox_call_today(call), &below, &count, reterr));
    for (size_t i = 0; i < count; i++) {
        if (below[i] == person) {
            return COX_OK;
        }
    }
    COX_TRY(cox_db_prepare(cox_call_db(call), cox_text_of(has_leader_sql), &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, person);
    cox_stmt_bind_int(stmt, 2, cox_call_today(call));
    COX_TRY(cox_stmt_step(stmt, &is_led, reterr));
    return is_led ? cox_fail_at(reterr, COX_INVALID, "second", 0,
                        "somebody who leads the person decides")
                  : COX_OK;
}

static enum cox_rc check_decision(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    int64_t actor = cox_call_actor(call)->user_id;
    bool is_second = actor == cox_row_int(after, COX_ACT_CONTEST_SECOND);
    struct cox_text was = cox_row_text(before, COX_ACT_CONTEST_REASON);
    bool is_decided =
        cox_row_int(before, COX_ACT_CONTEST_STATE) != cox_row_int(after, COX_ACT_CONTEST_STATE);

    if (!is_second && (is_decided || !cox_text_same(cox_row_text(before, COX_ACT_CONTEST_ANSWER),
                                         cox_row_text(after, COX_ACT_CONTEST_ANSWER)))) {
        return cox_fail_at(reterr, COX_DENIED, "state", 0, "the second person decides");
    }
    if (is_second && !cox_text_same(was, cox_row_text(after, COX_ACT_CONTEST_REASON))) {
        return cox_fail_at(reterr, COX_DENIED, "reason", 0, "the reason is the person's");
    }
    if (cox_row_int(after, COX_ACT_CONTEST_STATE) != COX_ACT_CONTEST_OPEN &&
        cox_row_text(after, COX_ACT_CONTEST_ANSWER).size == 0) {
        return cox_fail_at(reterr, COX_INVALID, "answer", 0, "say why");
    }
    if (is_decided) {
        cox_row_set(after, COX_ACT_CONTEST_DECIDED_DAY, cox_int(cox_call_today(call)));
    }
    return COX_OK;
}

static enum cox_rc check_contest(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    if (after == NULL || after->imported) {
        return COX_OK;
    }
    cox_fill_int(after, COX_ACT_CONTEST_STATE, COX_ACT_CONTEST_OPEN);
    if (before != NULL) {
        return check_decision(call, before, after, reterr);
    }
    if (cox_row_int(after, COX_ACT_CONTEST_STATE) != COX_ACT_CONTEST_OPEN ||
        cox_row_text(after, COX_ACT_CONTEST_ANSWER).size > 0) {
        return cox_fail_at(reterr, COX_DENIED, "state", 0, "the second person decides");
    }
    return check_second(call, after, reterr);
}

const struct cox_entity cox_act_contest = {
    .name = "act_contest",
    .plural = "act_contests",
    .label = "Contested act",
    .label_plural = "Contested acts",
    .number = 185,
    .fields = contest_fields,
    .field_count = COX_ACT_CONTEST_FIELD_COUNT,
    .struct_size = sizeof(struct cox_act_contest),
    .reach = COX_REACH_PARTICIPANTS,
    .name_field = COX_ACT_CONTEST_LABEL,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .participant = {COX_ACT_CONTEST_PERSON, COX_ACT_CONTEST_SECOND},
    .check = check_contest,
    .keep = {"So that an act which does not fit can be left out by two people.", COX_BASIS_INTEREST,
        36},
    .help =
        "An act that the person says does not fit the profile, and what a second person decides.",
};

/* ---- shared profiles ---- */

static const struct cox_field share_fields[] = {
    [COX_PROFILE_SHARE_PERSON] = {"person", .type = COX_REF, .ref = &cox_user,
        .on_delete = COX_CASCADE, .flags = COX_REQUIRED | COX_FIXED | COX_SYSTEM,
        .at = COX_AT_INT(struct cox_profile_share, person), .help = "Whose profile."},
    [COX_PROFILE_SHARE_READER] = {"reader", .type = COX_REF, .ref = &cox_user,
        .on_delete = COX_CASCADE, .flags = COX_REQUIRED | COX_FIXED | COX_SYSTEM,
        .at = COX_AT_INT(struct cox_profile_share, reader), .help = "Who may read it."},
    [COX_PROFILE_SHARE_DAY] = {"day", .type = COX_DATE,
        .flags = COX_REQUIRED | COX_FIXED | COX_SYSTEM | COX_SORTED,
        .at = COX_AT_INT(struct cox_profile_share, day), .help = "As of which day it was shared."},
    [COX_PROFILE_SHARE_BODY] = {"body", .type = COX_TEXT, .max = 60000,
        .flags = COX_REQUIRED | COX_FIXED | COX_SYSTEM | COX_PERSONAL,
        .at = COX_AT_TEXT(struct cox_profile_share, body),
        .help = "What was shared, word for word; later changes are not seen.",
        .purpose = for_sharing},
};
_Static_assert(COX_COUNT(share_fields) == COX_PROFILE_SHARE_FIELD_COUNT,
    "one row for each field id");

const struct cox_entity cox_profile_share = {
    .name = "profile_share",
    .plural = "profile_shares",
    .label = "Shared profile",
    .label_plural = "Shared profiles",
    .number = 186,
    .fields = share_fields,
    .field_count = COX_PROFILE_SHARE_FIELD_COUNT,
    .struct_size = sizeof(struct cox_profile_share),
    .reach = COX_REACH_PARTICIPANTS,
    .name_field = COX_PROFILE_SHARE_DAY,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .participant = {COX_PROFILE_SHARE_PERSON, COX_PROFILE_SHARE_READER},
    .keep = {"So that the person decides who reads the profile.", COX_BASIS_CONSENT, 24},
    .help = "A profile as its person has shown it to somebody; taken back by deleting it.",
};

/* ---- ranges ---- */

#define SETTING (COX_ROLE_BIT(COX_EXECUTIVE) | COX_ROLE_BIT(COX_ADMIN) | COX_ROLE_BIT(COX_OPERATOR))

static const struct cox_grant range_grants[] = {
    {COX_ROLE_BIT(COX_REP) | COX_ROLE_BIT(COX_MANAGER) | COX_ROLE_BIT(COX_LEADER), .read = COX_ALL},
    {SETTING, COX_ALL, COX_ALL, COX_ALL, COX_ALL},
    {0},
};

static const struct cox_field range_fields[] = {
    [COX_PROFILE_RANGE_ROLE] = {"role", .type = COX_CHOICE, .choices = cox_range_roles,
        .flags = COX_REQUIRED, .at = COX_AT_INT(struct cox_profile_range, role),
        .help = "For whoever manages, or for whoever leads."},
    [COX_PROFILE_RANGE_SITUATION] = {"situation", .type = COX_TEXT, .max = 60,
        .flags = COX_REQUIRED, .at = COX_AT_TEXT(struct cox_profile_range, situation),
        .help = "steady, growing, turnaround, or one of your own."},
    [COX_PROFILE_RANGE_ASPECT] = {"aspect", .type = COX_CHOICE, .choices = cox_aspect_choices,
        .flags = COX_REQUIRED, .at = COX_AT_INT(struct cox_profile_range, aspect),
        .help = "Of which aspect."},
    [COX_PROFILE_RANGE_LOW] = {"low", .type = COX_REAL, .min = 0, .max = 1, .flags = COX_REQUIRED,
        .at = COX_AT_REAL(struct cox_profile_range, low),
        .help = "From here; 0 is the manager's end."},
    [COX_PROFILE_RANGE_HIGH] = {"high", .type = COX_REAL, .min = 0, .max = 1, .flags = COX_REQUIRED,
        .at = COX_AT_REAL(struct cox_profile_range, high),
        .help = "To here; 1 is the leader's end."},
    [COX_PROFILE_RANGE_WHY] = {"why", .type = COX_TEXT, .max = 500,
        .at = COX_AT_TEXT(struct cox_profile_range, why), .help = "Why the role asks for it."},
};
_Static_assert(COX_COUNT(range_fields) == COX_PROFILE_RANGE_FIELD_COUNT,
    "one row for each field id");

static enum cox_rc check_range(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    (void)call, (void)before; /* judged by what it becomes */
    return after != NULL && !(cox_row_real(after, COX_PROFILE_RANGE_LOW) <
                                cox_row_real(after, COX_PROFILE_RANGE_HIGH))
               ? cox_fail_at(reterr, COX_INVALID, "high", 0, "lies above low")
               : COX_OK;
}

const struct cox_entity cox_profile_range = {
    .name = "profile_range",
    .plural = "profile_ranges",
    .label = "Range of an aspect",
    .label_plural = "Ranges of aspects",
    .number = 187,
    .fields = range_fields,
    .field_count = COX_PROFILE_RANGE_FIELD_COUNT,
    .struct_size = sizeof(struct cox_profile_range),
    .reach = COX_REACH_COMPANY,
    .name_field = COX_PROFILE_RANGE_SITUATION,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .grants = range_grants,
    .check = check_range,
    .help =
        "What a role asks for in a situation, in place of the ranges that come with the program.",
};

/* ---- weights ---- */

static const struct cox_field weight_fields[] = {
    [COX_ACT_WEIGHT_KIND] = {"kind", .type = COX_TEXT, .max = 60, .flags = COX_REQUIRED | COX_FIXED,
        .at = COX_AT_TEXT(struct cox_act_weight, kind), .help = "Which acts: talk_held ..."},
    [COX_ACT_WEIGHT_WEIGHT] = {"weight", .type = COX_REAL, .min = 0, .max = 10,
        .flags = COX_REQUIRED, .at = COX_AT_REAL(struct cox_act_weight, weight),
        .help = "How much one of them counts; 0: not at all."},
    [COX_ACT_WEIGHT_WHY] = {"why", .type = COX_TEXT, .max = 500,
        .at = COX_AT_TEXT(struct cox_act_weight, why), .help = "Why so."},
};
_Static_assert(COX_COUNT(weight_fields) == COX_ACT_WEIGHT_FIELD_COUNT, "one row for each field id");

static enum cox_rc check_weight(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    (void)call, (void)before; /* judged by what it becomes */
    for (size_t k = 0; after != NULL; k++) {
        if (k == COX_ACT_COUNT) {
            return cox_fail_at(reterr, COX_INVALID, "kind", 0, "is no kind of act");
        }
        if (cox_text_same(cox_row_text(after, COX_ACT_WEIGHT_KIND),
                cox_text_of(cox_act_kinds[k].name))) {
            break;
        }
    }
    return COX_OK;
}

const struct cox_entity cox_act_weight = {
    .name = "act_weight",
    .plural = "act_weights",
    .label = "Weight of an act",
    .label_plural = "Weights of acts",
    .number = 188,
    .fields = weight_fields,
    .field_count = COX_ACT_WEIGHT_FIELD_COUNT,
    .struct_size = sizeof(struct cox_act_weight),
    .reach = COX_REACH_COMPANY,
    .name_field = COX_ACT_WEIGHT_KIND,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .grants = range_grants,
    .check = check_weight,
    .help = "How much acts of a kind count, in place of the weight that comes with the program.",
};
