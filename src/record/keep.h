/*
 * record/keep.h: what is held about people, why, on what ground, and for how long. Declared on the rows of
 * the entity tables; how long an entity's records are kept is a setting once an administrator has changed it.
 * The record of processing (org/processing.c) is made of this, and what expires goes by record/expire.h.
 */
#ifndef COX_RECORD_KEEP_H
#define COX_RECORD_KEEP_H

#include "record/record.h"

enum { COX_KEEP_MONTHS_MAX = 240 };

/* "consent", "contract", "legal_duty", "legitimate_interest"; NULL for COX_BASIS_NONE. */
const char *cox_basis_name(enum cox_basis basis);

/* Does the entity hold anything about people: personal fields, or is who sees it a matter of people? */
bool cox_keep_is_about_people(struct cox_call *call, const struct cox_table *table);

/* Is the field part of that? Personal ones; of records about people all that are shown. */
bool cox_keep_has_field(struct cox_call *call, const struct cox_table *table, uint32_t field);

/* Has it personal fields? Only what is in those expires. */
bool cox_keep_can_expire(const struct cox_table *table);

/* The field's own, else the entity's; purpose may be NULL for fields added at run time. */
const char *cox_keep_purpose(const struct cox_table *table, uint32_t field);
enum cox_basis cox_keep_basis(const struct cox_table *table, uint32_t field);

/* Months after the last change; 0: until it is asked to be erased. As set, else as declared. */
enum cox_rc cox_keep_months(struct cox_call *call, const struct cox_table *table,
    int64_t *ret_months, struct cox_err *reterr) COX_NODISCARD;

/* Of one field: the earlier of its own time (as set, else as declared) and its entity's; 0: until asked. */
enum cox_rc cox_keep_field_months(struct cox_call *call, const struct cox_table *table,
    uint32_t field, int64_t *ret_months, struct cox_err *reterr) COX_NODISCARD;

/* Can a field go before its record? Personal ones that the record can do without, and that may change. */
bool cox_keep_field_can_expire(const struct cox_table *table, uint32_t field);

/*
 * For administrators, a commit. COX_INVALID: not within 1 and COX_KEEP_MONTHS_MAX (0 too, where the table
 * declares no end), or the entity has nothing that could expire.
 */
enum cox_rc cox_keep_put(struct cox_call *call, const struct cox_table *table, int64_t months,
    struct cox_err *reterr) COX_NODISCARD;

/* The same of one field; 0 (where its row declares none): as long as the record. */
enum cox_rc cox_keep_put_field(struct cox_call *call, const struct cox_table *table, uint32_t field,
    int64_t months, struct cox_err *reterr) COX_NODISCARD;

/* The same for the log of who looked at whose data; COX_ACCESS_MONTHS unless set. */
enum { COX_ACCESS_MONTHS = 24 };
enum cox_rc cox_keep_access_months(struct cox_call *call, int64_t *ret_months,
    struct cox_err *reterr) COX_NODISCARD;
enum cox_rc cox_keep_access_put(struct cox_call *call, int64_t months,
    struct cox_err *reterr) COX_NODISCARD;

/*
 * Records that are there now and are about the person: named as owner or participant, or part of such a
 * record. A number alone: nobody is told of a look. Of other entities than people's: 0.
 */
enum cox_rc cox_keep_count(struct cox_call *call, const struct cox_table *table, int64_t user_id,
    int64_t *ret_count, struct cox_err *reterr) COX_NODISCARD;

/*
 * Days of the records about the person that are there now: numbers alone, so nobody is told of a look, and a
 * calendar may ask every hour. fields: days, instants, numbers and choices that are not personal; values of one
 * row in their order. first_field, a day, is within from_day and to_day, both included.
 */
enum { COX_KEEP_FIELDS_MAX = 8, COX_KEEP_DAYS_MAX = 2000 };
struct cox_keep_ask {
    int64_t user_id, from_day, to_day;
    uint32_t fields[COX_KEEP_FIELDS_MAX]; /* COX_NO_FIELD: COX_NULL in its place */
    size_t count;
};
struct cox_keep_row {
    int64_t id, rev, from_us;
    int64_t values[COX_KEEP_FIELDS_MAX];
};
enum cox_rc cox_keep_days(struct cox_call *call, const struct cox_table *table,
    const struct cox_keep_ask *ask, const struct cox_keep_row **ret_rows, size_t *ret_count,
    struct cox_err *reterr) COX_NODISCARD;

/* Fields that name whom a record of a people entity is about, at most three; returns how many. */
size_t cox_keep_people_fields(const struct cox_entity *entity, uint32_t ret_fields[3]);

#endif
