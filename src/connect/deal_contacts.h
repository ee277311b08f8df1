/* connect/deal_contacts.h: the customer's people a deal is worked with, as files name them. */
#ifndef COX_CONNECT_DEAL_CONTACTS_H
#define COX_CONNECT_DEAL_CONTACTS_H

#include "record/record.h"

/* role ptr NULL, is_primary -1: the file does not say, what is there stays. */
struct cox_deal_contact_of {
    int64_t opportunity, contact;
    struct cox_text role;
    int is_primary;
};

/* Made when it is not there yet, changed where the file says something else. */
enum cox_rc cox_deal_contact_put(struct cox_call *call, const struct cox_deal_contact_of *of,
    bool *ret_is_new, bool *ret_is_changed, struct cox_err *reterr) COX_NODISCARD;

#endif
