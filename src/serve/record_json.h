/* serve/record_json.h: records as the API writes and reads them. Shapes: docs/api.md. */
#ifndef COX_SERVE_RECORD_JSON_H
#define COX_SERVE_RECORD_JSON_H

#include "serve/http.h"

/* The entity a path names by its plural: COX_MISSING; COX_DENIED for people's records without the scope. */
enum cox_rc cox_api_table(struct cox_call *call, const struct cox_exchange *x,
    struct cox_text plural, const struct cox_table **ret_table,
    struct cox_err *reterr) COX_NODISCARD;

/* Writes records of one table. Names of references are looked up once per reply. */
struct cox_record_writer {
    struct cox_call *call;
    const struct cox_table *table;
    struct cox_json *json;
    const bool *is_selected; /* by field; NULL: all */
    struct cox_imap *names;  /* (entity, id) -> position in name_texts + 1 */
    struct cox_text *name_texts;
    size_t name_count, name_room;
    bool is_several; /* one has been written */
};

/* select: field names with commas between; ptr NULL: all fields. COX_INVALID names an unknown one. */
enum cox_rc cox_record_writer_open(struct cox_call *call, const struct cox_table *table,
    struct cox_text select, struct cox_json *json, struct cox_record_writer *ret_writer,
    struct cox_err *reterr) COX_NODISCARD;

/* One object: id, rev, from, the fields, names. */
enum cox_rc cox_record_write(struct cox_record_writer *writer, const struct cox_row *row,
    struct cox_err *reterr) COX_NODISCARD;

/* The name of a referenced record, looked up once; ptr NULL: none, or not visible. */
enum cox_rc cox_record_name(struct cox_record_writer *writer, const struct cox_entity *entity,
    int64_t id, struct cox_text *ret_name, struct cox_err *reterr) COX_NODISCARD;

/*
 * Fields of a JSON object as changes, in the call's arena. id, rev, from and names are passed over, so that what was
 * read can be sent back; other unknown names are COX_INVALID. before: whose currency amounts are in when the
 * object names none; NULL: a new record.
 */
enum cox_rc cox_record_changes(struct cox_call *call, const struct cox_table *table,
    const struct cox_row *before, json_t *json, const struct cox_change **ret_changes,
    size_t *ret_count, struct cox_err *reterr) COX_NODISCARD;

#endif
