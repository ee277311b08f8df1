/* connect/report.c: what an import did, for people and for programs. */
#include <stdarg.h>
#include <stdio.h>

#include "base/json.h"
#include "connect/import.h"

enum { NOTES_MAX = 100, REJECTS_SHOWN = 10 };

void cox_import_note(struct cox_import_file *file, struct cox_arena *arena, const char *format, ...)
{
    char text[2500];
    char *copy;
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args); /* cut is fine: it is for reading */
    va_end(args);
    for (size_t i = 0; i < file->note_count; i++) {
        if (strcmp(file->notes[i], text) == 0) {
            return;
        }
    }
    if (file->note_count == file->note_room) {
        size_t room = file->note_room * 2 + 8;
        const char **notes = room > NOTES_MAX + 8 ? NULL : COX_NEW_ARRAY(arena, room, const char *);

        if (notes == NULL) {
            return;
        }
        if (file->note_count > 0) {
            memcpy(notes, file->notes, file->note_count * sizeof *notes);
        }
        file->notes = notes;
        file->note_room = room;
    }
    copy = cox_arena_string(arena, text);
    if (copy != NULL) {
        file->notes[file->note_count++] = copy;
    }
}

void cox_import_add_unknown(struct cox_import_file *file, struct cox_arena *arena,
    const struct cox_import_unknown *unknown)
{
    if (file->unknown_count == file->unknown_room) {
        size_t room = file->unknown_room * 2 + 8;
        struct cox_import_unknown *unknowns = COX_NEW_ARRAY(arena, room, struct cox_import_unknown);

        if (unknowns == NULL) {
            return;
        }
        if (file->unknown_count > 0) {
            memcpy(unknowns, file->unknowns, file->unknown_count * sizeof *unknowns);
        }
        file->unknowns = unknowns;
        file->unknown_room = room;
    }
    if (file->unknown_count < COX_IMPORT_UNKNOWNS_TOLD) {
        file->unknowns[file->unknown_count++] = *unknown;
    }
}

void cox_import_reject(struct cox_import_file *file, struct cox_arena *arena, int64_t line,
    const struct cox_err *err)
{
    struct cox_import_reject *reject;

    if (file->reject_count == COX_IMPORT_REJECTS_TOLD) {
        return;
    }
    if (file->reject_count == file->reject_room) {
        size_t room = file->reject_room * 2 + 16;
        struct cox_import_reject *rejects = COX_NEW_ARRAY(arena, room, struct cox_import_reject);

        if (rejects == NULL) {
            return; /* it is counted, and in the error file */
        }
        if (file->reject_count > 0) {
            memcpy(rejects, file->rejects, file->reject_count * sizeof *rejects);
        }
        file->rejects = rejects;
        file->reject_room = room;
    }
    reject = &file->rejects[file->reject_count];
    *reject = (struct cox_import_reject){line, cox_arena_string(arena, err->field),
        cox_arena_string(arena, err->text)};
    file->reject_count += reject->field != NULL && reject->reason != NULL;
}

/* ---- for people ---- */

static void text_file(struct cox_buf *buf, const struct cox_import_file *file)
{
    cox_buf_format(buf, "%.*s: ", (int)file->name.size, file->name.ptr);
    if (file->is_skipped) {
        cox_buf_format(buf, "skipped: %s\n", file->why == NULL ? "" : file->why);
        return;
    }
    cox_buf_format(buf, "%s%s%s (%s; %s)\n", strcmp(file->source, "csv") == 0 ? "" : file->source,
        strcmp(file->source, "csv") == 0 ? "" : " ", file->entity, file->format, file->why);
    cox_buf_format(buf,
        "    read %lld, created %lld, updated %lld, unchanged %lld, rejected %lld\n",
        (long long)file->read, (long long)file->created, (long long)file->updated,
        (long long)file->unchanged, (long long)file->rejected);
    if (file->deleted > 0) {
        cox_buf_format(buf, "    %lld of them were deleted there\n", (long long)file->deleted);
    }
    for (size_t i = 0; i < file->note_count; i++) {
        cox_buf_format(buf, "    %s\n", file->notes[i]);
    }
    for (size_t i = 0; i < file->reject_count && i < REJECTS_SHOWN; i++) {
        const struct cox_import_reject *reject = &file->rejects[i];

        cox_buf_format(buf, "    line %lld rejected: %s%s%s\n", (long long)reject->line,
            reject->field, *reject->field == '\0' ? "" : ": ", reject->reason);
    }
    if (file->rejected > REJECTS_SHOWN) {
        cox_buf_format(buf, "    ... and %lld more\n", (long long)file->rejected - REJECTS_SHOWN);
    }
    if (file->error_path != NULL) {
        cox_buf_format(buf, "    rejected rows: %s\n", file->error_path);
    }
}

enum cox_rc cox_import_report_text(const struct cox_import_report *report, struct cox_sink sink,
    struct cox_err *reterr)
{
    struct cox_buf buf;
    enum cox_rc rc;

    cox_buf_init(&buf, (size_t)64 << 20);
    for (size_t i = 0; i < report->file_count; i++) {
        text_file(&buf, &report->files[i]);
    }
    if (report->file_count == 0) {
        cox_buf_add_string(&buf, "there is no file to import there\n");
    }
    if (report->unmatched_count > 0) {
        cox_buf_format(&buf, "%lld references matched nothing exactly and were left empty\n",
            (long long)report->unmatched_count);
    }
    if (report->map_path != NULL) {
        cox_buf_format(&buf, "proposals: %s (look through it, then import again with --map %s)\n",
            report->map_path, report->map_path);
    }
    if (report->is_dry) {
        cox_buf_add_string(&buf, "dry run: nothing was saved\n");
    } else if (report->batch == 0) {
        cox_buf_add_string(&buf, "nothing changed\n");
    } else {
        cox_buf_format(&buf, "batch %lld%s (coxswain undo run batch:%lld takes it back)\n",
            (long long)report->batch, report->is_resumed ? ", resumed" : "",
            (long long)report->batch);
    }
    rc = buf.failed ? cox_no_memory(reterr) : sink.write(sink.ctx, buf.ptr, buf.size, reterr);
    cox_buf_done(&buf);
    return rc;
}

/* ---- for programs ---- */

static void json_unknowns(struct cox_json *json, const struct cox_import_file *file)
{
    cox_json_key(json, "unknowns");
    cox_json_begin_array(json);
    for (size_t i = 0; i < file->unknown_count; i++) {
        const struct cox_import_unknown *unknown = &file->unknowns[i];

        cox_json_begin_object(json);
        cox_json_put_string(json, "column", unknown->column);
        cox_json_put_string(json, "entity", unknown->entity);
        cox_json_put_string(json, "text", unknown->text);
        cox_json_put_string(json, "near", unknown->near);
        cox_json_put_int(json, "count", unknown->count);
        cox_json_put_bool(json, "stood_in", unknown->is_stood_in);
        cox_json_end_object(json);
    }
    cox_json_end_array(json);
}

static void json_file(struct cox_json *json, const struct cox_import_file *file)
{
    cox_json_begin_object(json);
    cox_json_put_text(json, "file", file->name);
    cox_json_put_string(json, "path", file->path);
    cox_json_put_string(json, "source", file->source);
    cox_json_put_string(json, "kind", file->kind);
    cox_json_put_string(json, "entity", file->entity);
    cox_json_put_string(json, "format", file->format);
    cox_json_put_bool(json, "skipped", file->is_skipped);
    cox_json_put_string(json, "why", file->why);
    cox_json_put_int(json, "read", file->read);
    cox_json_put_int(json, "created", file->created);
    cox_json_put_int(json, "updated", file->updated);
    cox_json_put_int(json, "unchanged", file->unchanged);
    cox_json_put_int(json, "rejected", file->rejected);
    cox_json_put_int(json, "deleted", file->deleted);
    cox_json_put_string(json, "rejected_file", file->error_path);
    cox_json_key(json, "rejected_rows");
    cox_json_begin_array(json);
    for (size_t i = 0; i < file->reject_count; i++) {
        cox_json_begin_object(json);
        cox_json_put_int(json, "line", file->rejects[i].line);
        cox_json_put_string(json, "field", file->rejects[i].field);
        cox_json_put_string(json, "reason", file->rejects[i].reason);
        cox_json_end_object(json);
    }
    cox_json_end_array(json);
    cox_json_key(json, "notes");
    cox_json_begin_array(json);
    for (size_t i = 0; i < file->note_count; i++) {
        cox_json_string(json, file->notes[i]);
    }
    cox_json_end_array(json);
    json_unknowns(json, file);
    cox_json_end_object(json);
}

enum cox_rc cox_import_report_json(struct cox_arena *arena, const struct cox_import_report *report,
    struct cox_sink sink, struct cox_err *reterr)
{
    struct cox_import_file total = {0};
    struct cox_json json;

    cox_json_init(&json, arena, sink);
    cox_json_begin_object(&json);
    cox_json_key(&json, "files");
    cox_json_begin_array(&json);
    for (size_t i = 0; i < report->file_count; i++) {
        const struct cox_import_file *file = &report->files[i];

        json_file(&json, file);
        total.read += file->read;
        total.created += file->created;
        total.updated += file->updated;
        total.unchanged += file->unchanged;
        total.rejected += file->rejected;
    }
    cox_json_end_array(&json);
    cox_json_put_int(&json, "read", total.read);
    cox_json_put_int(&json, "created", total.created);
    cox_json_put_int(&json, "updated", total.updated);
    cox_json_put_int(&json, "unchanged", total.unchanged);
    cox_json_put_int(&json, "rejected", total.rejected);
    cox_json_put_int(&json, "unmatched", report->unmatched_count);
    cox_json_put_int(&json, "batch", report->batch);
    cox_json_put_bool(&json, "resumed", report->is_resumed);
    cox_json_put_bool(&json, "dry_run", report->is_dry);
    cox_json_put_string(&json, "map_file", report->map_path);
    cox_json_end_object(&json);
    cox_json_newline(&json);
    return cox_json_done(&json, reterr);
}
