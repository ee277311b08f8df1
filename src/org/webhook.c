/* org/webhook.c: the table of webhooks and its rules. */
#include "org/webhook.h"

#include "org/hook.h"
#include "org/people.h"
#include "record/outbox.h"
#include "record/query.h"
#include "record/reach.h"

static const struct cox_field fields[] = {
    [COX_WEBHOOK_NAME] = {"name", .type = COX_TEXT, .max = 100, .flags = COX_REQUIRED | COX_SORTED,
        .at = COX_AT_TEXT(struct cox_webhook, name), .help = "What it is for."},
    [COX_WEBHOOK_OWNER] = {"owner", .type = COX_REF, .ref = &cox_user, .on_delete = COX_CASCADE,
        .flags = COX_REQUIRED, .at = COX_AT_INT(struct cox_webhook, owner),
        .help = "The administrator with whose rights it reads."},
    [COX_WEBHOOK_URL] = {"url", .label = "Address", .type = COX_TEXT, .max = COX_WEBHOOK_URL_MAX,
        .flags = COX_REQUIRED, .at = COX_AT_TEXT(struct cox_webhook, url),
        .help = "Where changes are sent: https://example.com/hook."},
    [COX_WEBHOOK_ENTITIES] = {"entities", .type = COX_TEXT, .max = COX_WEBHOOK_LIST_MAX,
        .at = COX_AT_TEXT(struct cox_webhook, entities),
        .help = "Which kinds of records, with commas between; empty: all."},
    [COX_WEBHOOK_EVENTS] = {"events", .type = COX_TEXT, .max = 100,
        .at = COX_AT_TEXT(struct cox_webhook, events),
        .help = "created, changed, removed, with commas between; empty: all."},
    [COX_WEBHOOK_IS_ACTIVE] = {"is_active", .label = "Active", .type = COX_BOOL,
        .at = COX_AT_INT(struct cox_webhook, is_active),
        .help = "Sends; what changes while it does not is not sent later."},
    [COX_WEBHOOK_OFF_REASON] = {"off_reason", .label = "Why it is off", .type = COX_TEXT,
        .max = 400, .flags = COX_SYSTEM, .at = COX_AT_TEXT(struct cox_webhook, off_reason),
        .help = "Why the program has switched it off."},
};
_Static_assert(COX_COUNT(fields) == COX_WEBHOOK_FIELD_COUNT, "one row for each field id");

/* It reads with its owner's rights, so nobody makes one for somebody else. */
static enum cox_rc check_owner(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    int64_t actor = cox_call_actor(call)->user_id, owner;

    if (actor != 0 && cox_row_int(after, COX_WEBHOOK_OWNER) == COX_NULL) {
        cox_row_set(after, COX_WEBHOOK_OWNER, cox_int(actor));
    }
    owner = cox_row_int(after, COX_WEBHOOK_OWNER);
    if (actor != 0 && owner != actor &&
        (before == NULL || owner != cox_row_int(before, COX_WEBHOOK_OWNER))) {
        return cox_fail_at(reterr, COX_INVALID, "owner", 0,
            "a webhook reads with its owner's rights: yours alone are yours to give");
    }
    return COX_OK;
}

static enum cox_rc check_entities(struct cox_call *call, const struct cox_row *after,
    struct cox_err *reterr)
{
    struct cox_text rest = cox_row_text(after, COX_WEBHOOK_ENTITIES);

    while (rest.ptr != NULL && rest.size > 0) {
        struct cox_text name = cox_text_trim(cox_text_split(&rest, ','));
        const struct cox_table *table = cox_registry_find(cox_call_registry(call), name);
        if (table == NULL || !cox_text_same(name, cox_text_of(table->entity->name))) {
            return cox_fail_at(reterr, COX_INVALID, "entities", 0, "there are no records \"%.*s\"",
                (int)(name.size > 60 ? 60 : name.size), name.ptr);
        }
        if (cox_reach_is_people(call, table)) {
            return cox_fail_at(reterr, COX_INVALID, "entities", 0,
                "%s is between two people: no webhook tells of it", table->entity->name);
        }
    }
    return COX_OK;
}

static enum cox_rc check_events(const struct cox_row *after, struct cox_err *reterr)
{
    struct cox_text rest = cox_row_text(after, COX_WEBHOOK_EVENTS);

    while (rest.ptr != NULL && rest.size > 0) {
        struct cox_text name = cox_text_trim(cox_text_split(&rest, ','));
        if (!cox_text_same(name, COX_LIT("created")) && !cox_text_same(name, COX_LIT("changed")) &&
            !cox_text_same(name, COX_LIT("removed"))) {
            return cox_fail_at(reterr, COX_INVALID, "events", 0,
                "are created, changed and removed, with commas between");
        }
    }
    return COX_OK;
}

static enum cox_rc check_count(struct cox_call *call, struct cox_err *reterr)
{
    const struct cox_query all = {.entity = &cox_webhook, .limit = COX_WEBHOOK_MAX};
    struct cox_page page;

    COX_TRY(cox_peek_list(call, &all, &page, reterr));
    return page.count < COX_WEBHOOK_MAX
               ? COX_OK
               : cox_fail(reterr, COX_CONFLICT, "there are %d webhooks already", COX_WEBHOOK_MAX);
}

static enum cox_rc check_webhook(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    if (after == NULL) {
        return COX_OK;
    }
    COX_TRY(check_owner(call, before, after, reterr));
    if (before == NULL) {
        COX_TRY(check_count(call, reterr));
    }
    /* Only when it changes: what the operator names is known to the server alone. */
    if (cox_row_text(after, COX_WEBHOOK_URL).size > 0 &&
        (before == NULL ||
            !cox_value_same(&before->values[COX_WEBHOOK_URL], &after->values[COX_WEBHOOK_URL]))) {
        COX_TRY(cox_hook_url_check(cox_row_text(after, COX_WEBHOOK_URL), reterr));
    }
    COX_TRY(check_entities(call, after, reterr));
    COX_TRY(check_events(after, reterr));
    if (cox_row_int(after, COX_WEBHOOK_IS_ACTIVE) == COX_NULL) {
        cox_row_set(after, COX_WEBHOOK_IS_ACTIVE, cox_int(1));
    }
    if (cox_row_int(after, COX_WEBHOOK_IS_ACTIVE) == 1) {
        cox_row_set(after, COX_WEBHOOK_OFF_REASON, cox_null());
    }
    return COX_OK;
}

static enum cox_rc settle_webhooks(struct cox_call *call, const struct cox_edit *edits,
    size_t count, struct cox_err *reterr)
{
    for (size_t i = 0; i < count; i++) {
        const struct cox_row *before = edits[i].before, *after = edits[i].after;
        bool was_on = before != NULL && cox_row_int(before, COX_WEBHOOK_IS_ACTIVE) == 1;

        if (after == NULL) {
            COX_TRY(cox_outbox_drop(call, edits[i].id, reterr));
        } else if (!was_on && cox_row_int(after, COX_WEBHOOK_IS_ACTIVE) == 1) {
            COX_TRY(cox_outbox_renew(call, edits[i].id, reterr));
        }
    }
    return COX_OK;
}

/* Another administrator sees and removes it, and changes nothing: where it goes is the owner's to say. */
static const struct cox_grant grants[] = {
    {COX_ROLE_BIT(COX_ADMIN), COX_ALL, COX_ALL, COX_OWN, COX_ALL},
    {COX_ROLE_BIT(COX_OPERATOR), COX_ALL, COX_ALL, COX_ALL, COX_ALL},
    {0},
};

const struct cox_entity cox_webhook = {
    .name = "webhook",
    .plural = "webhooks",
    .label = "Webhook",
    .label_plural = "Webhooks",
    .number = 32,
    .fields = fields,
    .field_count = COX_WEBHOOK_FIELD_COUNT,
    .struct_size = sizeof(struct cox_webhook),
    .reach = COX_REACH_LINE,
    .name_field = COX_WEBHOOK_NAME,
    .owner_field = COX_WEBHOOK_OWNER,
    .fills_owner = true,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .grants = grants,
    .check = check_webhook,
    .settle = settle_webhooks,
    .help = "An address elsewhere that is told what changes, signed.",
};

static const struct cox_entity *const entities[] = {&cox_webhook, NULL};
static const struct cox_part *const parts[] = {&cox_part_hooks, NULL};

const struct cox_feature cox_feature_webhook = {
    .name = "webhook",
    .help = "Tells programs elsewhere what changes, signed and in order.",
    .entities = entities,
    .routes = cox_routes_hooks,
    .parts = parts,
};
