/* connect/preview.c: what an import would make of its files, as JSON. */
#include "base/json.h"
#include "connect/look.h"

enum { CELL_MAX = 200, MAP_MAX = 4 << 20 };

static const char *const point_names[] = {
    [COX_POINT_ANY] = "any",
    [COX_POINT_DOT] = "dot",
    [COX_POINT_COMMA] = "comma",
};

/* ---- columns ---- */

static void put_field(struct cox_json *json, const struct cox_mapping *mapping,
    const struct cox_column *column)
{
    const struct cox_field *field;

    if ((column->role != COX_COL_FIELD && column->role != COX_COL_PAST) ||
        column->field == COX_NO_FIELD || mapping->guess.table == NULL) {
        return;
    }
    field = mapping->guess.table->fields[column->field];
    cox_json_put_string(json, "field", field->name);
    cox_json_put_bool(json, "is_required", (field->flags & COX_REQUIRED) != 0);
    if (field->type == COX_DATE || field->type == COX_INSTANT) {
        cox_json_put_string(json, "date_order", cox_date_order_name(column->order));
    }
    if (field->type == COX_MONEY || field->type == COX_INT || field->type == COX_REAL) {
        cox_json_put_string(json, "point", point_names[column->point]);
        cox_json_put_int(json, "scale", column->scale);
    }
}

static void put_column(struct cox_json *json, const struct cox_mapping *mapping,
    const struct cox_column *column)
{
    cox_json_begin_object(json);
    cox_json_put_text(json, "header", column->header);
    cox_json_put_string(json, "role", cox_role_column_name(column->role));
    put_field(json, mapping, column);
    cox_json_put_bool(json, "is_id", column->is_id);
    cox_json_put_bool(json, "is_decided", column->is_decided);
    cox_json_put_string(json, "assumed", column->assumed);
    cox_json_put_text(json, "proposal", column->proposal);
    cox_json_end_object(json);
}

/* ---- rows ---- */

/* A cell is cut on a character's border: a preview shows, it does not keep. */
static struct cox_text cut(struct cox_text cell)
{
    if (cell.size > CELL_MAX) {
        cell.size = CELL_MAX;
        while (cell.size > 0 && ((unsigned char)cell.ptr[cell.size] & 0xC0) == 0x80) {
            cell.size--;
        }
    }
    return cell;
}

static enum cox_rc put_rows(struct cox_json *json, struct cox_job *job, struct cox_err *reterr)
{
    struct cox_feed_row row;
    size_t width;

    (void)cox_feed_headers(job->feed, &width);
    cox_json_key(json, "rows");
    cox_json_begin_array(json);
    COX_TRY(cox_feed_rewind(job->feed, reterr));
    for (int i = 0; i < COX_PREVIEW_ROWS; i++) {
        COX_TRY(cox_feed_next(job->feed, &row, reterr));
        if (row.row == 0) {
            break;
        }
        cox_json_begin_array(json);
        for (size_t c = 0; c < width; c++) {
            cox_json_text(json, cut(row.cells[c]));
        }
        cox_json_end_array(json);
    }
    cox_json_end_array(json);
    cox_feed_close(job->feed);
    return COX_OK;
}

/* ---- files ---- */

static void put_stages(struct cox_json *json, const struct cox_survey *survey)
{
    cox_json_key(json, "stages");
    cox_json_begin_array(json);
    for (size_t i = 0; i < survey->stage_count; i++) {
        cox_json_begin_object(json);
        cox_json_put_text(json, "name", survey->stages[i].name);
        cox_json_put_text(json, "pipeline", survey->stages[i].pipeline);
        cox_json_put_int(json, "count", survey->stages[i].count);
        cox_json_end_object(json);
    }
    cox_json_end_array(json);
}

static void put_missing(struct cox_json *json, struct cox_work *work,
    const struct cox_mapping *mapping)
{
    const struct cox_table *table = mapping->guess.table;
    bool *mapped = COX_NEW_ARRAY(work->arena, table->field_count + 1, bool);
    const struct cox_field *missing = NULL;

    for (size_t i = 0; mapped != NULL && i < mapping->count; i++) {
        if (mapping->columns[i].role == COX_COL_FIELD &&
            mapping->columns[i].field < table->field_count) {
            mapped[mapping->columns[i].field] = true;
        }
    }
    if (mapped != NULL) {
        missing = cox_required_missing(table, mapped, mapping->id < mapping->count);
    }
    cox_json_put_string(json, "missing_field", missing == NULL ? NULL : missing->name);
}

static void put_about(struct cox_json *json, const struct cox_import_file *file)
{
    cox_json_put_text(json, "name", file->name);
    cox_json_put_string(json, "format", file->format);
    cox_json_put_string(json, "source", file->source);
    cox_json_put_string(json, "kind", file->kind);
    cox_json_put_string(json, "entity", file->entity);
    cox_json_put_string(json, "why", file->why);
    cox_json_put_bool(json, "is_skipped", file->is_skipped);
    cox_json_key(json, "notes");
    cox_json_begin_array(json);
    for (size_t i = 0; i < file->note_count; i++) {
        cox_json_string(json, file->notes[i]);
    }
    cox_json_end_array(json);
}

static enum cox_rc put_job(struct cox_json *json, struct cox_work *work, struct cox_job *job,
    struct cox_err *reterr)
{
    const struct cox_mapping *mapping = &job->mapping;

    cox_json_begin_object(json);
    put_about(json, job->file);
    cox_json_put_bool(json, "is_sure", mapping->guess.is_sure);
    cox_json_put_int(json, "row_count", job->survey.row_count);
    cox_json_key(json, "columns");
    cox_json_begin_array(json);
    for (size_t i = 0; i < mapping->count; i++) {
        put_column(json, mapping, &mapping->columns[i]);
    }
    cox_json_end_array(json);
    if (mapping->guess.table != NULL) {
        put_missing(json, work, mapping);
    }
    put_stages(json, &job->survey);
    COX_TRY(put_rows(json, job, reterr));
    cox_json_end_object(json);
    return COX_OK;
}

/* A file that is left out: nobody can say what it is, unless it is decided by what is in it. */
static enum cox_rc put_skipped(struct cox_json *json, struct cox_job *job, struct cox_err *reterr)
{
    const struct cox_text *headers;
    size_t count;

    cox_json_begin_object(json);
    put_about(json, job->file);
    if (job->feed != NULL) {
        headers = cox_feed_headers(job->feed, &count);
        cox_json_key(json, "columns");
        cox_json_begin_array(json);
        for (size_t i = 0; i < count; i++) {
            cox_json_begin_object(json);
            cox_json_put_text(json, "header", headers[i]);
            cox_json_put_string(json, "role", cox_role_column_name(COX_COL_UNKNOWN));
            cox_json_end_object(json);
        }
        cox_json_end_array(json);
        COX_TRY(put_rows(json, job, reterr));
    }
    cox_json_end_object(json);
    return COX_OK;
}

static enum cox_rc put_preview(void *ctx, struct cox_work *work, struct cox_err *reterr)
{
    struct cox_json *json = (struct cox_json *)ctx;
    struct cox_buf map;

    cox_json_begin_object(json);
    cox_json_key(json, "files");
    cox_json_begin_array(json);
    for (size_t i = 0; i < work->job_count; i++) {
        COX_TRY(put_job(json, work, &work->jobs[i], reterr));
    }
    for (size_t i = work->job_count; i < work->report->file_count; i++) {
        COX_TRY(put_skipped(json, &work->jobs[i], reterr)); /* behind those that run */
    }
    cox_json_end_array(json);
    cox_buf_init(&map, MAP_MAX);
    for (size_t i = 0; i < work->job_count; i++) {
        cox_map_file_write(&map, work->jobs[i].file->name, &work->jobs[i].mapping);
    }
    cox_json_put_text(json, "map", cox_buf_text(&map));
    cox_buf_done(&map);
    cox_json_end_object(json);
    return COX_OK;
}

enum cox_rc cox_import_preview_json(struct cox_arena *arena, const struct cox_import_opt *opt,
    struct cox_json *json, struct cox_err *reterr)
{
    return cox_import_look(arena, opt, put_preview, json, reterr);
}
