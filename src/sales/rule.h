/* sales/rule.h: what the rules of sales records share. */
#ifndef COX_SALES_RULE_H
#define COX_SALES_RULE_H

#include <stdbool.h>

#include "record/record.h"

/*
 * Grants of sales records: a rep works on own ones; a manager on the line's; a leader reads the
 * line's; an executive reads what is shared with them; administrators import and repair all.
 */
extern const struct cox_grant cox_grants_records[];

/* Somebody (or a rule of ours) enters this now; false for imports, sync, undo, restore ... */
bool cox_is_own_entry(struct cox_call *call);

/* When the version after was so: the source's instant for history, else the commit's. */
int64_t cox_row_at_us(struct cox_call *call, const struct cox_row *after);

/* The company's currency where the field has none. */
void cox_fill_currency(struct cox_call *call, struct cox_row *after, uint32_t field);

/*
 * The day a record came to us: kept once known; today for one's own entries, the first version's
 * day for history. An import that does not say leaves it unknown.
 */
void cox_fill_created_day(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, uint32_t field);

/* "First Last" where the name itself is empty. */
enum cox_rc cox_fill_name(struct cox_call *call, struct cox_row *after, uint32_t name,
    uint32_t first, uint32_t last, struct cox_err *reterr) COX_NODISCARD;

/* No value becomes this. */
void cox_fill_int(struct cox_row *after, uint32_t field, int64_t value);

/*
 * A record named by kind and number exists and the actor may see it; people entities are not
 * named this way. The error is about field.
 */
enum cox_rc cox_named_record_check(struct cox_call *call, struct cox_text kind, int64_t id,
    const char *field, struct cox_err *reterr) COX_NODISCARD;

#endif
