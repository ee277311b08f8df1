/* sales/tag.c: the tables of tags and of what is marked with them. */
#include "sales/tag.h"

#include "org/people.h"
#include "sales/rule.h"

#define EVERYBODY                                                                                  \
    (COX_ROLE_BIT(COX_REP) | COX_ROLE_BIT(COX_MANAGER) | COX_ROLE_BIT(COX_LEADER) |                \
        COX_ROLE_BIT(COX_EXECUTIVE))

/* Everybody may bring in a new word; only administrators rename or remove one others use. */
static const struct cox_grant tag_grants[] = {
    {EVERYBODY, .read = COX_ALL, .create = COX_ALL},
    {COX_ROLE_BIT(COX_ADMIN) | COX_ROLE_BIT(COX_OPERATOR), COX_ALL, COX_ALL, COX_ALL, COX_ALL},
    {0},
};

/* ---- tag ---- */

static const struct cox_field tag_fields[] = {
    [COX_TAG_NAME] = {"name", .type = COX_TEXT, .max = 60, .flags = COX_REQUIRED | COX_SORTED,
        .at = COX_AT_TEXT(struct cox_tag, name), .alias = {NULL, NULL, "name"},
        .help = "The word."},
    [COX_TAG_COLOUR] = {"colour", .type = COX_TEXT, .max = 20,
        .at = COX_AT_TEXT(struct cox_tag, colour), .alias = {NULL, NULL, "color_code"},
        .help = "How it is shown."},
};
_Static_assert(COX_COUNT(tag_fields) == COX_TAG_FIELD_COUNT, "one row for each field id");

const struct cox_entity cox_tag = {
    .name = "tag",
    .plural = "tags",
    .label = "Tag",
    .label_plural = "Tags",
    .number = 55,
    .fields = tag_fields,
    .field_count = COX_TAG_FIELD_COUNT,
    .struct_size = sizeof(struct cox_tag),
    .reach = COX_REACH_COMPANY,
    .name_field = COX_TAG_NAME,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .grants = tag_grants,
    .external_alias = {"TagDefinition", NULL, "Tag"},
    .help = "A word to mark records with.",
};

/* ---- tagging ---- */

static const struct cox_field tagging_fields[] = {
    [COX_TAGGING_TAG] = {"tag", .type = COX_REF, .ref = &cox_tag, .on_delete = COX_CASCADE,
        .flags = COX_REQUIRED | COX_FIXED, .at = COX_AT_INT(struct cox_tagging, tag),
        .help = "The tag."},
    [COX_TAGGING_RECORD_KIND] = {"record_kind", .type = COX_TEXT, .max = 60,
        .flags = COX_REQUIRED | COX_FIXED, .at = COX_AT_TEXT(struct cox_tagging, record_kind),
        .help = "What kind of record: opportunity, account ..."},
    [COX_TAGGING_RECORD_ID] = {"record_id", .type = COX_INT, .flags = COX_REQUIRED | COX_FIXED,
        .at = COX_AT_INT(struct cox_tagging, record_id), .help = "Its number."},
    [COX_TAGGING_OWNER] = {"owner", .type = COX_REF, .ref = &cox_user, .on_delete = COX_REFUSE,
        .flags = COX_REQUIRED, .at = COX_AT_INT(struct cox_tagging, owner),
        .help = "Who put it there."},
};
_Static_assert(COX_COUNT(tagging_fields) == COX_TAGGING_FIELD_COUNT, "one row for each field id");

static enum cox_rc check_tagging(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    (void)before; /* none of its fields change */
    return after == NULL
               ? COX_OK
               : cox_named_record_check(call, cox_row_text(after, COX_TAGGING_RECORD_KIND),
                     cox_row_int(after, COX_TAGGING_RECORD_ID), "record_id", reterr);
}

const struct cox_entity cox_tagging = {
    .name = "tagging",
    .plural = "taggings",
    .label = "Tagging",
    .label_plural = "Taggings",
    .number = 56,
    .fields = tagging_fields,
    .field_count = COX_TAGGING_FIELD_COUNT,
    .struct_size = sizeof(struct cox_tagging),
    .reach = COX_REACH_LINE,
    .name_field = COX_TAGGING_TAG,
    .owner_field = COX_TAGGING_OWNER,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .grants = cox_grants_records,
    .check = check_tagging,
    .help = "A tag on a record.",
};
