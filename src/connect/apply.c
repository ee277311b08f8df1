/* connect/apply.c: saves read rows: finds what is there already, resolves references, makes or changes. */
#include "connect/chunk.h"
#include "connect/history.h"
#include "connect/price_lists.h"
#include "connect/stages.h"
#include "connect/tags.h"
#include "org/people.h"
#include "record/query.h"
#include "sales/account.h"
#include "sales/activity.h"
#include "sales/lead.h"
#include "sales/opportunity.h"
#include "sales/pipeline.h"
#include "sales/product.h"

enum cox_rc cox_chunk_miss(struct cox_chunk *chunk, const struct cox_missed *missed,
    struct cox_err *reterr)
{
    if (chunk->missed_count == chunk->missed_room) {
        size_t room = chunk->missed_room * 2 + 256;
        struct cox_missed *all = COX_NEW_ARRAY(chunk->arena, room, struct cox_missed);

        if (all == NULL) {
            return cox_no_memory(reterr);
        }
        if (chunk->missed_count > 0) {
            memcpy(all, chunk->missed, chunk->missed_count * sizeof *all);
        }
        chunk->missed = all;
        chunk->missed_room = room;
    }
    chunk->missed[chunk->missed_count++] = *missed;
    return COX_OK;
}

/* One row on its way into the store. */
struct applying {
    struct cox_call *call;
    struct cox_chunk *chunk;
    struct cox_job *job;
    const struct cox_table *table;
    struct cox_prepared *prepared;
    struct cox_value *set; /* per field */
    bool *has;
    bool only_empty;    /* the record is better known by another file: what it has stays */
    size_t missed_from; /* first of this row's in chunk->missed */
};

static void set_value(struct applying *applying, uint32_t field, struct cox_value value)
{
    applying->set[field] = value;
    applying->has[field] = value.kind != COX_VALUE_NULL;
}

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
static enum cox_rc find_ref(const struct applying *applying, const struct cox_table *ref,
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
static enum cox_rc make_price_list(struct applying *applying, struct cox_text text, int64_t *ret_id,
    struct cox_err *reterr)
{
    const char *name = cox_arena_format(applying->chunk->arena, "%s%.*s",
        looks_like_id(text) ? "Price list " : "", (int)text.size, text.ptr);

    return cox_price_list_make(applying->call, applying->job, name, text,
        applying->prepared->currency, ret_id, reterr);
}

static enum cox_rc miss_ref(struct applying *applying, uint32_t field, struct cox_text text,
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
            set_value(applying, field, cox_int(user));
            missed.is_filled = true;
        }
    } else if (row->ref == &cox_pipeline && (row->flags & COX_REQUIRED) != 0) {
        /* Stages of a pipeline whose own file is not there: it is known by its id. */
        COX_TRY(cox_stages_pipeline(applying->call, applying->job, text, &user, reterr));
        set_value(applying, field, cox_int(user));
        return COX_OK;
    } else if (row->ref == &cox_price_list && (row->flags & COX_REQUIRED) != 0 &&
               how == COX_FOUND_NOT) {
        /* Prices without the file of their lists. */
        COX_TRY(make_price_list(applying, text, &user, reterr));
        set_value(applying, field, cox_int(user));
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

static uint32_t ref_field(const struct applying *applying, size_t column)
{
    return applying->prepared->ref_fields != NULL ? applying->prepared->ref_fields[column]
                                                  : applying->job->mapping.columns[column].field;
}

/* All columns of one reference: the first that is found counts. */
static enum cox_rc resolve_field(struct applying *applying, uint32_t field, struct cox_err *reterr)
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
                set_value(applying, field, cox_int(id));
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
static enum cox_rc settle_price_list(struct applying *applying, struct cox_err *reterr)
{
    int64_t list;

    if (applying->table->entity != &cox_price || !applying->has[COX_PRICE_PRICE_LIST] ||
        cox_mapping_find(&applying->job->mapping, COX_COL_FIELD, COX_PRICE_CURRENCY) ==
            applying->job->mapping.count) {
        return COX_OK;
    }
    COX_TRY(cox_price_list_in(applying->call, applying->job,
        applying->set[COX_PRICE_PRICE_LIST].number, applying->prepared->currency, &list, reterr));
    set_value(applying, COX_PRICE_PRICE_LIST, cox_int(list));
    return COX_OK;
}

static bool is_stage_field(const struct applying *applying, uint32_t field)
{
    return applying->table->entity == &cox_opportunity &&
           (field == COX_OPPORTUNITY_STAGE || field == COX_OPPORTUNITY_PIPELINE);
}

static enum cox_rc resolve_all(struct applying *applying, struct cox_err *reterr)
{
    for (uint32_t field = 0; field < applying->table->field_count; field++) {
        if (applying->table->fields[field]->type == COX_REF && !is_stage_field(applying, field)) {
            COX_TRY(resolve_field(applying, field, reterr));
        }
    }
    return settle_price_list(applying, reterr);
}

static enum cox_rc resolve_stage(struct applying *applying, bool is_new, struct cox_err *reterr)
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
    set_value(applying, COX_OPPORTUNITY_STAGE, cox_int(stage));
    set_value(applying, COX_OPPORTUNITY_PIPELINE, cox_int(line->pipeline));
    if (line->kind != COX_STAGE_OPEN) {
        /* The rule of deals says what these are; what the file hoped for is no change to it. */
        applying->has[COX_OPPORTUNITY_WIN_PROB] = false;
        applying->has[COX_OPPORTUNITY_FORECAST_CATEGORY] = false;
    }
    return COX_OK;
}

/* ---- what a record needs and the file does not say ---- */

/* Records others refer to are worth having without a name: "Account 1093". */
static enum cox_rc name_by_id(struct applying *applying, struct cox_err *reterr)
{
    const struct cox_entity *entity = applying->table->entity;
    struct cox_text id = applying->prepared->external;
    const char *name;

    if (id.size == 0 || cox_text_starts(id, COX_LIT("row:"))) {
        return COX_OK; /* saving says that the name is missing */
    }
    name = cox_arena_format(applying->chunk->arena, "%s %.*s", entity->label, (int)id.size, id.ptr);
    set_value(applying, entity->name_field, cox_text_value(cox_text_of(name)));
    cox_import_note(applying->job->file, applying->job->work->arena,
        "some records have no name there; they are called by their id");
    return name == NULL ? cox_no_memory(reterr) : COX_OK;
}

static bool lacks_name(const struct applying *applying)
{
    static const char *const parts[] = {"first_name", "last_name", "email", "company"};
    const struct cox_entity *entity = applying->table->entity;

    if (entity != &cox_account && entity != &cox_contact && entity != &cox_lead) {
        return false;
    }
    for (size_t i = 0; i < COX_COUNT(parts); i++) {
        uint32_t field = cox_table_field(applying->table, cox_text_of(parts[i]));

        if (field != COX_NO_FIELD && applying->has[field]) {
            return false;
        }
    }
    return !applying->has[entity->name_field];
}

static enum cox_rc name_deal(struct applying *applying, struct cox_err *reterr)
{
    const struct cox_prepared *prepared = applying->prepared;
    const struct cox_mapping *mapping = &applying->job->mapping;
    size_t account = cox_mapping_find(mapping, COX_COL_FIELD, COX_OPPORTUNITY_ACCOUNT);
    size_t product = cox_mapping_find(mapping, COX_COL_FIELD, COX_OPPORTUNITY_PRODUCT);
    struct cox_text a = account < mapping->count ? prepared->refs[account] : (struct cox_text){0};
    struct cox_text b = product < mapping->count ? prepared->refs[product] : (struct cox_text){0};
    const char *name;

    if (a.size + b.size > 0) {
        name = cox_arena_format(applying->chunk->arena, "%.*s%s%.*s", (int)a.size,
            a.size > 0 ? a.ptr : "", a.size > 0 && b.size > 0 ? ": " : "", (int)b.size,
            b.size > 0 ? b.ptr : "");
    } else {
        return name_by_id(applying, reterr);
    }
    set_value(applying, COX_OPPORTUNITY_NAME, cox_text_value(cox_text_of(name)));
    return name == NULL ? cox_no_memory(reterr) : COX_OK;
}

static void default_activity(struct applying *applying)
{
    int64_t kind;

    if (!applying->has[COX_ACTIVITY_KIND]) {
        kind = applying->job->default_kind >= 0 ? applying->job->default_kind : COX_ACTIVITY_TASK;
        set_value(applying, COX_ACTIVITY_KIND, cox_int(kind));
    }
    if (!applying->has[COX_ACTIVITY_SUBJECT]) {
        kind = applying->set[COX_ACTIVITY_KIND].number;
        set_value(applying, COX_ACTIVITY_SUBJECT,
            cox_text_value(
                cox_text_of(applying->table->fields[COX_ACTIVITY_KIND]->choices[kind].label)));
    }
}

/* A span that is told by its first day alone ends where the file's next one begins. */
static void fill_end(struct applying *applying)
{
    uint32_t from = cox_table_field(applying->table, COX_LIT("from_day"));
    uint32_t to = cox_table_field(applying->table, COX_LIT("to_day"));
    int64_t months = applying->job->survey.span_months;

    if (from == COX_NO_FIELD || to == COX_NO_FIELD || !applying->has[from] || applying->has[to] ||
        months == 0 || (applying->table->fields[to]->flags & COX_REQUIRED) == 0) {
        return;
    }
    set_value(applying, to, cox_int(cox_day_add_months(applying->set[from].number, months)));
    cox_import_note(applying->job->file, applying->job->work->arena,
        "no last days there; the first days are %lld month%s apart, so each span is that long "
        "(assumed)",
        (long long)months, months == 1 ? "" : "s");
}

static enum cox_rc fill_defaults(struct applying *applying, struct cox_err *reterr)
{
    const struct cox_entity *entity = applying->table->entity;
    int64_t user;

    fill_end(applying);
    if (entity->owner_field != COX_NO_FIELD && !applying->has[entity->owner_field] &&
        (applying->table->fields[entity->owner_field]->flags & COX_REQUIRED) != 0) {
        COX_TRY(cox_apply_stand_in(applying->call, applying->job->work, applying->job->source,
            (struct cox_text){0}, &user, reterr));
        set_value(applying, entity->owner_field, cox_int(user));
        cox_import_note(applying->job->file, applying->job->work->arena,
            "records without an owner belong to \"Unassigned\"");
    }
    if (entity == &cox_opportunity && !applying->has[COX_OPPORTUNITY_NAME]) {
        COX_TRY(name_deal(applying, reterr));
    }
    if (lacks_name(applying)) {
        COX_TRY(name_by_id(applying, reterr));
    }
    if (entity == &cox_activity) {
        default_activity(applying);
    }
    if (entity == &cox_stage && !applying->has[COX_STAGE_PIPELINE]) {
        COX_TRY(cox_stages_pipeline(applying->call, applying->job, (struct cox_text){0}, &user,
            reterr));
        set_value(applying, COX_STAGE_PIPELINE, cox_int(user));
    }
    if (entity == &cox_stage && !applying->has[COX_STAGE_POSITION]) {
        set_value(applying, COX_STAGE_POSITION, cox_int(applying->prepared->row));
    }
    return COX_OK;
}

/* Stages say by flags whether they end a deal. */
static void set_stage_kind(struct applying *applying)
{
    const struct cox_prepared *prepared = applying->prepared;
    bool is_certain = applying->table->entity == &cox_stage && applying->has[COX_STAGE_WIN_PROB] &&
                      applying->set[COX_STAGE_WIN_PROB].real >= 1; /* HubSpot has no other flag */
    int64_t kind = COX_STAGE_OPEN;

    if (applying->table->entity != &cox_stage || prepared->closed < 0) {
        return;
    }
    if (prepared->closed == 1) {
        kind = prepared->won == 1 || (prepared->won < 0 && is_certain) ? COX_STAGE_WON
                                                                       : COX_STAGE_LOST;
    }
    set_value(applying, COX_STAGE_KIND, cox_int(kind));
}

/* Zoho's pipelines say no chance; those of won and lost stages follow from their kind. */
static void set_stage_chance(struct applying *applying)
{
    const struct cox_entity *entity = applying->table->entity;
    struct cox_arena *arena = applying->job->work->arena;
    bool is_open;

    if (entity != &cox_stage || applying->has[COX_STAGE_WIN_PROB] ||
        !applying->has[COX_STAGE_LABEL]) {
        return;
    }
    is_open =
        !applying->has[COX_STAGE_KIND] || applying->set[COX_STAGE_KIND].number == COX_STAGE_OPEN;
    if (is_open) {
        set_value(applying, COX_STAGE_WIN_PROB,
            cox_real(cox_stages_usual_chance(applying->chunk->arena,
                applying->set[COX_STAGE_LABEL].text)));
        cox_import_note(applying->job->file, arena,
            "stages without a chance of winning have the usual one of their name (assumed)");
    }
}

/* ---- finding the record ---- */

bool cox_is_matched_by_name(const struct cox_entity *entity)
{
    return entity == &cox_user || entity == &cox_team || entity == &cox_account ||
           entity == &cox_product || entity == &cox_pipeline || entity == &cox_loss_reason ||
           entity == &cox_price_list;
}

static struct cox_text text_of(const struct applying *applying, uint32_t field)
{
    return field != COX_NO_FIELD && applying->has[field] &&
                   applying->set[field].kind == COX_VALUE_TEXT
               ? applying->set[field].text
               : (struct cox_text){0};
}

static struct cox_text name_of(const struct applying *applying)
{
    struct cox_text name = text_of(applying, applying->table->entity->name_field);
    struct cox_text first, last;

    if (name.size > 0 || applying->table->entity != &cox_user) {
        return name;
    }
    first = text_of(applying, COX_USER_FIRST_NAME);
    last = text_of(applying, COX_USER_LAST_NAME);
    return cox_text_trim(
        cox_text_of(cox_arena_format(applying->chunk->arena, "%.*s %.*s", (int)first.size,
            first.size > 0 ? first.ptr : "", (int)last.size, last.size > 0 ? last.ptr : "")));
}

static enum cox_rc find_by_name(struct applying *applying, int64_t *ret_id, struct cox_err *reterr)
{
    const struct cox_entity *entity = applying->table->entity;
    struct cox_resolver *resolver = applying->job->work->resolver;
    struct cox_text email = text_of(applying, cox_table_field(applying->table, COX_LIT("email"))),
                    other;
    enum cox_found how;

    *ret_id = 0;
    if (email.size > 0) {
        COX_TRY(cox_resolver_find_name(resolver, applying->table, email, ret_id, &how, reterr));
        *ret_id = how == COX_FOUND_EMAIL ? *ret_id : 0;
    }
    if (*ret_id == 0 && cox_is_matched_by_name(entity)) {
        COX_TRY(cox_resolver_find_name(resolver, applying->table, name_of(applying), ret_id, &how,
            reterr));
    }
    if (*ret_id != 0 && applying->prepared->external.size > 0) {
        /* Known there under another id: another record of the same name. */
        COX_TRY(cox_external_of(applying->call, applying->job->source, entity, *ret_id, &other,
            reterr));
        *ret_id = other.size > 0 ? 0 : *ret_id;
    }
    return COX_OK;
}

/* A stage made for deals that came before the file of stages. */
static enum cox_rc find_stage(struct applying *applying, int64_t *ret_id, struct cox_err *reterr)
{
    struct cox_query query = {.entity = &cox_stage, .limit = 1};
    struct cox_filter_term terms[2] = {{COX_STAGE_LABEL, "eq", applying->set[COX_STAGE_LABEL]},
        {COX_STAGE_PIPELINE, "eq", applying->set[COX_STAGE_PIPELINE]}};
    struct cox_page page;

    if (!applying->has[COX_STAGE_LABEL]) {
        return COX_OK;
    }
    if (!applying->has[COX_STAGE_PIPELINE]) {
        COX_TRY(cox_stages_pipeline(applying->call, applying->job, (struct cox_text){0}, ret_id,
            reterr));
        terms[1].value = cox_int(*ret_id);
    }
    *ret_id = 0;
    COX_TRY(cox_filter_build(applying->call, &cox_stage, terms, 2, &query.filter, reterr));
    COX_TRY(cox_list(applying->call, &query, &page, reterr));
    *ret_id = page.count > 0 ? page.rows[0].id : 0;
    return COX_OK;
}

/* By the second id, unless the record found is known under another first one. */
static enum cox_rc find_by_other(struct applying *applying, int64_t *ret_id, struct cox_err *reterr)
{
    const struct cox_prepared *prepared = applying->prepared;
    struct cox_text known;

    COX_TRY(cox_external_find(applying->call, COX_LIT("hubspot-user"), applying->table->entity,
        prepared->other_external, ret_id, reterr));
    if (*ret_id == 0 || prepared->external.size == 0) {
        return COX_OK;
    }
    COX_TRY(cox_external_of(applying->call, applying->job->source, applying->table->entity, *ret_id,
        &known, reterr));
    *ret_id = known.size > 0 ? 0 : *ret_id;
    return COX_OK;
}

static enum cox_rc find_record(struct applying *applying, const struct cox_row **ret_row,
    struct cox_err *reterr)
{
    const struct cox_entity *entity = applying->table->entity;
    const struct cox_prepared *prepared = applying->prepared;
    struct cox_err missing;
    int64_t id = 0;
    enum cox_rc rc;

    *ret_row = NULL;
    if (prepared->external.size > 0) {
        COX_TRY(cox_external_find(applying->call, applying->job->source, entity, prepared->external,
            &id, reterr));
    }
    if (id == 0 && prepared->other_external.size > 0) {
        COX_TRY(find_by_other(applying, &id, reterr));
        applying->only_empty = id != 0 && prepared->external.size == 0;
    }
    if (id == 0 && entity == &cox_stage) {
        COX_TRY(find_stage(applying, &id, reterr));
    } else if (id == 0 && !cox_text_starts(prepared->external, COX_LIT("row:"))) {
        COX_TRY(find_by_name(applying, &id, reterr));
    }
    if (id == 0) {
        return COX_OK;
    }
    rc = cox_get(applying->call, entity, id, ret_row, &missing);
    if (rc == COX_MISSING || rc == COX_GONE) {
        *ret_row = NULL; /* removed here (an undone import): it comes back as a new record */
        return COX_OK;
    }
    if (rc != COX_OK) {
        *reterr = missing;
    }
    return rc;
}

/* ---- saving ---- */

static enum cox_rc save_ids(struct applying *applying, int64_t id, struct cox_err *reterr)
{
    const struct cox_prepared *prepared = applying->prepared;
    const struct cox_entity *entity = applying->table->entity;

    if (prepared->external.size > 0) {
        COX_TRY(cox_external_put(applying->call, applying->job->source, entity, prepared->external,
            id, reterr));
    }
    return prepared->other_external.size > 0
               ? cox_external_put(applying->call, COX_LIT("hubspot-user"), entity,
                     prepared->other_external, id, reterr)
               : COX_OK;
}

/*
 * Of work on a sale whose file tells no beginning we know no more than that it is there now. People,
 * products, customers and the like are what other records' history leans on: there since ever.
 */
static bool begins_when_saved(const struct cox_entity *entity)
{
    return entity == &cox_opportunity || entity == &cox_lead || entity == &cox_activity;
}

static enum cox_rc make_record(struct applying *applying, int64_t *ret_id, struct cox_err *reterr)
{
    struct cox_row *row = cox_row_new(applying->call, applying->table->entity);
    struct cox_version *versions;
    size_t count;
    bool is_changed;

    if (row == NULL) {
        return cox_no_memory(reterr);
    }
    for (uint32_t field = 0; field < applying->table->field_count; field++) {
        if (applying->has[field]) {
            cox_row_set(row, field, applying->set[field]);
        }
    }
    COX_TRY(cox_history_of_row(applying->call, applying->job, applying->prepared, row, &versions,
        &count, reterr));
    if (count > 0) {
        COX_TRY(cox_put_history(applying->call, applying->table->entity, 0, versions, count,
            COX_FOREVER, ret_id, &is_changed, reterr));
    } else if (begins_when_saved(applying->table->entity)) {
        COX_TRY(cox_create(applying->call, row, ret_id, reterr));
    } else {
        COX_TRY(cox_create_since_ever(applying->call, row, ret_id, reterr));
    }
    COX_TRY(save_ids(applying, *ret_id, reterr));
    return cox_resolver_add(applying->job->work->resolver, applying->table, *ret_id,
        cox_row_text(row, applying->table->entity->name_field),
        text_of(applying, cox_table_field(applying->table, COX_LIT("email"))), reterr);
}

static bool holds(struct cox_text text, struct cox_text part)
{
    return text.size > 0 && memmem(text.ptr, text.size, part.ptr, part.size) != NULL;
}

/* A person who was only a stand-in so far is now in a file of people. */
static void wake_stand_in(struct applying *applying, const struct cox_row *row)
{
    if (applying->table->entity == &cox_user && !applying->has[COX_USER_IS_ACTIVE] &&
        cox_row_int(row, COX_USER_IS_ACTIVE) == 0 && cox_row_text(row, COX_USER_EMAIL).size == 0) {
        set_value(applying, COX_USER_IS_ACTIVE, cox_int(1));
    }
}

static enum cox_rc change_record(struct applying *applying, const struct cox_row *row,
    bool *ret_is_changed, struct cox_err *reterr)
{
    struct cox_change *changes =
        COX_NEW_ARRAY(applying->chunk->arena, applying->table->field_count, struct cox_change);
    uint32_t note = applying->job->unmatched_field;
    size_t count = 0;
    struct cox_text known;

    if (changes == NULL) {
        return cox_no_memory(reterr);
    }
    wake_stand_in(applying, row);
    for (uint32_t field = 0; field < applying->table->field_count; field++) {
        /* What is noted already needs no new note; other lines of it may come from elsewhere. */
        if (applying->has[field] &&
            !(applying->only_empty && row->values[field].kind != COX_VALUE_NULL) &&
            !cox_value_same(&applying->set[field], &row->values[field]) &&
            !(field == note && holds(cox_row_text(row, note), applying->set[note].text))) {
            changes[count++] = (struct cox_change){field, applying->set[field]};
        }
    }
    if (note != COX_NO_FIELD && !applying->has[note] && cox_row_text(row, note).size > 0 &&
        applying->missed_from == applying->chunk->missed_count) {
        changes[count++] = (struct cox_change){note, cox_null()};
    }
    *ret_is_changed = false;
    if (count > 0) {
        COX_TRY(cox_change_fields(applying->call, applying->table->entity, row->id, 0, changes,
            count, ret_is_changed, reterr));
    }
    if (applying->prepared->external.size == 0) {
        return COX_OK;
    }
    COX_TRY(cox_external_of(applying->call, applying->job->source, applying->table->entity, row->id,
        &known, reterr));
    return known.size == 0 ? save_ids(applying, row->id, reterr) : COX_OK;
}

static enum cox_rc remove_record(struct applying *applying, enum cox_outcome *ret_outcome,
    struct cox_err *reterr)
{
    const struct cox_row *row;

    *ret_outcome = COX_OUTCOME_UNCHANGED;
    COX_TRY(find_record(applying, &row, reterr));
    applying->chunk->deleted_count++;
    if (row == NULL || applying->prepared->external.size == 0) {
        return COX_OK;
    }
    *ret_outcome = COX_OUTCOME_UPDATED;
    return cox_remove(applying->call, applying->table->entity, row->id, 0, reterr);
}

/* ---- a row ---- */

static enum cox_rc start_row(struct applying *applying, struct cox_err *reterr)
{
    const struct cox_mapping *mapping = &applying->job->mapping;
    const struct cox_prepared *prepared = applying->prepared;
    uint32_t count = applying->table->field_count;
    uint32_t currency = applying->table->entity->currency_field;

    applying->set = COX_NEW_ARRAY(applying->chunk->arena, count, struct cox_value);
    applying->has = COX_NEW_ARRAY(applying->chunk->arena, count, bool);
    applying->missed_from = applying->chunk->missed_count;
    if (applying->set == NULL || applying->has == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < mapping->count; i++) {
        if (mapping->columns[i].role == COX_COL_FIELD &&
            prepared->values[i].kind != COX_VALUE_NULL) {
            set_value(applying, mapping->columns[i].field, prepared->values[i]);
        }
    }
    if (prepared->is_currency_found && currency != COX_NO_FIELD) {
        set_value(applying, currency, cox_text_value(prepared->currency));
    }
    return COX_OK;
}

/* People's managers and teams are records of their own, made when everybody is there. */
static enum cox_rc note_people(struct applying *applying, int64_t id, struct cox_err *reterr)
{
    const struct cox_registry *registry = cox_call_registry(applying->call);
    int source = applying->job->mapping.guess.source;
    struct cox_missed missed = {.table = applying->table,
        .id = id,
        .is_later = true,
        .ref = applying->table};

    if (applying->prepared->manager.size > 0) {
        missed.field = COX_MISSED_MANAGER;
        missed.name = COX_LIT("manager");
        missed.text = applying->prepared->manager;
        COX_TRY(cox_chunk_miss(applying->chunk, &missed, reterr));
    }
    if (applying->prepared->team.size > 0) {
        missed.field = COX_MISSED_TEAM;
        missed.name = COX_LIT("team");
        missed.ref = cox_registry_entity(registry, &cox_team);
        /* HubSpot's people are in several teams, the main one first. */
        for (struct cox_text rest = applying->prepared->team; rest.ptr != NULL;) {
            missed.text = source == COX_HUBSPOT ? cox_text_trim(cox_text_split(&rest, ';')) : rest;
            rest = source == COX_HUBSPOT ? rest : (struct cox_text){0};
            if (missed.text.size > 0) {
                COX_TRY(cox_chunk_miss(applying->chunk, &missed, reterr));
            }
        }
    }
    return COX_OK;
}

/* Whoever owns the record, as it is now; COX_NULL: nobody. */
static int64_t owner_of(const struct applying *applying, const struct cox_row *row)
{
    uint32_t owner = applying->table->entity->owner_field;

    if (owner == COX_NO_FIELD) {
        return COX_NULL;
    }
    return applying->has[owner] ? applying->set[owner].number
           : row == NULL        ? COX_NULL
                                : cox_row_int(row, owner);
}

static enum cox_rc apply_row(struct applying *applying, enum cox_outcome *ret_outcome,
    struct cox_err *reterr)
{
    struct cox_prepared *prepared = applying->prepared;
    struct cox_text unmatched = prepared->unmatched; /* a call may run again */
    const struct cox_row *row;
    bool is_changed = true;
    int64_t id;

    COX_TRY(start_row(applying, reterr));
    if (prepared->is_deleted) {
        return remove_record(applying, ret_outcome, reterr);
    }
    COX_TRY(resolve_all(applying, reterr));
    if (applying->job->unmatched_field != COX_NO_FIELD && prepared->unmatched.size > 0) {
        set_value(applying, applying->job->unmatched_field, cox_text_value(prepared->unmatched));
    }
    prepared->unmatched = unmatched;
    set_stage_kind(applying);
    set_stage_chance(applying);
    COX_TRY(find_record(applying, &row, reterr));
    COX_TRY(resolve_stage(applying, row == NULL, reterr));
    if (row == NULL) {
        COX_TRY(fill_defaults(applying, reterr));
        COX_TRY(make_record(applying, &id, reterr));
    } else {
        id = row->id;
        COX_TRY(change_record(applying, row, &is_changed, reterr));
    }
    for (size_t i = applying->missed_from; i < applying->chunk->missed_count; i++) {
        applying->chunk->missed[i].id = id;
    }
    COX_TRY(note_people(applying, id, reterr));
    if (prepared->tags.size > 0) {
        const struct cox_tags_of of = {applying->job, applying->table, id, owner_of(applying, row)};

        COX_TRY(cox_tags_put(applying->call, &of, prepared->tags, &is_changed, reterr));
    }
    *ret_outcome = row == NULL  ? COX_OUTCOME_CREATED
                   : is_changed ? COX_OUTCOME_UPDATED
                                : COX_OUTCOME_UNCHANGED;
    return COX_OK;
}

enum cox_rc cox_apply_rows(struct cox_call *call, struct cox_chunk *chunk, size_t first,
    size_t count, struct cox_err *reterr)
{
    for (size_t i = first; i < first + count; i++) {
        struct applying applying = {.call = call,
            .chunk = chunk,
            .job = chunk->job,
            .table = chunk->job->mapping.guess.table,
            .prepared = &chunk->rows[i]};
        size_t missed = chunk->missed_count;
        struct cox_err *err = &chunk->err[i];

        *err = chunk->rows[i].err;
        chunk->outcome[i] = COX_OUTCOME_REJECTED;
        if (chunk->rows[i].is_superseded) {
            chunk->outcome[i] = COX_OUTCOME_UNCHANGED;
            continue;
        }
        if (err->rc != COX_OK) {
            continue;
        }
        err->rc = apply_row(&applying, &chunk->outcome[i], err);
        if (err->rc != COX_OK && !cox_rc_is_refusal(err->rc)) {
            *reterr = *err;
            return err->rc;
        }
        if (err->rc != COX_OK) {
            chunk->outcome[i] = COX_OUTCOME_REJECTED;
            chunk->missed_count = missed;
        }
    }
    return COX_OK;
}
