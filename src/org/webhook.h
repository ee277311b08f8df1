/*
 * org/webhook.h: programs elsewhere that are told what changes: an address, what it wants, and whose eyes it has.
 * What is sent is made from the log (hook_body.c) by a thread of the server's (hook_sender.c); where sending stands is
 * record/outbox.h's. A webhook never tells more than its owner may see.
 */
#ifndef COX_ORG_WEBHOOK_H
#define COX_ORG_WEBHOOK_H

#include "record/feature.h"

enum {
    COX_WEBHOOK_NAME,
    COX_WEBHOOK_OWNER,
    COX_WEBHOOK_URL,
    COX_WEBHOOK_ENTITIES,
    COX_WEBHOOK_EVENTS,
    COX_WEBHOOK_IS_ACTIVE,
    COX_WEBHOOK_OFF_REASON,
    COX_WEBHOOK_FIELD_COUNT
};

enum { COX_WEBHOOK_MAX = 50, COX_WEBHOOK_URL_MAX = 1000, COX_WEBHOOK_LIST_MAX = 1000 };

struct cox_webhook {
    struct cox_head head;
    struct cox_text name;
    int64_t owner; /* whose rights it reads with */
    struct cox_text url;
    struct cox_text entities, events; /* names, "," between; no value: all */
    int64_t is_active;
    struct cox_text off_reason; /* why the program has switched it off */
};
extern const struct cox_entity cox_webhook;

extern const struct cox_feature cox_feature_webhook;

#endif
