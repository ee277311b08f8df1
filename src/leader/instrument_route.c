/* leader/instrument_route.c: the library of questionnaires with their reliability, and scoring on the spot. */
#include "leader/instrument_reliability.h"
#include "record/query.h"

struct library {
    struct cox_exchange *x;
    struct cox_call *call;
    struct cox_form form;
    struct cox_json json;
};

/* ---- GET /questionnaires ---- */

static void put_scales(struct cox_json *json, const struct cox_form *form,
    const struct cox_reliability *found)
{
    cox_json_key(json, "scales");
    cox_json_begin_array(json);
    for (size_t s = 0; s < form->scale_count; s++) {
        const struct cox_scale_reliability *scale = &found->scales[s];

        cox_json_begin_object(json);
        cox_json_put_text(json, "name", form->scales[s].name);
        cox_json_put_text(json, "label", form->scales[s].label);
        cox_json_put_text(json, "alpha_published", form->scales[s].alpha);
        cox_json_put_real(json, "alpha", scale->alpha);
        cox_json_put_real(json, "omega", scale->omega);
        cox_json_put_real(json, "icc_single", scale->icc_single);
        cox_json_put_real(json, "icc_mean", scale->icc_mean);
        cox_json_end_object(json);
    }
    cox_json_end_array(json);
}

static void put_items(struct cox_json *json, const struct cox_form *form)
{
    cox_json_key(json, "items");
    cox_json_begin_array(json);
    for (size_t i = 0; i < form->item_count; i++) {
        cox_json_begin_object(json);
        cox_json_put_text(json, "text", form->items[i].text);
        cox_json_put_text(json, "scale", form->scales[form->items[i].scale].name);
        cox_json_put_string(json, "key", form->items[i].is_reversed ? "minus" : "plus");
        cox_json_end_object(json);
    }
    cox_json_end_array(json);
}

static enum cox_rc put_form(struct library *library, struct cox_err *reterr)
{
    const struct cox_form *form = &library->form;
    struct cox_json *json = &library->json;
    struct cox_reliability found;

    COX_TRY(cox_reliability_of(library->x, library->call, form, &found, reterr));
    cox_json_begin_object(json);
    cox_json_key(json, "id");
    if (form->id == 0) {
        cox_json_null(json);
    } else {
        cox_json_int(json, form->id);
    }
    cox_json_put_text(json, "name", form->name);
    cox_json_put_text(json, "label", form->label);
    cox_json_put_text(json, "version", form->version);
    cox_json_put_bool(json, "comes_with_program", form->id == 0);
    cox_json_put_bool(json, "is_about_others", form->is_about_others);
    cox_json_put_int(json, "points", form->points);
    cox_json_put_text(json, "low_label", form->low_label);
    cox_json_put_text(json, "high_label", form->high_label);
    cox_json_put_text(json, "source", form->source);
    cox_json_put_text(json, "licence", form->licence);
    cox_json_put_bool(json, "is_reliability_known", found.is_known);
    put_scales(json, form, &found);
    put_items(json, form);
    cox_json_end_object(json);
    return COX_OK;
}

/* Those that cannot be asked yet (without items, not final) are worked on as records. */
static enum cox_rc note_own(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct library *library = (struct library *)ctx;

    if (cox_row_int(row, COX_INSTRUMENT_IS_FINAL) != 1) {
        return COX_OK;
    }
    COX_TRY(cox_form_load(library->call, row->id, &library->form, reterr));
    return put_form(library, reterr);
}

static enum cox_rc make_library(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct library *library = (struct library *)ctx;
    struct cox_json *json = &library->json;

    library->call = call;
    cox_reply_json(library->x, 200, json);
    cox_json_begin_object(json);
    cox_json_key(json, "rows");
    cox_json_begin_array(json);
    for (size_t at = 0; at < cox_form_shipped_count; at++) {
        cox_form_shipped(at, &library->form);
        COX_TRY(put_form(library, reterr));
    }
    COX_TRY(cox_each(call, &cox_instrument, NULL, note_own, library, reterr));
    cox_json_end_array(json);
    cox_json_key(json, "refused");
    cox_json_begin_array(json);
    for (const struct cox_refused_instrument *one = cox_refused_instruments; one->name != NULL;
         one++) {
        cox_json_begin_object(json);
        cox_json_put_string(json, "name", one->name);
        cox_json_put_string(json, "why", one->why);
        cox_json_end_object(json);
    }
    cox_json_end_array(json);
    cox_json_end_object(json);
    return cox_reply_json_done(library->x, json, reterr);
}

static enum cox_rc get_library(struct cox_exchange *x, struct cox_err *reterr)
{
    const struct cox_read_opt opt = {.actor = x->who.actor};
    struct library *library = COX_NEW(x->arena, struct library);

    if (library == NULL) {
        return cox_no_memory(reterr);
    }
    library->x = x;
    return cox_store_read(x->store, &opt, make_library, library, reterr);
}

/* ---- POST /questionnaires/score ---- */

static enum cox_rc find_form(struct library *library, json_t *body, struct cox_err *reterr)
{
    json_t *named = json_object_get(body, "questionnaire");

    if (json_is_integer(named)) {
        return cox_form_load(library->call, json_integer_value(named), &library->form, reterr);
    }
    if (json_is_string(named) &&
        cox_form_find_shipped(cox_text_of(json_string_value(named)), &library->form)) {
        return COX_OK;
    }
    return cox_fail_at(reterr, COX_INVALID, "questionnaire", 0,
        "is the name of one that comes with the program, or a number");
}

enum cox_rc cox_form_read(const struct cox_form *form, const json_t *list, double *ret_answers,
    struct cox_err *reterr)
{
    size_t count = json_is_array(list) ? json_array_size(list) : 0;

    for (size_t i = 0; i < count && i < form->item_count; i++) {
        ret_answers[i] = json_is_number(json_array_get(list, i))
                             ? json_number_value(json_array_get(list, i))
                             : (double)NAN;
    }
    return cox_form_check(form, ret_answers, count, reterr);
}

static enum cox_rc score(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct library *library = (struct library *)ctx;
    double answers[COX_FORM_ITEMS_MAX], keyed[COX_FORM_ITEMS_MAX], scores[COX_FORM_SCALES_MAX];
    const double half = 1.2815515655446004; /* 80 % of a normal error */
    struct cox_json *json = &library->json;
    struct cox_reliability found;
    json_t *body;

    library->call = call;
    COX_TRY(cox_exchange_json(library->x, &body, reterr));
    COX_TRY(find_form(library, body, reterr));
    COX_TRY(cox_form_read(&library->form, json_object_get(body, "answers"), answers, reterr));
    COX_TRY(cox_reliability_of(library->x, call, &library->form, &found, reterr));
    cox_form_key(&library->form, answers, keyed);
    cox_form_score(&library->form, keyed, scores);
    cox_reply_json(library->x, 200, json);
    cox_json_begin_object(json);
    cox_json_key(json, "scales");
    cox_json_begin_array(json);
    for (size_t s = 0; s < library->form.scale_count; s++) {
        cox_json_begin_object(json);
        cox_json_put_text(json, "name", library->form.scales[s].name);
        cox_json_put_real(json, "score", scores[s]);
        cox_json_put_real(json, "error", found.scales[s].error);
        cox_json_put_real(json, "low", fmax(0, scores[s] - half * found.scales[s].error));
        cox_json_put_real(json, "high", fmin(1, scores[s] + half * found.scales[s].error));
        cox_json_end_object(json);
    }
    cox_json_end_array(json);
    cox_json_end_object(json);
    return cox_reply_json_done(library->x, json, reterr);
}

static enum cox_rc post_score(struct cox_exchange *x, struct cox_err *reterr)
{
    const struct cox_read_opt opt = {.actor = x->who.actor};
    struct library *library = COX_NEW(x->arena, struct library);

    if (library == NULL) {
        return cox_no_memory(reterr);
    }
    library->x = x;
    return cox_store_read(x->store, &opt, score, library, reterr);
}

const struct cox_route cox_routes_instrument[] = {
    {.method = COX_GET,
        .path = "/api/v1/questionnaires",
        .handle = get_library,
        .summary = "Questionnaires that can be asked, with items, source, licence and reliability, "
                   "and those that may not be entered.",
        .out = "{\"type\":\"object\",\"required\":[\"rows\",\"refused\"],\"properties\":{\"rows\":"
               "{\"type\":\"array\"},\"refused\":{\"type\":\"array\"}}}"},
    {.method = COX_POST,
        .path = "/api/v1/questionnaires/score",
        .handle = post_score,
        .flags = COX_ROUTE_SAFE | COX_ROUTE_UNLOGGED,
        .body_max = 4096,
        .summary = "Scores answers about oneself and forgets them: nothing is stored.",
        .in = "{\"type\":\"object\",\"required\":[\"questionnaire\",\"answers\"],\"properties\":{"
              "\"questionnaire\":{\"type\":[\"string\",\"integer\"]},\"answers\":{\"type\":"
              "\"array\",\"items\":{\"type\":\"integer\"}}}}",
        .out = "{\"type\":\"object\",\"required\":[\"scales\"],\"properties\":{\"scales\":{"
               "\"type\":\"array\"}}}"},
    {0},
};
