/* leader/ladder.c: tracks and rungs of a career, what a rung expects, and where people stand. */
#include "leader/coaching.h"
#include "leader/skill.h"
#include "leader/talent.h"
#include "org/people.h"
#include "sales/rule.h"

/* ---- track ---- */

static const struct cox_field track_fields[] = {
    [COX_TRACK_NAME] = {"name", .type = COX_TEXT, .max = 120, .flags = COX_REQUIRED | COX_SEARCHED,
        .at = COX_AT_TEXT(struct cox_track, name),
        .help = "For instance: selling, leading people."},
    [COX_TRACK_HELP] = {"help", .type = COX_TEXT, .max = 2000,
        .at = COX_AT_TEXT(struct cox_track, help), .help = "For whom it is."},
    [COX_TRACK_POSITION] = {"position", .type = COX_INT, .min = 1, .max = 1000, .flags = COX_SORTED,
        .at = COX_AT_INT(struct cox_track, position), .help = "Order on the page."},
};
_Static_assert(COX_COUNT(track_fields) == COX_TRACK_FIELD_COUNT, "one row for each field id");

const struct cox_entity cox_track = {
    .name = "career_track",
    .plural = "career_tracks",
    .label = "Career track",
    .label_plural = "Career tracks",
    .number = 173,
    .fields = track_fields,
    .field_count = COX_TRACK_FIELD_COUNT,
    .struct_size = sizeof(struct cox_track),
    .reach = COX_REACH_COMPANY,
    .name_field = COX_TRACK_NAME,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .grants = cox_grants_library,
    .help = "A way up: its rungs and what each of them expects.",
};

/* ---- rung ---- */

static const struct cox_field rung_fields[] = {
    [COX_RUNG_TRACK] = {"track", .type = COX_REF, .ref = &cox_track, .on_delete = COX_CASCADE,
        .flags = COX_REQUIRED | COX_FIXED, .at = COX_AT_INT(struct cox_rung, track),
        .help = "Of which track."},
    [COX_RUNG_NAME] = {"name", .type = COX_TEXT, .max = 120, .flags = COX_REQUIRED | COX_SEARCHED,
        .at = COX_AT_TEXT(struct cox_rung, name), .help = "What somebody on it is called."},
    [COX_RUNG_POSITION] = {"position", .type = COX_INT, .min = 1, .max = 100,
        .flags = COX_REQUIRED | COX_SORTED, .at = COX_AT_INT(struct cox_rung, position),
        .help = "From the lowest up."},
    [COX_RUNG_HELP] = {"help", .type = COX_TEXT, .max = 2000,
        .at = COX_AT_TEXT(struct cox_rung, help), .help = "What the work is."},
};
_Static_assert(COX_COUNT(rung_fields) == COX_RUNG_FIELD_COUNT, "one row for each field id");

const struct cox_entity cox_rung = {
    .name = "career_rung",
    .plural = "career_rungs",
    .label = "Rung",
    .label_plural = "Rungs",
    .number = 174,
    .fields = rung_fields,
    .field_count = COX_RUNG_FIELD_COUNT,
    .struct_size = sizeof(struct cox_rung),
    .reach = COX_REACH_COMPANY,
    .name_field = COX_RUNG_NAME,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .grants = cox_grants_library,
    .help = "One step of a career track.",
};

/* ---- expectation ---- */

static const struct cox_field expectation_fields[] = {
    [COX_EXPECTATION_RUNG] = {"rung", .type = COX_REF, .ref = &cox_rung, .on_delete = COX_CASCADE,
        .flags = COX_REQUIRED | COX_FIXED, .at = COX_AT_INT(struct cox_expectation, rung),
        .help = "Of which rung."},
    [COX_EXPECTATION_SKILL] = {"skill", .type = COX_REF, .ref = &cox_skill,
        .on_delete = COX_CASCADE, .flags = COX_REQUIRED | COX_FIXED,
        .at = COX_AT_INT(struct cox_expectation, skill), .help = "Which skill."},
    [COX_EXPECTATION_LEVEL] = {"level", .type = COX_INT, .min = 1, .max = COX_SKILL_LEVEL_MAX,
        .flags = COX_REQUIRED, .at = COX_AT_INT(struct cox_expectation, level),
        .help = "The level expected, from 1 to 5."},
    [COX_EXPECTATION_HELP] = {"help", .type = COX_TEXT, .max = 1000,
        .at = COX_AT_TEXT(struct cox_expectation, help), .help = "By what one sees it here."},
};
_Static_assert(COX_COUNT(expectation_fields) == COX_EXPECTATION_FIELD_COUNT,
    "one row for each field id");

const struct cox_entity cox_expectation = {
    .name = "rung_expectation",
    .plural = "rung_expectations",
    .label = "Expectation",
    .label_plural = "Expectations",
    .number = 175,
    .fields = expectation_fields,
    .field_count = COX_EXPECTATION_FIELD_COUNT,
    .struct_size = sizeof(struct cox_expectation),
    .reach = COX_REACH_COMPANY,
    .name_field = COX_EXPECTATION_SKILL,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .grants = cox_grants_library,
    .help = "The level of a skill that a rung expects.",
};

/* ---- place ---- */

static const struct cox_field place_fields[] = {
    [COX_PLACE_PERSON] = {"person", .type = COX_REF, .ref = &cox_user, .on_delete = COX_CASCADE,
        .flags = COX_REQUIRED | COX_FIXED, .at = COX_AT_INT(struct cox_place, person),
        .help = "Who."},
    [COX_PLACE_RUNG] = {"rung", .type = COX_REF, .ref = &cox_rung, .on_delete = COX_SET_NULL,
        .at = COX_AT_INT(struct cox_place, rung),
        .help = "Where the person stands; said by those who lead them."},
    [COX_PLACE_AIM] = {"aim", .type = COX_REF, .ref = &cox_rung, .on_delete = COX_SET_NULL,
        .at = COX_AT_INT(struct cox_place, aim),
        .help = "Where the person wants to go; said by them alone."},
    [COX_PLACE_FROM_DAY] = {"from_day", .type = COX_DATE,
        .at = COX_AT_INT(struct cox_place, from_day), .help = "On this rung since."},
};
_Static_assert(COX_COUNT(place_fields) == COX_PLACE_FIELD_COUNT, "one row for each field id");

static bool is_changed(const struct cox_row *before, const struct cox_row *after, uint32_t field)
{
    return cox_row_int(after, field) != (before == NULL ? COX_NULL : cox_row_int(before, field));
}

static enum cox_rc check_place(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    int64_t actor = cox_call_actor(call)->user_id;
    bool is_own;

    if (actor == 0 || (after == NULL && before == NULL)) {
        return COX_OK;
    }
    is_own = actor == cox_row_int(after != NULL ? after : before, COX_PLACE_PERSON);
    if (after == NULL) {
        return is_own ? cox_fail(reterr, COX_DENIED, "those who lead you say where you stand")
                      : COX_OK;
    }
    if (is_own && (is_changed(before, after, COX_PLACE_RUNG) ||
                      is_changed(before, after, COX_PLACE_FROM_DAY))) {
        return cox_fail_at(reterr, COX_DENIED, "rung", 0, "those who lead you say where you stand");
    }
    if (!is_own && is_changed(before, after, COX_PLACE_AIM)) {
        return cox_fail_at(reterr, COX_DENIED, "aim", 0, "the person says where they want to go");
    }
    return COX_OK;
}

static const struct cox_grant place_grants[] = {
    {COX_TALENT_ANYBODY, COX_OWN, COX_OWN, COX_OWN, COX_OWN},
    {COX_ROLE_BIT(COX_MANAGER) | COX_ROLE_BIT(COX_LEADER), COX_LINE, COX_LINE, COX_LINE, COX_LINE},
    {0},
};

const struct cox_entity cox_place = {
    .name = "career_place",
    .plural = "career_places",
    .label = "Place on the ladder",
    .label_plural = "Places on the ladder",
    .number = 176,
    .fields = place_fields,
    .field_count = COX_PLACE_FIELD_COUNT,
    .struct_size = sizeof(struct cox_place),
    .reach = COX_REACH_PERSON,
    .name_field = COX_PLACE_PERSON,
    .owner_field = COX_PLACE_PERSON,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .participant = {COX_NO_FIELD, COX_NO_FIELD},
    .grants = place_grants,
    .check = check_place,
    .keep = {"So that everybody knows where they stand and what comes next.", COX_BASIS_INTEREST,
        0},
    .help = "On which rung somebody stands, and where they want to go.",
};
