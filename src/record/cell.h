/* record/cell.h: one value of a record as text for files or as JSON, and back. */
#ifndef COX_RECORD_CELL_H
#define COX_RECORD_CELL_H

#include "base/json.h"
#include "record/record.h"

/*
 * Days and instants as ISO 8601 (UTC), money in major units of the row's currency, choices by name,
 * references by number. is_text (may be NULL) tells whether it is somebody's words, which a
 * spreadsheet might take for a formula. ptr NULL: no value, or bytes. In the call's arena.
 */
enum cox_rc cox_cell_text(struct cox_call *call, const struct cox_row *row, uint32_t field,
    struct cox_text *ret_text, bool *ret_is_text, struct cox_err *reterr) COX_NODISCARD;

/* The same as a JSON value: numbers and booleans are bare. */
enum cox_rc cox_cell_json(struct cox_call *call, const struct cox_row *row, uint32_t field,
    struct cox_json *json, struct cox_err *reterr) COX_NODISCARD;

/* key and a value in one line, as cox_cell_json writes those of a row; COX_NULL: null. */
void cox_cell_put_number(struct cox_json *json, const char *key, int64_t number);
void cox_cell_put_day(struct cox_json *json, const char *key, int64_t day);
void cox_cell_put_instant(struct cox_json *json, const char *key, int64_t us);

/* key and the name of a record as cox_ref_name tells it; null for none (id COX_NULL or 0) or one the actor may not see. */
enum cox_rc cox_cell_put_name(struct cox_call *call, struct cox_json *json, const char *key,
    const struct cox_entity *entity, int64_t id, struct cox_err *reterr) COX_NODISCARD;

/*
 * A value as cox_cell_text writes it. currency: of the row it is for, whose amounts it decides (ptr NULL: the
 * company's). text ptr NULL: no value. Errors name the field.
 */
enum cox_rc cox_cell_parse(struct cox_call *call, const struct cox_field *field,
    struct cox_text currency, struct cox_text text, struct cox_value *ret_value,
    struct cox_err *reterr) COX_NODISCARD;

#endif
