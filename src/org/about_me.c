/*
 * org/about_me.c: what is held about the caller: a list of kinds of record with how many there are, why and how
 * long; and all of it as one file. Only what the caller may read: of a private note that it exists.
 */
#include "base/map.h"
#include "org/people.h"
#include "org/settings_routes.h"
#include "record/keep.h"
#include "record/query.h"
#include "record/reach.h"
#include "record/switches.h"
#include "serve/record_json.h"

static enum cox_rc count_of(struct cox_call *call, const struct cox_table *table,
    int64_t *ret_count, struct cox_err *reterr)
{
    *ret_count = 1;
    return table->entity == &cox_user
               ? COX_OK
               : cox_keep_count(call, table, cox_call_actor(call)->user_id, ret_count, reterr);
}

/* People's entities, parts of them, and the caller's own entry among the users. */
static bool is_listed(struct cox_call *call, const struct cox_table *table)
{
    return !cox_table_is_off(table) &&
           (table->entity == &cox_user || cox_reach_is_people(call, table));
}

/* ---- the list ---- */

static enum cox_rc put_kind(struct cox_call *call, const struct cox_table *table,
    struct cox_json *json, struct cox_err *reterr)
{
    int64_t count, months;

    COX_TRY(count_of(call, table, &count, reterr));
    COX_TRY(cox_keep_months(call, table, &months, reterr));
    cox_json_begin_object(json);
    cox_json_put_string(json, "entity", table->entity->name);
    cox_json_put_string(json, "label", table->entity->label_plural);
    cox_json_put_int(json, "count", count);
    cox_json_put_string(json, "purpose", table->entity->keep.purpose);
    cox_json_put_string(json, "basis", cox_basis_name(table->entity->keep.basis));
    cox_json_put_int(json, "months", months);
    cox_json_key(json, "fields");
    cox_json_begin_array(json);
    for (uint32_t i = 0; i < table->field_count; i++) {
        const struct cox_field *field = table->fields[i];
        if (cox_keep_has_field(call, table, i)) {
            cox_json_begin_object(json);
            cox_json_put_string(json, "name", field->name);
            cox_json_put_string(json, "purpose", cox_keep_purpose(table, i));
            cox_json_put_string(json, "basis", cox_basis_name(cox_keep_basis(table, i)));
            COX_TRY(cox_keep_field_months(call, table, i, &months, reterr));
            cox_json_put_int(json, "months", months);
            cox_json_put_bool(json, "is_private", (field->flags & COX_PRIVATE) != 0);
            cox_json_end_object(json);
        }
    }
    cox_json_end_array(json);
    cox_json_end_object(json);
    return COX_OK;
}

static enum cox_rc read_list(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct cox_exchange *x = ctx;
    const struct cox_registry *registry = cox_call_registry(call);
    struct cox_json json;
    int64_t months;

    COX_TRY(cox_keep_access_months(call, &months, reterr));
    x->reply.seq = cox_call_as_of(call).seq;
    cox_reply_json(x, 200, &json);
    cox_json_begin_object(&json);
    cox_json_key(&json, "rows");
    cox_json_begin_array(&json);
    for (size_t i = 0; i < cox_registry_count(registry); i++) {
        const struct cox_table *table = cox_registry_at(registry, i);
        if (is_listed(call, table)) {
            COX_TRY(put_kind(call, table, &json, reterr));
        }
    }
    cox_json_end_array(&json);
    cox_json_put_int(&json, "access_months", months);
    cox_json_end_object(&json);
    return cox_reply_json_done(x, &json, reterr);
}

enum cox_rc cox_about_me_get(struct cox_exchange *x, struct cox_err *reterr)
{
    const struct cox_read_opt opt = {.actor = x->who.actor};

    return cox_store_read(x->store, &opt, read_list, x, reterr);
}

/* ---- all of it ---- */

struct file {
    struct cox_exchange *x;
    struct cox_call *call;
    struct cox_json json;
    struct cox_record_writer writer;
    struct cox_imap *written; /* ids; one counter numbers all records */
    uint32_t parent_field;    /* of the table being written, when its rows go with their parents */
};

static enum cox_rc write_row(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct file *file = ctx;
    uint64_t ignored;

    if (file->parent_field != COX_NO_FIELD &&
        !cox_imap_find(file->written, cox_row_int(row, file->parent_field), &ignored)) {
        return COX_OK; /* part of a record about somebody else */
    }
    COX_TRY(cox_imap_put(file->written, row->id, 1, reterr));
    return cox_record_write(&file->writer, row, reterr);
}

static enum cox_rc write_people(struct file *file, const struct cox_table *table,
    struct cox_err *reterr)
{
    uint32_t fields[3];
    size_t count = cox_keep_people_fields(table->entity, fields);

    for (size_t i = 0; i < count; i++) {
        const struct cox_filter_term mine = {fields[i], "eq", cox_int(file->x->who.actor.user_id)};
        const struct cox_filter *filter;
        COX_TRY(cox_filter_build(file->call, table->entity, &mine, 1, &filter, reterr));
        COX_TRY(cox_each(file->call, table->entity, filter, write_row, file, reterr));
    }
    return COX_OK;
}

static enum cox_rc write_table(struct file *file, const struct cox_table *table,
    struct cox_err *reterr)
{
    const struct cox_entity *entity = table->entity;
    const struct cox_row *row;

    cox_json_key(&file->json, entity->plural);
    cox_json_begin_array(&file->json);
    COX_TRY(cox_record_writer_open(file->call, table, (struct cox_text){0}, &file->json,
        &file->writer, reterr));
    file->parent_field = COX_NO_FIELD;
    if (entity == &cox_user) {
        COX_TRY(cox_get(file->call, entity, file->x->who.actor.user_id, &row, reterr));
        COX_TRY(write_row(file, row, reterr));
    } else if (cox_entity_is_people(entity)) {
        COX_TRY(write_people(file, table, reterr));
    } else {
        file->parent_field = entity->parent_field;
        COX_TRY(cox_each(file->call, entity, NULL, write_row, file, reterr));
    }
    cox_json_end_array(&file->json);
    return COX_OK;
}

/* Whole records before their parts. */
static enum cox_rc write_file(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct file *file = ctx;
    const struct cox_registry *registry = cox_call_registry(call);

    file->call = call;
    file->x->reply.seq = cox_call_as_of(call).seq;
    COX_TRY(cox_imap_open_in(cox_call_arena(call), 1024, &file->written, reterr));
    cox_reply_json(file->x, 200, &file->json);
    cox_json_begin_object(&file->json);
    for (int part = 0; part < 2; part++) {
        for (size_t i = 0; i < cox_registry_count(registry); i++) {
            const struct cox_table *table = cox_registry_at(registry, i);
            bool is_whole = table->entity == &cox_user || cox_entity_is_people(table->entity);
            if (is_listed(call, table) && is_whole == (part == 0)) {
                COX_TRY(write_table(file, table, reterr));
            }
        }
    }
    cox_json_end_object(&file->json);
    return cox_reply_json_done(file->x, &file->json, reterr);
}

enum cox_rc cox_about_me_export(struct cox_exchange *x, struct cox_err *reterr)
{
    const struct cox_read_opt opt = {.actor = x->who.actor};
    struct file file = {.x = x};

    COX_TRY(cox_store_read(x->store, &opt, write_file, &file, reterr));
    return cox_reply_header(x, "Content-Disposition", "attachment; filename=\"about-me.json\"",
        reterr);
}
