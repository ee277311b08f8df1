/*
 * org/processing.h: the record of processing activities (GDPR, article 30), made of the tables: what is held
 * about people, why, on what ground, for how long, and who reads it.
 */
#ifndef COX_ORG_PROCESSING_H
#define COX_ORG_PROCESSING_H

#include "base/csv.h"
#include "base/json.h"
#include "record/feature.h"
#include "record/record.h"

/*
 * {"name", "rows": [{entity, label, feature, is_off, readers, purpose, basis, months, declared_months,
 * can_expire, fields: [{name, label, purpose, basis, months, declared_months, can_expire, is_private}]}],
 * "access_months"}. features: of the program, NULL-terminated.
 */
enum cox_rc cox_processing_json(struct cox_call *call, const struct cox_feature *const *features,
    struct cox_json *json, struct cox_err *reterr) COX_NODISCARD;

/* The same as a table, a row a field; the log of who looked is the last row. */
enum cox_rc cox_processing_csv(struct cox_call *call, const struct cox_feature *const *features,
    struct cox_csv_out *csv, struct cox_err *reterr) COX_NODISCARD;

/*
 * Sets how long records of an entity, or "access_log", are kept; with field, that field of them. COX_MISSING: no such
 * entity about people.
 */
enum cox_rc cox_processing_keep(struct cox_call *call, struct cox_text entity,
    struct cox_text field, int64_t months, struct cox_err *reterr) COX_NODISCARD;

/*
 * What an impact assessment (GDPR, article 35) wants from the program, as Markdown: what is processed and why, on what
 * ground and how long, who reads it, what the risks come from and what is done about them; and what the
 * company has to answer itself. Made of the same tables, of features that are on.
 */
enum cox_rc cox_processing_assessment(struct cox_call *call,
    const struct cox_feature *const *features, struct cox_buf *text,
    struct cox_err *reterr) COX_NODISCARD;

/* "rep: own, manager: line"; "participants"; "everybody"; "with opportunity" where a parent decides. */
enum { COX_READERS_SIZE = 200 };
void cox_processing_readers(const struct cox_entity *entity, char ret_text[COX_READERS_SIZE]);

#endif
