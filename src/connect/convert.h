/* connect/convert.h: one text of a file as the value of a field. References: resolve.h. */
#ifndef COX_CONNECT_CONVERT_H
#define COX_CONNECT_CONVERT_H

#include "base/zone.h"
#include "connect/mapping.h"

struct cox_convert {
    struct cox_arena *arena;     /* where texts of values go */
    const struct cox_zone *zone; /* of clock times without a zone, and of the days of instants */
    struct cox_text currency;    /* of the row; ptr NULL: not known */
};

/* Texts that stand for "no value" in a column of this type: empty, "NULL", "#N/A", "-" ... */
bool cox_is_no_value(struct cox_text text, enum cox_type type);

/*
 * Text of a column as a value of a field. Money: a sign or code in the text that does not agree
 * with convert->currency changes it; the caller stores it with the row.
 * Errors: COX_INVALID with what is wrong, for the user; the caller adds field and row.
 */
enum cox_rc cox_convert_value(struct cox_convert *convert, const struct cox_column *column,
    const struct cox_field *field, struct cox_text text, struct cox_value *ret_value,
    struct cox_err *reterr) COX_NODISCARD;

/* Position of the choice a text names (name, label or alias, however written); -1: none. */
int64_t cox_choice_find(struct cox_arena *arena, const struct cox_choice *choices,
    struct cox_text text);

/* "yes", "TRUE", "1", "won" ...; -1: neither. */
int cox_bool_of(struct cox_text text);

/* 1 for "won" and yes, 0 for "lost" and no; -1: neither ("open"). */
int cox_won_of(struct cox_text text);

/* An instant as the column writes it; a day alone is its start in the zone. */
enum cox_rc cox_convert_instant(const struct cox_convert *convert, const struct cox_column *column,
    struct cox_text text, int64_t *ret_us, struct cox_err *reterr) COX_NODISCARD;

/* A chance as 0..1: "20", "20 %", "0.2". */
enum cox_rc cox_convert_chance(const struct cox_column *column, struct cox_text text,
    double *ret_chance, struct cox_err *reterr) COX_NODISCARD;

/* The 18-character form of a Salesforce id of 15; anything else comes back as it is. */
struct cox_text cox_salesforce_id(struct cox_arena *arena, struct cox_text id);

/* An id as stored: trimmed, Salesforce in its long form, Zoho without "zcrm_", "3.0" as "3". */
struct cox_text cox_external_id(struct cox_arena *arena, int source, struct cox_text id);

#endif
