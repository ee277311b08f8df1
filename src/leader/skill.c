/* leader/skill.c: the catalogue of skills as records. */
#include "leader/skill.h"

#include "leader/coaching.h"
#include "record/query.h"
#include "sales/rule.h"

const struct cox_choice cox_skill_hats[] = {
    [COX_SKILL_MANAGER] = {"manager", "Manager", NULL},
    [COX_SKILL_LEADER] = {"leader", "Leader", NULL},
    [COX_SKILL_SELLER] = {"seller", "Selling", "rep"},
    {0},
};

static const struct cox_field skill_fields[] = {
    [COX_SKILL_NAME] = {"name", .type = COX_TEXT, .max = 120, .flags = COX_REQUIRED | COX_SEARCHED,
        .at = COX_AT_TEXT(struct cox_skill, name), .help = "What somebody is good at."},
    [COX_SKILL_HAT] = {"hat", .type = COX_CHOICE, .choices = cox_skill_hats, .flags = COX_REQUIRED,
        .at = COX_AT_INT(struct cox_skill, hat),
        .help =
            "Whose skill it is first of all: the manager's, the leader's, or of those who sell."},
    [COX_SKILL_HELP] = {"help", .type = COX_TEXT, .max = 1000,
        .at = COX_AT_TEXT(struct cox_skill, help), .help = "What is meant."},
    [COX_SKILL_LEVEL_1] = {"level_1", .label = "Level 1", .type = COX_TEXT, .max = 500,
        .at = COX_AT_TEXT(struct cox_skill, level_1), .help = "What a 1 looks like."},
    [COX_SKILL_LEVEL_2] = {"level_2", .label = "Level 2", .type = COX_TEXT, .max = 500,
        .at = COX_AT_TEXT(struct cox_skill, level_2), .help = "Between 1 and 3 without it."},
    [COX_SKILL_LEVEL_3] = {"level_3", .label = "Level 3", .type = COX_TEXT, .max = 500,
        .at = COX_AT_TEXT(struct cox_skill, level_3), .help = "What a 3 looks like."},
    [COX_SKILL_LEVEL_4] = {"level_4", .label = "Level 4", .type = COX_TEXT, .max = 500,
        .at = COX_AT_TEXT(struct cox_skill, level_4), .help = "Between 3 and 5 without it."},
    [COX_SKILL_LEVEL_5] = {"level_5", .label = "Level 5", .type = COX_TEXT, .max = 500,
        .at = COX_AT_TEXT(struct cox_skill, level_5), .help = "What a 5 looks like."},
    [COX_SKILL_POSITION] = {"position", .type = COX_INT, .min = 1, .max = 1000, .flags = COX_SORTED,
        .at = COX_AT_INT(struct cox_skill, position), .help = "Order on the page."},
    [COX_SKILL_IS_ACTIVE] = {"is_active", .type = COX_BOOL,
        .at = COX_AT_INT(struct cox_skill, is_active), .help = "In use?"},
    [COX_SKILL_KEY] = {"key", .type = COX_TEXT, .max = 60, .flags = COX_SYSTEM,
        .at = COX_AT_TEXT(struct cox_skill, key),
        .help = "Of the catalogue that comes with the program; none: the company's own."},
};
_Static_assert(COX_COUNT(skill_fields) == COX_SKILL_FIELD_COUNT, "one row for each field id");

static enum cox_rc check_skill(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    (void)call, (void)before, (void)reterr; /* fills, refuses nothing */
    if (after != NULL) {
        cox_fill_int(after, COX_SKILL_IS_ACTIVE, 1);
    }
    return COX_OK;
}

const struct cox_entity cox_skill = {
    .name = "skill",
    .plural = "skills",
    .label = "Skill",
    .label_plural = "Skills",
    .number = 170,
    .fields = skill_fields,
    .field_count = COX_SKILL_FIELD_COUNT,
    .struct_size = sizeof(struct cox_skill),
    .reach = COX_REACH_COMPANY,
    .name_field = COX_SKILL_NAME,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .grants = cox_grants_library,
    .check = check_skill,
    .help = "Something one can be good at, with what its levels look like.",
};

/* ---- what comes with the program ---- */

struct present {
    bool *is_there; /* by position in cox_skill_texts */
};

static enum cox_rc note_present(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    const struct present *present = (const struct present *)ctx;

    (void)reterr; /* nothing can fail */
    for (size_t i = 0; cox_skill_texts[i].key != NULL; i++) {
        present->is_there[i] |=
            cox_text_same(cox_row_text(row, COX_SKILL_KEY), cox_text_of(cox_skill_texts[i].key));
    }
    return COX_OK;
}

enum cox_rc cox_skill_seed(struct cox_call *call, size_t *ret_count, struct cox_err *reterr)
{
    bool is_there[64] = {false};
    struct present present = {is_there};
    size_t count = 0;

    COX_TRY(cox_each(call, &cox_skill, NULL, note_present, &present, reterr));
    for (size_t i = 0; cox_skill_texts[i].key != NULL && i < COX_COUNT(is_there); i++) {
        const struct cox_skill_text *text = &cox_skill_texts[i];
        struct cox_skill skill;
        int64_t id;

        if (is_there[i]) {
            continue;
        }
        cox_struct_init(&cox_skill, &skill);
        skill.name = cox_text_of(text->name);
        skill.hat = text->hat;
        skill.help = cox_text_of(text->help);
        skill.level_1 = cox_text_of(text->low);
        skill.level_3 = cox_text_of(text->middle);
        skill.level_5 = cox_text_of(text->high);
        skill.position = (int64_t)(i + 1) * 10;
        skill.key = cox_text_of(text->key);
        COX_TRY(cox_create_struct(call, &cox_skill, &skill, &id, reterr));
        count++;
    }
    *ret_count = count;
    return COX_OK;
}
