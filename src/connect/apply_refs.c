/* connect/apply_refs.c: whom and what a read row refers to: found, made, or noted as missed. */
#include "connect/applying.h"
#include "connect/price_lists.h"
#include "connect/stages.h"
#include "org/people.h"
#include "sales/opportunity.h"
#include "sales/pipeline.h"
#include "sales/product.h"

/* ---- people who own records ---- */

static bool looks_like_id(struct cox_text text)
{
    size_t digits = 0;

    for (size_t i = 0; i < text.size; i++) {
        if (text.ptr[i] == ' ') {
            return false;
        }
        digits += text.ptr[i] >= '0' && text.ptr[i] <= '9';
    }
    return digits >= 3;
}

enum cox_rc cox_apply_stand_in(struct cox_call *call, struct cox_work *work, struct cox_text source,
    struct cox_text text, int64_t *ret_user, struct cox_err *reterr)
{
    static const struct cox_text own_source = {"coxswain", 8}, nobody = {"unassigned", 10};
    const struct cox_table *table = cox_registry_entity(cox_call_registry(call), &cox_user);
    struct cox_text external = text.size == 0 ? nobody : text;
    struct cox_row *row;
    const char *name;

    source = text.size == 0 ? own_source : source;
    COX_TRY(cox_external_find(call, source, &cox_user, external, ret_user, reterr));
    if (*ret_user != 0) {
        return COX_OK;
    }
    name = text.size == 0 ? "Unassigned"
           : looks_like_id(text)
               ? cox_arena_format(cox_call_arena(call), "%.*s user %.*s", (int)source.size,
                     source.ptr, (int)text.size, text.ptr)
               : cox_arena_format(cox_call_arena(call), "%.*s", (int)text.size, text.ptr);
    row = cox_row_new(call, &cox_user);
    if (row == NULL || name == NULL) {
        return cox_no_memory(reterr);
    }
    cox_row_set(row, COX_USER_NAME, cox_text_value(cox_text_of(name)));
    cox_row_set(row, COX_USER_IS_ACTIVE, cox_int(0));
    COX_TRY(cox_create_since_ever(call, row, ret_user, reterr));
    if (text.size == 0 || looks_like_id(text)) {
        COX_TRY(cox_external_put(call, source, &cox_user, external, *ret_user, reterr));
    }
    return cox_resolver_add(work->resolver, table, *ret_user, cox_text_of(name),
        (struct cox_text){0}, reterr);
}

/* ---- references ---- */

/* Is a file of these records still to come (or this one, for a table that refers to itself)? */
static bool is_to_come(const struct cox_work *work, const struct cox_table *table)
{
    for (size_t i = work->job_at; i < work->job_count; i++) {
        const struct cox_guess *guess = &work->jobs[i].mapping.guess;

        if (guess->table != NULL && guess->table->entity == table->entity &&
            guess->kind == COX_KIND_RECORDS) {
            return true;
        }
    }
    return false;
}

/* The id in the source, also as a second kind of id there; several joined by ";" give the first. */
static enum cox_rc find_ref(const struct cox_applying *applying, const struct cox_table *ref,
    struct cox_text text, int64_t *ret_id, enum cox_found *ret_how, struct cox_err *reterr)
{
    const struct cox_job *job = applying->job;
    int source = job->mapping.guess.source;
    struct cox_text id = cox_external_id(applying->chunk->arena, source, text);

    COX_TRY(cox_resolver_find(job->work->resolver, applying->call, ref, job->source, id, ret_id,
        ret_how, reterr));
    if (*ret_how == COX_FOUND_NOT && ref->entity == &cox_user && source == COX_HUBSPOT) {
        COX_TRY(cox_resolver_find(job->work->resolver, applying->call, ref, COX_LIT("hubspot-user"),
            id, ret_id, ret_how, reterr));
    }
    if (*ret_how == COX_FOUND_NOT && memchr(text.ptr, ';', text.size) != NULL) {
        struct cox_text rest = text;

        return cox_resolver_find(job->work->resolver, applying->call, ref, job->source,
            cox_text_trim(cox_text_split(&rest, ';')), ret_id, ret_how, reterr);
    }
    return COX_OK;
}

/* A price list that no file describes: called by its id, in the currency of its first price. */
static enum cox_rc make_price_list(struct cox_applying *applying, struct cox_text text,
    int64_t *ret_id, struct cox_err *reterr)
{
    const char *name = cox_arena_format(applying->chunk->arena, "%s%.*s",
        looks_like_id(text) ? "Price list " : "", (int)text.size, text.ptr);

    return cox_price_list_make(applying->call, applying->job, name, text,
        applying->prepared->currency, ret_id, reterr);
}

static enum cox_rc miss_ref(struct cox_applying *applying, uint32_t field, struct cox_text text,
    enum cox_found how, struct cox_err *reterr)
{
    const struct cox_field *row = applying->table->fields[field];
    const struct cox_table *ref = cox_registry_entity(cox_call_registry(applying->call), row->ref);
    struct cox_missed missed = {.table = applying->table,
        .ref = ref,
        .field = field,
        .name = cox_text_of(row->name),
        .text = text};
    int64_t user;

    if (row->ref == &cox_user) {
        if ((row->flags & COX_REQUIRED) != 0) {
            COX_TRY(cox_apply_stand_in(applying->call, applying->job->work, applying->job->source,
                text, &user, reterr));
            cox_applying_set(applying, field, cox_int(user));
            missed.is_filled = true;
        }
    } else if (row->ref == &cox_pipeline && (row->flags & COX_REQUIRED) != 0) {
        /* Stages of a pipeline whose own file is not there: it is known by its id. */
        COX_TRY(cox_stages_pipeline(applying->call, applying->job, text, &user, reterr));
        cox_applying_set(applying, field, cox_int(user));
        return COX_OK;
    } else if (row->ref == &cox_price_list && (row->flags & COX_REQUIRED) != 0 &&
               how == COX_FOUND_NOT) {
        /* Prices without the file of their lists. */
        COX_TRY(make_price_list(applying, text, &user, reterr));
        cox_applying_set(applying, field, cox_int(user));
        return COX_OK;
    } else if ((row->flags & COX_REQUIRED) != 0) {
        return cox_fail_at(reterr, COX_INVALID, row->name, applying->prepared->row,
            how == COX_FOUND_MANY ? "several %s are called \"%.*s\""
                                  : "there are no %s known as \"%.*s\"",
            ref->entity->plural, (int)text.size, text.ptr);
    }
    missed.is_later = !missed.is_filled && is_to_come(applying->job->work, ref);
    if (!missed.is_filled && !missed.is_later) {
        COX_TRY(cox_prepare_unmatched(applying->prepared, applying->chunk->arena, row->name, text,
            reterr));
    }
    return cox_chunk_miss(applying->chunk, &missed, reterr);
}

static uint32_t ref_field(const struct cox_applying *applying, size_t column)
{
    return applying->prepared->ref_fields != NULL ? applying->prepared->ref_fields[column]
                                                  : applying->job->mapping.columns[column].field;
}

/* All columns of one reference: the first that is found counts. */
static enum cox_rc resolve_field(struct cox_applying *applying, uint32_t field,
    struct cox_err *reterr)
{
    const struct cox_mapping *mapping = &applying->job->mapping;
    const struct cox_table *ref =
        cox_registry_entity(cox_call_registry(applying->call), applying->table->fields[field]->ref);
    struct cox_text missed = {0}, id_text = {0};
    enum cox_found how = COX_FOUND_NOT;

    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < mapping->count; i++) {
            struct cox_text text = applying->prepared->refs[i];
            int64_t id;

            if (text.size == 0 || ref_field(applying, i) != field ||
                mapping->columns[i].is_id != (pass == 0)) {
                continue;
            }
            COX_TRY(find_ref(applying, ref, text, &id, &how, reterr));
            if (id != 0) {
                cox_applying_set(applying, field, cox_int(id));
                return COX_OK;
            }
            /* A name says more to people than an id. */
            missed = text;
            id_text = pass == 0 ? text : id_text;
        }
    }
    if (missed.size == 0) {
        return COX_OK;
    }
    COX_TRY(miss_ref(applying, field, missed, how, reterr));
    /* A pipeline that was made by its name is known by its id too. */
    return ref->entity == &cox_pipeline && id_text.size > 0 && applying->has[field]
               ? cox_external_put(applying->call, applying->job->source, &cox_pipeline, id_text,
                     applying->set[field].number, reterr)
               : COX_OK;
}

/* The list of the price's own currency. */
static enum cox_rc settle_price_list(struct cox_applying *applying, struct cox_err *reterr)
{
    int64_t list;

    if (applying->table->entity != &cox_price || !applying->has[COX_PRICE_PRICE_LIST] ||
        cox_mapping_find(&applying->job->mapping, COX_COL_FIELD, COX_PRICE_CURRENCY) ==
            applying->job->mapping.count) {
        return COX_OK;
    }
    COX_TRY(cox_price_list_in(applying->call, applying->job,
        applying->set[COX_PRICE_PRICE_LIST].number, applying->prepared->currency, &list, reterr));
    cox_applying_set(applying, COX_PRICE_PRICE_LIST, cox_int(list));
    return COX_OK;
}

static bool is_stage_field(const struct cox_applying *applying, uint32_t field)
{
    return applying->table->entity == &cox_opportunity &&
           (field == COX_OPPORTUNITY_STAGE || field == COX_OPPORTUNITY_PIPELINE);
}

enum cox_rc cox_apply_refs(struct cox_applying *applying, struct cox_err *reterr)
{
    for (uint32_t field = 0; field < applying->table->field_count; field++) {
        if (applying->table->fields[field]->type == COX_REF && !is_stage_field(applying, field)) {
            COX_TRY(resolve_field(applying, field, reterr));
        }
    }
    return settle_price_list(applying, reterr);
}

enum cox_rc cox_apply_stage(struct cox_applying *applying, bool is_new, struct cox_err *reterr)
{
    const struct cox_prepared *prepared = applying->prepared;
    const struct cox_stage_line *line;
    int64_t stage;

    if (applying->table->entity != &cox_opportunity || (prepared->stage.size == 0 && !is_new)) {
        return COX_OK;
    }
    cox_stages_of_row(applying->job, prepared->pipeline, prepared->stage, prepared->closed,
        prepared->won, &stage);
    line = cox_stages_line(applying->job, stage);
    if (line == NULL) {
        return cox_fail_at(reterr, COX_INVALID, "stage", prepared->row,
            "there is no stage \"%.*s\"", (int)prepared->stage.size,
            prepared->stage.size > 0 ? prepared->stage.ptr : "");
    }
    cox_applying_set(applying, COX_OPPORTUNITY_STAGE, cox_int(stage));
    cox_applying_set(applying, COX_OPPORTUNITY_PIPELINE, cox_int(line->pipeline));
    if (line->kind != COX_STAGE_OPEN) {
        /* The rule of deals says what these are; what the file hoped for is no change to it. */
        applying->has[COX_OPPORTUNITY_WIN_PROB] = false;
        applying->has[COX_OPPORTUNITY_FORECAST_CATEGORY] = false;
    }
    return COX_OK;
}
