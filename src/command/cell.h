/* command/cell.h: one value of a record as text for people and files, or as JSON. */
#ifndef COX_COMMAND_CELL_H
#define COX_COMMAND_CELL_H

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

#endif
