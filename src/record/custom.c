/* record/custom.c: run-time fields. */
#include "record/custom.h"

#include <stdlib.h>
#include <string.h>

#include "record/schema.h"
#include "record/store.h"

enum { FLAGS_ALLOWED = COX_SORTED | COX_SEARCHED | COX_PERSONAL, CHOICE_MAX = 200 };

/* ---- loading ---- */

static struct cox_choice *read_choices(struct cox_arena *arena, struct cox_text lines)
{
    struct cox_choice *choices = COX_NEW_ARRAY(arena, CHOICE_MAX + 1, struct cox_choice);
    size_t count = 0;

    while (choices != NULL && lines.ptr != NULL && count < CHOICE_MAX) {
        struct cox_text name = cox_arena_text(arena, cox_text_split(&lines, '\n'));
        if (name.ptr == NULL) {
            return NULL;
        }
        choices[count] = (struct cox_choice){.name = name.ptr, .label = name.ptr};
        count++;
    }
    return choices;
}

static const struct cox_entity *entity_numbered(const struct cox_store *store, int64_t number)
{
    for (const struct cox_entity *const *at = store->entities; *at != NULL; at++) {
        if ((*at)->number == number) {
            return *at;
        }
    }
    return NULL;
}

static enum cox_rc read_custom(struct cox_store *store, struct cox_stmt *stmt,
    struct cox_arena *arena, struct cox_custom_row *ret_custom, struct cox_err *reterr)
{
    struct cox_field *field = &ret_custom->field;
    struct cox_text label = cox_arena_text(arena, cox_stmt_text(stmt, 2));
    int64_t id = cox_stmt_int(stmt, 0);

    ret_custom->entity = (uint16_t)cox_stmt_int(stmt, 1);
    field->custom_id = (uint32_t)id;
    field->name = cox_arena_format(arena, "x%lld", (long long)id);
    field->label = label.ptr;
    field->type = (enum cox_type)cox_stmt_int(stmt, 3);
    field->flags =
        (unsigned)cox_stmt_int(stmt, 4) | (cox_stmt_is_null(stmt, 7) ? 0U : (unsigned)COX_RETIRED);
    if (field->type == COX_CHOICE) {
        field->choices = read_choices(arena, cox_stmt_text(stmt, 5));
    }
    if (field->type == COX_REF) {
        field->ref = entity_numbered(store, cox_stmt_int(stmt, 6));
        field->on_delete = COX_SET_NULL;
    }
    bool is_short = field->name == NULL || field->label == NULL ||
                    (field->type == COX_CHOICE && field->choices == NULL);
    return is_short ? cox_no_memory(reterr) : COX_OK;
}

enum cox_rc cox_custom_load(struct cox_store *store, struct cox_db *db, struct cox_arena *arena,
    struct cox_custom_row **ret_customs, size_t *ret_count, struct cox_err *reterr)
{
    struct cox_custom_row *customs = NULL;
    size_t count = 0, room = 0;
    COX_AUTO_STMT stmt = NULL;
    bool is_row;

    COX_TRY(cox_db_prepare(db,
        COX_LIT(
            "SELECT \"id\", \"entity\", \"label\", \"type\", \"flags\", \"choices\", \"ref_entity\", "
            "\"retired_seq\" FROM \"custom_field\" ORDER BY \"id\""),
        &stmt, reterr));
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    while (is_row) {
        if (count == room) {
            room = room == 0 ? 16 : room * 2;
            struct cox_custom_row *more = COX_NEW_ARRAY(arena, room, struct cox_custom_row);
            if (more == NULL) {
                return cox_no_memory(reterr);
            }
            if (count > 0) {
                memcpy(more, customs, count * sizeof(*more));
            }
            customs = more;
        }
        COX_TRY(read_custom(store, stmt, arena, &customs[count++], reterr));
        COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    }
    *ret_customs = customs;
    *ret_count = count;
    return COX_OK;
}

/* ---- adding ---- */

static enum cox_rc may_administer(struct cox_call *call, struct cox_err *reterr)
{
    unsigned roles = COX_ROLE_BIT(COX_ADMIN) | COX_ROLE_BIT(COX_OPERATOR);

    if (call->write == NULL) {
        return cox_fail(reterr, COX_INTERNAL, "a read cannot save");
    }
    return (call->actor.roles & roles) != 0
               ? COX_OK
               : cox_fail(reterr, COX_DENIED, "only an administrator changes fields");
}

/* Does no other field than the one of this id bear it? */
static enum cox_rc check_label(const struct cox_table *table, struct cox_text label, int64_t id,
    struct cox_err *reterr)
{
    if (label.size == 0 || label.size > 100 || !cox_text_is_utf8(label)) {
        return cox_fail_at(reterr, COX_INVALID, "label", 0, "a label of 1 to 100 bytes is needed");
    }
    for (uint32_t i = 0; i < table->field_count; i++) {
        const struct cox_field *field = table->fields[i];
        bool is_same = cox_text_same_ascii(label,
            cox_text_of(field->label != NULL ? field->label : field->name));
        bool is_other = field->custom_id == 0 || field->custom_id != id;
        if (is_same && is_other && (field->flags & COX_RETIRED) == 0) {
            return cox_fail_at(reterr, COX_CONFLICT, "label", 0,
                "%s has a field of this label already", table->entity->label);
        }
    }
    return COX_OK;
}

static enum cox_rc check_spec(const struct cox_table *table, const struct cox_custom_spec *spec,
    struct cox_err *reterr)
{
    bool has_personal = ((const struct cox_table_inside *)(const void *)table)->has_personal;
    bool has_search = ((const struct cox_table_inside *)(const void *)table)->has_search;
    uint32_t custom_count = table->field_count - table->entity->field_count;
    struct cox_text label = cox_text_trim(spec->label);

    if (custom_count >= COX_CUSTOM_MAX) {
        return cox_fail(reterr, COX_TOO_LARGE, "%s has %d own fields already", table->entity->label,
            COX_CUSTOM_MAX);
    }
    if (spec->type < COX_TEXT || spec->type > COX_REF ||
        (spec->flags & ~(unsigned)FLAGS_ALLOWED) != 0 ||
        (spec->type == COX_REF) != (spec->ref != NULL) ||
        (spec->type == COX_CHOICE) != (spec->choice_count > 0) || spec->choice_count > CHOICE_MAX) {
        return cox_fail_at(reterr, COX_INVALID, "type", 0,
            "this type and these options do not go together");
    }
    if (((spec->flags & COX_PERSONAL) != 0 && !has_personal) ||
        ((spec->flags & COX_SEARCHED) != 0 && !has_search) ||
        (spec->type == COX_MONEY && table->entity->currency_field == COX_NO_FIELD)) {
        return cox_fail_at(reterr, COX_INVALID, "type", 0, "%s cannot hold such a field",
            table->entity->label);
    }
    return check_label(table, label, 0, reterr);
}

static enum cox_rc join_choices(struct cox_call *call, const struct cox_custom_spec *spec,
    struct cox_text *ret_lines, struct cox_err *reterr)
{
    struct cox_buf lines;

    cox_buf_init(&lines, 64 * 1024);
    for (size_t i = 0; i < spec->choice_count; i++) {
        struct cox_text name = cox_text_trim(spec->choices[i]);
        if (name.size == 0 || memchr(name.ptr, '\n', name.size) != NULL ||
            !cox_text_is_utf8(name)) {
            cox_buf_done(&lines);
            return cox_fail_at(reterr, COX_INVALID, "choices", (int64_t)i + 1,
                "is empty or has a line break");
        }
        cox_buf_add_text(&lines, name);
        cox_buf_add_string(&lines, i + 1 < spec->choice_count ? "\n" : "");
    }
    *ret_lines =
        lines.failed ? (struct cox_text){0} : cox_arena_text(call->arena, cox_buf_text(&lines));
    cox_buf_done(&lines);
    return ret_lines->ptr == NULL ? cox_no_memory(reterr) : COX_OK;
}

enum cox_rc cox_custom_add(struct cox_call *call, const struct cox_entity *entity,
    const struct cox_custom_spec *spec, int64_t *ret_custom_id, struct cox_err *reterr)
{
    const struct cox_table *table = cox_registry_entity(call->registry, entity);
    struct cox_field field = {.type = spec->type, .flags = spec->flags};
    struct cox_text choices;
    COX_AUTO_STMT stmt = NULL;

    COX_TRY(may_administer(call, reterr));
    COX_TRY(check_spec(table, spec, reterr));
    COX_TRY(join_choices(call, spec, &choices, reterr));
    *ret_custom_id = call->commit.next_id++;
    field.name = cox_arena_format(call->arena, "x%lld", (long long)*ret_custom_id);
    if (field.name == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_db_prepare(call->db,
        COX_LIT(
            "INSERT INTO \"custom_field\" (\"id\", \"entity\", \"label\", \"type\", \"flags\", "
            "\"choices\", \"ref_entity\", \"created_seq\") VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"),
        &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, *ret_custom_id);
    cox_stmt_bind_int(stmt, 2, entity->number);
    cox_stmt_bind_text(stmt, 3, cox_text_trim(spec->label));
    cox_stmt_bind_int(stmt, 4, (int64_t)spec->type);
    cox_stmt_bind_int(stmt, 5, spec->flags);
    cox_stmt_bind_text(stmt, 6, choices);
    cox_stmt_bind_int(stmt, 7, spec->ref == NULL ? 0 : spec->ref->number);
    cox_stmt_bind_int(stmt, 8, call->commit.seq);
    COX_TRY(cox_stmt_run(stmt, reterr));
    call->commit.is_noted = call->commit.is_schema_changed = true;
    return cox_schema_add_custom(call->db, entity, &field, reterr);
}

enum cox_rc cox_custom_find_added(struct cox_call *call, int64_t seq, int64_t *ret_custom_id,
    struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;
    bool is_row;

    COX_TRY(cox_db_prepare(call->db,
        COX_LIT("SELECT \"id\" FROM \"custom_field\" WHERE \"created_seq\" = $1"), &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, seq);
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    if (!is_row) {
        return cox_fail(reterr, COX_MISSING, "there is no such field");
    }
    *ret_custom_id = cox_stmt_int(stmt, 0);
    return COX_OK;
}

static enum cox_rc find_live(struct cox_call *call, int64_t custom_id,
    const struct cox_entity **ret_entity, struct cox_text *ret_label, struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;
    bool is_row;

    COX_TRY(cox_db_prepare(call->db,
        COX_LIT("SELECT \"entity\", \"label\" FROM \"custom_field\" WHERE \"id\" = $1 AND "
                "\"retired_seq\" IS NULL"),
        &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, custom_id);
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    *ret_entity = is_row ? entity_numbered(call->store, cox_stmt_int(stmt, 0)) : NULL;
    if (*ret_entity == NULL) {
        return cox_fail(reterr, COX_MISSING, "there is no such field");
    }
    *ret_label = cox_arena_text(call->arena, cox_stmt_text(stmt, 1));
    return ret_label->ptr == NULL ? cox_no_memory(reterr) : COX_OK;
}

enum cox_rc cox_custom_rename(struct cox_call *call, int64_t custom_id, struct cox_text label,
    struct cox_text *ret_was, struct cox_err *reterr)
{
    const struct cox_entity *entity;
    struct cox_text was;
    COX_AUTO_STMT stmt = NULL;

    COX_TRY(may_administer(call, reterr));
    COX_TRY(find_live(call, custom_id, &entity, &was, reterr));
    label = cox_text_trim(label);
    COX_TRY(check_label(cox_registry_entity(call->registry, entity), label, custom_id, reterr));
    COX_TRY(cox_db_prepare(call->db,
        COX_LIT("UPDATE \"custom_field\" SET \"label\" = $1 WHERE \"id\" = $2"), &stmt, reterr));
    cox_stmt_bind_text(stmt, 1, label);
    cox_stmt_bind_int(stmt, 2, custom_id);
    COX_TRY(cox_stmt_run(stmt, reterr));
    call->commit.is_noted = call->commit.is_schema_changed = true;
    *ret_was = was;
    return COX_OK;
}

enum cox_rc cox_custom_retire(struct cox_call *call, int64_t custom_id, struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;

    COX_TRY(may_administer(call, reterr));
    COX_TRY(cox_db_prepare(call->db,
        COX_LIT("UPDATE \"custom_field\" SET \"retired_seq\" = $1 WHERE \"id\" = $2 AND "
                "\"retired_seq\" IS NULL"),
        &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, call->commit.seq);
    cox_stmt_bind_int(stmt, 2, custom_id);
    COX_TRY(cox_stmt_run(stmt, reterr));
    if (cox_stmt_changes(stmt) == 0) {
        return cox_fail(reterr, COX_MISSING, "there is no such field");
    }
    call->commit.is_noted = call->commit.is_schema_changed = true;
    return COX_OK;
}
