/* sales/rule.c: what the rules of sales records share. */
#include "sales/rule.h"

#define ADMINS (COX_ROLE_BIT(COX_ADMIN) | COX_ROLE_BIT(COX_OPERATOR))

const struct cox_grant cox_grants_records[] = {
    {COX_ROLE_BIT(COX_REP), COX_OWN, COX_OWN, COX_OWN, COX_OWN},
    {COX_ROLE_BIT(COX_MANAGER), COX_LINE, COX_LINE, COX_LINE, COX_LINE},
    {COX_ROLE_BIT(COX_LEADER), COX_LINE, COX_OWN, COX_OWN, COX_OWN},
    {COX_ROLE_BIT(COX_EXECUTIVE), .read = COX_OWN},
    {ADMINS, COX_ALL, COX_ALL, COX_ALL, COX_ALL},
    {0},
};

bool cox_is_own_entry(struct cox_call *call)
{
    enum cox_cause cause = cox_call_cause(call);

    return cause == COX_CAUSE_UI || cause == COX_CAUSE_API || cause == COX_CAUSE_CLI ||
           cause == COX_CAUSE_RULE || cause == COX_CAUSE_JOB;
}

int64_t cox_row_at_us(struct cox_call *call, const struct cox_row *after)
{
    return after->imported ? after->from_us : cox_call_now_us(call);
}

void cox_fill_int(struct cox_row *after, uint32_t field, int64_t value)
{
    if (cox_row_int(after, field) == COX_NULL) {
        cox_row_set(after, field, cox_int(value));
    }
}

void cox_fill_currency(struct cox_call *call, struct cox_row *after, uint32_t field)
{
    if (cox_row_text(after, field).size == 0) {
        cox_row_set(after, field, cox_text_value(cox_call_currency(call)));
    }
}

void cox_fill_created_day(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, uint32_t field)
{
    if (cox_row_int(after, field) != COX_NULL) {
        return;
    }
    if (before != NULL) {
        cox_row_set(after, field, cox_int(cox_row_int(before, field)));
    } else if (after->imported || cox_is_own_entry(call)) {
        cox_row_set(after, field, cox_int(cox_call_day(call, cox_row_at_us(call, after))));
    }
}

enum cox_rc cox_fill_name(struct cox_call *call, struct cox_row *after, uint32_t name,
    uint32_t first, uint32_t last, struct cox_err *reterr)
{
    struct cox_text a = cox_row_text(after, first), b = cox_row_text(after, last);
    const char *made;

    if (cox_row_text(after, name).size > 0 || a.size + b.size == 0) {
        return COX_OK;
    }
    made =
        cox_arena_format(cox_call_arena(call), "%.*s%s%.*s", (int)a.size, a.size > 0 ? a.ptr : "",
            a.size > 0 && b.size > 0 ? " " : "", (int)b.size, b.size > 0 ? b.ptr : "");
    if (made == NULL) {
        return cox_no_memory(reterr);
    }
    cox_row_set(after, name, cox_text_value(cox_text_of(made)));
    return COX_OK;
}

enum cox_rc cox_named_record_check(struct cox_call *call, struct cox_text kind, int64_t id,
    const char *field, struct cox_err *reterr)
{
    const struct cox_table *table = cox_registry_find(cox_call_registry(call), kind);
    const struct cox_row *row;
    struct cox_err ignored;

    if (table == NULL || cox_entity_is_people(table->entity)) {
        return cox_fail_at(reterr, COX_INVALID, field, 0, "there is no kind of record \"%.*s\"",
            (int)kind.size, kind.size > 0 ? kind.ptr : "");
    }
    if (cox_get(call, table->entity, id, &row, &ignored) != COX_OK) {
        return cox_fail_at(reterr, COX_INVALID, field, 0,
            "there is no such %s, or you may not see it", table->entity->name);
    }
    return COX_OK;
}
