/* leader/instrument.c: the tables of a company's own questionnaires, and their rules. */
#include "leader/instrument.h"

#include "record/query.h"
#include "sales/rule.h"

#define WRITING                                                                                    \
    (COX_ROLE_BIT(COX_LEADER) | COX_ROLE_BIT(COX_EXECUTIVE) | COX_ROLE_BIT(COX_ADMIN) |            \
        COX_ROLE_BIT(COX_OPERATOR))

static const struct cox_grant instrument_grants[] = {
    {COX_ROLE_BIT(COX_REP) | COX_ROLE_BIT(COX_MANAGER), .read = COX_ALL},
    {WRITING, COX_ALL, COX_ALL, COX_ALL, COX_ALL},
    {0},
};

/* ---- instrument ---- */

static const struct cox_field instrument_fields[] = {
    [COX_INSTRUMENT_NAME] = {"name", .type = COX_TEXT, .max = 120,
        .flags = COX_REQUIRED | COX_SEARCHED, .at = COX_AT_TEXT(struct cox_instrument, name),
        .help = "Its name. Some may not be entered; the library says which and why."},
    [COX_INSTRUMENT_VERSION] = {"version", .type = COX_TEXT, .max = 40,
        .at = COX_AT_TEXT(struct cox_instrument, version),
        .help = "Which wording it is; another wording is another instrument."},
    [COX_INSTRUMENT_POINTS] = {"points", .type = COX_INT, .min = 2, .max = 11,
        .flags = COX_REQUIRED, .at = COX_AT_INT(struct cox_instrument, points),
        .help = "Answers go from 1 to this."},
    [COX_INSTRUMENT_LOW_LABEL] = {"low_label", .label = "A one means", .type = COX_TEXT, .max = 60,
        .at = COX_AT_TEXT(struct cox_instrument, low_label), .help = "What a 1 means."},
    [COX_INSTRUMENT_HIGH_LABEL] = {"high_label", .label = "The most means", .type = COX_TEXT,
        .max = 60, .at = COX_AT_TEXT(struct cox_instrument, high_label),
        .help = "What the highest answer means."},
    [COX_INSTRUMENT_SOURCE] = {"source", .type = COX_TEXT, .max = 255, .flags = COX_REQUIRED,
        .at = COX_AT_TEXT(struct cox_instrument, source), .help = "Where its words come from."},
    [COX_INSTRUMENT_LICENCE] = {"licence", .type = COX_TEXT, .max = 255, .flags = COX_REQUIRED,
        .at = COX_AT_TEXT(struct cox_instrument, licence),
        .help = "What allows its use: public domain, our own words, a licence and its number."},
    [COX_INSTRUMENT_ALPHA] = {"alpha", .label = "Alpha as published", .type = COX_REAL, .min = -1,
        .max = 1, .at = COX_AT_REAL(struct cox_instrument, alpha),
        .help = "Reliability as its authors tell it; ours is computed and stands beside it."},
    [COX_INSTRUMENT_IS_FINAL] = {"is_final", .label = "Final", .type = COX_BOOL,
        .at = COX_AT_INT(struct cox_instrument, is_final),
        .help = "Ready to be asked. From then on neither it nor its items change."},
};
_Static_assert(COX_COUNT(instrument_fields) == COX_INSTRUMENT_FIELD_COUNT,
    "one row for each field id");

static enum cox_rc refuse_by_name(struct cox_call *call, const struct cox_row *after,
    uint32_t field, const char *name, struct cox_err *reterr)
{
    const struct cox_refused_instrument *refused =
        cox_instrument_refused(cox_call_arena(call), cox_row_text(after, field));

    return refused == NULL ? COX_OK
                           : cox_fail_at(reterr, COX_INVALID, name, 0,
                                 "%s may not be entered: %s. Use one of the library, or your own "
                                 "words under a name of your own",
                                 refused->name, refused->why);
}

/* Scores of one wording are compared with each other: what has been asked stays as it was. */
static enum cox_rc check_final(struct cox_call *call, const struct cox_row *before,
    const struct cox_row *after, struct cox_err *reterr)
{
    struct cox_form *form = COX_NEW(cox_call_arena(call), struct cox_form);

    if (form == NULL) {
        return cox_no_memory(reterr);
    }
    if (before != NULL && cox_row_int(before, COX_INSTRUMENT_IS_FINAL) == 1) {
        return cox_fail_at(reterr, COX_DENIED, "is_final", 0,
            "an instrument that is final does not change; make another version");
    }
    return cox_row_int(after, COX_INSTRUMENT_IS_FINAL) == 1
               ? cox_form_load(call, after->id, form, reterr)
               : COX_OK;
}

static enum cox_rc check_instrument(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    if (after == NULL) {
        return COX_OK;
    }
    cox_fill_int(after, COX_INSTRUMENT_POINTS, 5);
    cox_fill_int(after, COX_INSTRUMENT_IS_FINAL, 0);
    COX_TRY(refuse_by_name(call, after, COX_INSTRUMENT_NAME, "name", reterr));
    COX_TRY(refuse_by_name(call, after, COX_INSTRUMENT_SOURCE, "source", reterr));
    return check_final(call, before, after, reterr);
}

const struct cox_entity cox_instrument = {
    .name = "instrument",
    .plural = "instruments",
    .label = "Questionnaire",
    .label_plural = "Questionnaires",
    .number = 180,
    .fields = instrument_fields,
    .field_count = COX_INSTRUMENT_FIELD_COUNT,
    .struct_size = sizeof(struct cox_instrument),
    .reach = COX_REACH_COMPANY,
    .name_field = COX_INSTRUMENT_NAME,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .grants = instrument_grants,
    .check = check_instrument,
    .help = "A questionnaire of the company's own: its items, keys, source and licence.",
};

/* ---- item ---- */

static const struct cox_choice item_keys[] = {
    [COX_ITEM_PLUS] = {"plus", "+", "+"},
    [COX_ITEM_MINUS] = {"minus", "\u2212", "-|reversed"},
    {0},
};

static const struct cox_field item_fields[] = {
    [COX_INSTRUMENT_ITEM_INSTRUMENT] = {"instrument", .type = COX_REF, .ref = &cox_instrument,
        .on_delete = COX_CASCADE, .flags = COX_REQUIRED | COX_FIXED,
        .at = COX_AT_INT(struct cox_instrument_item, instrument), .help = "Of which one."},
    [COX_INSTRUMENT_ITEM_POSITION] = {"position", .type = COX_INT, .min = 1, .max = 1000,
        .flags = COX_REQUIRED | COX_SORTED, .at = COX_AT_INT(struct cox_instrument_item, position),
        .help = "Its place when it is asked."},
    [COX_INSTRUMENT_ITEM_TEXT] = {"text", .type = COX_TEXT, .max = 255, .flags = COX_REQUIRED,
        .at = COX_AT_TEXT(struct cox_instrument_item, text), .help = "The words."},
    [COX_INSTRUMENT_ITEM_SCALE] = {"scale", .type = COX_TEXT, .max = 60,
        .at = COX_AT_TEXT(struct cox_instrument_item, scale),
        .help = "What it measures, with the other items of the same scale. For the profile: focus, "
                "approach, horizon, relationship, decision, motivation."},
    [COX_INSTRUMENT_ITEM_KEY] = {"key", .type = COX_CHOICE, .choices = item_keys,
        .at = COX_AT_INT(struct cox_instrument_item, key),
        .help = "Plus: agreeing speaks for the scale. Minus: against it."},
};
_Static_assert(COX_COUNT(item_fields) == COX_INSTRUMENT_ITEM_FIELD_COUNT,
    "one row for each field id");

static enum cox_rc check_item(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    const struct cox_row *row = after == NULL ? before : after, *instrument;

    COX_TRY(cox_peek(call, &cox_instrument, cox_row_int(row, COX_INSTRUMENT_ITEM_INSTRUMENT),
        &instrument, reterr));
    if (cox_row_int(instrument, COX_INSTRUMENT_IS_FINAL) == 1) {
        return cox_fail_at(reterr, COX_DENIED, "instrument", 0,
            "the items of an instrument that is final do not change");
    }
    if (after != NULL) {
        cox_fill_int(after, COX_INSTRUMENT_ITEM_KEY, COX_ITEM_PLUS);
    }
    return COX_OK;
}

const struct cox_entity cox_instrument_item = {
    .name = "instrument_item",
    .plural = "instrument_items",
    .label = "Item",
    .label_plural = "Items",
    .number = 181,
    .fields = item_fields,
    .field_count = COX_INSTRUMENT_ITEM_FIELD_COUNT,
    .struct_size = sizeof(struct cox_instrument_item),
    .reach = COX_REACH_COMPANY,
    .name_field = COX_INSTRUMENT_ITEM_TEXT,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .grants = instrument_grants,
    .check = check_item,
    .help = "One sentence that is agreed with or not.",
};

static const struct cox_entity *const entities[] = {&cox_instrument, &cox_instrument_item, NULL};

const struct cox_feature cox_feature_instruments = {
    .name = "instruments",
    .help = "Questionnaires with keys, source, licence and reliability.",
    .entities = entities,
    .routes = cox_routes_instrument,
};
