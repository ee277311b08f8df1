/* leader/instrument_form.c: questionnaires out of records, and how answers are scored. */
#include "leader/instrument.h"
#include "record/query.h"

/* Scales in the order in which they first appear; items without one are of the scale of the instrument's name. */
static enum cox_rc scale_of(struct cox_form *form, struct cox_text name, size_t *ret_scale,
    struct cox_err *reterr)
{
    struct cox_text wanted = name.size == 0 ? form->name : name;

    for (size_t i = 0; i < form->scale_count; i++) {
        if (cox_text_same(form->scales[i].name, wanted)) {
            *ret_scale = i;
            return COX_OK;
        }
    }
    if (form->scale_count == COX_FORM_SCALES_MAX) {
        return cox_fail_at(reterr, COX_INVALID, "instrument", 0, "has more than %d scales",
            COX_FORM_SCALES_MAX);
    }
    *ret_scale = form->scale_count;
    form->scales[form->scale_count++] = (struct cox_form_scale){.name = wanted, .label = wanted};
    return COX_OK;
}

static enum cox_rc load_items(struct cox_call *call, struct cox_form *form, struct cox_err *reterr)
{
    const struct cox_filter_term of_it = {COX_INSTRUMENT_ITEM_INSTRUMENT, "eq", cox_int(form->id)};
    struct cox_query query = {.entity = &cox_instrument_item,
        .limit = COX_FORM_ITEMS_MAX + 1,
        .order = {{COX_INSTRUMENT_ITEM_POSITION, false}},
        .order_count = 1};
    struct cox_page page;

    COX_TRY(cox_filter_build(call, &cox_instrument_item, &of_it, 1, &query.filter, reterr));
    COX_TRY(cox_list(call, &query, &page, reterr));
    if (page.count == 0 || page.count > COX_FORM_ITEMS_MAX) {
        return cox_fail_at(reterr, COX_INVALID, "instrument", 0,
            "an instrument that is asked has 1 to %d items", COX_FORM_ITEMS_MAX);
    }
    for (size_t i = 0; i < page.count; i++) {
        struct cox_form_item *item = &form->items[i];

        item->text = cox_row_text(&page.rows[i], COX_INSTRUMENT_ITEM_TEXT);
        item->is_reversed = cox_row_int(&page.rows[i], COX_INSTRUMENT_ITEM_KEY) == COX_ITEM_MINUS;
        COX_TRY(scale_of(form, cox_row_text(&page.rows[i], COX_INSTRUMENT_ITEM_SCALE), &item->scale,
            reterr));
    }
    form->item_count = page.count;
    return COX_OK;
}

enum cox_rc cox_form_load(struct cox_call *call, int64_t id, struct cox_form *ret_form,
    struct cox_err *reterr)
{
    struct cox_instrument row;

    COX_TRY(cox_load(call, &cox_instrument, id, &row, reterr));
    *ret_form = (struct cox_form){
        .id = id,
        .name = row.name,
        .label = row.name,
        .version = row.version,
        .low_label = row.low_label,
        .high_label = row.high_label,
        .source = row.source,
        .licence = row.licence,
        .is_about_others = true,
        .points = (unsigned)row.points,
    };
    COX_TRY(load_items(call, ret_form, reterr));
    for (size_t i = 0; i < ret_form->scale_count && !isnan(row.alpha); i++) {
        ret_form->scales[i].alpha =
            cox_text_of(cox_arena_format(cox_call_arena(call), "%.2f", row.alpha));
    }
    return COX_OK;
}

enum cox_rc cox_form_of(struct cox_call *call, int64_t id, struct cox_form *ret_form,
    struct cox_err *reterr)
{
    if (id != COX_NULL) {
        return cox_form_load(call, id, ret_form, reterr);
    }
    (void)cox_form_find_shipped(cox_text_of(COX_FORM_SIX_ASPECTS), ret_form); /* it is there */
    return COX_OK;
}

enum cox_rc cox_form_check(const struct cox_form *form, const double *answers, size_t count,
    struct cox_err *reterr)
{
    if (count != form->item_count) {
        return cox_fail_at(reterr, COX_INVALID, "answers", 0, "%zu answers are needed, one an item",
            form->item_count);
    }
    for (size_t i = 0; i < count; i++) {
        if (!(answers[i] >= 1 && answers[i] <= form->points) || answers[i] != floor(answers[i])) {
            return cox_fail_at(reterr, COX_INVALID, "answers", (int64_t)i + 1,
                "an answer is a whole number from 1 to %u", form->points);
        }
    }
    return COX_OK;
}

void cox_form_key(const struct cox_form *form, const double *answers, double *ret_keyed)
{
    for (size_t i = 0; i < form->item_count; i++) {
        ret_keyed[i] = form->items[i].is_reversed ? form->points + 1 - answers[i] : answers[i];
    }
}

void cox_form_score(const struct cox_form *form, const double *keyed, double *ret_scores)
{
    size_t counts[COX_FORM_SCALES_MAX] = {0};

    for (size_t s = 0; s < form->scale_count; s++) {
        ret_scores[s] = 0;
    }
    for (size_t i = 0; i < form->item_count; i++) {
        ret_scores[form->items[i].scale] += keyed[i];
        counts[form->items[i].scale]++;
    }
    for (size_t s = 0; s < form->scale_count; s++) {
        ret_scores[s] = (ret_scores[s] / (double)counts[s] - 1) / (form->points - 1);
    }
}
