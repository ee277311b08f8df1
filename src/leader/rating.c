/* leader/rating.c: what somebody says about a skill of somebody, oneself or a person of the own line. */
#include "leader/skill.h"
#include "leader/talent.h"
#include "org/people.h"
#include "sales/rule.h"

static const char for_growth[] =
    "So that the person and those who lead them see what to work on; it decides nothing.";

static const struct cox_choice sources[] = {
    [COX_RATING_SELF] = {"self", "Oneself", NULL},
    [COX_RATING_MANAGER] = {"manager", "Somebody of the line", NULL},
    {0},
};

static const struct cox_field rating_fields[] = {
    [COX_SKILL_RATING_PERSON] = {"person", .type = COX_REF, .ref = &cox_user,
        .on_delete = COX_CASCADE, .flags = COX_REQUIRED | COX_FIXED,
        .at = COX_AT_INT(struct cox_skill_rating, person), .help = "Whose skill it is."},
    [COX_SKILL_RATING_SKILL] = {"skill", .type = COX_REF, .ref = &cox_skill,
        .on_delete = COX_REFUSE, .flags = COX_REQUIRED | COX_FIXED,
        .at = COX_AT_INT(struct cox_skill_rating, skill), .help = "Which skill."},
    [COX_SKILL_RATING_LEVEL] = {"level", .type = COX_INT, .min = 1, .max = COX_SKILL_LEVEL_MAX,
        .flags = COX_REQUIRED | COX_PERSONAL, .at = COX_AT_INT(struct cox_skill_rating, level),
        .help = "From 1 to 5, as the skill describes its levels.", .purpose = for_growth},
    [COX_SKILL_RATING_EVIDENCE] = {"evidence", .type = COX_TEXT, .max = 2000, .flags = COX_PERSONAL,
        .at = COX_AT_TEXT(struct cox_skill_rating, evidence), .help = "What was seen that says so.",
        .purpose = for_growth, .months = 24},
    [COX_SKILL_RATING_RATER] = {"rater", .type = COX_REF, .ref = &cox_user,
        .on_delete = COX_SET_NULL, .flags = COX_SYSTEM,
        .at = COX_AT_INT(struct cox_skill_rating, rater), .help = "Who says so. Set when saved."},
    [COX_SKILL_RATING_SOURCE] = {"source", .type = COX_CHOICE, .choices = sources,
        .flags = COX_SYSTEM, .at = COX_AT_INT(struct cox_skill_rating, source),
        .help = "Oneself or somebody of the line. Set when saved."},
    [COX_SKILL_RATING_DAY] = {"day", .type = COX_DATE, .flags = COX_SYSTEM | COX_SORTED,
        .at = COX_AT_INT(struct cox_skill_rating, day),
        .help = "When the level was last said. Set when saved."},
    [COX_SKILL_RATING_COMMENT] = {"comment", .type = COX_TEXT, .max = 2000, .flags = COX_PERSONAL,
        .at = COX_AT_TEXT(struct cox_skill_rating, comment),
        .help = "What the person says about a rating by somebody else; written by them alone.",
        .purpose = "So that a judgement can be contested where it stands."},
};
_Static_assert(COX_COUNT(rating_fields) == COX_SKILL_RATING_FIELD_COUNT,
    "one row for each field id");

static bool is_same(const struct cox_row *a, const struct cox_row *b, uint32_t field)
{
    return cox_value_same(&a->values[field], &b->values[field]);
}

/* The rater judges, the person comments; neither does the other's. The level is what the day is of. */
static enum cox_rc check_change(const struct cox_row *before, const struct cox_row *after,
    int64_t actor, bool *ret_is_said_anew, struct cox_err *reterr)
{
    bool is_judged = !is_same(before, after, COX_SKILL_RATING_LEVEL) ||
                     !is_same(before, after, COX_SKILL_RATING_EVIDENCE);

    if (is_judged && actor != cox_row_int(before, COX_SKILL_RATING_RATER)) {
        return cox_fail_at(reterr, COX_DENIED, "level", 0, "only who gave a rating changes it");
    }
    if (!is_same(before, after, COX_SKILL_RATING_COMMENT) &&
        actor != cox_row_int(before, COX_SKILL_RATING_PERSON)) {
        return cox_fail_at(reterr, COX_DENIED, "comment", 0,
            "only the person comments on a rating of theirs");
    }
    *ret_is_said_anew = is_judged;
    return COX_OK;
}

static enum cox_rc check_rating(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    int64_t actor = cox_call_actor(call)->user_id;
    bool is_said_anew = true;

    if (after == NULL) {
        return actor == cox_row_int(before, COX_SKILL_RATING_RATER)
                   ? COX_OK
                   : cox_fail(reterr, COX_DENIED, "only who gave a rating takes it back");
    }
    if (before != NULL && actor != 0) {
        COX_TRY(check_change(before, after, actor, &is_said_anew, reterr));
    }
    if (before == NULL) {
        bool is_self = actor == cox_row_int(after, COX_SKILL_RATING_PERSON);

        if (!is_self && cox_row_text(after, COX_SKILL_RATING_COMMENT).size > 0) {
            return cox_fail_at(reterr, COX_DENIED, "comment", 0,
                "only the person comments on a rating of theirs");
        }
        cox_row_set(after, COX_SKILL_RATING_RATER, cox_int(actor));
        cox_row_set(after, COX_SKILL_RATING_SOURCE,
            cox_int(is_self ? COX_RATING_SELF : COX_RATING_MANAGER));
    }
    if (is_said_anew) {
        cox_row_set(after, COX_SKILL_RATING_DAY,
            cox_int(cox_call_day(call, cox_row_at_us(call, after))));
    }
    return COX_OK;
}

static const struct cox_grant rating_grants[] = {
    {COX_TALENT_ANYBODY, COX_OWN, COX_OWN, COX_OWN, COX_OWN},
    {COX_ROLE_BIT(COX_MANAGER) | COX_ROLE_BIT(COX_LEADER), COX_LINE, COX_LINE, COX_LINE, COX_LINE},
    {0},
};

const struct cox_entity cox_skill_rating = {
    .name = "skill_rating",
    .plural = "skill_ratings",
    .label = "Rating of a skill",
    .label_plural = "Ratings of skills",
    .number = 172,
    .fields = rating_fields,
    .field_count = COX_SKILL_RATING_FIELD_COUNT,
    .struct_size = sizeof(struct cox_skill_rating),
    .reach = COX_REACH_PERSON,
    .name_field = COX_SKILL_RATING_SKILL,
    .owner_field = COX_SKILL_RATING_PERSON,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .participant = {COX_NO_FIELD, COX_NO_FIELD},
    .grants = rating_grants,
    .check = check_rating,
    .keep = {"To see together what somebody can do and wants to learn.", COX_BASIS_INTEREST, 36},
    .help = "What a person, or somebody who leads them, says about a skill of theirs.",
};
