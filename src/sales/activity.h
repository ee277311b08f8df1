/* sales/activity.h: calls, meetings, e-mails, tasks and notes about deals, accounts, contacts, leads. */
#ifndef COX_SALES_ACTIVITY_H
#define COX_SALES_ACTIVITY_H

#include "record/entity.h"

enum cox_activity_kind {
    COX_ACTIVITY_CALL,
    COX_ACTIVITY_MEETING,
    COX_ACTIVITY_EMAIL,
    COX_ACTIVITY_TASK,
    COX_ACTIVITY_NOTE,
    COX_ACTIVITY_KIND_COUNT
};

enum cox_direction { COX_OUTBOUND, COX_INBOUND };

enum {
    COX_ACTIVITY_KIND,
    COX_ACTIVITY_SUBJECT,
    COX_ACTIVITY_OWNER,
    COX_ACTIVITY_BODY,
    COX_ACTIVITY_START_US,
    COX_ACTIVITY_DUE_DAY,
    COX_ACTIVITY_DONE_DAY,
    COX_ACTIVITY_IS_DONE,
    COX_ACTIVITY_STATUS,
    COX_ACTIVITY_PRIORITY,
    COX_ACTIVITY_DURATION_MIN,
    COX_ACTIVITY_DIRECTION,
    COX_ACTIVITY_OUTCOME,
    COX_ACTIVITY_LOCATION,
    COX_ACTIVITY_OPPORTUNITY,
    COX_ACTIVITY_ACCOUNT,
    COX_ACTIVITY_CONTACT,
    COX_ACTIVITY_LEAD,
    COX_ACTIVITY_CREATED_DAY,
    COX_ACTIVITY_UNMATCHED,
    COX_ACTIVITY_END_US,
    COX_ACTIVITY_FIELD_COUNT
};

struct cox_activity {
    struct cox_head head;
    int64_t kind;
    struct cox_text subject;
    int64_t owner;
    struct cox_text body;
    int64_t start_us, due_day, done_day, is_done;
    struct cox_text status, priority;
    int64_t duration_min, direction;
    struct cox_text outcome, location;
    int64_t opportunity, account, contact, lead, created_day;
    int64_t end_us;
};
extern const struct cox_entity cox_activity;

#endif
