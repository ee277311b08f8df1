/* sales/escalation.c: the tables of escalations and of those who take part, and their rule. */
#include "sales/escalation.h"

#include "org/people.h"
#include "sales/opportunity.h"
#include "sales/rule.h"

static const struct cox_choice escalation_kinds[] = {
    [COX_ESCALATION_PROBLEM] = {"problem", "Problem", NULL},
    [COX_ESCALATION_OWNERSHIP] = {"ownership", "Dispute about the owner", NULL},
    [COX_ESCALATION_SPLIT] = {"split", "Dispute about a split", NULL},
    {0},
};

static const struct cox_choice escalation_states[] = {
    [COX_ESCALATION_OPEN] = {"open", "Open", NULL},
    [COX_ESCALATION_ANSWERED] = {"answered", "Answered", NULL},
    [COX_ESCALATION_DECIDED] = {"decided", "Decided", NULL},
    [COX_ESCALATION_WITHDRAWN] = {"withdrawn", "Withdrawn", NULL},
    {0},
};

/* ---- escalation ---- */

static const struct cox_field escalation_fields[] = {
    [COX_ESCALATION_KIND] = {"kind", .type = COX_CHOICE, .choices = escalation_kinds,
        .flags = COX_REQUIRED | COX_FIXED, .at = COX_AT_INT(struct cox_escalation, kind),
        .help = "Problem, dispute about an owner, or about a split."},
    [COX_ESCALATION_RECORD_KIND] = {"record_kind", .type = COX_TEXT, .max = 60,
        .flags = COX_REQUIRED | COX_FIXED, .at = COX_AT_TEXT(struct cox_escalation, record_kind),
        .help = "What kind of record it is about: opportunity, account ..."},
    [COX_ESCALATION_RECORD_ID] = {"record_id", .type = COX_INT, .flags = COX_REQUIRED | COX_FIXED,
        .at = COX_AT_INT(struct cox_escalation, record_id), .help = "That record's number."},
    [COX_ESCALATION_SUBJECT] = {"subject", .type = COX_TEXT, .max = 255,
        .flags = COX_REQUIRED | COX_SEARCHED, .at = COX_AT_TEXT(struct cox_escalation, subject),
        .help = "The problem in one line."},
    [COX_ESCALATION_BODY] = {"body", .type = COX_TEXT, .max = 32000,
        .at = COX_AT_TEXT(struct cox_escalation, body), .help = "The problem in full."},
    [COX_ESCALATION_EVIDENCE] = {"evidence", .type = COX_TEXT, .max = 32000,
        .at = COX_AT_TEXT(struct cox_escalation, evidence), .help = "What speaks for it."},
    [COX_ESCALATION_OWNER] = {"owner", .type = COX_REF, .ref = &cox_user, .on_delete = COX_REFUSE,
        .flags = COX_REQUIRED, .at = COX_AT_INT(struct cox_escalation, owner),
        .help = "Who raised it."},
    [COX_ESCALATION_ASKED_OF] = {"asked_of", .type = COX_REF, .ref = &cox_user,
        .on_delete = COX_REFUSE, .flags = COX_REQUIRED,
        .at = COX_AT_INT(struct cox_escalation, asked_of), .help = "Who is asked."},
    [COX_ESCALATION_RAISED_DAY] = {"raised_day", .type = COX_DATE, .flags = COX_SYSTEM | COX_SORTED,
        .at = COX_AT_INT(struct cox_escalation, raised_day),
        .help = "Day it was raised. Set when saved."},
    [COX_ESCALATION_DUE_DAY] = {"due_day", .type = COX_DATE, .flags = COX_REQUIRED | COX_SORTED,
        .at = COX_AT_INT(struct cox_escalation, due_day), .help = "Day an answer is due."},
    [COX_ESCALATION_STATE] = {"state", .type = COX_CHOICE, .choices = escalation_states,
        .at = COX_AT_INT(struct cox_escalation, state),
        .help = "Open, answered, decided or withdrawn."},
    [COX_ESCALATION_ANSWER] = {"answer", .type = COX_TEXT, .max = 32000,
        .at = COX_AT_TEXT(struct cox_escalation, answer), .help = "The answer."},
    [COX_ESCALATION_ANSWERED_DAY] = {"answered_day", .type = COX_DATE, .flags = COX_SYSTEM,
        .at = COX_AT_INT(struct cox_escalation, answered_day),
        .help = "Day it was answered. Set when saved."},
    [COX_ESCALATION_DECISION] = {"decision", .type = COX_TEXT, .max = 32000,
        .at = COX_AT_TEXT(struct cox_escalation, decision), .help = "What was decided."},
    [COX_ESCALATION_DECIDED_BY] = {"decided_by", .type = COX_REF, .ref = &cox_user,
        .on_delete = COX_SET_NULL, .at = COX_AT_INT(struct cox_escalation, decided_by),
        .help = "Who decided."},
    [COX_ESCALATION_DECIDED_DAY] = {"decided_day", .type = COX_DATE, .flags = COX_SYSTEM,
        .at = COX_AT_INT(struct cox_escalation, decided_day),
        .help = "Day it was decided. Set when saved."},
};
_Static_assert(COX_COUNT(escalation_fields) == COX_ESCALATION_FIELD_COUNT,
    "one row for each field id");

/* A dispute is about something that can be disputed. */
static enum cox_rc check_subject(struct cox_call *call, const struct cox_row *after,
    struct cox_err *reterr)
{
    struct cox_text kind = cox_row_text(after, COX_ESCALATION_RECORD_KIND);
    int64_t what = cox_row_int(after, COX_ESCALATION_KIND);
    const struct cox_table *table;

    COX_TRY(cox_named_record_check(call, kind, cox_row_int(after, COX_ESCALATION_RECORD_ID),
        "record_id", reterr));
    table = cox_registry_find(cox_call_registry(call), kind);
    if (what == COX_ESCALATION_SPLIT && table->entity != &cox_opportunity) {
        return cox_fail_at(reterr, COX_INVALID, "record_kind", 0, "only deals are split");
    }
    if (what == COX_ESCALATION_OWNERSHIP && table->entity->owner_field == COX_NO_FIELD) {
        return cox_fail_at(reterr, COX_INVALID, "record_kind", 0,
            "this kind of record has no owner");
    }
    return COX_OK;
}

/* The state follows from what has been filled in, unless somebody withdrew. */
static enum cox_rc settle_state(struct cox_call *call, struct cox_row *after,
    struct cox_err *reterr)
{
    bool has_answer = cox_row_text(after, COX_ESCALATION_ANSWER).size > 0;
    bool has_decision = cox_row_text(after, COX_ESCALATION_DECISION).size > 0;
    int64_t state = cox_row_int(after, COX_ESCALATION_STATE);
    int64_t day = cox_call_day(call, cox_row_at_us(call, after));
    int64_t actor = cox_call_actor(call)->user_id;

    if (state == COX_ESCALATION_WITHDRAWN) {
        return COX_OK;
    }
    if (has_answer) {
        cox_fill_int(after, COX_ESCALATION_ANSWERED_DAY, day);
    }
    if (has_decision) {
        cox_fill_int(after, COX_ESCALATION_DECIDED_BY, actor == 0 ? COX_NULL : actor);
        cox_fill_int(after, COX_ESCALATION_DECIDED_DAY, day);
        if (cox_row_int(after, COX_ESCALATION_DECIDED_BY) == COX_NULL) {
            return cox_fail_at(reterr, COX_INVALID, "decided_by", 0, "a decision has its author");
        }
        if (cox_row_int(after, COX_ESCALATION_DECIDED_BY) ==
            cox_row_int(after, COX_ESCALATION_OWNER)) {
            return cox_fail_at(reterr, COX_INVALID, "decided_by", 0,
                "nobody decides what oneself has raised");
        }
    }
    state = has_decision ? COX_ESCALATION_DECIDED
            : has_answer ? COX_ESCALATION_ANSWERED
                         : COX_ESCALATION_OPEN;
    cox_row_set(after, COX_ESCALATION_STATE, cox_int(state));
    return COX_OK;
}

static enum cox_rc check_escalation(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    int64_t day;

    if (after == NULL) {
        return COX_OK;
    }
    if (cox_row_int(after, COX_ESCALATION_OWNER) == cox_row_int(after, COX_ESCALATION_ASKED_OF)) {
        return cox_fail_at(reterr, COX_INVALID, "asked_of", 0, "ask somebody else");
    }
    day = cox_call_day(call, cox_row_at_us(call, after));
    cox_fill_int(after, COX_ESCALATION_RAISED_DAY, day);
    if (before == NULL) {
        COX_TRY(check_subject(call, after, reterr));
        if (cox_is_own_entry(call) && !after->imported &&
            cox_row_int(after, COX_ESCALATION_DUE_DAY) < day) {
            return cox_fail_at(reterr, COX_INVALID, "due_day", 0, "that day has passed");
        }
    }
    return settle_state(call, after, reterr);
}

const struct cox_entity cox_escalation = {
    .name = "escalation",
    .plural = "escalations",
    .label = "Escalation",
    .label_plural = "Escalations",
    .number = 59,
    .fields = escalation_fields,
    .field_count = COX_ESCALATION_FIELD_COUNT,
    .struct_size = sizeof(struct cox_escalation),
    .reach = COX_REACH_LINE,
    .name_field = COX_ESCALATION_SUBJECT,
    .owner_field = COX_ESCALATION_OWNER,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .member = {&cox_escalation_party, COX_ESCALATION_PARTY_ESCALATION, COX_ESCALATION_PARTY_USER},
    .grants = cox_grants_records,
    .check = check_escalation,
    .help = "A problem raised on a record: asked of whom, due when, answered how.",
};

/* ---- party to an escalation ---- */

static const struct cox_field escalation_party_fields[] = {
    [COX_ESCALATION_PARTY_ESCALATION] = {"escalation", .type = COX_REF, .ref = &cox_escalation,
        .on_delete = COX_CASCADE, .flags = COX_REQUIRED | COX_FIXED,
        .at = COX_AT_INT(struct cox_escalation_party, escalation), .help = "The escalation."},
    [COX_ESCALATION_PARTY_USER] = {"user", .type = COX_REF, .ref = &cox_user,
        .on_delete = COX_CASCADE, .flags = COX_REQUIRED | COX_FIXED,
        .at = COX_AT_INT(struct cox_escalation_party, user), .help = "Who takes part."},
};
_Static_assert(COX_COUNT(escalation_party_fields) == COX_ESCALATION_PARTY_FIELD_COUNT,
    "one row for each field id");

const struct cox_entity cox_escalation_party = {
    .name = "escalation_party",
    .plural = "escalation_parties",
    .label = "Party to an escalation",
    .label_plural = "Parties to an escalation",
    .number = 60,
    .fields = escalation_party_fields,
    .field_count = COX_ESCALATION_PARTY_FIELD_COUNT,
    .struct_size = sizeof(struct cox_escalation_party),
    .reach = COX_REACH_LINE,
    .name_field = COX_ESCALATION_PARTY_USER,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_ESCALATION_PARTY_ESCALATION,
    .currency_field = COX_NO_FIELD,
    .grants = cox_grants_records,
    .help = "Somebody who takes part in an escalation and therefore sees it.",
};

enum cox_rc cox_escalation_raise(struct cox_call *call, const struct cox_escalation *escalation,
    int64_t *ret_id, struct cox_err *reterr)
{
    struct cox_escalation_party party;
    int64_t id, party_id;

    COX_TRY(cox_create_struct(call, &cox_escalation, escalation, &id, reterr));
    cox_struct_init(&cox_escalation_party, &party);
    party.escalation = id;
    party.user = escalation->owner;
    COX_TRY(cox_create_struct(call, &cox_escalation_party, &party, &party_id, reterr));
    party.user = escalation->asked_of;
    COX_TRY(cox_create_struct(call, &cox_escalation_party, &party, &party_id, reterr));
    *ret_id = id;
    return COX_OK;
}
