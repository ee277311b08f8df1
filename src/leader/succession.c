/* leader/succession.c: positions, and who could follow in them: said by leaders, read by the person it is about. */
#include "leader/talent.h"
#include "org/people.h"
#include "sales/rule.h"

#define LEADS (COX_ROLE_BIT(COX_LEADER) | COX_ROLE_BIT(COX_EXECUTIVE))

/* ---- position ---- */

static const struct cox_field position_fields[] = {
    [COX_POSITION_NAME] = {"name", .type = COX_TEXT, .max = 120,
        .flags = COX_REQUIRED | COX_SEARCHED, .at = COX_AT_TEXT(struct cox_position, name),
        .help = "What it is called."},
    [COX_POSITION_TEAM] = {"team", .type = COX_REF, .ref = &cox_team, .on_delete = COX_SET_NULL,
        .at = COX_AT_INT(struct cox_position, team), .help = "Of which team."},
    [COX_POSITION_HOLDER] = {"holder", .type = COX_REF, .ref = &cox_user, .on_delete = COX_SET_NULL,
        .at = COX_AT_INT(struct cox_position, holder), .help = "Who has it today."},
    [COX_POSITION_RUNG] = {"rung", .type = COX_REF, .ref = &cox_rung, .on_delete = COX_SET_NULL,
        .at = COX_AT_INT(struct cox_position, rung), .help = "The rung it asks for."},
    [COX_POSITION_HELP] = {"help", .type = COX_TEXT, .max = 2000,
        .at = COX_AT_TEXT(struct cox_position, help), .help = "Why it matters who has it."},
};
_Static_assert(COX_COUNT(position_fields) == COX_POSITION_FIELD_COUNT, "one row for each field id");

static const struct cox_grant position_grants[] = {
    {LEADS | COX_ROLE_BIT(COX_ADMIN) | COX_ROLE_BIT(COX_OPERATOR), COX_ALL, COX_ALL, COX_ALL,
        COX_ALL},
    {COX_TALENT_ANYBODY, .read = COX_ALL},
    {0},
};

const struct cox_entity cox_position = {
    .name = "position",
    .plural = "positions",
    .label = "Position",
    .label_plural = "Positions",
    .number = 177,
    .fields = position_fields,
    .field_count = COX_POSITION_FIELD_COUNT,
    .struct_size = sizeof(struct cox_position),
    .reach = COX_REACH_COMPANY,
    .name_field = COX_POSITION_NAME,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .grants = position_grants,
    .help = "A position that should never stay empty for long.",
};

/* ---- successor ---- */

static const char for_succession[] =
    "So that no position stays empty and people are prepared in time; it decides nothing.";

const struct cox_choice cox_readiness[] = {
    {"now", "Ready now", NULL},
    {"year", "Within a year", NULL},
    {"years", "Within three years", NULL},
    {"open", "Not to be said yet", NULL},
    {0},
};

static const struct cox_field successor_fields[] = {
    [COX_SUCCESSOR_PERSON] = {"person", .type = COX_REF, .ref = &cox_user, .on_delete = COX_CASCADE,
        .flags = COX_REQUIRED | COX_FIXED, .at = COX_AT_INT(struct cox_successor, person),
        .help = "Who could follow."},
    [COX_SUCCESSOR_POSITION] = {"position", .type = COX_REF, .ref = &cox_position,
        .on_delete = COX_CASCADE, .flags = COX_REQUIRED | COX_FIXED,
        .at = COX_AT_INT(struct cox_successor, position), .help = "In which position."},
    [COX_SUCCESSOR_READINESS] = {"readiness", .type = COX_CHOICE, .choices = cox_readiness,
        .flags = COX_REQUIRED | COX_PERSONAL, .at = COX_AT_INT(struct cox_successor, readiness),
        .help = "When, as a leader says; never computed.", .purpose = for_succession},
    [COX_SUCCESSOR_WHY] = {"why", .type = COX_TEXT, .max = 2000,
        .flags = COX_REQUIRED | COX_PERSONAL, .at = COX_AT_TEXT(struct cox_successor, why),
        .help = "By what one sees it, and what is still to be learnt.", .purpose = for_succession},
    [COX_SUCCESSOR_STATED_BY] = {"stated_by", .type = COX_REF, .ref = &cox_user,
        .on_delete = COX_SET_NULL, .flags = COX_SYSTEM,
        .at = COX_AT_INT(struct cox_successor, stated_by), .help = "Who says so. Set when saved."},
    [COX_SUCCESSOR_STATED_DAY] = {"stated_day", .type = COX_DATE, .flags = COX_SYSTEM,
        .at = COX_AT_INT(struct cox_successor, stated_day), .help = "Set when saved."},
    [COX_SUCCESSOR_COMMENT] = {"comment", .type = COX_TEXT, .max = 2000, .flags = COX_PERSONAL,
        .at = COX_AT_TEXT(struct cox_successor, comment),
        .help = "What the person says about it; written by them alone.",
        .purpose = "So that a judgement can be contested where it stands."},
    [COX_SUCCESSOR_COMMENT_DAY] = {"comment_day", .type = COX_DATE, .flags = COX_SYSTEM,
        .at = COX_AT_INT(struct cox_successor, comment_day), .help = "Set when saved."},
};
_Static_assert(COX_COUNT(successor_fields) == COX_SUCCESSOR_FIELD_COUNT,
    "one row for each field id");

static bool is_changed(const struct cox_row *before, const struct cox_row *after, uint32_t field)
{
    return before == NULL ? after->values[field].kind != COX_VALUE_NULL
                          : !cox_value_same(&before->values[field], &after->values[field]);
}

static enum cox_rc check_successor(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    int64_t actor = cox_call_actor(call)->user_id, today;
    bool is_own, is_stated;

    is_own = actor == cox_row_int(after != NULL ? after : before, COX_SUCCESSOR_PERSON);
    if (after == NULL) {
        return is_own ? cox_fail(reterr, COX_DENIED, "say what you think of it in the comment")
                      : COX_OK;
    }
    today = cox_call_day(call, cox_row_at_us(call, after));
    is_stated = is_changed(before, after, COX_SUCCESSOR_READINESS) ||
                is_changed(before, after, COX_SUCCESSOR_WHY);
    if (is_stated && is_own) {
        return cox_fail_at(reterr, COX_DENIED, "readiness", 0, "others say when you are ready");
    }
    if (is_stated) {
        cox_row_set(after, COX_SUCCESSOR_STATED_BY, cox_int(actor == 0 ? COX_NULL : actor));
        cox_row_set(after, COX_SUCCESSOR_STATED_DAY, cox_int(today));
    }
    if (is_changed(before, after, COX_SUCCESSOR_COMMENT)) {
        if (!is_own) {
            return cox_fail_at(reterr, COX_DENIED, "comment", 0,
                "only the person says what they think of it");
        }
        cox_row_set(after, COX_SUCCESSOR_COMMENT_DAY, cox_int(today));
    }
    return COX_OK;
}

static const struct cox_grant successor_grants[] = {
    {COX_TALENT_ANYBODY, .read = COX_OWN, .change = COX_OWN},
    {LEADS, COX_LINE, COX_LINE, COX_LINE, COX_LINE},
    {0},
};

const struct cox_entity cox_successor = {
    .name = "successor",
    .plural = "successors",
    .label = "Who could follow",
    .label_plural = "Who could follow",
    .number = 178,
    .fields = successor_fields,
    .field_count = COX_SUCCESSOR_FIELD_COUNT,
    .struct_size = sizeof(struct cox_successor),
    .reach = COX_REACH_PERSON,
    .name_field = COX_SUCCESSOR_PERSON,
    .owner_field = COX_SUCCESSOR_PERSON,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .participant = {COX_NO_FIELD, COX_NO_FIELD},
    .grants = successor_grants,
    .check = check_successor,
    .keep = {"So that no position stays empty for long.", COX_BASIS_INTEREST, 36},
    .help = "Somebody who could follow in a position, and when, as a leader of the line says.",
};
