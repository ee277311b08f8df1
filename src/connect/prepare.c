/* connect/prepare.c: from cells to values. */
#include "connect/prepare.h"

#include <jansson.h>
#include <stdio.h>

#include "connect/meanings.h"
#include "sales/opportunity.h"

static const struct cox_hash_key print_key[2] = {{0x636f787377617021, 1}, {0x636f787377617021, 2}};

/* ---- what found no place ---- */

enum cox_rc cox_prepare_unmatched(struct cox_prepared *row, struct cox_arena *arena,
    const char *field, struct cox_text text, struct cox_err *reterr)
{
    char *lines = cox_arena_format(arena, "%.*s%s%s: %.*s", (int)row->unmatched.size,
        row->unmatched.size > 0 ? row->unmatched.ptr : "", row->unmatched.size > 0 ? "\n" : "",
        field, (int)text.size, text.ptr);

    row->unmatched = cox_text_of(lines);
    return lines == NULL ? cox_no_memory(reterr) : COX_OK;
}

/* ---- one cell ---- */

struct reading {
    const struct cox_job *job;
    struct cox_arena *arena;
    struct cox_prepared *row;
    struct cox_convert convert;
};

static bool is_address(struct cox_text text)
{
    return memchr(text.ptr, '@', text.size) != NULL && memchr(text.ptr, ' ', text.size) == NULL;
}

/*
 * A text that its field cannot hold: kept where nothing is lost instead of refusing the row. An
 * address that is none would stop a person from being made at all.
 */
static bool is_misfit(const struct cox_field *field, struct cox_text text)
{
    size_t max = field->max > 0 ? (size_t)field->max : 255;

    return field->type == COX_TEXT && (field->flags & COX_REQUIRED) == 0 &&
           (text.size > max || (strcmp(field->name, "email") == 0 && !is_address(text)) ||
               (strcmp(field->name, "currency") == 0 && text.size != 3));
}

static enum cox_rc put_aside(struct reading *reading, const struct cox_field *field,
    struct cox_text text, struct cox_err *reterr)
{
    cox_import_note(reading->job->file, reading->job->work->arena,
        "%s: some texts do not fit the field; they are %s", field->name,
        reading->job->unmatched_field == COX_NO_FIELD ? "left out" : "kept under \"unmatched\"");
    return cox_prepare_unmatched(reading->row, reading->arena, field->name, text, reterr);
}

static enum cox_rc read_field(struct reading *reading, size_t at, struct cox_text text,
    struct cox_err *reterr)
{
    const struct cox_job *job = reading->job;
    const struct cox_column *column = &job->mapping.columns[at];
    const struct cox_field *field = job->mapping.guess.table->fields[column->field];
    struct cox_prepared *row = reading->row;
    struct cox_err err = {0};
    double chance;

    if (field->type == COX_REF) {
        row->refs[at] = cox_is_no_value(text, COX_REF) ? (struct cox_text){0} : text;
        return COX_OK;
    }
    if (is_misfit(field, text)) {
        return cox_is_no_value(text, COX_TEXT) ? COX_OK : put_aside(reading, field, text, reterr);
    }
    if (field->type == COX_REAL && field->min == 0 && field->max == 1 &&
        !cox_is_no_value(text, COX_REAL)) {
        err.rc = cox_convert_chance(column, text, &chance, &err);
        row->values[at] = err.rc == COX_OK ? cox_real(chance) : cox_null();
    } else {
        err.rc = cox_convert_value(&reading->convert, column, field, text, &row->values[at], &err);
    }
    if (err.rc == COX_NO_MEMORY) {
        *reterr = err;
        return err.rc;
    }
    if (err.rc != COX_OK && field->type == COX_CHOICE) {
        row->values[at] = cox_null();
        return put_aside(reading, field, text, reterr);
    }
    if (err.rc != COX_OK && row->err.rc == COX_OK) {
        row->err = err;
        row->err.row = row->row;
        (void)snprintf(row->err.field, sizeof row->err.field, "%.*s", (int)column->header.size,
            column->header.ptr); /* cut is fine: the header is for reading */
    }
    return COX_OK;
}

static enum cox_rc read_instant(struct reading *reading, const struct cox_column *column,
    struct cox_text text, int64_t *ret_us)
{
    struct cox_err err = {0};

    if (cox_is_no_value(text, COX_INSTANT)) {
        return COX_OK;
    }
    err.rc = cox_convert_instant(&reading->convert, column, text, ret_us, &err);
    if (err.rc != COX_OK && reading->row->err.rc == COX_OK) {
        reading->row->err = err;
        (void)snprintf(reading->row->err.field, sizeof reading->row->err.field, "%.*s",
            (int)column->header.size, column->header.ptr); /* cut is fine */
    }
    return err.rc;
}

/* Room for one more in a list that grows in the arena. */
static enum cox_rc grow(struct cox_arena *arena, void **list, size_t *room, size_t count,
    size_t size, struct cox_err *reterr)
{
    size_t more = *room * 2 + 8;
    void *grown;

    if (count < *room) {
        return COX_OK;
    }
    grown = cox_arena_array(arena, more, size);
    if (grown == NULL) {
        return cox_no_memory(reterr);
    }
    if (count > 0) {
        memcpy(grown, *list, count * size);
    }
    *list = grown;
    *room = more;
    return COX_OK;
}

static enum cox_rc push_entered(struct reading *reading, struct cox_text stage, int64_t at_us,
    struct cox_err *reterr)
{
    struct cox_prepared *row = reading->row;
    void *list = row->entered;

    COX_TRY(grow(reading->arena, &list, &row->entered_room, row->entered_count,
        sizeof *row->entered, reterr));
    row->entered = list;
    row->entered[row->entered_count++] = (struct cox_entered){stage, at_us};
    return stage.ptr == NULL ? cox_no_memory(reterr) : COX_OK;
}

static enum cox_rc add_entered(struct reading *reading, const struct cox_column *column,
    struct cox_text text, struct cox_err *reterr)
{
    int64_t at_us = COX_NULL;

    if (read_instant(reading, column, text, &at_us) != COX_OK || at_us == COX_NULL) {
        return COX_OK; /* told in the row's error */
    }
    return push_entered(reading, column->stage, at_us, reterr);
}

/* An earlier value of a field that says how a deal stood; one that cannot be read is left out. */
static enum cox_rc push_past(struct reading *reading, const struct cox_column *column,
    struct cox_text text, int64_t at_us, struct cox_err *reterr)
{
    const struct cox_field *field = reading->job->mapping.guess.table->fields[column->field];
    struct cox_prepared *row = reading->row;
    struct cox_past past = {.field = column->field, .at_us = at_us};
    struct cox_err ignored;
    void *list = row->pasts;
    double chance;

    if (field->type == COX_BYTES) {
        return COX_OK; /* the present one is what is kept */
    }
    if (field->type == COX_REF) {
        past.text = cox_arena_text(reading->arena, text);
        if (text.size > 0 && past.text.ptr == NULL) {
            return cox_no_memory(reterr);
        }
    } else if (field->type == COX_REAL && field->max == 1 && text.size > 0) {
        if (cox_convert_chance(column, text, &chance, &ignored) != COX_OK) {
            return COX_OK;
        }
        past.value = cox_real(chance);
    } else if (cox_convert_value(&reading->convert, column, field, text, &past.value, &ignored) !=
               COX_OK) {
        return COX_OK;
    }
    COX_TRY(
        grow(reading->arena, &list, &row->past_room, row->past_count, sizeof *row->pasts, reterr));
    row->pasts = list;
    row->pasts[row->past_count++] = past;
    return COX_OK;
}

/* Earlier values of a record, from propertiesWithHistory: [{"value", "timestamp", ...}, ...]. */
static enum cox_rc add_past(struct reading *reading, const struct cox_column *column,
    struct cox_text text, struct cox_err *reterr)
{
    const struct cox_entity *entity = reading->job->mapping.guess.table->entity;
    enum cox_rc rc = COX_OK;
    json_t *list;
    size_t count;

    list = json_loadb(text.ptr, text.size, 0, NULL);
    count = json_array_size(list);
    for (size_t i = 0; rc == COX_OK && i < count; i++) {
        const json_t *item = json_array_get(list, i);
        const char *value = json_string_value(json_object_get(item, "value"));
        const char *at = json_string_value(json_object_get(item, "timestamp"));
        struct cox_text was = cox_text_of(value == NULL ? "" : value);
        int64_t at_us = COX_NULL;

        if (at == NULL || read_instant(reading, column, cox_text_of(at), &at_us) != COX_OK ||
            at_us == COX_NULL) {
            continue;
        }
        if (entity != &cox_opportunity || column->field != COX_OPPORTUNITY_STAGE) {
            rc = push_past(reading, column, was, at_us, reterr);
        } else if (was.size > 0) {
            rc = push_entered(reading, cox_arena_text(reading->arena, was), at_us, reterr);
        }
    }
    json_decref(list);
    return rc;
}

static bool is_won_word(struct cox_text text)
{
    return cox_bool_of(text) < 0 && cox_won_of(text) >= 0;
}

static enum cox_rc read_cell(struct reading *reading, size_t at, struct cox_err *reterr)
{
    const struct cox_job *job = reading->job;
    const struct cox_column *column = &job->mapping.columns[at];
    struct cox_prepared *row = reading->row;
    struct cox_text text = cox_text_trim(row->cells[at]);

    if (text.size == 0) {
        return COX_OK;
    }
    if (job->has_values[at]) {
        text = cox_map_file_value(job->work->map, job->file->name, column, job->mapping.guess.table,
            text);
    }
    if (at == job->mapping.since) {
        (void)read_instant(reading, column, text, &row->since_us); /* told in the row's error */
    }
    switch (column->role) {
    case COX_COL_FIELD:
        return read_field(reading, at, text, reterr);
    case COX_COL_ID:
        if (at == job->mapping.id) {
            row->external = cox_external_id(reading->arena, job->mapping.guess.source, text);
        }
        return COX_OK;
    case COX_COL_OTHER_ID:
        row->other_external = cox_external_id(reading->arena, job->mapping.guess.source, text);
        return COX_OK;
    case COX_COL_DELETED:
        row->is_deleted |= cox_bool_of(text) == 1;
        return COX_OK;
    case COX_COL_CLOSED:
        row->closed = cox_bool_of(text);
        return COX_OK;
    case COX_COL_WON:
        row->won = cox_won_of(text);
        row->closed = is_won_word(text) ? 1 : row->closed;
        return COX_OK;
    case COX_COL_AT:
        (void)read_instant(reading, column, text, &row->at_us); /* told in the row's error */
        return COX_OK;
    case COX_COL_PAST:
        return add_past(reading, column, text, reterr);
    case COX_COL_ENTERED:
        return add_entered(reading, column, text, reterr);
    case COX_COL_MANAGER:
        row->manager = text;
        return COX_OK;
    case COX_COL_TEAM:
        row->team = text;
        return COX_OK;
    case COX_COL_TAGS:
        row->tags = text; /* names come after ids, where a file has both */
        return COX_OK;
    case COX_COL_MEANT:
        cox_meanings_set(job, row, text);
        return COX_OK;
    case COX_COL_UNITS:
        if (cox_bool_of(text) == 1 && row->err.rc == COX_OK) {
            (void)cox_fail_at(&row->err, COX_INVALID, "measure", row->row,
                "a quota of units; quotas here are of money, deals, meetings or calls");
        }
        return COX_OK;
    case COX_COL_CHANGED:
        row->changed = text;
        return COX_OK;
    case COX_COL_OLD:
        row->old_value = text;
        return COX_OK;
    case COX_COL_NEW:
        row->new_value = text;
        return COX_OK;
    case COX_COL_UNKNOWN:
    case COX_COL_SINCE:
    case COX_COL_CHANCE:
    case COX_COL_PIPELINE:
    case COX_COL_KIND:
    case COX_COL_MINOR:
    case COX_COL_KEEP:
    case COX_COL_NOISE:
    case COX_COL_ERROR:
    default:
        return COX_OK;
    }
}

/* ---- the row ---- */

static enum cox_rc start_row(const struct cox_job *job, struct cox_arena *arena,
    const struct cox_feed_row *from, struct cox_prepared *row, struct cox_err *reterr)
{
    size_t count = job->mapping.count;

    *row = (struct cox_prepared){.row = from->row,
        .line = from->line,
        .cells = COX_NEW_ARRAY(arena, count, struct cox_text),
        .values = COX_NEW_ARRAY(arena, count, struct cox_value),
        .refs = COX_NEW_ARRAY(arena, count, struct cox_text),
        .currency = job->work->currency,
        .since_us = COX_NULL,
        .at_us = COX_NULL,
        .closed = -1,
        .won = -1};
    if (row->cells == NULL || row->values == NULL || row->refs == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < count; i++) {
        if (from->cells[i].size > 0) {
            row->cells[i] = cox_arena_text(arena, from->cells[i]);
            if (row->cells[i].ptr == NULL) {
                return cox_no_memory(reterr);
            }
        }
    }
    return COX_OK;
}

/* The column of the row's currency, if it has one; money is read in it. */
static size_t currency_column(const struct cox_job *job)
{
    const struct cox_table *table = job->mapping.guess.table;

    return table == NULL || table->entity->currency_field == COX_NO_FIELD
               ? job->mapping.count
               : cox_mapping_find(&job->mapping, COX_COL_FIELD, table->entity->currency_field);
}

enum cox_rc cox_prepare_row(const struct cox_job *job, struct cox_arena *arena,
    const struct cox_feed_row *from, struct cox_prepared *ret_row, struct cox_err *reterr)
{
    struct reading reading = {.job = job, .arena = arena, .row = ret_row};
    size_t currency = currency_column(job);
    size_t count = job->mapping.count;

    COX_TRY(start_row(job, arena, from, ret_row, reterr));
    if (from->fault != NULL) {
        (void)cox_fail_at(&ret_row->err, COX_INVALID, "row", from->row, "%s", from->fault);
    }
    if (currency < count) {
        struct cox_text code = cox_text_trim(ret_row->cells[currency]);

        ret_row->currency = code.size == 3 ? code : ret_row->currency;
    }
    reading.convert = (struct cox_convert){.arena = arena,
        .zone = job->work->zone,
        .currency = ret_row->currency};
    ret_row->is_blank = ret_row->err.rc == COX_OK;
    for (size_t i = 0; i < count; i++) {
        ret_row->is_blank &=
            !cox_column_is_taken(&job->mapping.columns[i]) || ret_row->cells[i].size == 0;
        COX_TRY(read_cell(&reading, i, reterr));
    }
    ret_row->is_currency_found = !cox_text_same(reading.convert.currency, ret_row->currency);
    ret_row->currency = reading.convert.currency;
    if (job->mapping.guess.table->entity == &cox_opportunity) {
        size_t stage = cox_mapping_find(&job->mapping, COX_COL_FIELD, COX_OPPORTUNITY_STAGE);
        size_t pipe = cox_mapping_find(&job->mapping, COX_COL_FIELD, COX_OPPORTUNITY_PIPELINE);

        ret_row->stage = stage < count ? ret_row->refs[stage] : (struct cox_text){0};
        ret_row->pipeline = pipe < count ? ret_row->refs[pipe] : (struct cox_text){0};
    }
    return cox_prepare_route(job, arena, ret_row, reterr);
}

/* ---- rows without an id ---- */

/* Which fields a deal is known by: what else it has may change. */
static bool is_print_field(const struct cox_job *job, uint32_t field)
{
    static const uint32_t fields[] = {COX_OPPORTUNITY_NAME, COX_OPPORTUNITY_ACCOUNT,
        COX_OPPORTUNITY_CREATED_DAY, COX_OPPORTUNITY_LEAD};
    size_t known = 0;
    bool is_one = false;

    if (job->mapping.guess.table->entity != &cox_opportunity) {
        return true;
    }
    for (size_t i = 0; i < COX_COUNT(fields); i++) {
        known += cox_mapping_find(&job->mapping, COX_COL_FIELD, fields[i]) < job->mapping.count;
        is_one |= field == fields[i];
    }
    return known >= 2 && cox_mapping_find(&job->mapping, COX_COL_FIELD, COX_OPPORTUNITY_NAME) <
                             job->mapping.count
               ? is_one
               : true;
}

static void print_value(struct cox_buf *buf, uint32_t field, const struct cox_prepared *row,
    size_t at)
{
    const struct cox_value *value = &row->values[at];

    cox_buf_format(buf, "\x1e%u\x1f", field);
    if (row->refs[at].size > 0) {
        cox_buf_add_text(buf, row->refs[at]);
    } else if (value->kind == COX_VALUE_INT) {
        cox_buf_format(buf, "%lld", (long long)value->number);
    } else if (value->kind == COX_VALUE_REAL) {
        cox_buf_format(buf, "%.17g", value->real);
    } else if (value->kind == COX_VALUE_TEXT) {
        cox_buf_add_text(buf, value->text);
    }
}

enum cox_rc cox_prepare_print(const struct cox_job *job, struct cox_arena *arena,
    const struct cox_prepared *row, struct cox_map *counts, struct cox_text *ret_external,
    struct cox_err *reterr)
{
    const struct cox_table *table = job->mapping.guess.table;
    struct cox_buf buf;
    uint64_t hash[2], *place;
    char *print;

    cox_buf_init(&buf, (size_t)1 << 24);
    for (uint32_t field = 0; field < table->field_count; field++) {
        for (size_t i = 0; i < job->mapping.count; i++) {
            if (job->mapping.columns[i].role == COX_COL_FIELD &&
                job->mapping.columns[i].field == field && is_print_field(job, field)) {
                print_value(&buf, field, row, i);
            }
        }
    }
    if (buf.failed) {
        cox_buf_done(&buf);
        return cox_no_memory(reterr);
    }
    hash[0] = cox_hash_text(&print_key[0], cox_buf_text(&buf));
    hash[1] = cox_hash_text(&print_key[1], cox_buf_text(&buf));
    cox_buf_done(&buf);
    COX_TRY(cox_map_add(counts, (struct cox_text){(const char *)hash, sizeof hash}, 0, &place, NULL,
        reterr));
    ++*place;
    print = *place == 1
                ? cox_arena_format(arena, "row:%016llx%016llx", (unsigned long long)hash[0],
                      (unsigned long long)hash[1])
                : cox_arena_format(arena, "row:%016llx%016llx-%llu", (unsigned long long)hash[0],
                      (unsigned long long)hash[1], (unsigned long long)*place);
    *ret_external = cox_text_of(print);
    return print == NULL ? cox_no_memory(reterr) : COX_OK;
}
