/* connect/deal_contacts.c: one person of a deal, found or made. */
#include "connect/deal_contacts.h"

#include "record/query.h"
#include "sales/deal_member.h"

static enum cox_rc make(struct cox_call *call, const struct cox_deal_contact_of *of,
    struct cox_err *reterr)
{
    struct cox_row *row = cox_row_new(call, &cox_deal_contact);
    int64_t id;

    if (row == NULL) {
        return cox_no_memory(reterr);
    }
    cox_row_set(row, COX_DEAL_CONTACT_OPPORTUNITY, cox_int(of->opportunity));
    cox_row_set(row, COX_DEAL_CONTACT_CONTACT, cox_int(of->contact));
    if (of->role.size > 0) {
        cox_row_set(row, COX_DEAL_CONTACT_ROLE, cox_text_value(of->role));
    }
    if (of->is_primary >= 0) {
        cox_row_set(row, COX_DEAL_CONTACT_IS_PRIMARY, cox_int(of->is_primary));
    }
    return cox_create(call, row, &id, reterr);
}

enum cox_rc cox_deal_contact_put(struct cox_call *call, const struct cox_deal_contact_of *of,
    bool *ret_is_new, bool *ret_is_changed, struct cox_err *reterr)
{
    const struct cox_filter_term terms[] = {
        {COX_DEAL_CONTACT_OPPORTUNITY, "eq", cox_int(of->opportunity)},
        {COX_DEAL_CONTACT_CONTACT, "eq", cox_int(of->contact)},
    };
    struct cox_query query = {.entity = &cox_deal_contact, .limit = 1};
    struct cox_change changes[2];
    struct cox_page page;
    size_t count = 0;

    COX_TRY(
        cox_filter_build(call, &cox_deal_contact, terms, COX_COUNT(terms), &query.filter, reterr));
    COX_TRY(cox_list(call, &query, &page, reterr));
    *ret_is_new = page.count == 0;
    *ret_is_changed = true;
    if (page.count == 0) {
        return make(call, of, reterr);
    }
    if (of->role.size > 0) {
        changes[count++] = (struct cox_change){COX_DEAL_CONTACT_ROLE, cox_text_value(of->role)};
    }
    if (of->is_primary >= 0) {
        changes[count++] =
            (struct cox_change){COX_DEAL_CONTACT_IS_PRIMARY, cox_int(of->is_primary)};
    }
    *ret_is_changed = false;
    return count == 0 ? COX_OK
                      : cox_change_fields(call, &cox_deal_contact, page.rows[0].id, 0, changes,
                            count, ret_is_changed, reterr);
}
